"""`make bench`: our costs as ratios to a named peer, measured in one run.

Both sides run in one process with the same weights, one torch thread, in the order A B B A; the median of the pairs'
ratios is printed with its quartiles, and A against A beside it to show the noise of the machine.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import bench_grid
import bench_widgets
import torch
from through import through

from diffuscope import Keep, Settings, load, record, worker
from diffuscope.families.catalogue import WEIGHTS

PAIRS, WARM = 7, 2
SETTINGS = Settings("a large red circle left of a small blue square", seed=7)


def seconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def ratio(ours: Callable[[], object], theirs: Callable[[], object], pairs: int = PAIRS) -> list[float]:
    """Ours over theirs, pair by pair, each pair in A B B A order."""
    for _ in range(WARM):
        ours(), theirs()
    found = []
    for _ in range(pairs):
        a, b = seconds(ours), seconds(theirs)
        b, a = b + seconds(theirs), a + seconds(ours)
        found.append(a / b)
    return found


def show(what: str, found: list[float], goal: float) -> bool:
    low, middle, high = statistics.quantiles(found, n=4)
    good = middle <= goal
    print(f"{what:58} {middle:6.3f}  ({low:.3f} to {high:.3f})   goal <= {goal:.2f}  {'ok' if good else 'MISSED'}")
    return good


def main() -> int:
    torch.set_num_threads(1)
    from diffusers import StableDiffusionPipeline

    model = load("scenes")
    pipe = StableDiffusionPipeline.from_pretrained(WEIGHTS / "scenes", torch_dtype=torch.float32)
    pipe.set_progress_bar_config(disable=True)
    done = model.complete(SETTINGS)

    def plain(output: str = "np") -> object:
        return bench_grid.plain(model, pipe, done, output)

    mine = record(model, SETTINGS, Keep(pictures=()))
    assert torch.equal(torch.from_numpy(mine.latents), plain("latent")), "the two sides must draw the same picture"

    rows = [SETTINGS.replace(seed=seed) for seed in range(8)]
    print(
        f"load average {os.getloadavg()[0]:.1f}, torch {torch.__version__}, 1 thread, median of {PAIRS} pairs (quartiles)"
    )
    show("A against A: plain pipeline over plain pipeline", ratio(plain, plain), 1.05)
    good = [
        show(
            "record every tensor / diffusers pipeline",
            ratio(lambda: record(model, SETTINGS, Keep(pictures=())), plain),
            1.10,
        ),
        show("record, film decoded too / diffusers pipeline", ratio(lambda: record(model, SETTINGS), plain), 1.50),
        show(
            "batch of 8 rows / 8 runs",
            ratio(lambda: record(model, rows, Keep((), ())), lambda: [record(model, r, Keep((), ())) for r in rows], 3),
            0.6,
        ),
        show(
            "import diffuscope / import torch, diffusers",
            ratio(imports("diffuscope"), imports("torch, diffusers"), 3),
            0.15,
        ),
        show("cancel: network calls begun after it", [cancelled_after(model) for _ in range(5)], 2),
        *bench_grid.rows(model, pipe, ratio, show),
        *bench_widgets.rows(model, show),
    ]
    return 0 if all(good) else 1


def imports(names: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, "-c", f"import {names}"], check=True)


def cancelled_after(model: object) -> float:
    """Network calls that begin after `cancel()` returns."""
    calls, network, running = [], model.denoiser, threading.Event()

    def counted(*args: object) -> object:
        calls.append(1)
        if len(calls) == 5:
            running.set()
        return network(*args)

    model.denoiser = through(model, counted)
    job = worker(model).submit(SETTINGS.replace(steps=200, scheduler="ddim"))
    running.wait()
    job.cancel()
    at = len(calls)
    while not job.done:
        time.sleep(0.005)
    model.denoiser = network
    return float(len(calls) - at)


if __name__ == "__main__":
    sys.exit(main())
