"""The last touch of each style: big pixels, or paper and pigment."""

from __future__ import annotations

from functools import cache
from random import Random

import numpy as np
from PIL import Image

from diffuscope.worlds.storybook.pen.pen import SIDE, Pen

_ROUND = 16.0  # pixels; radius of the corners of the painted area


def _noise(seed: int, side: int, octaves: tuple[tuple[int, float], ...]) -> np.ndarray:
    """Smooth noise of spread 1: random grids of so many cells, blown up, added with their weights."""
    r = Random(seed)
    out = np.zeros((side, side), np.float32)
    for cells, weight in octaves:
        grid = np.array([r.gauss(0, 1) for _ in range(cells * cells)], np.float32).reshape(cells, cells)
        out += weight * np.asarray(Image.fromarray(grid).resize((side, side), Image.Resampling.BICUBIC))
    return out / out.std()


@cache
def _pigment() -> np.ndarray:
    return _noise(1, 2 * SIDE, ((10, 1.0), (28, 0.8), (90, 0.5)))


@cache
def _edges() -> list[np.ndarray]:
    """How much of the picture the brush left on the paper: 1 inside, 0 at the ragged rim."""
    near = np.minimum(np.arange(SIDE), np.arange(SIDE)[::-1]).astype(np.float32)
    corner = np.maximum(_ROUND - near, 0)
    # the distance to a rectangle with round corners
    distance = np.minimum(near[:, None], near[None])
    distance = np.where(
        (corner[:, None] > 0) & (corner[None] > 0), _ROUND - np.hypot(corner[:, None], corner[None]), distance
    )
    rims = [_noise(10 + i, SIDE, ((10, 1.0), (22, 0.6))) for i in range(8)]
    return [np.clip((distance - 5.5 - 1.5 * rim) * 0.5, 0, 1)[..., None] for rim in rims]


def finish(p: Pen, r: Random) -> tuple[np.ndarray, np.ndarray]:
    """The finished picture and labels, both as new arrays of `SIDE` pixels."""
    if p.style == "pixel":
        return p.pixels.repeat(2, 0).repeat(2, 1), p.labels.repeat(2, 0).repeat(2, 1)
    labels = p.labels.copy()
    if p.style != "watercolour":
        return p.pixels.copy(), labels
    y, x = r.randrange(SIDE), r.randrange(SIDE)
    taken = 0.9 + 0.045 * _pigment()[y : y + SIDE, x : x + SIDE, None]  # how much pigment the paper took
    keep = _edges()[r.randrange(8)][:: r.choice((-1, 1)), :: r.choice((-1, 1))]
    picture = 252 - (252 - p.pixels.astype(np.float32)) * taken * keep
    labels[keep[..., 0] < 0.5] = 0
    return np.clip(picture, 0, 255).astype(np.uint8), labels
