"""Asking the reader of the picture book what a picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from diffuscope.worlds.storybook.scene.scene import Scene


@dataclass(frozen=True)
class Sight:
    """What a picture shows, and how sure the reader is."""

    scene: Scene
    sure: Mapping[str, float]
    """Probability, 0 to 1, of each attribute of the picture and of each kind that was seen."""


def read(picture: np.ndarray) -> Sight:
    """What a picture of the book, uint8 (128, 128, 3), shows, as the built-in reader sees it. It needs torch.

    Raises:
        ValueError: the picture has another shape.
    """
    from diffuscope.worlds.storybook.reader import built_in

    return built_in().read(picture[None])[0]
