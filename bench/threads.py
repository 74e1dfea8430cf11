"""How many times as fast is each benchmark on two threads as on one, and how much of that does the machine allow?

One and two threads run in turns, and before each pair `bench_machine`, which has nothing to share: two virtual cores may
be one real one, or the host may be busy elsewhere. Figures are medians over the rounds.

    ./dev bench threads [--rounds 5] [--json FILE] [NAME ...]
"""
import argparse
import json
import pathlib
import statistics
import subprocess
import tempfile

programs = pathlib.Path(__file__).resolve().parent.parent / "build/release/bin"
benches = {
    "brunel": ["--seconds", "0.5", "--windows", "3"],
    "brunel_stdp": ["--seconds", "0.2", "--windows", "3"],
    "coba": ["--seconds", "1", "--windows", "3"],
    "cuba": ["--seconds", "1", "--windows", "3"],
    "microcircuit": ["--seconds", "0.3", "--windows", "3"],
    "replay_liquid": ["--samples", "200", "--repeats", "3"],
    "replay_nmnist": ["--samples", "200", "--repeats", "3"],
    "replay_shd": ["--samples", "60", "--repeats", "3"],
}

parser = argparse.ArgumentParser(description="Two threads against one on every network")
parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benches)}")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--json")
options = parser.parse_args()
if unknown := set(options.names) - set(benches):
    parser.error(f"no such network: {', '.join(sorted(unknown))}; known are {', '.join(benches)}")
if options.rounds < 1:
    parser.error("--rounds must be at least 1")
if options.json:
    try:
        open(options.json, "a").close()
    except OSError as e:
        parser.error(f"--json: {e}")


def result(name, *arguments):
    with tempfile.TemporaryDirectory() as work:
        file = pathlib.Path(work, "result.json")
        subprocess.run([programs / f"bench_{name}", *arguments, "--json", file], check=True, stdout=subprocess.DEVNULL)
        return json.load(open(file))


def seconds(name, threads):
    """Seconds simulated in, and the digest of the spikes."""
    found = result(name, *benches[name], "--threads", str(threads))
    found = found["runs"][-1] if "runs" in found else found
    return found["sim_s"], found["spike_digest"]


print(f"{'network':<16}{'1 thread, s':>13}{'2 threads, s':>14}{'ratio':>8}{'range':>16}{'machine':>10}   spikes")
table = []
for name in options.names or benches:
    rounds = [(result("machine")["calculating"], seconds(name, 1), seconds(name, 2)) for _ in range(options.rounds)]
    ratios = [one[0] / two[0] for _, one, two in rounds]
    row = {"name": name, "one": statistics.median(r[1][0] for r in rounds), "two": statistics.median(r[2][0] for r in rounds),
           "ratio": statistics.median(ratios), "machine": statistics.median(r[0] for r in rounds),
           "same_spikes": len({digest for r in rounds for _, digest in r[1:]}) == 1}
    print(f"{name:<16}{row['one']:13.4f}{row['two']:14.4f}{row['ratio']:8.2f}{f'{min(ratios):.2f} to {max(ratios):.2f}':>16}"
          f"{row['machine']:10.2f}   " + ("the same" if row["same_spikes"] else "differ"), flush=True)
    table.append(row)
if options.json:
    pathlib.Path(options.json).write_text(json.dumps(table, indent=2) + "\n")
