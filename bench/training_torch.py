"""How fast does a plain PyTorch loop train the networks of `bench/training.cpp`, which runs this program?

The same layers, ticks, batch, surrogate and optimiser; dense inputs drawn once, of the density that is told. Forward in a
loop over ticks, backward by autograd, a step of Adam.

    ./dev bench training_torch --run mnist|shd [--threads 1] [--batches 5] [--density 0.1]
"""
import argparse
import json
import math
import time

import torch


class Spike(torch.autograd.Function):
    """1 above 0; derivative 1 / (1 + |x| / width)^2."""
    @staticmethod
    def forward(ctx, margin, width):
        ctx.save_for_backward(margin)
        ctx.width = width
        return (margin >= 0).to(margin.dtype)

    @staticmethod
    def backward(ctx, gradient):
        (margin,) = ctx.saved_tensors
        return gradient / (1 + margin.abs() / ctx.width) ** 2, None


def weights(rows, columns, scale):
    return torch.nn.Parameter(scale * torch.randn(rows, columns) / math.sqrt(rows))


class Mnist(torch.nn.Module):
    inputs, classes, ticks, batch = 784, 10, 8, 128

    def __init__(self):
        super().__init__()
        self.w = torch.nn.ParameterList([weights(784, 512, 1), weights(512, 512, 1), weights(512, 10, 1)])

    def forward(self, x):
        v1, v2, m = (torch.zeros(x.shape[1], n) for n in (512, 512, 10))
        total = 0
        for now in x:
            v1 = 0.5 * v1 + now @ self.w[0]
            s1 = Spike.apply(v1 - 1, 0.5)
            v1 = v1 * (1 - s1.detach())
            v2 = 0.5 * v2 + s1 @ self.w[1]
            s2 = Spike.apply(v2 - 1, 0.5)
            v2 = v2 * (1 - s2.detach())
            m = 0.9 * m + 0.1 * (s2 @ self.w[2])
            total = total + m
        return total / len(x)


class Shd(torch.nn.Module):
    inputs, classes, ticks, batch = 700, 20, 100, 64

    def __init__(self):
        super().__init__()
        self.w = torch.nn.ParameterList([weights(700, 256, 1), weights(256, 256, 0.5), weights(256, 20, 1)])

    def forward(self, x):
        m, a, s = (torch.zeros(x.shape[1], 256) for _ in range(3))
        y = torch.zeros(x.shape[1], 20)
        total = 0
        for now in x:
            a = 0.95 * a + 0.05 * s
            threshold = 0.1 + 1.0 * a
            m = 0.6 * m + 0.4 * (now @ self.w[0] + s @ self.w[1]) - threshold * s.detach()
            s = Spike.apply(m - threshold, 0.1)
            y = 0.9 * y + 0.1 * (s @ self.w[2])
            total = total + y
        return total / len(x)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", choices=["mnist", "shd"], required=True)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batches", type=int, default=5)
    parser.add_argument("--density", type=float, default=0.1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(1)
    net = {"mnist": Mnist, "shd": Shd}[given.run]()
    x = (torch.rand(net.ticks, net.batch, net.inputs) < given.density).float()
    labels = torch.randint(net.classes, (net.batch,))
    optimiser = torch.optim.Adam(net.parameters(), lr=1e-3)
    rates = []
    for _ in range(given.batches + 1):
        start = time.perf_counter()
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(net(x), labels).backward()
        optimiser.step()
        rates.append(net.batch / (time.perf_counter() - start))
    print(json.dumps({"samples_per_s": sorted(rates[1:])[len(rates[1:]) // 2], "version": torch.__version__}))


if __name__ == "__main__":
    main()
