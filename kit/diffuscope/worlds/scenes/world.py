"""The scene world as training sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from diffuscope.worlds.base import Drawn, Question
from diffuscope.worlds.scenes.draw import draw
from diffuscope.worlds.scenes.scene import Scene
from diffuscope.worlds.scenes.split import SPLITS, sample, vary


class ScenesWorld:
    """Exact captions, exact pictures; neither labels nor maps."""

    splits: Sequence[str] = SPLITS
    questions: Sequence[Question] = ()
    map_sizes: Sequence[int] = ()
    words: Sequence[str] = ()
    aliases: Mapping[str, str] = {}

    def sample(self, rng: np.random.Generator, split: str = "train") -> Scene:
        return sample(rng, split)

    def caption(self, scene: Scene, rng: np.random.Generator) -> str:
        return vary(scene, rng)

    def draw(self, scene: Scene, rng: np.random.Generator, side: int) -> Drawn:
        return Drawn(draw(scene, rng, side), np.empty((0, side, side), np.uint8))

    def labels(self, scene: Scene) -> Sequence[int]:
        return ()
