"""The room of the scenes: its world reads pictures itself, so there is no network beyond the model's own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from diffuscope.train.config import Config
from diffuscope.worlds.base import World
from diffuscope.worlds.scenes.world import ScenesWorld

parts: Mapping[str, str] = {}


def world(config: Config, run: Path) -> World:
    """The scene world; it draws everything itself."""
    return ScenesWorld()
