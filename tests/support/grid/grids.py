"""Grids whose pictures are painted, not computed: for what looks at grids."""

import colorsys
import io
import itertools

import numpy as np
from PIL import Image

from diffuscope import Recipe
from diffuscope.grid.plan.plan import Axis, Cell, Plan, Value
from diffuscope.listeners import Listeners
from diffuscope.picture.arrays import encode

BASE = Recipe("a red circle", scheduler="ddim", schedule="uniform", steps=20, guidance_scale=4.0, width=32, height=32)


def planned(axes, base=BASE, holes=()):
    """A plan by hand. `axes`: field to values; `holes`: places."""
    laid = tuple(
        Axis(name, tuple(Value(str(value), {name: value}) for value in values)) for name, values in axes.items()
    )
    cells = []
    for number, place in enumerate(itertools.product(*(range(len(axis.values)) for axis in laid))):
        if place in holes:
            continue
        settings = base
        for axis, at in zip(laid, place, strict=True):
            settings = settings.replace(**axis.values[at].changes)
        cells.append(Cell(place, settings, f"{number:016x}"))
    return Plan({"name": "scenes", "source": "built in", "sha256": ""}, base, laid, "same", tuple(cells))


def painted(settings, place=(), noise=0.0):
    """A picture nobody mistakes for another: a disc whose colour, size and place come from the cell's place."""
    wide, high = settings.width, settings.height
    steps = [*place, 0, 0, 0]
    y, x = np.mgrid[:high, :wide] / max(wide, high)
    hue = colorsys.hsv_to_rgb((steps[0] * 0.37) % 1, 0.75, 0.95)
    inside = (x - 0.3 - 0.05 * (steps[1] % 9)) ** 2 + (y - 0.5) ** 2 < (0.16 + 0.03 * (steps[2] % 5)) ** 2
    paper = np.full(3, 0.86 - 0.08 * (steps[1] % 4))
    shown = np.where(inside[..., None], hue, paper)
    if noise:
        shown = (1 - noise) * shown + noise * np.random.default_rng(settings.seed).random(shown.shape)
    return np.rint(255 * shown).astype(np.uint8)


class PaintedStore:
    """The part of a `Store` that is looked at, in memory."""

    def __init__(self, plan, finished, frames=6):
        self.cells = {cell.key: cell for cell in plan.cells}
        self.done, self.ratings, self.frames = set(finished), {}, frames

    def finished(self):
        return set(self.done)

    def pixels(self, key, noise=0.0):
        return painted(self.cells[key].settings, self.cells[key].place, noise)

    def picture(self, key):
        return Image.fromarray(self.pixels(key)) if key in self.done else None

    def thumb(self, key):
        if key not in self.done:
            return None
        small = self.picture(key)
        small.thumbnail((128, 128))
        return encode(small, "WEBP", 100)

    def film(self, key):
        if key not in self.done or not self.frames:
            return None
        frames = [self.pixels(key, noise) for noise in np.linspace(1, 0.1, self.frames)]
        return encode(np.hstack(frames), "WEBP", 100)

    def rate(self, key, mark):
        self.ratings = {name: kept for name, kept in {**self.ratings, key: mark}.items() if kept}


class PaintedGrid:
    """A grid of painted pictures; `finish` makes one more appear."""

    def __init__(self, plan, finished=None, frames=6):
        self.plan = plan
        self.store = PaintedStore(plan, [cell.key for cell in plan.cells] if finished is None else finished, frames)
        self.changed = Listeners()
        self.job = None

    def on_job(self, call):
        """No job is ever begun here."""
        return lambda: None

    def on_change(self, call):
        return self.changed.add(call)

    def finish(self, key):
        self.store.done.add(key)
        self.changed(key)


def opened(data):
    """The pixels of a picture file."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def shown(data, meta, key):
    """The pixels of a cell in an atlas."""
    x, y, wide, high = meta["rects"][meta["keys"].index(key)]
    return opened(data)[y : y + high, x : x + wide]
