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


for end in (95, 350, 1500):
    print(f"dopamine, {end} ms: {dopamine_stdp(end):.6f}", flush=True)
