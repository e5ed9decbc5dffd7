"""The shape of the dicts that cross about settings: controls, schedulers, noise levels, noise, prompts. As shapes.py."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from diffuscope_widgets.base.shapes import Shape


class Badge(TypedDict):
    """A word beside the label of a field while its value is above a number."""

    above: float
    label: str
    about: str
    """A sentence."""


class Control(TypedDict):
    """A row of the table of settings, as a form shows it."""

    name: str
    label: str
    about: str
    group: str
    control: str
    """text, choice, seed, slider or number."""
    number: bool
    """Whether it holds a number."""
    rows: int
    """Lines of text it shows."""
    hint: str
    badge: Badge | None
    default: Any
    optional: bool
    auto: bool
    """None is the model's choice."""
    low: float | None
    """Of the box, as are high and step."""
    high: float | None
    step: float | str
    slider: list[float] | None
    """Least, most, step."""


class SeedsMeta(TypedDict, total=False):
    """What noise is shown of. {} is nothing."""

    seeds: list[int]
    seed: int
    variation_seed: int | None
    shape: Shape


class Columns(TypedDict, total=False):
    """How to read a table of noise levels. {} is none."""

    scheduler: str
    schedule: str | None
    rule: str
    """How calls follow from steps."""
    steps: list[int]
    calls: list[int]
    """Lines of each number of steps."""


class SchedulerRow(TypedDict):
    """A row of the catalogue of schedulers."""

    name: str
    group: str
    note: str
    random: str | None
    calls: str
    schedules: list[str]
    """The usual one first."""
    steps: list[int]
    """Fewest and most."""


class Reading(TypedDict, total=False):
    """What a model makes of a prompt. {} is nothing yet."""

    source: str
    """The prompt this is about."""
    unit: Literal["tokens", "words"]
    count: int
    """Of the longest form."""
    room: int | None
    """How many are read; None is no limit."""
    parts: list[dict[str, Any]]
    """What to show: tokens (text, position, known, read, weight), and groups (kind, options: when, parts, text)."""
    more: int
    """How many are not shown."""
