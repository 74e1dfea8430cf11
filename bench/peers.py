"""How many times faster than Brian2 (C++ standalone) are Brunel's network, COBA and CUBA?

Both simulate networks of the same law (each draws its own) for the same biological time in steps of 0.1 ms. In Brian2's
favour: only its own measure of its run loop counts, and the better of one and two threads. Programs run in turns; the
ratio is the median of the rounds.

    ./dev bench peers [brunel coba cuba]
"""
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
import numpy as np
import brian2 as b

here = pathlib.Path(__file__).resolve().parent
programs = here.parent / "build/release/bin"
rounds = 3
seconds = {"brunel": 0.5, "coba": 5.0, "cuba": 5.0}


def brunel():
    group = b.NeuronGroup(12500, "dv/dt = -v/(20*ms) : volt (unless refractory)", threshold="v >= 20*mV", reset="v = 10*mV",
                          refractory=2 * b.ms, method="exact")
    group.v = "rand()*20*mV"
    e, i = group[:10000], group[10000:]
    objects = [group, b.PoissonInput(group, "v", N=1000, rate=20 * b.Hz, weight=0.1 * b.mV)]
    for source, on_pre in ((e, "v += 0.1*mV"), (i, "v -= 0.5*mV")):
        s = b.Synapses(source, group, on_pre=on_pre, delay=1.5 * b.ms)
        s.connect(p=0.1)
        objects.append(s)
    return group, objects


def vogels_abbott(equations, threshold, on_pre, method):
    group = b.NeuronGroup(4000, equations, threshold=threshold, reset="v = -60*mV", refractory=5 * b.ms, method=method)
    group.v = "-60*mV + rand()*10*mV"
    objects = [group]
    for source, action in zip((group[:3200], group[3200:]), on_pre):
        s = b.Synapses(source, group, on_pre=action, delay=0.8 * b.ms)
        s.connect(p=0.02)
        objects.append(s)
    return group, objects


def coba():
    return vogels_abbott("""dv/dt = (10*nS*(-60*mV - v) + ge*(0*mV - v) + gi*(-80*mV - v) + 200*pA)/(200*pF) : volt (unless refractory)
                            dge/dt = -ge/(5*ms) : siemens
                            dgi/dt = -gi/(10*ms) : siemens""", "v >= -50*mV", ("ge += 4*nS", "gi += 51*nS"), "exponential_euler")


def cuba():
    return vogels_abbott("""dv/dt = (ge + gi - (v + 49*mV))/(20*ms) : volt (unless refractory)
                            dge/dt = -ge/(5*ms) : volt
                            dgi/dt = -gi/(10*ms) : volt""", "v >= -50*mV", ("ge += 1.62*mV", "gi -= 9*mV"), "exact")


def build(name, threads, folder):
    b.device.reinit()
    b.device.activate()
    b.set_device("cpp_standalone", build_on_run=False)
    b.prefs.devices.cpp_standalone.openmp_threads = 0 if threads == 1 else threads
    b.defaultclock.dt = 0.1 * b.ms
    group, objects = {"brunel": brunel, "coba": coba, "cuba": cuba}[name]()
    counter = b.SpikeMonitor(group, record=False)
    b.Network(*objects, counter).run(seconds[name] * b.second)
    b.device.build(directory=folder, compile=True, run=True)
    return float(np.sum(counter.count[:])) / len(group) / seconds[name]


def run_brian2(folder):
    subprocess.run(["./main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return float(pathlib.Path(folder, "results/last_run_info.txt").read_text().split()[0])


def run_spinule(name, threads, file):
    subprocess.run([programs / f"bench_{name}", "--threads", str(threads), "--seconds", str(seconds[name]), "--warm-up", "0", "--windows", "1",
                    "--json", file], check=True, stdout=subprocess.DEVNULL)
    return json.load(open(file))


with tempfile.TemporaryDirectory() as work:
    for name in sys.argv[1:] or list(seconds):
        folders = [f"{work}/{name}_{threads}" for threads in (1, 2)]
        rates = [build(name, threads, folder) for threads, folder in zip((1, 2), folders)]
        peers, ours = [], []
        for _ in range(rounds):
            peers.append([run_brian2(folder) for folder in folders])
            ours.append([run_spinule(name, threads, f"{work}/result.json") for threads in (1, 2)])
        peers = np.array(peers)
        walls = np.array([[r["sim_s"] for r in both] for both in ours])
        for t in (0, 1):
            ratio = peers.min(axis=1) / walls[:, t]
            print(f"{name}, {t + 1} thread{'s' if t else ' '}: real-time factor {np.median(walls[:, t]) / seconds[name]:.4f}, Brian2 {b.__version__} "
                  f"{np.median(peers[:, t]) / seconds[name]:.3f} ({ours[0][t]['mean_rate_hz']:.1f} and {rates[t]:.1f} Hz); "
                  f"{np.median(ratio):.1f} times as fast as its better one ({ratio.min():.1f} to {ratio.max():.1f})", flush=True)
