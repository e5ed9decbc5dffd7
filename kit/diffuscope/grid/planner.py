"""From a recipe and what to vary to a plan: every cell with complete, checked settings and the name of its picture."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from diffuscope.grid.axes.axes import PROMPTS, axes, label
from diffuscope.grid.axes.templates import Wildcards, replaced, unescaped
from diffuscope.grid.plan.plan import SEEDS, Axis, Cell, Cost, Plan, Value
from diffuscope.prompt.language import joined, parse
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.no_effect import effective
from diffuscope.recipe.settings import Recipe, Settings, SettingsError
from diffuscope.text import suggest

if TYPE_CHECKING:
    from diffuscope.families.base import Model

MOST = 4096
"""Places of a grid, unless more are asked for."""

Skip = Sequence[Mapping[str, Any]] | Callable[[Recipe], bool]
"""Holes: mappings of axis name to value or label, each leaving out the cells that match all of it; or a function of a
cell's recipe that is true where a cell is left out."""


def make_plan(
    model: Model,
    base: Settings,
    spec: Mapping[str, Any],
    seeds: str = "same",
    skip: Skip = (),
    wildcards: Wildcards = None,
    most: int = MOST,
) -> Plan:
    """Lay out a grid without computing a picture.

    Args:
        model: whose pictures; it fills in what the settings leave open, and checks them.
        base: the recipe the cells start from.
        spec: what to vary to its values, see `diffuscope.grid.axes.axes`.
        seeds: one of `SEEDS`. The seeds of "row" and "cell" follow from the base's seed and the labels of a cell, so more
            values change no cell that is there, and they stand in the cell's settings.
        skip: holes.
        wildcards: lists by name, or a folder, for `__name__` in prompts.
        most: how many places the grid may have, holes counted.

    Raises:
        SettingsError: an axis that cannot be, settings that the model cannot follow (the message names axis and value), an
            unknown hole, or more than `most` places; before any compute.
    """
    if seeds not in SEEDS:
        raise SettingsError(
            "seed", f"No seed policy {seeds!r}.{suggest(str(seeds), list(SEEDS))} It is {', '.join(SEEDS)}."
        )
    laid = axes(spec, base, wildcards)
    if seeds != "same" and any("seed" in axis.values[0].changes for axis in laid):
        raise SettingsError("seed", f'An axis sets the seed already; with it the seed policy is "same", not "{seeds}".')
    shape = [len(axis.values) for axis in laid]
    if prod(shape) > most:
        raise SettingsError(
            "prompt",
            f"{' x '.join(map(str, shape))} is {prod(shape):,} cells; at most {most:,}, unless most= allows more.",
        )
    left_out = skip if callable(skip) else None
    holes = [] if callable(skip) else [_hole(hole, laid) for hole in skip]
    who = identity(model)
    cells = []
    for place in product(*map(range, shape)):
        if any(all(place[axis] == at for axis, at in hole.items()) for hole in holes):
            continue
        recipe = _recipe(model, base, laid, place, seeds)
        if not (left_out and left_out(recipe)):
            cells.append(Cell(place, recipe, picture_key(model, recipe)))
    if not cells:
        raise SettingsError("prompt", "The holes leave no cell; skip less.")
    pictures = {cell.key: cell.settings for cell in cells}
    from diffuscope.grid.fill.cache import count_calls  # torch; a plan is read where none is installed

    cost = Cost(*count_calls(model, list(pictures.values())), _texts(model, pictures.values()))
    return Plan(who, base, laid, seeds, tuple(cells), cost)


def _texts(model: Model, pictures: Iterable[Settings]) -> int:
    """How many texts the pictures have encoded, see `Cost`."""
    found = set()
    for recipe in model.recipes(list(pictures)):
        calls = recipe.scheduler_row.network_calls(recipe.steps)
        others = tuple(getattr(recipe, name) for name, field in FIELDS.items() if field.affects_prompt)
        for prompt, _ in model.guidance.prompts([recipe]):
            found |= {(joined(pieces), others) for pieces in parse(prompt).forms(calls)}
    return len(found)


def identity(model: Model) -> dict[str, Any]:
    """What makes a model's pictures its own, nothing private: name, source, sha256 of the weights where known."""
    return {"name": model.name, "source": model.source, "sha256": model.sha256}


def picture_key(model: Model, recipe: Recipe) -> str:
    """The name of a picture that a model draws, see `key`."""
    return key(model.guidance.effective(recipe), identity(model))


def key(recipe: Settings, who: Mapping[str, Any]) -> str:
    """The name of a picture: 16 hex digits, the same on every machine.

    Args:
        recipe: what has no effect in it does not count, see `effective`.
        who: the model's `identity`. Where the weights have a digest, that alone counts.
    """
    digest = who.get("sha256")
    model = {"sha256": digest} if digest else {name: who[name] for name in ("name", "source")}
    text = json.dumps([effective(recipe).without_defaults(), model], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _recipe(model: Model, base: Settings, laid: Sequence[Axis], place: Sequence[int], seeds: str) -> Recipe:
    """The recipe of one place."""
    values = [axis.values[at] for axis, at in zip(laid, place, strict=True)]
    changes = {name: value for v in values for name, value in v.changes.items()}
    words = {searched: text for v in values for searched, text in v.words.items()}
    for name in PROMPTS:
        if isinstance(text := changes.get(name, getattr(base, name)), str):
            changes[name] = unescaped(replaced(text, words))
    if seeds != "same":
        changes["seed"] = _seed(base.seed, list(zip(laid, values, strict=True))[: 1 if seeds == "row" else None])
    try:
        return model.complete(base.replace(**changes))
    except SettingsError as error:
        raise SettingsError(error.field, f"{_where(error.field, laid, values)}{error}") from None


def _seed(seed: int, where: Sequence[tuple[Axis, Value]]) -> int:
    """A seed below 2^32, which other tools take, that follows from the base's seed and the labels; the order of the axes does not matter."""
    text = json.dumps([seed, sorted((axis.name, value.label) for axis, value in where)])
    return int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)


def _where(field: str, laid: Sequence[Axis], values: Sequence[Value]) -> str:
    """'Axis "steps", value 0: ' for the axes that set the field at fault; all of them where none does."""
    pairs = list(zip(laid, values, strict=True))
    guilty = [(a, v) for a, v in pairs if field in v.changes or (field in PROMPTS and v.words)] or pairs
    return "".join(f'Axis "{axis.name}", value {value.label}: ' for axis, value in guilty)


def _hole(hole: Mapping[str, Any], laid: Sequence[Axis]) -> dict[int, int]:
    """A hole as places: index of an axis to the index of its value."""
    if not isinstance(hole, Mapping) or not hole:
        raise SettingsError("prompt", f"skip: a hole is a mapping of axis names to values, got {hole!r:.60}.")
    names, out = [axis.name for axis in laid], {}
    for name, value in hole.items():
        if name not in names:
            raise SettingsError(
                "prompt", f"skip: no axis {name!r}.{suggest(name, names)} There are: {', '.join(names)}."
            )
        axis, text = names.index(name), label(value)
        labels = [v.label for v in laid[axis].values]
        if text not in labels:
            raise SettingsError("prompt", f'skip: axis "{name}" has no value {text!r}.{suggest(text, labels)}')
        out[axis] = labels.index(text)
    return out
