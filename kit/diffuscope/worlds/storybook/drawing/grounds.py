"""The places: one function each, registered in one table. They paint everything below the sky and behind the objects."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from diffuscope.worlds.storybook.pen.palette import CREAM, GOLD, RGB, ROOFS, SNOW, dark, light, mix, vary
from diffuscope.worlds.storybook.pen.pen import SIDE, Pen
from diffuscope.worlds.storybook.pen.shapes import Path, ridge

Far = Callable[[RGB, float], RGB]
"""Mixes a colour with the air: 0 is near, 1 is the horizon."""

Ground = Callable[[Pen, Random, float, Far, float], None]
"""Paints a place: pen, chance, horizon in pixels, air, x of the sun or moon (or -1)."""

GROUNDS: dict[str, Ground] = {}
_GREEN: RGB = (130, 192, 94)


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


def _bush(p: Pen, x: float, y: float, size: float, c: RGB) -> None:
    p.push(x, y, size / 20)
    p.path("M-16,4C-26,2 -24,-12 -14,-12C-12,-24 8,-26 11,-14C24,-16 26,2 16,4Z", c, edge=p.style == "ink")
    p.pop()


def _tufts(p: Pen, r: Random, top: float, c: RGB, n: int) -> None:
    """Marks of grass: few and thick."""
    for i in range(n):
        x, y = (i + r.uniform(0.15, 0.85)) * SIDE / n, r.uniform(top, 123)
        p.stroke(f"M{x - 3:.1f},{y - 4:.1f}L{x:.1f},{y:.1f}L{x + 3:.1f},{y - 4:.1f}", dark(c, 0.78), 1.7)


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
        _bush(p, x, horizon + r.uniform(2, 5), r.uniform(7, 13), far(dark(green, 0.72), 0.3))
    p.path(hill(r, horizon + 8, 1.5, 64), far(green, 0.1))
    if r.random() < 0.5:
        _fence(p, horizon + 13, far((250, 244, 230), 0.1))
    p.path(hill(r, horizon + 30, 2.5, 64), light(green, 0.12))
    _tufts(p, r, horizon + 34, green, 4)
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
        _bush(p, x, horizon + r.uniform(14, 20), r.uniform(6, 9), far(dark(green, 0.64), 0.15))
    p.path(_waves(r, horizon + 15, 9, 46), far(dark(green, 0.94), 0.06))
    p.path(_waves(r, horizon + 40, 8, 62), light(green, 0.16))
    _tufts(p, r, horizon + 46, green, 3)


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
    p.path(hill(r, horizon + 31, 4, 60), green)


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


def _water(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> RGB:
    water = vary((70, 158, 200), r, 8)
    p.rect(-4, horizon, SIDE + 8, SIDE, far(water, 0.34))
    p.path(hill(r, horizon + 11, 1, 40), far(water, 0.08), edge=False)
    p.path(hill(r, horizon + 34, 2, 34), dark(water, 0.9), edge=False)
    if sun >= 0:
        for i in range(4):  # the path of light below the sun or moon
            w, y = 16 - i * 2.6, horizon + 4 + i * 5.6
            p.stroke(f"M{sun - w / 2:.1f},{y:.1f}h{w:.1f}", far((255, 244, 214), 0.55), 1.9, 0.75)
    for i in range(7):
        x, y = (i * 37 % 118) + r.uniform(-3, 3), r.uniform(horizon + 14, 121)
        p.stroke(f"M{x:.1f},{y:.1f}q3.5,-3.6 7,0q3.5,3.6 7,0", light(water, 0.5), 1.6, 0.8)
    return water


@ground("sea")
def sea(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    _water(p, r, horizon, far, sun)


@ground("beach")
def beach(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    _water(p, r, horizon, far, sun)
    sand = vary((247, 220, 160), r, 6)
    side, y = r.choice((-1, 1)), horizon + 20
    shore = [(-8.0, y + 6 * side), (40.0, y - 3 * side), (90.0, y - 5 * side), (136.0, y - 8 * side), (170.0, y)]
    line = ridge(shore, SIDE + 8)
    p.stroke(line, (255, 255, 255), 6)
    p.path(line, sand, edge=False)
    p.path(hill(r, horizon + 46, 3, 60), light(sand, 0.26), edge=False)
    for i in range(6):
        p.circle((i + r.uniform(0.1, 0.9)) * 21, r.uniform(horizon + 38, 123), 1.4, dark(sand, 0.82), edge=False)
    if r.random() < 0.5:
        x, y = r.uniform(16, 112), r.uniform(114, 120)
        p.path(
            f"M{x:.1f},{y - 6:.1f}l1.9,4l4.4,.5l-3.2,2.8l.9,4.2l-4,-2.3l-4,2.3l.9,-4.2l-3.2,-2.8l4.4,-.5Z",
            (240, 116, 96),
        )


@ground("desert")
def desert(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    sand = vary((242, 202, 130), r, 7)
    for _ in range(r.randrange(1, 3)):
        x, w, h = r.uniform(-6, 120), r.uniform(10, 17), r.uniform(11, 20)
        mesa = far((212, 132, 92), 0.3)
        p.poly([(x - w - 5, horizon + 12), (x - w, horizon - h), (x + w, horizon - h), (x + w + 5, horizon + 12)], mesa)
        p.poly([(x + w * 0.4, horizon + 12), (x + w * 0.3, horizon - h), (x + w, horizon - h), (x + w + 5, horizon + 12)],
               dark(mesa, 0.88), edge=False)  # fmt: skip
    p.path(hill(r, horizon + 1, 6, 46), far(dark(sand, 0.92), 0.2))
    p.path(hill(r, horizon + 18, 7, 52), sand)
    p.path(hill(r, horizon + 42, 6, 70), light(sand, 0.26))


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
    p.path(hill(r, horizon + 12, 3, 44), dark(green, 0.72))
    p.path(hill(r, horizon + 33, 4, 60), dark(green, 0.84))
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


@ground("snow field")
def snow_field(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    p.path(hill(r, horizon - 4, 6, 44), far((206, 220, 240), 0.35))
    for _ in range(r.randrange(3, 7)):
        x, y, h = r.uniform(0, SIDE), horizon + r.uniform(4, 9), r.uniform(10, 17)
        fir = far((88, 132, 132), 0.3)
        p.poly([(x - h * 0.36, y), (x, y - h), (x + h * 0.36, y)], fir, edge=p.style == "ink")
        p.poly([(x - h * 0.16, y - h * 0.56), (x, y - h), (x + h * 0.16, y - h * 0.56)], far(SNOW, 0.1), edge=False)
    p.path(hill(r, horizon + 13, 5, 52), (228, 237, 250))
    p.path(hill(r, horizon + 37, 5, 66), (249, 251, 255))


_FRONTS: tuple[RGB, ...] = (
    (240, 196, 156), (228, 168, 156), (180, 196, 212), (240, 220, 168), (196, 182, 206), (182, 206, 186),
)  # fmt: skip


@ground("town")
def town(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    street = horizon + 18
    x = r.uniform(-14, -2)
    before: RGB | None = None
    while x < SIDE:
        w, h = r.uniform(19, 26), r.uniform(26, 44)
        colour = r.choice([c for c in _FRONTS if c != before])
        before = colour
        _front(p, r, x, street - h, w, h, far(vary(colour, r, 5), 0.2), far(r.choice(ROOFS), 0.28))
        x += w
    p.rect(-4, street, SIDE + 8, 10, (212, 206, 202))
    p.rect(-4, street + 9, SIDE + 8, SIDE, (128, 130, 146))
    shift = r.uniform(0, 26)
    for i in range(-1, 6):
        p.rect(i * 26 + shift - 6, 117, 14, 3, (240, 238, 228), edge=False)


def _front(p: Pen, r: Random, x: float, y: float, w: float, h: float, c: RGB, roof: RGB) -> None:
    """A house of the street with its windows."""
    p.rect(x, y, w, h, c)
    if r.random() < 0.65:
        p.poly([(x - 1, y), (x + w / 2, y - 10), (x + w + 1, y)], roof)
    else:
        p.rect(x - 1, y - 3, w + 2, 4, roof)
    for j in range(int((h - 4) // 12)):
        for i in range(2):
            lit = p.night and r.random() < 0.6
            p.rect(
                x + w * (0.18 + 0.38 * i),
                y + 5 + j * 12,
                w * 0.25,
                7,
                GOLD if lit else dark(c, 0.74),
                edge=False,
                lit=lit,
            )
