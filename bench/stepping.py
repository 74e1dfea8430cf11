"""Is `automatic` within 10 % of the better of `sweep` and `visit` on every network?

Each benchmark runs with the three ways of stepping in turns, some rounds; the figure is the least time of a stepping, the ratio that
of automatic's to the better of the other two. A program that takes --patience seconds is
stopped: visiting a busy network of `current_lif` takes a thousand times as long as sweeping it.

    ./dev bench stepping [--threads 1] [--rounds 5] [--patience 20] [--json FILE] [NAME ...]
"""
import argparse
import json
import pathlib
import subprocess
import tempfile

programs = pathlib.Path(__file__).resolve().parent.parent / "build/release/bin"
steppings = ("sweep", "visit", "automatic")
benches = {
    "brunel": ["--seconds", "0.2", "--windows", "1"],
    "coba": ["--seconds", "1", "--windows", "3"],
    "cuba": ["--seconds", "1", "--windows", "3"],
    "microcircuit": ["--direct-current", "--scale", "0.1", "--seconds", "0.5", "--windows", "1"],
    "silent_majority": ["--scale", "0.1", "--seconds", "0.05"],
    "replay_liquid": ["--samples", "100", "--repeats", "2"],
    "replay_nmnist": ["--samples", "100", "--repeats", "2"],
    "replay_shd": ["--samples", "24", "--repeats", "2"],
}


def run(name, stepping, threads, work):
    """Seconds and the digest of the spikes; no digest when patience ran out."""
    file = pathlib.Path(work, "result.json")
    command = [programs / f"bench_{name}", *benches[name], "--threads", str(threads), "--stepping", stepping, "--json", file]
    try:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, timeout=options.patience)
    except subprocess.TimeoutExpired:
        return float("inf"), None
    result = json.load(open(file))
    result = result["runs"][-1] if "runs" in result else result
    return result["sim_s"], result["spike_digest"]


parser = argparse.ArgumentParser(description="Automatic against sweep and visit on every network")
parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(benches)}")
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--patience", type=float, default=20)
parser.add_argument("--json")
options = parser.parse_args()
if unknown := set(options.names) - set(benches):
    parser.error(f"no such network: {', '.join(sorted(unknown))}; known are {', '.join(benches)}")
if options.rounds < 1 or options.threads < 1:
    parser.error("--rounds and --threads must be at least 1")
if options.json:
    try:
        open(options.json, "a").close()
    except OSError as e:
        parser.error(f"--json: {e}")

print(f"{'network':<18}" + "".join(f"{d + ', s':>14}" for d in steppings) + f"{'automatic / better':>22}   spikes")
table = []
with tempfile.TemporaryDirectory() as work:
    for name in options.names or benches:
        rounds = [[run(name, d, options.threads, work) for d in steppings] for _ in range(options.rounds)]
        least = [min(r[d][0] for r in rounds) for d in range(3)]
        ratio = least[2] / min(least[:2])
        same = len({r[d][1] for r in rounds for d in range(3)} - {None}) == 1
        print(f"{name:<18}" + "".join(f"{s:14.4f}" for s in least) + f"{ratio:22.2f}   "
              + ("the same in all" if same else "differ between steppings") + ("" if ratio <= 1.1 else "   more than 10 % slower"), flush=True)
        table.append({"name": name, "threads": options.threads, **{d: s if s < float("inf") else None for d, s in zip(steppings, least)}, "ratio": ratio, "same_spikes": same})
if options.json:
    pathlib.Path(options.json).write_text(json.dumps(table, indent=2) + "\n")
