"""The town."""

from __future__ import annotations

from random import Random

from diffuscope.worlds.storybook.drawing.grounds import Far, ground
from diffuscope.worlds.storybook.pen.palette import CREAM, GOLD, RGB, ROOFS, dark, vary
from diffuscope.worlds.storybook.pen.pen import SIDE, Pen

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
    for x in (r.uniform(8, 40), r.uniform(84, 120)):
        _lamp(p, x, street + 6)
    shift = r.uniform(0, 26)
    for i in range(-1, 6):
        p.rect(i * 26 + shift - 6, 114, 14, 3, (240, 238, 228), edge=False)


def _lamp(p: Pen, x: float, y: float) -> None:
    """A street lamp, lit at night."""
    if p.night:
        p.circle(x, y - 27, 11, GOLD, edge=False, alpha=0.22, lit=True)
    p.stroke(f"M{x:.1f},{y:.1f}v-24", (70, 68, 84), 2.2)
    p.circle(x, y - 27, 3.6, GOLD if p.night else CREAM, lit=p.night)


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
