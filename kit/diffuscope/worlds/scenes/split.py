"""What training may see, and what is kept back to ask whether the model combines or only repeats.

Kept back, for ever, by arithmetic that anyone can repeat:
- 6 of the 24 colour-shape pairs (each colour loses one shape), alone and in pairs;
- a fifth of the pairs of things (colour and shape) that could stand together, in every relation and order;
- an eighth of the remaining two-thing captions.
"""

from __future__ import annotations

import zlib
from functools import cache
from itertools import combinations_with_replacement

import numpy as np

from diffuscope.worlds.scenes.scene import COLOURS, RELATIONS, SHAPES, SIZES, Scene, Thing

SPLITS = ("train", "unseen captions", "unseen colour-shape pairs", "unseen relation pairs")

_KEPT_BACK = {(colour, SHAPES[(i * 3 + i // 4) % 4]) for i, colour in enumerate(COLOURS)}


def _bucket(text: str, of: int) -> int:
    return zlib.crc32(text.encode()) % of


@cache
def _pairs_kept_back() -> frozenset[str]:
    """Exactly a fifth of the pairs of seen things, those first in the order of their checksums."""
    seen = [f"{c} {s}" for c in COLOURS for s in SHAPES if (c, s) not in _KEPT_BACK]
    pairs = ["+".join(pair) for pair in combinations_with_replacement(sorted(seen), 2)]
    return frozenset(sorted(pairs, key=lambda pair: zlib.crc32(pair.encode()))[: len(pairs) // 5])


def split_of(scene: Scene) -> str:
    """The one of `SPLITS` that a scene belongs to; it does not depend on any random state."""
    if any((t.colour, t.shape) in _KEPT_BACK for t in scene.things):
        return "unseen colour-shape pairs"
    if scene.second is None:
        return "train"
    pair = "+".join(sorted(f"{t.colour} {t.shape}" for t in scene.things))
    if pair in _pairs_kept_back():
        return "unseen relation pairs"
    return "unseen captions" if _bucket(scene.caption, 8) == 0 else "train"


def sample(rng: np.random.Generator, split: str = "train", single: float = 0.25) -> Scene:
    """A random scene of one split.

    Args:
        split: one of `SPLITS`.
        single: share of one-thing scenes among those tried, 0 to 1.
    """
    if split not in SPLITS:
        raise ValueError(f"no split {split!r}; there are {', '.join(SPLITS)}")
    while True:
        first, second = (
            Thing(str(rng.choice(SIZES)), str(rng.choice(list(COLOURS))), str(rng.choice(SHAPES))) for _ in range(2)
        )
        alone = rng.random() < single
        scene = Scene(first) if alone else Scene(first, str(rng.choice(list(RELATIONS))), second)
        if split_of(scene) == split:
            return scene


def vary(scene: Scene, rng: np.random.Generator) -> str:
    """A caption as people write it: now and then without the article or the size."""
    text = scene.caption
    if rng.random() < 0.1:
        text = " ".join(word for word in text.split() if word not in SIZES)
    if rng.random() < 0.1:
        text = " ".join(word for word in text.split() if word != "a")
    return text
