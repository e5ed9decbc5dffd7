"""Field: what anyone needs to know of one setting. The table of them is in `diffuscope.recipe.fields`."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from diffuscope.recipe import checks

Ask = Callable[[Any], Any]
"""Answers about whole Settings; they are typed in `recipe.settings`, which is made of this table."""


@dataclass(frozen=True)
class Field:
    """One setting: what anyone needs to know of it."""

    label: str
    """What stands beside its control, and begins its messages."""
    help: str
    """What it means, in one line."""
    group: str = "more"
    """Where a form shows it: "prompt" above the buttons, "main" below, "scheduler" side by side, "extra", or folded away
    under "more"."""
    low: float = 0
    high: float = 0
    """Smallest and largest number that is taken."""
    multiple: int = 1
    """Whole numbers must be a multiple of it."""
    unit: str = ""
    """What it counts."""
    slider: tuple[float, float, float] | None = None
    """Least, most and step of its slider; the box beside it takes all that is allowed."""
    rows: int = 1
    """Lines of text its control shows."""
    hint: str = ""
    """What an empty control shows."""
    badge: tuple[float, str, str] | None = None
    """Above this value a word stands beside its label, with a sentence about it."""
    is_seed: bool = False
    """It seeds noise: there is a die for it, and a browser must hold it exactly."""
    is_name: bool = False
    """It is one of a catalogue's names."""
    left_open: bool = False
    """None is the model's choice; a Recipe has a value."""
    is_read: bool = False
    """What a prompt means to the network depends on it: it is read with the prompt."""
    forks: bool = False
    """It counts at every step, so that a fork of a run may change it."""
    some_models: bool = False
    """Only some families of models know it: those that name it in `Model.understands`. Others refuse it."""
    shared: bool = False
    """Rows of one batch must have it in common."""
    usual: bool = False
    """It is written out even where it is the default: a default may change."""
    is_solving: bool = False
    """It decides how a scheduler steps: runs of one race may differ in it."""
    follows: str = ""
    """The setting it goes with: where pictures differ in that one, this one stands beside it."""
    key: str = ""
    """In A1111's line of parameters."""
    axis: str = ""
    """In A1111's X/Y/Z plot."""
    invokeai: str = ""
    """In InvokeAI's record."""
    word: Callable[[Any], Any] | None = None
    """The value to A1111's word for it, where that is another."""
    read: Callable[[str], Any] | None = None
    """A1111's word to the value, where `word` or `write` is given."""
    write: Ask | None = None
    """Settings to what stands at `key`, where that is more than the value's word; None is nothing."""
    plain: Callable[[Any], Any] | None = None
    """A value to its plain form, where the kind of value does not say it. Raises SettingsError."""
    fits: Callable[[Any], None] | None = None
    """Refuses settings whose other values do not go with this one. Raises SettingsError."""
    shown: Callable[[Any], bool] | None = None
    """Whether settings have a use for it; else a form leaves it out, unless it is set."""
    acts: Ask | None = None
    """Complete settings to the value that gives the same picture: that without effect, where it has none."""
    note: Callable[[Any], str] | None = None
    """What people should know of its value in these settings, such as that it has no effect; "" is nothing."""
    brief: Callable[[Any], str] | None = None
    """Settings in a line: its part of it; "" is none."""

    # filled in from the dataclass
    name: str = ""
    kind: str = "str"
    """ "str", "int" or "float"."""
    optional: bool = False
    """Whether None is a value."""
    default: Any = None

    def check(self, value: Any) -> Any:
        """A value in its plain form.

        Raises:
            SettingsError: it cannot work.
        """
        if value is None and self.optional:
            return None
        if self.plain:
            return self.plain(value)
        if self.is_seed:
            return checks.seed(self.name, self.label, value, int(self.low), int(self.high))
        if self.kind == "int":
            return checks.whole(self.name, self.label, value, int(self.low), int(self.high), self.multiple, self.unit)
        if self.kind == "float":
            return checks.number(self.name, self.label, value, self.low, self.high)
        return checks.text(self.name, self.label, value)

    @property
    def type(self) -> type:
        """The type of its values: str, int or float."""
        return {"str": str, "int": int, "float": float}[self.kind]

    def to_a1111(self, settings: Any) -> Any:
        """What stands at `key` in A1111's line of parameters; None is nothing."""
        value = getattr(settings, self.name)
        if self.write:
            return self.write(settings)
        if value is None or (value == self.default and not self.usual):
            return None
        return self.word(value) if self.word else value

    def from_a1111(self, text: str) -> Any:
        """The value of what stands at `key`, unchecked.

        Raises:
            ValueError: it is not a number.
        """
        return (self.read or self.type)(text)

    def show(self, value: Any) -> str:
        """A value as people read it."""
        if value is None or value == "":
            return "none"
        return f"{value:g}" if self.kind == "float" else str(value)


def row(default: Any = dataclasses.MISSING, **about: Any) -> Any:
    """A field of a dataclass that is a row of the table. `about`: see `Field`."""
    return dataclasses.field(default=default, metadata={"field": Field(**about)})
