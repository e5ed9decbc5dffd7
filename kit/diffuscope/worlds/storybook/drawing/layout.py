"""Where everything stands: the part of a picture that its caption leaves to chance."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

import numpy as np

from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.pen.pen import SIDE
from diffuscope.worlds.storybook.scene.scene import Scene
from diffuscope.worlds.storybook.scene.tables import SCALES

_LEAST = 30.0  # pixels to 100 units: below, an object is smaller than three latent cells of 8 pixels
_MOST = 100.0
_TAIL = 26.0  # units that a flame or a tail hangs below what flies
_CROWD = {1: 1.2, 2: 0.97, 3: 0.82}  # how large things are drawn when so many share the picture


@dataclass(frozen=True)
class Placed:
    """One thing in the picture.

    Attributes:
        index: which object of the scene it belongs to.
        x, y: its bottom middle in pixels; y points downwards.
        scale: pixels to 100 units of its drawing.
        turn: degrees clockwise.
        seed: for whatever its drawing leaves open.
    """

    index: int
    x: float
    y: float
    scale: float
    mirror: bool
    turn: float
    seed: int


@dataclass(frozen=True)
class Layout:
    """A scene with everything decided, so that drawing it twice gives the same picture.

    Attributes:
        horizon: in pixels from above.
        things: from back to front.
        seeds: of the parts that are no objects: sky, ground, weather, finish.
    """

    scene: Scene
    horizon: float
    things: tuple[Placed, ...]
    seeds: dict[str, int]


def lay_out(scene: Scene, rng: np.random.Generator) -> Layout:
    """Choose a place, a scale and a direction for every object of a complete scene."""
    r = Random(int(rng.integers(1 << 53)))
    margin = 10.0 if scene.style == "watercolour" else 4.0  # the paper's ragged edge
    things = (_front if scene.order == "front" else _row)(scene, r, margin)
    seeds = {part: r.getrandbits(48) for part in ("sky", "ground", "weather", "finish")}
    behind = {"sky": 0.0}  # what flies is farther away than what stands
    things.sort(key=lambda t: behind.get(KINDS[scene.objects[t.index].kind].home, t.y))
    return Layout(scene, r.uniform(58, 68), tuple(things), seeds)


def _width(scene: Scene, index: int, scale: float) -> float:
    """How much room a thing takes, with its pond or island, or turned in the air."""
    kind = KINDS[scene.objects[index].kind]
    dry = kind.home == "land" and scene.place != "sea"
    wide = 1.05 if kind.home == "sky" else 1.0 if dry or (kind.home == "water" and scene.place == "sea") else 1.14
    return wide * 2 * kind.half / 100 * scale


def _scale(scene: Scene, index: int, crowd: float, r: Random) -> float:
    thing = scene.objects[index]
    size = KINDS[thing.kind].size * SCALES[thing.size or "medium"] * SIDE * crowd * r.uniform(0.94, 1.05)
    kind = KINDS[thing.kind]
    tall = kind.top + (_TAIL if kind.home == "sky" else 0)
    return min(_MOST, 112 / tall * 100, max(_LEAST, size))


def _row(scene: Scene, r: Random, margin: float) -> list[Placed]:
    """Things side by side; in the order of the scene if it says so, else by chance."""
    groups = list(range(len(scene.objects)))
    if scene.order is None:
        r.shuffle(groups)
    order = [i for i in groups for _ in range(scene.objects[i].count or 1)]
    crowd = _CROWD.get(len(order), 0.7)
    scales = [_scale(scene, i, crowd, r) for i in order]
    widths = [_width(scene, i, s) for i, s in zip(order, scales, strict=True)]
    room = SIDE - 2 * margin
    squeeze = min(1.0, room / sum(widths))
    scales, widths = [s * squeeze for s in scales], [w * squeeze for w in widths]
    free = room - sum(widths)
    cuts = sorted(r.random() for _ in order)
    things, x, before = [], margin, 0.0
    for i, scale, width, cut in zip(order, scales, widths, cuts, strict=True):
        x += free * (cut - before)
        before = cut
        middle = x + width / 2
        if len(order) == 1 and scene.objects[i].side:
            middle = _on_side(scene.objects[i].side == "left", width, margin, r)
        things.append(_thing(scene, i, middle, scale, margin, r, len(order)))
        x += width
    return things


def _on_side(left: bool, width: float, margin: float, r: Random) -> float:
    """A middle clearly left or right of the picture's, as far as the width lets it."""
    nearest = margin + width / 2
    x = r.uniform(min(nearest, 52.0), max(52.0, nearest)) if nearest < 54 else nearest
    return x if left else SIDE - x


def _front(scene: Scene, r: Random, margin: float) -> list[Placed]:
    """The first object low and near, the second behind it, still seen."""
    near, far = (_scale(scene, i, crowd, r) for i, crowd in ((0, 0.82), (1, 1.0)))
    if far < near * 1.15:
        far = min(_MOST, near * 1.15)
    # how far the two middles are apart, and the edges of both around the middle of the first; shrunk until they fit
    side, reach = r.choice((-1, 1)), 0.27 * r.uniform(0.9, 1.15)
    wide = _width(scene, 0, near), _width(scene, 1, far)
    apart = side * reach * sum(wide)
    left, right = min(-wide[0] / 2, -apart - wide[1] / 2), max(wide[0] / 2, -apart + wide[1] / 2)
    shrink = min(1.0, (SIDE - 2 * margin) / (right - left))
    near, far, apart, left, right = (shrink * x for x in (near, far, apart, left, right))
    x = r.uniform(margin - left, SIDE - margin - right)
    bottom = SIDE - margin - 3
    back = _thing(scene, 1, x - apart, far, margin, r, 2, y=r.uniform(90, 96) + max(0.0, far - 66) * 0.3)
    front = _thing(scene, 0, x, near, margin, r, 2, y=r.uniform(bottom - 7, bottom))
    return [back, front]


def _thing(
    scene: Scene, index: int, x: float, scale: float, margin: float, r: Random, crowd: int, y: float | None = None
) -> Placed:
    kind = KINDS[scene.objects[index].kind]
    turn = 0.0
    top = margin + 1 + kind.top / 100 * scale
    if kind.home == "sky":
        top += 2  # it may be turned
        y = r.uniform(top, max(76, top))
        turn = r.uniform(-6, 6)
    elif y is not None:
        y = max(top, y)
    else:
        y = min(SIDE - margin - 2, max(top, r.uniform(92, 106) + max(0.0, scale - 40) * 0.3))
    mirror = r.random() < 0.5
    if kind.faces and r.random() < 0.8:
        mirror = x > SIDE / 2  # look into the picture, and so at each other
    return Placed(index, x, y, scale, mirror, turn, r.getrandbits(48))
