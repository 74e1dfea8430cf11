"""What Brian2 makes of the trains in dopamine_stdp_test.cpp and clopath_test.cpp: numbers that those tests hold.

Brian2 takes steps of 0.01 ms, so that what happens in one of our ticks of 1 ms happens at its beginning.

    /usr/bin/python3 tests/learning/rules_brian2.py
"""
import warnings

warnings.filterwarnings("ignore")
import brian2 as b

b.prefs.codegen.target = "numpy"
b.defaultclock.dt = 0.01 * b.ms
pre, post, dopamine = [4, 10, 11, 40, 90, 91, 130, 300, 700], [5, 11, 38, 60, 90, 160, 290, 710], [11, 45, 45, 46, 200, 500, 701]


def spikes(times, shift=0):
    """Spikes of one instant come 0.02 ms apart, since Brian2 takes one a step."""
    return [t + shift + 0.02 * times[:k].count(t) for k, t in enumerate(times)]


def dopamine_stdp(end):
    source = b.SpikeGeneratorGroup(1, [0] * len(pre), spikes(pre, 2) * b.ms)
    target = b.SpikeGeneratorGroup(1, [0] * len(post), spikes(post) * b.ms)
    reward = b.SpikeGeneratorGroup(1, [0] * len(dopamine), spikes(dopamine, 1) * b.ms)
    s = b.Synapses(source, target, """dx/dt = -x/(20*ms) : 1 (clock-driven)
                                      dy/dt = -y/(30*ms) : 1 (clock-driven)
                                      dc/dt = -c/(400*ms) : 1 (clock-driven)
                                      dn/dt = -n/(200*ms) : Hz (clock-driven)
                                      dw/dt = 100*c*(n - 2*Hz) : 1 (clock-driven)""",
                   on_pre="c -= 7.5e-3*y; x += 1", on_post="c += 5e-3*x; y += 1", method="rk4")
    s.connect()
    s.w = 50
    r = b.Synapses(reward, s, on_pre="n_post += 1/(200*ms)")
    r.connect()
    b.Network(source, target, reward, s, r).run(end * b.ms)
    return float(s.w[0])


def clopath(ends, target):
    """Weights over w_max at `ends`. A second neuron hears what drives the first one 4 ms later: filters are read so late."""
    drive = [3, 6, 9, 30, 31, 60, 62, 64, 66, 68, 100, 103, 104, 150, 151, 152, 153, 200, 230, 231, 232]
    arrivals = [5, 8, 20, 33, 61, 65, 90, 104, 120, 151, 155, 201, 233, 240]
    equations = """dv/dt = -v/(10*ms) : volt (unless refractory)
                   high = int(t - lastspike < 2*ms) : 1
                   u = high*30*mV + (1 - high)*v : volt
                   dplus/dt = (u - plus)/(7*ms) : volt
                   dminus/dt = (u - minus)/(10*ms) : volt
                   dmean/dt = (u - mean)/(500*ms) : volt
                   late_plus : volt (linked)
                   late_minus : volt (linked)"""
    now, late = [b.NeuronGroup(1, equations, threshold="v >= 8*mV", reset="v = 0*mV", refractory=2*b.ms, method="rk4")
                 for _ in range(2)]
    for cell in now, late:
        cell.lastspike = -1000*b.ms
        cell.late_plus = b.linked_var(late, "plus")
        cell.late_minus = b.linked_var(late, "minus")
    inputs = [b.SpikeGeneratorGroup(1, [0] * len(drive), [t + d for t in drive] * b.ms) for d in (0, 4)]
    drives = [b.Synapses(i, cell, on_pre="v += 5*mV") for i, cell in zip(inputs, (now, late))]
    source = b.SpikeGeneratorGroup(1, [0] * len(arrivals), arrivals * b.ms)
    depression = "clip(late_minus_post/mV - 2, 0, inf)" + (f"*(mean_post/mV/{target})**2" if target else "")
    s = b.Synapses(source, now, """dx/dt = -x/(15*ms) : Hz (clock-driven)
        dw/dt = 2e-3*x*clip(u_post/mV - 6, 0, inf)*clip(late_plus_post/mV - 2, 0, inf) : 1 (clock-driven)""",
                   on_pre=f"w -= 1e-2*{depression}; x += 1/(15*ms)", method="rk4")
    for synapses in *drives, s:
        synapses.connect()
    s.w = 0.5
    m = b.SpikeMonitor(now)
    net, weights = b.Network(now, late, inputs, drives, source, s, m), []
    for end in ends:
        net.run(end*b.ms - net.t)
        weights.append(f"{float(s.w[0]):.6f}")
    return *weights, f"{m.num_spikes} spikes"


print("clopath, 95, 180, 300 ms:", *clopath((95, 180, 300), 0), flush=True)
print("clopath with a target of 5 mV:", *clopath((95, 180, 300), 5), flush=True)
for end in (95, 350, 1500):
    print(f"dopamine, {end} ms: {dopamine_stdp(end):.6f}", flush=True)
