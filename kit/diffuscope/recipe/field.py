"""Field: everything known about one setting. The table of them is in `diffuscope.recipe.fields`.

Functions here take Settings or a Recipe; they are typed Any, since those two are made of this table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from diffuscope.recipe import checks


@dataclass(frozen=True)
class Field:
    """Everything known about one setting."""

    label: str
    """The label of its control; messages begin with it."""
    help: str
    """What it means, in one line."""
    elsewhere: tuple[str, ...] = ()
    """Names other tools have for it; whoever writes one is told ours."""
    group: str = "more"
    """Where a form shows it: "prompt" above the buttons, "main" below them, "scheduler" side by side, "extra", or "more",
    which is folded away."""
    low: float = 0
    high: float = 0
    """Smallest and largest number allowed."""
    multiple: int = 1
    """Whole numbers must be a multiple of it."""
    unit: str = ""
    """What it counts."""
    slider: tuple[float, float, float] | None = None
    """Smallest, largest and step of its slider; the box beside the slider takes every allowed number."""
    rows: int = 1
    """Lines of text its control shows."""
    hint: str = ""
    """What an empty control shows."""
    badge: tuple[float, str, str] | None = None
    """Above this value a word stands beside its label, with a sentence about it."""
    is_seed: bool = False
    """It seeds noise: a form has dice for it, and takes no seed above `checks.COMMON_SEED`."""
    is_choice: bool = False
    """It is a name out of a catalogue."""
    left_open: bool = False
    """None is the model's choice; a Recipe has a value."""
    affects_prompt: bool = False
    """It is read with the prompt: the conditioning depends on it."""
    may_fork: bool = False
    """It is looked up at every step, so a fork of a run may change it."""
    needs_support: bool = False
    """Only models that name it in `Model.supports` accept it; the others refuse any value but the default."""
    shared: bool = False
    """All rows of a batch must have the same value."""
    always_written: bool = False
    """It is part of a record and of `Settings.key` even at its default, which may change."""
    affects_solver: bool = False
    """It changes only how the equation is solved: the runs of a race may differ in it."""
    follows: str = ""
    """The setting it belongs to: a grid made from files puts the two on one axis where they change together."""
    a1111_key: str = ""
    """Its name in A1111's line of parameters; "" is none."""
    a1111_axis: str = ""
    """Its name in A1111's X/Y/Z plot; "" is none."""
    invokeai: str = ""
    """Its name in InvokeAI's record; "" is none."""
    a1111_word: Callable[[Any], Any] | None = None
    """Turns a value into what A1111 writes for it; None writes the value itself."""
    a1111_read: Callable[[str], Any] | None = None
    """The inverse of `a1111_word`: what A1111 wrote to the value."""
    a1111_write: Callable[[Any], Any] | None = None
    """Turns whole settings into what A1111 writes, where the value alone does not decide it; its answer None writes
    nothing."""
    normalize: Callable[[Any], Any] | None = None
    """Checks a value and returns its plain form, where its type and range are not enough. Raises SettingsError."""
    parts: Callable[[Any], dict[str, Any]] | None = None
    """Splits a value that says several settings at once; {} where it says only this one."""
    check_fit: Callable[[Any], None] | None = None
    """Refuses settings in which another value does not go with this one. Raises SettingsError."""
    shown_when: Callable[[Any], bool] | None = None
    """Whether a form shows it for these settings; one that is set is always shown."""
    effective: Callable[[Any], Any] | None = None
    """The neutral value where the recipe gives it no effect, else its value: recipes of the same picture become equal."""
    note: Callable[[Any], str] | None = None
    """A sentence about its value in these settings, such as that it has no effect; "" is none."""
    summary: Callable[[Any], str] | None = None
    """Its part of the settings in one line; "" is none."""

    # filled in from the dataclass
    name: str = ""
    kind: str = "str"
    """ "str", "int" or "float"."""
    optional: bool = False
    """Whether None is a value."""
    default: Any = None

    def check(self, value: Any) -> Any:
        """Check a value and return its plain form: a number of NumPy becomes one of Python.

        Raises:
            SettingsError: the value is not allowed.
        """
        if value is None and self.optional:
            return None
        if self.normalize:
            return self.normalize(value)
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
        """What A1111 writes at `a1111_key`; None writes nothing."""
        value = getattr(settings, self.name)
        if self.a1111_write:
            return self.a1111_write(settings)
        if value is None or (value == self.default and not self.always_written):
            return None
        return self.a1111_word(value) if self.a1111_word else value

    def from_a1111(self, text: str) -> Any:
        """The value of what A1111 wrote at `a1111_key`, unchecked.

        Raises:
            ValueError: it is not a number.
        """
        return (self.a1111_read or self.type)(text)

    def show(self, value: Any) -> str:
        """A value as people read it."""
        if value is None or value == "":
            return "none"
        return f"{value:g}" if self.kind == "float" else str(value)


def row(default: Any = dataclasses.MISSING, **about: Any) -> Any:
    """A field of a dataclass that is a row of the table. `about`: see `Field`."""
    return dataclasses.field(default=default, metadata={"field": Field(**about)})
