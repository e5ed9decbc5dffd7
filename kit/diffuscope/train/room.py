"""The rooms: one folder a world, with what only this world needs for training and for its examination."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, cast

import torch

from diffuscope.train.config import Config
from diffuscope.worlds.base import World

Part = Callable[[Config, Path, torch.device, float | None], bool]
"""Fits one network of a recipe in a run folder; the last argument is a limit in minutes. True when finished."""


class Room(Protocol):
    """What `diffuscope.train.<world>` has. Its recipe is `recipe.toml`, its examination the module `exam`."""

    def world(self, config: Config, run: Path) -> World:
        """The world; drawings it takes from others are made in the run folder on first use."""

    parts: Mapping[str, str]
    """Further networks of this world: name of the part to the module whose `train` fits it."""


class Exam(Protocol):
    """What `diffuscope.train.<world>.exam` has."""

    PARTS: Sequence[str]
    """What a row of the table counts."""

    def rows(self, model: Any, run: Path, quick: bool = False, **world_options: Any) -> list[dict[str, Any]]:
        """Measure a model; every row is printed as it is done. The world is asked for as the recipe has it."""

    def vocabulary(self, model: Any, run: Path, **world_options: Any) -> dict[str, dict[str, float]]:
        """The words a model was taught, in groups, each with the share of pictures in which it comes out right."""


def room(config: Config) -> Room:
    """The room of the recipe's world.

    Raises:
        ValueError: there is no such room.
    """
    name = f"diffuscope.train.{config.data.world}"
    try:
        return cast(Room, import_module(name))
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ValueError(
            f'[data] world = "{config.data.world}": there is no folder {name.replace(".", "/")}'
        ) from error


def exam(config: Config) -> Exam:
    """The examination of the recipe's world."""
    return cast(Exam, import_module(f"diffuscope.train.{config.data.world}.exam"))
