"""The places: one function each, registered in one table. They paint everything below the sky and behind the objects."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from diffuscope.worlds.storybook.pen.palette import RGB, dark
from diffuscope.worlds.storybook.pen.pen import SIDE, Pen
from diffuscope.worlds.storybook.pen.shapes import Path, ridge

Far = Callable[[RGB, float], RGB]
"""Mixes a colour with the air: 0 is near, 1 is the horizon."""

Ground = Callable[[Pen, Random, float, Far, float], None]
"""Paints a place: pen, chance, horizon in pixels, air, x of the sun or moon (or -1)."""

GROUNDS: dict[str, Ground] = {}


def ground(place: str) -> Callable[[Ground], Ground]:
    def register(paint: Ground) -> Ground:
        GROUNDS[place] = paint
        return paint

    return register


def hill(r: Random, y: float, swing: float, step: float) -> Path:
    """A smooth line of hills around the height y, closed below the picture."""
    x = -8.0 - r.uniform(0, step)
    points = []
    while x < SIDE + step:
        points.append((x, y + r.uniform(-swing, swing)))
        x += step * r.uniform(0.8, 1.25)
    points.append((SIDE + 40.0, y))
    return ridge(points, SIDE + 8)


def bush(p: Pen, x: float, y: float, size: float, c: RGB) -> None:
    p.push(x, y, size / 20)
    p.path("M-16,4C-26,2 -24,-12 -14,-12C-12,-24 8,-26 11,-14C24,-16 26,2 16,4Z", c, edge=p.style == "ink")
    p.pop()


def tufts(p: Pen, r: Random, top: float, c: RGB, n: int) -> None:
    """Marks of grass: few and thick."""
    for i in range(n):
        x, y = (i + r.uniform(0.15, 0.85)) * SIDE / n, r.uniform(top, 123)
        p.stroke(f"M{x - 3:.1f},{y - 4:.1f}L{x:.1f},{y:.1f}L{x + 3:.1f},{y - 4:.1f}", dark(c, 0.78), 1.7)


def little_fir(p: Pen, x: float, y: float, h: float, c: RGB) -> None:
    """A far fir tree, no more than a triangle."""
    p.poly([(x - h * 0.36, y), (x, y - h), (x + h * 0.36, y)], c, edge=p.style == "ink")
