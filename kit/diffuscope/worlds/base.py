"""What training asks of a world: a thing that samples scenes, says them, draws them, and knows what it has drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np


class Drawn(NamedTuple):
    """A picture and what its pixels show."""

    picture: np.ndarray
    """uint8 (side, side, 3)."""
    maps: np.ndarray
    """uint8 (M, side, side): for each of the world's `map_sizes` the number of what is seen at a pixel; `UNKNOWN` where
    there is nothing to say. M is 0 for a world without maps."""


class Question(NamedTuple):
    """What is asked about a scene, or about each of many things alike."""

    name: str
    answers: tuple[int, ...]
    """How many values each answer can take, for example of colour and of size."""
    things: int = 1
    """About how many things it is asked; the labels hold all answers about the first, then about the second ..."""


UNKNOWN = 255
"""In maps and in labels: a number that is not asked for."""


class World(Protocol):
    """One world, as training and examinations see it. A scene is the world's own matter."""

    splits: Sequence[str]
    """Names of the parts that scenes belong to. The first is what training sees."""

    questions: Sequence[Question]
    """What the labels answer, in their order. Empty for a world that has no labels."""

    map_sizes: Sequence[int]
    """How many values each map can take."""

    words: Sequence[str]
    """Every word that a caption can hold, Chinese ones of several characters too; empty where training shall collect them
    from the captions it draws."""

    aliases: Mapping[str, str]
    """Words that people may write, and those of `words` that stand for them."""

    def sample(self, rng: np.random.Generator, split: str = "train") -> Any:
        """A random scene of one split."""

    def caption(self, scene: Any, rng: np.random.Generator) -> str:
        """The scene as people would say it; what is left out is left to chance."""

    def draw(self, scene: Any, rng: np.random.Generator, side: int) -> Drawn:
        """The scene in pixels; what it leaves open is drawn by chance.

        Raises:
            ValueError: the world does not draw at this size.
        """

    def labels(self, scene: Any) -> Sequence[int]:
        """The scene as numbers, all answers to `questions`; `UNKNOWN` for one that does not apply."""
