"""How many times faster than Brian2 (C++ standalone) does a layer of competing units learn digits?

Both train the network of `examples/31_unsupervised_digits` on the first images of MNIST: 784 Poisson inputs, 400 units with
conductances and adaptive thresholds that inhibit each other, 350 ms of each image and 150 ms of rest in ticks of 0.5 ms.
Chosen in favour of Brian2: one long simulation of all samples, so that neither code generation, compiling, building nor
starting counts, only Brian2's own measure of its run loop; all synapses of a kind in one object; traces on neurons, not
on synapses; the better of one and two threads; weights are not normalised and no image is shown again, where our
time holds all of that and making the trains. The trains are not the same, their law is.
"""
import gzip
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import brian2 as b

here = pathlib.Path(__file__).resolve().parent
program = os.environ.get("SPINULE_EXAMPLE", here.parent / "build/release/bin/examples/31_unsupervised_digits")
data = pathlib.Path(os.environ.get("SPINULE_DATA", here.parent.parent / "shared/data")) / "mnist"
samples = int(sys.argv[1]) if len(sys.argv) > 1 else 100
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
threads_tried = [int(t) for t in sys.argv[3].split(",")] if len(sys.argv) > 3 else [1, 2]
units = 400


def images():
    with gzip.open(data / "train-images-idx3-ubyte.gz") as file:
        return np.frombuffer(file.read(16 + 784 * samples), np.uint8, offset=16).reshape(samples, 784).astype(float)


def build_brian2(threads, folder):
    """Compiles the program and gives the spikes of a first run."""
    b.device.reinit()
    b.device.activate()
    b.set_device("cpp_standalone", build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0 if threads == 1 else threads
    b.defaultclock.dt = 0.5 * b.ms
    b.seed(1)
    shown = np.zeros((samples, 10, 784))  # 50 ms each: seven of an image, three of rest
    shown[:, :7] = images()[:, None, :] / 4
    image = b.TimedArray(shown.reshape(-1, 784) * b.Hz, dt=50 * b.ms)
    inputs = b.NeuronGroup(784, "dx/dt = -x/(20*ms) : 1", method="exact", threshold="rand() < image(t, i)*dt", reset="x += 1",
                           namespace={"image": image})
    cells = b.NeuronGroup(units, """dv/dt = (-65*mV - v - g_ex*v + g_in*(-100*mV - v))/(100*ms) : volt (unless refractory)
                                    dg_ex/dt = -g_ex/(1*ms) : 1
                                    dg_in/dt = -g_in/(2*ms) : 1
                                    dtheta/dt = -theta/(1e7*ms) : volt""",
                          method="euler", threshold="v >= theta - 72*mV", reset="v = -65*mV; theta += 0.05*mV", refractory=5 * b.ms)
    cells.v, cells.theta = -65 * b.mV, 20 * b.mV
    learned = b.Synapses(inputs, cells, "w : 1", on_pre="g_ex_post += w",
                         on_post="w = clip(w + 0.01*(x_pre - 0.4)*(1 - w), 0, 1)", delay={"pre": 0.5 * b.ms})
    learned.connect()
    learned.w = "0.003 + 0.197*rand()"
    lateral = b.Synapses(cells, cells, on_pre="g_in_post += 17", delay=1 * b.ms)
    lateral.connect(condition="i != j")
    counter = b.SpikeMonitor(cells, record=False)
    net = b.Network(inputs, cells, learned, lateral, counter)
    b.device.insert_code("before_network_run", "const std::clock_t bench_start = std::clock();")
    b.device.insert_code("after_network_run", 'std::ofstream{"results/cpu"} << double(std::clock() - bench_start) / CLOCKS_PER_SEC;')
    net.run(samples * 500 * b.ms)
    b.device.build(directory=folder, compile=True, run=True)
    return int(np.sum(counter.count[:]))


def run_brian2(folder):
    """Wall and processor seconds of the run loop, per sample."""
    subprocess.run(["./main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    wall = float(pathlib.Path(folder, "results/last_run_info.txt").read_text().split()[0])
    return wall / samples, float(pathlib.Path(folder, "results/cpu").read_text()) / samples


def run_spinule():
    """Wall and processor seconds of our training, and spikes, per sample."""
    command = [str(program), "--units", str(units), "--train", str(samples), "--label", "0", "--test", "0"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    stages = re.findall(r"([\d.]+) samples/s; ([\d.]+) ms of processor and ([\d.]+) spikes", out)
    rate, cpu_ms, spikes = np.array(stages, float).T
    return np.mean(1 / rate), np.mean(cpu_ms) / 1e3, np.mean(spikes)


with tempfile.TemporaryDirectory() as work:
    folders = [os.path.join(work, f"threads_{threads}") for threads in threads_tried]
    spikes = [build_brian2(threads, folder) for threads, folder in zip(threads_tried, folders)]
    peers, ours = [], []
    for _ in range(rounds):  # in turns: what else the machine does falls on both
        peers.append([run_brian2(folder) for folder in folders])
        ours.append(run_spinule())
peers, ours = np.array(peers), np.array(ours)


def line(name, wall, cpu, spikes):
    print(f"{name:30} {1 / np.median(wall):7.1f} samples/s, {1e3 * np.median(cpu):7.2f} ms of processor and {spikes:.1f} spikes per sample")


for t, threads in enumerate(threads_tried):
    line(f"Brian2 {b.__version__}, {threads} of its threads", peers[:, t, 0], peers[:, t, 1], spikes[t] / samples)
line("Spinule, one thread", ours[:, 0], ours[:, 1], ours[0, 2])
for what, k in (("fast", 0), ("sparing with the processor", 1)):
    ratio = peers[:, :, k].min(axis=1) / ours[:, k]
    print(f"Spinule on one thread is {np.median(ratio):.1f} times as {what} as Brian2's best "
          f"(median of {rounds} rounds, {ratio.min():.1f} to {ratio.max():.1f})")
