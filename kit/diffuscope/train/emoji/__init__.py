"""The room of the emoji: their world draws with drawings of others, and a judge looks at what a model makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from diffuscope.train.config import Config
from diffuscope.train.emoji import sprites
from diffuscope.worlds.base import Drawn, Question
from diffuscope.worlds.emoji import SPLITS, Scene, World

parts: Mapping[str, str] = {"judge": "diffuscope.train.emoji.judge"}


class EmojiWorld:
    """The emoji world as training sees it."""

    splits: Sequence[str] = SPLITS
    map_sizes: Sequence[int] = ()
    words: Sequence[str] = ()

    def __init__(self, drawings: World) -> None:
        self.drawings = drawings
        self.questions = [Question("caption", tuple(drawings.label_sizes))]

    def sample(self, rng: np.random.Generator, split: str = "train") -> Scene:
        return self.drawings.sample(rng, split)

    def caption(self, scene: Scene, rng: np.random.Generator) -> str:
        return self.drawings.vary(scene, rng)

    def draw(self, scene: Scene, rng: np.random.Generator, side: int) -> Drawn:
        return Drawn(self.drawings.draw(scene, rng, side), np.empty((0, side, side), np.uint8))

    def labels(self, scene: Scene) -> Sequence[int]:
        return self.drawings.labels(scene)

    def held_out(self) -> Mapping[str, str]:
        return self.drawings.held_out()

    def shares(self, labels: np.ndarray, wanted: Mapping[str, float]) -> np.ndarray:
        found = np.ones(len(labels))
        for name, share in wanted.items():
            if name not in ("uncommon", "several", "unsaid"):
                raise ValueError(f"[data.shares] {name}: the emoji world knows uncommon, several and unsaid")
            found[getattr(self.drawings, name)(labels)] *= share
        return found


def world(config: Config, run: Path) -> EmojiWorld:
    """The emoji world; its drawings are made in the run folder on first use."""
    sprites.make(run, config.data.side)
    return EmojiWorld(World(run))
