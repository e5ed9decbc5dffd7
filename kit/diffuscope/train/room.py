"""The rooms: one folder a world, with what only this world needs for training and for its examination."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import torch

from diffuscope.train.config import Config
from diffuscope.worlds.base import World


class Network(Protocol):
    """What a module has that fits one network, for example `diffuscope.train.<world>.reader`."""

    def train(self, config: Config, run: Path, device: torch.device, minutes: float | None = None) -> bool:
        """Fit it in a run folder, for so many minutes at most; True when finished."""


class Exam(Protocol):
    """What `diffuscope.train.<world>.exam` has."""

    PARTS: Sequence[str]
    """What a row of the table counts."""

    def rows(self, model: Any, run: Path, quick: bool = False, **world_options: Any) -> list[dict[str, Any]]:
        """Measure a model; every row is printed as it is done. The world is asked for as the recipe has it."""

    def vocabulary(self, model: Any, run: Path, **world_options: Any) -> dict[str, dict[str, float]]:
        """The words a model was taught, in groups, each with the share of pictures in which it comes out right."""


def world(config: Config) -> World:
    """The world of a recipe, from `diffuscope.train.<world>`.

    Raises:
        ValueError: training knows no such world, or not with these options.
    """
    return _module(config).world(config)


def exam(config: Config) -> Exam:
    """The examination of the recipe's world."""
    return _module(config, ".exam")


def reader(config: Config) -> Network:
    """The network that reads the pictures of the recipe's world.

    Raises:
        ValueError: this world has none.
    """
    return _module(config, ".reader")


def _module(config: Config, part: str = "") -> Any:
    name = f"diffuscope.train.{config.data.world}{part}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if not name.startswith(error.name or "?"):
            raise
        raise ValueError(f'[data] world = "{config.data.world}": there is no {name}') from error
