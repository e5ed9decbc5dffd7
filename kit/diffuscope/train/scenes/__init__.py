"""The room of the scenes: its world reads pictures itself, so there is no network beyond the model's own."""

from __future__ import annotations

from diffuscope.train.config import Config
from diffuscope.worlds.base import World
from diffuscope.worlds.scenes.world import ScenesWorld


def world(config: Config) -> World:
    """The scene world."""
    return ScenesWorld()
