"""The room of the picture book: its world, and the reader that says what a picture shows."""

from __future__ import annotations

from diffuscope.train.config import Config
from diffuscope.worlds.base import World
from diffuscope.worlds.storybook.world import StorybookWorld


def world(config: Config) -> World:
    """The picture book, as much of it as `[data.world_options] level` says."""
    return StorybookWorld(**config.data.world_options)
