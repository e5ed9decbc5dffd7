"""Meadow, hills, mountains, forest."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.drawing.grounds import Far, bush, ground, hill, little_fir, tufts
from diffuscope.worlds.storybook.pen.palette import CREAM, RGB, SNOW, dark, light, mix, vary
from diffuscope.worlds.storybook.pen.pen import SIDE, Pen
from diffuscope.worlds.storybook.pen.shapes import Path, ridge

_GREEN: RGB = (130, 192, 94)

_BLOOMS: tuple[RGB, ...] = ((255, 255, 255), (255, 224, 104), (250, 150, 176), (186, 150, 226), (240, 110, 96))


def _flowers(p: Pen, r: Random, top: float, n: int) -> None:
    """Little flowers of two colours, larger in front."""
    blooms = r.sample(_BLOOMS, 2)
    for i in range(n):
        x, y = (i * 0.618 + r.uniform(-0.04, 0.04)) % 1 * 124 + 2, r.uniform(top, 123)
        size, c = 1.5 + (y - top) / 40, blooms[i % 2]
        for dx, dy in ((-1, 0), (1, 0), (0, -1), (0, 1)):
            p.circle(x + dx * size, y + dy * size, size, c, edge=False)
        p.circle(x, y, size * 0.75, (250, 190, 70) if c != _BLOOMS[1] else (222, 130, 50), edge=False)


@ground("meadow")
def meadow(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    green = vary(_GREEN, r, 10)
    p.path(hill(r, horizon + 1, 1.5, 60), far(dark(green, 0.86), 0.42))
    for i in range(5):
        x = (i + r.uniform(0, 1)) * SIDE / 5
        bush(p, x, horizon + r.uniform(2, 5), r.uniform(7, 13), far(dark(green, 0.72), 0.3))
    p.path(hill(r, horizon + 8, 1.5, 64), far(green, 0.1))
    if r.random() < 0.5:
        _fence(p, horizon + 13, far((250, 244, 230), 0.1))
    p.path(hill(r, horizon + 30, 2.5, 64), light(green, 0.12))
    tufts(p, r, horizon + 34, green, 4)
    _flowers(p, r, horizon + 22, 11)


def _fence(p: Pen, y: float, c: RGB) -> None:
    """A low fence along the back of the meadow."""
    for dy in (-6, -2):
        p.rect(-2, y + dy, SIDE + 4, 1.8, dark(c, 0.93), edge=False)
    for x in range(3, SIDE, 13):
        p.rect(x, y - 9, 3, 10, c, 1, edge=p.style == "ink")


@ground("hills")
def hills(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    green = vary(_GREEN, r, 10)
    p.path(_waves(r, horizon - 12, 9, 30), far(dark(green, 0.78), 0.6))
    p.path(_waves(r, horizon - 2, 10, 36), far(dark(green, 0.82), 0.34))
    for _ in range(r.randrange(2, 5)):
        x = r.uniform(4, SIDE - 4)
        bush(p, x, horizon + r.uniform(14, 20), r.uniform(6, 9), far(dark(green, 0.64), 0.15))
    p.path(_waves(r, horizon + 15, 9, 46), far(dark(green, 0.94), 0.06))
    if r.random() < 0.6:  # a path that winds up to the horizon
        x, bend = r.uniform(30, 98), r.choice((-1, 1)) * r.uniform(16, 26)
        p.path(f"M{x:.1f},{horizon + 10:.1f}q{bend:.1f},8 {-bend * 0.4:.1f},20q{-bend * 1.2:.1f},16 {bend * 0.4:.1f},46h14"
               f"q{-bend * 1.2 - 6:.1f},-30 {-bend * 0.3 - 3:.1f},-46q{bend * 0.9:.1f},-12 {bend * 0.3 - 8:.1f},-20Z",
               far((240, 222, 176), 0.12), edge=False)  # fmt: skip
    p.path(_waves(r, horizon + 40, 8, 62), light(green, 0.16))
    tufts(p, r, horizon + 46, green, 3)


def _waves(r: Random, y: float, swing: float, step: float) -> Path:
    """Round hills: up and down in turn, closed below the picture."""
    x, up = -8.0 - r.uniform(0, step), r.choice((-1, 1))
    points = []
    while x < SIDE + step:
        points.append((x, y + up * swing * r.uniform(0.6, 1)))
        up = -up
        x += step * r.uniform(0.8, 1.2)
    points.append((SIDE + 60.0, y))
    return ridge(points, SIDE + 8)


@ground("mountains")
def mountains(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    for base, spread, c, t in ((horizon + 6, 34, (132, 142, 176), 0.42), (horizon + 14, 27, (110, 120, 158), 0.12)):
        x = r.uniform(-24, -4)
        while x < SIDE + 10:
            w = spread * r.uniform(0.9, 1.3)
            _mountain(p, x + w / 2, base, w, w * r.uniform(1.05, 1.35), far(c, t), far(SNOW, t * 0.5))
            x += w * r.uniform(0.95, 1.4)
    green = vary(_GREEN, r, 10)
    p.path(hill(r, horizon + 15, 4, 44), far(dark(green, 0.8), 0.12))
    for _ in range(r.randrange(4, 8)):
        little_fir(p, r.uniform(0, SIDE), horizon + r.uniform(22, 28), r.uniform(10, 17), far((70, 124, 100), 0.12))
    p.path(hill(r, horizon + 31, 4, 60), green)
    tufts(p, r, horizon + 42, green, 4)


def _mountain(p: Pen, x: float, base: float, w: float, h: float, rock: RGB, snow: RGB) -> None:
    top = base - h
    p.poly([(x - w, base + 10), (x, top), (x + w, base + 10)], rock)
    p.poly(
        [(x, top), (x + w, base + 10), (x + w * 0.16, base + 10), (x - w * 0.1, top + h * 0.55)],
        dark(rock, 0.88),
        edge=False,
    )
    k, y = 0.33, top + (h + 10) * 0.33
    p.poly(
        [(x, top), (x + w * k, y), (x + w * 0.14, y - 3), (x, y + 4), (x - w * 0.15, y - 3), (x - w * k, y)],
        snow,
        edge=False,
    )
    p.poly([(x, top), (x + w * k, y), (x + w * 0.14, y - 3), (x + w * 0.03, y - 8)], mix(snow, rock, 0.22), edge=False)


@ground("forest")
def forest(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    green = vary((116, 176, 92), r, 8)
    for base, n, t, c in ((horizon + 4, 11, 0.5, (78, 136, 110)), (horizon + 12, 8, 0.16, (62, 120, 94))):
        for i in range(n + 1):
            x, h, w = (i + r.uniform(-0.3, 0.3)) * SIDE / n, r.uniform(30, 48), r.uniform(8, 11)
            pine = far(c, t)
            p.poly([(x - w, base + 8), (x, base - h), (x + w, base + 8)], pine, edge=p.style == "ink" and t < 0.4)
            if t < 0.4:
                p.poly([(x + w * 0.2, base + 8), (x, base - h), (x + w, base + 8)], dark(pine, 0.9), edge=False)
    p.path(hill(r, horizon + 12, 3, 44), dark(green, 0.78))
    p.path(hill(r, horizon + 33, 4, 60), dark(green, 0.93))
    for i in range(5):
        x, y = (i + r.uniform(0.1, 0.9)) * SIDE / 5, r.uniform(horizon + 36, 124)
        if r.random() < 0.7:
            p.stroke(
                f"M{x - 4:.1f},{y - 4:.1f}L{x:.1f},{y:.1f}L{x + 4:.1f},{y - 4:.1f}M{x:.1f},{y - 6:.1f}V{y:.1f}",
                dark(green, 0.58),
                1.6,
            )
        else:
            p.path(f"M{x - 3.4:.1f},{y - 3:.1f}q3.4,-6 6.8,0Z", (222, 90, 78), edge=False)
            p.rect(x - 1.1, y - 3, 2.2, 3.6, CREAM, edge=False)
