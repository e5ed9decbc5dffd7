"""Drawing scenes: anti-aliased flat shapes on a light ground, at sub-pixel places."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from diffuscope.worlds.scenes.scene import COLOURS, Scene, Thing

SIDE = 32
"""Width and height of a picture in pixels."""

BACKGROUND = (246, 245, 240)
RADIUS = {"small": 3.5, "large": 5.7}
"""Radius in pixels of the circle; the other shapes are scaled to look as large (see `_outline`)."""

_OVERSAMPLE = 8
_MARGIN = 0.25
_ASIDE = 3.5  # pixels a thing may stand off the line through the middle
_GAP = 1.2  # pixels of ground between two things, so that no reader takes them for one


def _outline(shape: str, radius: float) -> list[tuple[float, float]]:
    """Corners around (0, 0), y downwards. Areas are near that of the circle, so size is not a hint of shape."""
    if shape == "square":
        half = radius * 0.9
        return [(-half, -half), (half, -half), (half, half), (-half, half)]
    if shape == "triangle":
        return [(1.25 * radius * x, 0.25 * radius + 1.25 * radius * y) for x, y in _corners(3)]
    if shape == "star":
        reach = (1.2 * radius, 0.55 * radius)
        return [(reach[i % 2] * x, reach[i % 2] * y) for i, (x, y) in enumerate(_corners(10))]
    raise ValueError(f"no shape {shape!r}")


def _corners(count: int) -> list[tuple[float, float]]:
    """Points evenly on the unit circle, clockwise from the top."""
    return [(math.sin(2 * math.pi * i / count), -math.cos(2 * math.pi * i / count)) for i in range(count)]


def coverage(shape: str, radius: float, x: float, y: float, side: int = SIDE) -> np.ndarray:
    """How much of each pixel the shape covers.

    Args:
        shape: one of `SHAPES`.
        radius: size in pixels.
        x, y: centre in pixels from the upper left corner.

    Returns:
        float32 array (side, side), 0 to 1.
    """
    k = _OVERSAMPLE
    canvas = Image.new("L", (side * k, side * k), 0)
    pen = ImageDraw.Draw(canvas)
    if shape == "circle":
        pen.ellipse([(x - radius) * k, (y - radius) * k, (x + radius) * k, (y + radius) * k], fill=255)
    else:
        pen.polygon([((x + dx) * k, (y + dy) * k) for dx, dy in _outline(shape, radius)], fill=255)
    return np.asarray(canvas.reduce(k), dtype=np.float32) / 255


def _reach(thing: Thing, radius: float) -> float:
    return radius * {"circle": 1.0, "square": 0.9, "triangle": 1.1, "star": 1.2}[thing.shape] + _MARGIN


def draw(scene: Scene, rng: np.random.Generator, side: int = SIDE) -> np.ndarray:
    """Draw a scene; the caption fixes what is seen, `rng` where exactly.

    Args:
        scene: what to draw; a size left open is chosen by `rng`.
        rng: source of the place, the exact radius (+-4 %) and open sizes.

    Returns:
        uint8 array (side, side, 3).
    """
    things = [Thing(t.size or str(rng.choice(list(RADIUS))), t.colour, t.shape) for t in scene.canonical.things]
    scale = side / SIDE
    radii = [RADIUS[t.size] * scale * rng.uniform(0.96, 1.04) for t in things]
    reach = [_reach(t, r) for t, r in zip(things, radii, strict=True)]
    centres = _place(reach, scene.canonical.relation, rng, side)
    picture = np.empty((side, side, 3), np.float32)
    picture[:] = BACKGROUND
    for thing, radius, (x, y) in zip(things, radii, centres, strict=True):
        alpha = coverage(thing.shape, radius, x, y, side)[..., None]
        picture = picture * (1 - alpha) + np.asarray(COLOURS[thing.colour], np.float32) * alpha
    return picture.round().astype(np.uint8)


def _place(reach: list[float], relation: str, rng: np.random.Generator, side: int) -> list[tuple[float, float]]:
    """Centres that keep things whole and apart.

    Of two things each has its half of the picture, near the middle of the other direction. If they could stand anywhere
    in the right order, what a relation means would be so faint at high noise that a small model never learns it.
    """
    if len(reach) == 1:
        x, y = rng.uniform(reach[0], side - reach[0], 2)
        return [(x, y)]
    near, far = reach
    middle = side / 2 - _GAP / 2 * side / SIDE
    along = rng.uniform(near, middle - near), side - rng.uniform(far, middle - far)
    across = side / 2 + rng.uniform(-_ASIDE, _ASIDE, 2) * side / SIDE
    pairs = list(zip(along, across, strict=True))
    return pairs if relation == "left of" else [(b, a) for a, b in pairs]
