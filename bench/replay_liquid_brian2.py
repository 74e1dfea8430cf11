"""How many times faster than Brian2 (C++ standalone) is the replay of N-MNIST through the same liquid?

Both simulate the very same synapses and events, written by `bench_replay_liquid --export`, in steps of 1 ms with exact
integration. Chosen in favour of Brian2: one long simulation of all samples, so that neither code generation, compiling,
building nor starting counts, only Brian2's own measure of its run loop; all synapses of a kind in one object; the
better of one and two threads in each round; no spike recorded, only counted.
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import brian2 as b

here = pathlib.Path(__file__).resolve().parent
program = os.environ.get("SPINULE_BENCH", here.parent / "build/release/bin/bench_replay_liquid")
samples = int(sys.argv[1]) if len(sys.argv) > 1 else 200
rounds = 7


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        arrays = {a["name"]: np.frombuffer(file.read(a["size"] * int(a["type"][1:])), "<" + a["type"]) for a in header["arrays"]}
    return header, arrays


def build_brian2(header, a, threads, folder):
    """Compiles the program, runs it once and gives the spikes of that run."""
    b.device.reinit()
    b.device.activate()
    b.set_device("cpp_standalone", build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0 if threads == 1 else threads
    tick = header["tick_ms"] * b.ms
    b.defaultclock.dt = tick

    # A spike of tick t arrives in t + 1, as ours does: a delay of 0 means that when synapses come before thresholds. An
    # input arrives in its own tick. Our neuron is silent for `refractory_ticks` whole ticks after that of its spike.
    neurons = b.NeuronGroup(header["neurons"], "dv/dt = -v/tau : 1 (unless refractory)", method="exact", threshold="v >= theta",
                            reset="v = 0", refractory=(header["refractory_ticks"] + 1) * tick,
                            namespace={"tau": header["tau_ms"] * b.ms, "theta": header["threshold_mv"]})
    # Each sample begins with one tick in which nothing but the start values are set.
    period = header["ticks"] + 1
    neurons.run_regularly("v = 0; lastspike = -1000*second", dt=period * tick, when="before_thresholds")
    ticks = a["event_sample"].astype(np.int64) * period + 1 + a["event_tick"]
    inputs = b.SpikeGeneratorGroup(header["inputs"], a["event_channel"].astype(int), ticks * tick, when="start")
    objects = [neurons, inputs]
    for source, name in ((inputs, "input"), (neurons, "recurrent")):
        synapses = b.Synapses(source, neurons, "w : 1 (constant)", on_pre="v_post += w")
        synapses.connect(i=a[name + "_source"].astype(int), j=a[name + "_target"].astype(int))
        synapses.w = a[name + "_weight_mv"]
        objects.append(synapses)
    counter = b.SpikeMonitor(neurons, record=False)
    net = b.Network(*objects, counter)
    net.schedule = ["start", "groups", "synapses", "thresholds", "resets", "end"]
    b.device.insert_code("before_network_run", "const std::clock_t bench_start = std::clock();")
    b.device.insert_code("after_network_run", 'std::ofstream{"results/cpu"} << double(std::clock() - bench_start) / CLOCKS_PER_SEC;')
    net.run(header["samples"] * period * tick)
    b.device.build(directory=folder, compile=True, run=True)
    return int(np.sum(counter.count[:]))


def run_brian2(folder):
    """Wall and processor seconds of the run loop."""
    subprocess.run(["./main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    wall = float(pathlib.Path(folder, "results/last_run_info.txt").read_text().split()[0])
    return wall, float(pathlib.Path(folder, "results/cpu").read_text())


def run_spinule(command, measured):
    """Per number of threads: wall seconds, processor seconds, spikes per sample."""
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return [(r["wall_s"], r["cpu_s"], r["spikes_per_sample"]) for r in json.load(open(measured))["runs"]]


with tempfile.TemporaryDirectory() as work:
    exported, measured = os.path.join(work, "network"), os.path.join(work, "ours.json")
    command = [str(program), "--samples", str(samples), "--json", measured, "--repeats", "5"]
    subprocess.run(command + ["--export", exported], check=True)
    header, arrays = read(exported)
    n = header["samples"]
    folders = [os.path.join(work, f"brian2_{threads}") for threads in (1, 2)]
    spikes = [build_brian2(header, arrays, threads, folder) for threads, folder in zip((1, 2), folders)]
    peers, ours = [], []
    for _ in range(rounds):  # in turns: what else the machine does falls on both
        peers.append([run_brian2(folder) for folder in folders])
        ours.append(run_spinule(command, measured))
    peers, ours = np.array(peers), np.array(ours)
    for t in (0, 1):
        name = f"{t + 1} thread" + ("s" if t else " ")
        print(f"Brian2 {b.__version__}, {name}  {n / np.median(peers[:, t, 0]):6.1f} samples/s   "
              f"{1e6 * np.median(peers[:, t, 1]) / n:6.0f} us of processor, {spikes[t] / n:.2f} spikes per sample")
        print(f"Spinule,      {name}  {n / np.median(ours[:, t, 0]):6.1f} samples/s   "
              f"{1e6 * np.median(ours[:, t, 1]) / n:6.0f} us of processor, {ours[0, t, 2]:.2f} spikes per sample")
    best = peers[:, :, 0].min(axis=1)
    for t in (0, 1):
        ratio = best / ours[:, t, 0]
        print(f"Spinule on {t + 1} thread{'s' if t else ' '} is {np.median(ratio):.1f} times as fast as the better of Brian2's two "
              f"(median of {rounds} rounds, {ratio.min():.1f} to {ratio.max():.1f})")
