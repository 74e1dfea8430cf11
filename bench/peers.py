"""How many times faster than Brian2 (C++ standalone) are Brunel's network, the same with plasticity, COBA and CUBA?

Both simulate networks of the same law (each draws its own) for the same biological time in steps of 0.1 ms. In Brian2's
favour: only its own measure of its run loop counts, and the better of one and two threads. Programs run in turns; the
ratio is the median of the rounds.

    ./dev bench peers [brunel pair triplet stp coba cuba]
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
seconds = {"brunel": 0.5, "pair": 0.1, "triplet": 0.1, "stp": 0.1, "coba": 5.0, "cuba": 5.0}
program = {name: ["brunel_stdp", "--rule", name] for name in ("pair", "triplet", "stp")}  # of the others: their own name

# Synapses among excitatory neurons, with the numbers of bench/brunel_stdp.cpp.
plastic = {
    "pair": ("""w : volt
                dx/dt = -x/(20*ms) : 1 (event-driven)
                dy/dt = -y/(20*ms) : 1 (event-driven)""",
             "v_post += w; w = clip(w - 0.01*w*y, 0*mV, 0.2*mV); x += 1",
             "w = clip(w + 0.01*(0.2*mV - w)*x, 0*mV, 0.2*mV); y += 1", "w = 0.1*mV"),
    "triplet": ("""w : volt
                   dr1/dt = -r1/(16.8*ms) : 1 (event-driven)
                   do1/dt = -o1/(33.7*ms) : 1 (event-driven)
                   do2/dt = -o2/(125*ms) : 1 (event-driven)""",
                "v_post += w; w = clip(w - 0.2*mV*6.2e-7*0.038*125*16.8/33.7*o1, 0*mV, 0.2*mV); r1 += 1",
                "w = clip(w + 0.2*mV*6.2e-7*r1*o2, 0*mV, 0.2*mV); o1 += 1; o2 += 1", "w = 0.1*mV"),
    "stp": ("""dx/dt = (1 - x)/(100*ms) : 1 (event-driven)""", "v_post += 0.1*mV/0.6008*x; x -= 0.2*x", None, "x = 1"),
}


def brunel(rule=None):
    group = b.NeuronGroup(12500, "dv/dt = -v/(20*ms) : volt (unless refractory)", threshold="v >= 20*mV", reset="v = 10*mV",
                          refractory=2 * b.ms, method="exact")
    group.v = "rand()*20*mV"
    e, i = group[:10000], group[10000:]
    objects = [group, b.PoissonInput(group, "v", N=1000, rate=20 * b.Hz, weight=0.1 * b.mV)]
    static = [(e, i if rule else group, "v += 0.1*mV"), (i, group, "v -= 0.5*mV")]
    for source, target, on_pre in static:
        s = b.Synapses(source, target, on_pre=on_pre, delay=1.5 * b.ms)
        s.connect(p=0.1)
        objects.append(s)
    if rule:
        model, on_pre, on_post, start = plastic[rule]
        s = b.Synapses(e, e, model, on_pre=on_pre, on_post=on_post, delay=1.5 * b.ms)
        s.connect(p=0.1)
        name, value = start.split(" = ")
        setattr(s, name, value)
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
    group, objects = brunel(name) if name in plastic else {"brunel": brunel, "coba": coba, "cuba": cuba}[name]()
    counter = b.SpikeMonitor(group, record=False)
    b.Network(*objects, counter).run(seconds[name] * b.second)
    b.device.build(directory=folder, compile=True, run=True)
    return float(np.sum(counter.count[:])) / len(group) / seconds[name]


def run_brian2(folder):
    subprocess.run(["./main"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    return float(pathlib.Path(folder, "results/last_run_info.txt").read_text().split()[0])


def run_spinule(name, threads, file):
    bench, *rule = program.get(name, [name])
    subprocess.run([programs / f"bench_{bench}", *rule, "--threads", str(threads), "--seconds", str(seconds[name]), "--warm-up", "0", "--windows", "1",
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
