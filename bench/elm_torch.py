"""How long does a plain PyTorch loop take for ELM neurons, one bin after the other at batch 1?

Each neuron has input of its own, as in `bench/elm.cpp`, which runs this program. Two loops: over bins, with all neurons
as one tensor (the best that PyTorch does), and over bins and neurons. Equations of the paper (v1) and shared weights; no
gradients, one thread unless it is told otherwise. Only the loops count, not drawing the input.

    ./dev bench elm_torch [--neurons 1000] [--bins 10] [--threads 1] [--rate 0.0112] [--weights FILE]
"""
import argparse
import json
import time

import torch
import torch.nn.functional as f


def weights_of(path):
    """Those of a file, or random ones of the same shapes."""
    if path:
        return {k: v for k, v in torch.load(path, map_location="cpu").items()}
    index = torch.randint(1278, (4500,))
    shapes = {"mlp.network.0.weight": (40, 65), "mlp.network.0.bias": (40,), "mlp.network.2.weight": (20, 40),
              "mlp.network.2.bias": (20,), "w_y.weight": (2, 20), "w_y.bias": (2,)}
    return {"_proto_w_s": torch.full((4500,), 0.5), "tau_s": torch.full((4500,), 5.0), "_proto_tau_m": torch.linspace(-13, 13, 20),
            "input_to_synapse_indices": index, "valid_indices_mask": torch.ones(4500, dtype=torch.bool),
            **{k: 0.1 * torch.randn(s) for k, s in shapes.items()}}


class Elm:
    def __init__(self, w, tau_min=1.0, tau_max=150.0, lambda_value=5.0):
        self.w = w
        self.w_s = torch.relu(w["_proto_w_s"])
        self.kappa_s = torch.exp(-1 / w["tau_s"])
        self.kappa_m = torch.exp(-1 / (tau_min + (tau_max - tau_min) * torch.sigmoid(w["_proto_tau_m"])))
        self.gain = lambda_value * (1 - self.kappa_m)
        self.branches = w["mlp.network.0.weight"].shape[1] - len(self.kappa_m)

    def start(self, neurons):
        return torch.zeros(neurons, len(self.kappa_s)), torch.zeros(neurons, len(self.kappa_m))

    def step(self, x, s, m):
        w = self.w
        x = torch.index_select(x, 1, w["input_to_synapse_indices"]) * w["valid_indices_mask"]
        s = self.kappa_s * s + self.w_s * x
        m = self.kappa_m * m
        u = torch.cat([s.view(len(s), self.branches, -1).sum(-1), m], -1)
        h = torch.relu(f.linear(u, w["mlp.network.0.weight"], w["mlp.network.0.bias"]))
        q = 1.7159 * torch.tanh(2 / 3 * f.linear(h, w["mlp.network.2.weight"], w["mlp.network.2.bias"]))
        m = m + self.gain * q
        return f.linear(m, w["w_y.weight"], w["w_y.bias"]), s, m


def per_bin(elm, inputs):
    """Seconds of a bin of all neurons together."""
    s, m = elm.start(inputs.shape[1])
    start = time.perf_counter()
    for x in inputs:
        y, s, m = elm.step(x, s, m)
    return (time.perf_counter() - start) / len(inputs)


def main():
    p = argparse.ArgumentParser()
    p.add_argument("--neurons", type=int, default=1000)
    p.add_argument("--bins", type=int, default=10)
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--rate", type=float, default=0.0112, help="events of a channel and bin")
    p.add_argument("--weights", default="")
    o = p.parse_args()
    torch.set_num_threads(o.threads)
    torch.manual_seed(1)
    elm = Elm(weights_of(o.weights))
    with torch.no_grad():
        x = (torch.rand(o.bins, o.neurons, 1278) < o.rate).float()
        x[:, :, 639:] *= -1
        per_bin(elm, x[:2])
        together = min(per_bin(elm, x) for _ in range(3)) / o.neurons
        alone = min(per_bin(elm, x[:, :1].repeat(20, 1, 1)) for _ in range(3))
    print(json.dumps({"version": torch.__version__, "together_ns": 1e9 * together, "alone_ns": 1e9 * alone}))


main()
