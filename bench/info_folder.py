"""How long does `spinule info` take on the folder of 1413 N-MNIST files? Median of five, by the wall and the processor."""
import os
import pathlib
import resource
import statistics
import subprocess
import time

program = pathlib.Path(__file__).resolve().parent.parent / "build/release/bin/spinule"
folder = pathlib.Path(os.environ.get("SPINULE_DATA", "."), "nmnist")
if not folder.is_dir():
    raise SystemExit(f"{folder}: no such folder; set SPINULE_DATA to the folder that holds nmnist")

wall, cpu = [], []
for _ in range(5):
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([program, "info", folder, "--json"], check=True, stdout=subprocess.DEVNULL)
    wall.append(time.perf_counter() - start)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
print(f"median {statistics.median(wall):.3f} s, least {min(wall):.3f} s; {statistics.median(cpu):.3f} s of processor")
