"""Everything that writes files for a user, by name: call it with a folder and a number that changes what is written."""

import functools
import os
import signal
from pathlib import Path

import torch
from grid_cells import Stub, at_write, trace
from tiny import tiny_model

from diffuscope import Settings, record, save_picture
from diffuscope.cli import lab
from diffuscope.grid import contact_sheet, grid
from diffuscope.grid.store.store import Store
from diffuscope.train import evaluate, loop, sheet
from diffuscope_widgets import Film

torch.set_num_threads(1)


@functools.cache
def run(number):
    """A recorded run."""
    return record(tiny_model(), Settings("a red circle", seed=number, steps=2))


def notebooks(folder, number):
    shipped = folder.with_name("shipped")
    shipped.mkdir(exist_ok=True)
    (shipped / "a.ipynb").write_text(f"notebook {number}")
    before, lab.notebooks = lab.notebooks, lambda: shipped
    try:
        lab.copy_notebooks(folder)
    finally:
        lab.notebooks = before


WRITERS = {
    "trace": lambda folder, number: run(number).save(folder / "run"),
    "gif": lambda folder, number: run(number).save_gif(folder / "run.gif"),
    "png": lambda folder, number: save_picture(run(number), folder / "run.png"),
    "jpg": lambda folder, number: save_picture(run(number), folder / "run.jpg"),
    "webp": lambda folder, number: save_picture(run(number), folder / "run.webp"),
    "film gif": lambda folder, number: Film(run(number)).save_gif(folder / "film.gif"),
    "film sheet": lambda folder, number: Film(run(number)).save_sheet(folder / "film.png"),
    "page": lambda folder, number: Film(run(number)).to_html(folder / "page.html"),
    "contact sheet": lambda folder, number: contact_sheet(
        grid(tiny_model(), Settings("a red circle"), {"seed": [number, 3]}), folder / "sheet.png"
    ),
    "plan": lambda folder, number: Store(folder).write_plan(Stub(number=number)),
    "rating": lambda folder, number: Store(folder).rate("a", ("star", "reject")[number % 2]),
    "cell": lambda folder, number: Store(folder).save("a", trace(number), [trace(number).image]),
    "notebooks": notebooks,
    "evaluation": lambda folder, number: evaluate.write([{"what": str(number)}], (), folder),
    "training sheet": lambda folder, number: sheet.save_sheet(
        torch.full((2, 3, 8, 8), number / 10), folder / "sheet.png", 2
    ),
    "checkpoint": lambda folder, number: loop._save(folder / "checkpoint.pt", {"step": number}),
}


def killed(name, folder, number):
    """Write for the second time, and die at the number-th thing that could write."""
    with at_write(number, lambda: os.kill(os.getpid(), signal.SIGKILL)):
        WRITERS[name](Path(folder), 2)
