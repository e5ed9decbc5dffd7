"""What can be read off an emoji picture: by plain arithmetic where that is enough, by the judge where it is not."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from diffuscope.train.emoji.judge import Judge
from diffuscope.worlds.emoji.scene import BACKGROUNDS, PLACES, Scene

PARTS = ("top 1", "top 5", "style", "background", "size", "count", "relation")
_FAR = 36
"""Distance from the ground, of 255, from which a pixel belongs to a thing."""


def ground(picture: np.ndarray) -> np.ndarray:
    """The colour of the ground, RGB: the median of the outermost ring of pixels."""
    ring = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    return np.median(ring, axis=0)


def background(picture: np.ndarray) -> str:
    """The name of the ground's colour."""
    names, colours = list(BACKGROUNDS), np.array(list(BACKGROUNDS.values()))
    return names[int(np.abs(colours - ground(picture)).sum(1).argmin())]


def things_mask(picture: np.ndarray) -> np.ndarray:
    """Which pixels belong to a thing: bool (H, W)."""
    return np.abs(picture.astype(float) - ground(picture)).max(2) > _FAR


def span(picture: np.ndarray) -> float:
    """Width or height of all that is drawn, whichever is more, as a share of the picture."""
    rows, columns = np.nonzero(things_mask(picture))
    return 0.0 if not len(rows) else float(max(np.ptp(rows), np.ptp(columns)) + 1) / len(picture)


def count(picture: np.ndarray) -> int:
    """How many things stand apart from each other; crumbs are not counted."""
    scale = len(picture) / 64
    near = ndimage.binary_dilation(things_mask(picture), iterations=max(1, round(scale)))
    areas = np.bincount(ndimage.label(near)[0].ravel())[1:]
    return int((areas > 60 * scale**2).sum())


def crops(picture: np.ndarray, layout: str) -> np.ndarray:
    """The surroundings of each place of the layout, enlarged to the size of the picture: uint8 (P, H, W, 3)."""
    side, half = len(picture), len(picture) / 4
    found = []
    for x, y in PLACES[layout]:
        left, top = (min(max(0.0, side * c - half), side / 2) for c in (x, y))
        box = (left, top, left + side / 2, top + side / 2)
        found.append(np.asarray(Image.fromarray(picture).resize((side, side), Image.Resampling.BICUBIC, box)))
    return np.stack(found)


def score(judge: Judge, scenes: list[Scene], pictures: np.ndarray) -> dict[str, Any]:
    """The share of pictures that obey, by part; a part that no scene asks for is left out.

    top 1 and top 5: the thing asked for is the best, or among the five best, of all things for the judge (one-thing
    scenes). relation: the same top 5 in both halves of the picture.
    """
    found: dict[str, list[bool]] = {part: [] for part in PARTS}
    single = [i for i, scene in enumerate(scenes) if scene.layout == "one"]
    if single:
        things = [scenes[i].items[0].thing for i in single]
        features = judge.features(pictures[single])
        rank = judge.rank(features, things)
        found["top 1"], found["top 5"] = list(rank < 1), list(rank < 5)
        for i, style in zip(single, judge.style(features, things), strict=True):
            if scenes[i].style:
                found["style"].append(style == scenes[i].style)
            if scenes[i].items[0].size:
                found["size"].append((span(pictures[i]) > 0.66) == (scenes[i].items[0].size == "large"))
    for scene, picture in zip(scenes, pictures, strict=True):
        if scene.background:
            found["background"].append(background(picture) == scene.background)
        if scene.layout in ("two", "three"):
            found["count"].append(count(picture) == len(scene.placed))
        if scene.layout in ("row", "column"):
            features = judge.features(crops(picture, scene.layout))
            found["relation"].append(bool((judge.rank(features, [item.thing for item in scene.items]) < 5).all()))
    return {"pictures": len(scenes), **{p: round(float(np.mean(got)), 4) for p, got in found.items() if got}}
