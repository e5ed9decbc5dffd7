"""The room of the picture book: its world, and the reader that says what a picture shows."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from diffuscope.train.config import Config
from diffuscope.worlds.base import World
from diffuscope.worlds.storybook.world import StorybookWorld

parts: Mapping[str, str] = {"reader": "diffuscope.train.storybook.reader"}


def world(config: Config, run: Path) -> World:
    """The picture book, as much of it as `[data.world_options] level` says; it draws everything itself."""
    return StorybookWorld(**config.data.world_options)
