"""How many times faster than Brian2 (C++ standalone) is the replay of N-MNIST through the same liquid?

Both simulate the very same synapses and events, written by `bench_replay_nmnist --export`, in steps of 1 ms with exact
integration. Chosen in favour of Brian2: one long simulation of all samples, so that neither code generation, compiling,
building nor starting counts, only Brian2's own measure of its run loop; all synapses of a kind in one object; the
better of one and two threads; no spike recorded, only counted.
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
program = os.environ.get("SPINULE_BENCH", here.parent / "build/release/bin/bench_replay_nmnist")
samples = int(sys.argv[1]) if len(sys.argv) > 1 else 200
repeats = 3


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        arrays = {a["name"]: np.frombuffer(file.read(a["size"] * int(a["type"][1:])), "<" + a["type"]) for a in header["arrays"]}
    return header, arrays


def brian2(header, a, threads, folder):
    """Wall and processor seconds of the run loop (least of `repeats`) and spikes of one run."""
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
    spikes = int(np.sum(counter.count[:]))

    wall, cpu = [], []
    for repeat in range(repeats):
        if repeat > 0:
            b.device.run(folder, False, [])
        wall.append(b.device._last_run_time)
        cpu.append(float(pathlib.Path(folder, "results/cpu").read_text()))
    return min(wall), min(cpu), spikes


with tempfile.TemporaryDirectory() as work:
    exported, measured = os.path.join(work, "network"), os.path.join(work, "ours.json")
    command = [str(program), "--samples", str(samples), "--json", measured]
    subprocess.run(command + ["--export", exported, "--repeats", "1"], check=True, stdout=subprocess.DEVNULL)
    header, arrays = read(exported)
    n = header["samples"]
    results = []
    for threads in (1, 2):
        wall, cpu, spikes = brian2(header, arrays, threads, os.path.join(work, f"brian2_{threads}"))
        results.append((wall, cpu))
        print(f"Brian2 {b.__version__}, {threads} thread{'s' if threads > 1 else ' '}  {n / wall:8.1f} samples/s   "
              f"{1e6 * cpu / n:.0f} us of processor, {spikes / n:.2f} spikes per sample", flush=True)
    subprocess.run(command, check=True)
    best = min(wall for wall, cpu in results)
    runs = json.load(open(measured))["runs"]
    for run in runs:
        print(f"Spinule on {run['threads']} thread{'s' if run['threads'] > 1 else ' '} is {best / run['wall_s']:.1f} times "
              f"as fast as Brian2's best ({run['spikes_per_sample'] / (spikes / n) - 1:+.3%} spikes)")
    print(f"On one thread each, by time of the processor, which other load disturbs less: {results[0][1] / runs[0]['cpu_s']:.1f} times")
