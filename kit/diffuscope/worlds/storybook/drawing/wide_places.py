"""Sea, beach, desert, snow field."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.drawing.grounds import Far, ground, hill, little_fir
from diffuscope.worlds.storybook.pen.palette import RGB, SNOW, dark, light, vary
from diffuscope.worlds.storybook.pen.pen import SIDE, Pen
from diffuscope.worlds.storybook.pen.shapes import ridge


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
    for i in range(4):  # ripples that the wind leaves
        x, y = (i + r.uniform(0.1, 0.7)) * SIDE / 4, r.uniform(horizon + 48, 122)
        p.stroke(f"M{x:.1f},{y:.1f}q6,-4 12,0q5,3 10,0", dark(sand, 0.86), 1.7)


@ground("snow field")
def snow_field(p: Pen, r: Random, horizon: float, far: Far, sun: float) -> None:
    p.path(hill(r, horizon - 4, 6, 44), far((206, 220, 240), 0.35))
    for _ in range(r.randrange(3, 7)):
        x, y, h = r.uniform(0, SIDE), horizon + r.uniform(4, 9), r.uniform(10, 17)
        little_fir(p, x, y, h, far((88, 132, 132), 0.3))
        p.poly([(x - h * 0.16, y - h * 0.56), (x, y - h), (x + h * 0.16, y - h * 0.56)], far(SNOW, 0.1), edge=False)
    p.path(hill(r, horizon + 13, 5, 52), (228, 237, 250))
    p.path(hill(r, horizon + 37, 5, 66), (249, 251, 255))
