"""Processes of their own that fill a grid's folder, and may be killed while they do.

They are forked from one server that has loaded torch and the tiny model already, so that starting one takes
milliseconds. Of that server's threads there is only one, as a fork wants it.
"""

import multiprocessing
import os
import signal
import threading
from pathlib import Path

import torch
from grid_cells import at_write, trace
from tiny import tiny_model

from diffuscope import Settings
from diffuscope.grid.fill import workers
from diffuscope.grid.make import grid
from diffuscope.grid.store.store import Store

torch.set_num_threads(1)
MODEL = tiny_model()
BASE = Settings("a red circle", steps=3, guidance_scale=4.0, scheduler="euler a")
AXES = {"prompt": ["a red circle", "a blue square", "a red square"], "seed": "1-8", "guidance_scale": [1, 4]}


def context():
    """Where such processes come from."""
    here = Path(__file__).parent
    roots = [str(here), str(here.parent)]
    # Python 3.11 tells the server nothing of sys.path
    os.environ["PYTHONPATH"] = os.pathsep.join([*roots, os.environ.get("PYTHONPATH", "")])
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload(["grid_children"])
    return forks


def planned(folder, axes=AXES):
    """48 cells of the tiny model, or those of other axes."""
    return grid(MODEL, BASE, axes, folder=folder, film=3)


def fill(folder, ready=None, batch=2, axes=AXES):
    """Draw all cells that are missing; each one that is begun is a line in a log."""
    made = planned(folder, axes)
    keys = {settings: key for key, settings in made.plan.pictures.items()}
    draw = workers.draw

    def logged(model, rows, *given):
        with open(made.store.folder / ".drawn", "a") as log:
            log.write("".join(keys[row] + "\n" for row in rows))
        return draw(model, rows, *given)

    workers.draw = logged
    if ready:
        ready.set()
    made.run(batch=batch)


def drawn(folder):
    """The keys of the cells that were begun, as often as they were."""
    log = folder / ".drawn"
    return log.read_text().splitlines() if log.exists() else []


def hold(folder, ready, key):
    """Claim a cell and wait for the end."""
    store = Store(folder)
    assert store.claim(key)
    ready.set()
    threading.Event().wait()


def killed_at(folder, number):
    """Die at the number-th write of a rating, a plan and a cell."""
    store = Store(folder)
    store.claim("b")
    with at_write(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        store.rate("a", "reject")
        store.write_plan(planned(folder).plan)
        store.save("b", trace(8), [trace(8).image])
