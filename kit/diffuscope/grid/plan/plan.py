"""What a grid is made of: values on axes, the cells where they meet, and the plan that holds them all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from math import prod
from typing import Any, NamedTuple

from diffuscope.recipe.settings import Recipe, Settings

SEEDS = ("same", "row", "cell")
"""Whether all cells share the seed, those of one value of the first axis do, or none do."""
_SEEDED = {"same": "seed {} where no axis sets it", "row": "one seed a row", "cell": "one seed a cell"}
_KEY = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Value:
    """One place on an axis."""

    label: str
    """What stands at the row or column; never cut."""
    changes: Mapping[str, Any] = field(default_factory=dict)
    """Settings it sets, by name; several where axes are linked (width and height)."""
    words: Mapping[str, str] = field(default_factory=dict)
    """Texts it replaces in prompt and negative_prompt: searched text to its replacement."""


@dataclass(frozen=True)
class Axis:
    """One way in which the cells differ."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Cell:
    """One picture of a grid."""

    place: tuple[int, ...]
    """Which value of each axis, in the order of the axes."""
    settings: Settings
    """A Recipe, where it can be drawn; what its record says, where it was found in a file."""
    key: str
    """Names its files: hash of the settings that matter and of the model, so cells with the same picture share it.
    16 hex digits."""

    @property
    def recipe(self) -> Recipe:
        """The settings of a cell that can be drawn.

        Raises:
            TypeError: it was found in a file, whose record may leave something open.
        """
        if not isinstance(self.settings, Recipe):
            raise TypeError("this picture comes from a file; there is no complete recipe of it")
        return self.settings


class Cost(NamedTuple):
    """What a grid asks of a model; all 0 where there is nothing to compute."""

    alone: int = 0
    """Network rows if every picture ran on its own. A row is one picture in one call; guidance takes two of each."""
    rows: int = 0
    """Network rows with equal ones computed once."""
    texts: int = 0
    """How many texts are encoded, each different one once for every way to read it; every form of a prompt that changes
    on the way counts."""


_NOTHING = Cost()


@dataclass(frozen=True)
class Plan:
    """A grid before any work: what it holds and what it will cost. Print it to read it."""

    model: Mapping[str, Any]
    """Whose pictures these are: name, source, sha256."""
    base: Settings
    """The recipe all cells start from, as it was given; its prompts may hold placeholders."""
    axes: tuple[Axis, ...]
    seeds: str
    """One of `SEEDS`."""
    cells: tuple[Cell, ...]
    """Row by row, the last axis fastest; a hole has no cell."""
    cost: Cost = _NOTHING

    @property
    def shape(self) -> tuple[int, ...]:
        """How many values each axis has."""
        return tuple(len(axis.values) for axis in self.axes)

    @cached_property
    def pictures(self) -> Mapping[str, Settings]:
        """The different pictures, key to settings, in the order of the cells."""
        first: dict[str, Settings] = {}
        for cell in self.cells:
            first.setdefault(cell.key, cell.settings)
        return first

    @property
    def megabytes(self) -> float:
        """The most the pictures take on disk, in 10^6 bytes: three a pixel, as if nothing could be compressed."""
        return sum(3 * recipe.width * recipe.height for recipe in self._recipes) / 1e6

    @property
    def _recipes(self) -> list[Recipe]:
        return [settings for settings in self.pictures.values() if isinstance(settings, Recipe)]

    def labels(self, cell: Cell) -> dict[str, str]:
        """Where a cell stands, axis name to label."""
        return {axis.name: axis.values[at].label for axis, at in zip(self.axes, cell.place, strict=True)}

    def __str__(self) -> str:
        holes = prod(self.shape) - len(self.cells)
        size = " x ".join(map(str, self.shape)) or "no axes"
        alone, rows, texts = self.cost
        saved = f" ({alone:,} without sharing)" if rows < alone else ""
        lines = [
            f"{_many(len(self.cells), 'cell')}: {size}" + (f", {_many(holes, 'hole')}" if holes else ""),
            *(f"  {axis.name}: {' | '.join(value.label for value in axis.values)}" for axis in self.axes),
            f"{_many(len(self.pictures), 'different picture')} by {self.model['name']}, "
            + _SEEDED[self.seeds].format(self.base.seed),
        ]
        if alone:
            lines.append(f"{_many(texts, 'text')} to encode, {rows:,} network rows{saved}")
            lines.append(f"at most {self.megabytes:.1f} MB")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON; `from_dict` is the inverse."""
        return {
            "model": dict(self.model),
            "base": asdict(self.base),
            "axes": [asdict(axis) for axis in self.axes],
            "seeds": self.seeds,
            "cells": [asdict(cell) for cell in self.cells],
            "cost": list(self.cost),
        }

    @classmethod
    def from_dict(cls, raw: Any) -> Plan:
        """A plan that was written down. Nothing of it is trusted: keys become names of files.

        Raises:
            ValueError: a part is missing, or is not what it should be; the message names it.
        """
        try:
            axes = tuple(Axis(str(a["name"]), tuple(map(_value, a["values"]))) for a in raw["axes"])
            cells = tuple(_cell(cell, axes) for cell in raw["cells"])
            if not cells:
                raise ValueError("it has no cells")
            alone, rows, texts = map(int, raw["cost"])
            if raw["seeds"] not in SEEDS:
                raise ValueError(f"seeds {raw['seeds']!r} is none of {', '.join(SEEDS)}")
            model = dict(raw["model"])
            model["name"]
            return cls(model, Settings.from_dict(raw["base"]), axes, raw["seeds"], cells, Cost(alone, rows, texts))
        except KeyError as error:
            raise ValueError(f"This is no plan of a grid: it has no {error.args[0]!r}.") from None
        except (TypeError, ValueError, AttributeError, OverflowError) as error:
            raise ValueError(f"This is no plan of a grid: {error}.") from None


def _value(raw: Mapping[str, Any]) -> Value:
    return Value(str(raw["label"]), dict(raw["changes"]), dict(raw["words"]))


def _cell(raw: Mapping[str, Any], axes: tuple[Axis, ...]) -> Cell:
    place, key = tuple(map(int, raw["place"])), raw["key"]
    if len(place) != len(axes) or not all(0 <= at < len(axis.values) for at, axis in zip(place, axes, strict=True)):
        raise ValueError(f"no axes have the place {place}")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise ValueError(f"{key!r} is no key")
    return Cell(place, Recipe.from_dict(raw["settings"]), key)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
