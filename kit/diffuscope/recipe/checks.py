"""Checks of single values. Each returns the value as plain Python (a NumPy number becomes an int or float), or raises."""

from __future__ import annotations

import math
import numbers
from typing import Any

MAX_SEED = 2**64 - 1
"""The largest seed that torch takes."""
COMMON_SEED = 2**32 - 1
"""The largest seed that other tools and the forms take."""
MAX_PROMPT = 10_000
"""Characters."""
MAX_STEPS = 1000
MAX_GUIDANCE = 50.0
MAX_SIDE = 4096
"""Pixels."""
SIDE_STEP = 8
"""Pixels of a picture for each place of its latents, along one side: sizes are multiples of it."""


class SettingsError(ValueError):
    """A setting that cannot work. `field` names the culprit, so that a form can show the message beside it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    def __reduce__(self) -> tuple[type[SettingsError], tuple[str, str]]:
        return type(self), (self.field, str(self))  # an exception is rebuilt from `args`, which lack the field


def show(value: object) -> str:
    """A value as a message quotes it, 60 characters at most."""
    try:
        text = " ".join(repr(value).split())
    except ValueError:  # Python writes no whole number of more than 4,300 digits
        return "a number of very many digits"
    return text if len(text) <= 60 else text[:57] + "..."


def kind(value: object) -> str:
    """A value with its type, as a message quotes it."""
    return f"{type(value).__name__} {show(value)}"


def text(name: str, label: str, value: object) -> str:
    """Text that can be saved, at most `MAX_PROMPT` characters."""
    if value is None:
        raise SettingsError(name, f'{label} is missing. Type some text, or use "" for none.')
    if not isinstance(value, str):
        raise SettingsError(name, f"{label} must be text, got {kind(value)}.")
    if len(value) > MAX_PROMPT:
        raise SettingsError(name, f"{label} is {len(value):,} characters; the limit is {MAX_PROMPT:,}.")
    for position, character in enumerate(value):
        # a lone surrogate cannot be saved as UTF-8, and NUL ends file names and C strings
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise SettingsError(name, f"{label} has an unreadable character at position {position}; remove it.")
    return str(value)


def whole(name: str, label: str, value: Any, low: int, high: int, multiple: int = 1, unit: str = "") -> int:
    """A whole number from `low` to `high`.

    Args:
        multiple: the number must be a multiple of this.
        unit: what it counts, for the message.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        of = f"of {unit}" if unit else f"from {low} to {high}"
        raise SettingsError(name, f"{label} must be a whole number {of}, got {show(value)}.")
    number = int(value)
    if not low <= number <= high:
        raise SettingsError(name, f"{label} must be {low} to {high}, got {show(value)}.")
    if number % multiple:
        below = number // multiple * multiple
        near = f"nearest: {below} or {below + multiple}"
        raise SettingsError(name, f"{label} {number} must be a multiple of {multiple}; {near}.")
    return number


def seed(name: str, label: str, value: Any, low: int, high: int) -> int:
    """A seed. -1, which other tools read as "any", is refused: a picture must be repeatable."""
    if value == -1 and isinstance(value, numbers.Integral):
        raise SettingsError(
            name, f"{label} -1 is not accepted; pick a seed, or press the dice, so that it can be repeated."
        )
    return whole(name, label, value, low, high)


def number(name: str, label: str, value: Any, low: float, high: float) -> float:
    """A finite number from `low` to `high`."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not _finite(value):
        raise SettingsError(name, f"{label} must be a finite number from {low:g} to {high:g}, got {show(value)}.")
    if not low <= float(value) <= high:
        raise SettingsError(name, f"{label} must be {low:g} to {high:g}, got {show(value)}.")
    return float(value) + 0.0  # -0.0 equals 0.0, and would be written otherwise


def _finite(value: Any) -> bool:
    try:
        return math.isfinite(value)
    except OverflowError:  # a whole number beyond what a float can hold
        return False
