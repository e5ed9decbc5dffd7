"""From a scene to a picture and its labels."""

from __future__ import annotations

from collections.abc import Collection
from random import Random

import numpy as np

from diffuscope.worlds.storybook.chance.sample import complete
from diffuscope.worlds.storybook.drawing import green_places, town, wide_places  # noqa: F401, they fill the table
from diffuscope.worlds.storybook.drawing.finish import finish
from diffuscope.worlds.storybook.drawing.grounds import GROUNDS
from diffuscope.worlds.storybook.drawing.layout import Layout, Placed, lay_out
from diffuscope.worlds.storybook.drawing.sky import LIGHT, OBJECT_LIGHT, sky, weather
from diffuscope.worlds.storybook.objects import KINDS
from diffuscope.worlds.storybook.pen.palette import PAINTS, RGB, light, mix, vary
from diffuscope.worlds.storybook.pen.pen import Pen
from diffuscope.worlds.storybook.scene.scene import Scene

_WATER: RGB = (92, 174, 212)


def draw(scene: Scene, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw a scene; what it leaves open is chosen by `rng`, as are places, shades, hills and clouds.

    Returns:
        The picture, uint8 (128, 128, 3), and its labels, uint8 (128, 128): 0 for the background, i + 1 for what
        belongs to `scene.objects[i]`. Shadows and glows are background.
    """
    return paint(lay_out(complete(scene, rng), rng))


def paint(layout: Layout, skip: Collection[int] = ()) -> tuple[np.ndarray, np.ndarray]:
    """The picture and the labels of a layout, without the objects whose index is in `skip`."""
    scene = layout.scene
    p = Pen(str(scene.style), LIGHT[str(scene.time)], scene.time == "night", Random(layout.seeds["finish"]))
    air, sun = sky(p, layout, Random(layout.seeds["sky"]))
    tint = p.light

    def far(c: RGB, share: float) -> RGB:
        return mix(c, (air[0] / tint[0], air[1] / tint[1], air[2] / tint[2]), share)

    GROUNDS[str(scene.place)](p, Random(layout.seeds["ground"]), layout.horizon, far, sun)
    things = [t for t in layout.things if t.index not in skip]
    for thing in things:
        _below(p, scene, thing)
    for thing in things:
        p.light = OBJECT_LIGHT[str(scene.time)]
        p.label = thing.index + 1
        _object(p, scene, thing)
        p.light = tint
        p.label = 0
        _before(p, scene, thing)
        p.label = None
    weather(p, layout, Random(layout.seeds["weather"]))
    return finish(p, Random(layout.seeds["finish"]))


def _object(p: Pen, scene: Scene, thing: Placed) -> None:
    what = scene.objects[thing.index]
    r = Random(thing.seed)
    c = vary(PAINTS[what.colour], r, 6) if what.colour else PAINTS["white"]
    kind = KINDS[what.kind]
    high = kind.top / 2
    p.push(thing.x, thing.y - high * thing.scale / 100, thing.scale / 100, thing.mirror, thing.turn)
    p.push(-kind.middle, high)  # turned around its middle
    kind.draw(p, c, r)
    p.pop()
    p.pop()


def _below(p: Pen, scene: Scene, thing: Placed) -> None:
    """What an object stands on: its shadow, a pond on land, an island at sea."""
    kind = KINDS[scene.objects[thing.index].kind]
    half = kind.half * thing.scale / 100
    x, y = thing.x, thing.y
    if kind.home == "water" and scene.place != "sea":
        p.oval(
            x, y + 2, half * 1.16 + 3, 9.5, (222, 206, 160) if scene.place in ("beach", "desert") else (112, 156, 98)
        )
        p.oval(x, y + 2, half * 1.14 + 1, 8, _WATER, edge=False)
        p.oval(x, y + 4, half * 0.9, 4.4, light(_WATER, 0.22), edge=False)
    elif kind.home == "land" and scene.place == "sea":
        p.oval(x, y + 3, half * 1.18 + 2, 9, (242, 216, 160))
        p.oval(x, y + 1, half * 1.06, 6, (128, 186, 96), edge=False)
        p.oval(x, y, half * 0.9, 2.6, (40, 50, 60), edge=False, alpha=0.16)
    elif kind.home == "land":
        p.oval(x, y, half * 0.98, 3.2, (40, 46, 66), edge=False, alpha=0.2)


def _before(p: Pen, scene: Scene, thing: Placed) -> None:
    """The waterline in front of what floats."""
    kind = KINDS[scene.objects[thing.index].kind]
    if kind.home != "water":
        return
    half = kind.half * thing.scale / 100
    x, y = thing.x - half * 1.05, thing.y + 1
    step = half * 0.525
    wave = f"M{x:.1f},{y:.1f}q{step / 2:.1f},-4 {step:.1f},0t{step:.1f},0t{step:.1f},0t{step:.1f},0"
    p.path(f"{wave}v4.5h{-4 * step:.1f}Z", _WATER if scene.place != "sea" else (76, 160, 202), edge=False)
    p.stroke(wave, (220, 240, 248), 1.6)
