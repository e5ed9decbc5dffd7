"""Values of an axis written as text.

    3, 5, 7              three values
    1-10                 every whole number from 1 to 10
    1-10 (+3)            1, 4, 7, 10: in steps of 3; a fraction for fractions, 10-1 (-3) downwards
    1-10 [4]             four values from 1 to 10, evenly spaced
    1, 2, ..., 10        goes on as it begins
    a cat, a dog         two texts; "a cat, asleep", a dog has quotes around the one with a comma
    a cat, asleep || a dog    || divides texts in place of the comma

The forms of A1111's X/Y/Z plot and of the infinity grid generator, so that what was typed there works here.
"""

from __future__ import annotations

import csv
import re
from decimal import Decimal

MOST_VALUES = 10_000
"""On one axis; a longer one is a slip of the pen."""

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)"
"""How a number is written, as a regular expression."""
_NUMBER = re.compile(NUMBER)
_RANGE = re.compile(rf"({NUMBER})\s*-\s*({NUMBER})\s*(?:\(\s*({NUMBER})\s*\)|\[\s*(\d+)\s*\])?")
_DOTS = ("...", "..", "…")


def read_values(text: str, kind: str) -> list[int] | list[float] | list[str]:
    """The values a text stands for.

    Args:
        text: in one of the forms above.
        kind: "int", "float" or "str".

    Raises:
        ValueError: a number that is none, a fraction among whole numbers, a range that leads nowhere, no value, or more
            than `MOST_VALUES`.
    """
    parts = split(text)
    if kind == "str":
        return parts
    numbers = _numbers(parts, whole=kind == "int")
    if kind == "float":
        return [float(number) for number in numbers]
    for number in numbers:
        if number != int(number):
            raise ValueError(f"{number} is not a whole number")
    return [int(number) for number in numbers]


def split(text: str) -> list[str]:
    """The parts of a list, without blanks around them: divided by || where there is one, else by commas.

    Raises:
        ValueError: there is none, or a quote is not closed.
    """
    if "||" in text:
        parts = text.split("||")
    else:
        try:
            parts = next(csv.reader([text.replace("\n", " ")], skipinitialspace=True, strict=True), [])
        except csv.Error as error:
            raise ValueError(f"the quotes of {text!r} do not fit ({error}); || may divide texts too") from None
    parts = [part.strip() for part in parts]
    if not any(parts):
        raise ValueError("there is no value")
    if len(parts) > MOST_VALUES:
        raise ValueError(f"{len(parts):,} values; at most {MOST_VALUES:,}")
    return parts


def _numbers(parts: list[str], whole: bool) -> list[Decimal]:
    """Decimals, so that 0.8 to 1.4 in steps of 0.2 ends at 1.4 and not just short of it."""
    out: list[Decimal] = []
    for at, part in enumerate(parts):
        if part in _DOTS:
            if len(out) < 2 or at + 2 != len(parts) or not _NUMBER.fullmatch(parts[-1]):
                raise ValueError(f"{part} stands between the first two values and the last, as in 1, 2, ..., 10")
            return out[:-1] + _as_begun(out[-2], out[-1], Decimal(parts[-1]))
        if _NUMBER.fullmatch(part):
            out.append(Decimal(part))
        elif found := _RANGE.fullmatch(part):
            first, last, step, number = found.groups()
            out += _range(first, last, step, number, whole)
        else:
            raise ValueError(f"{part!r} is not a number, nor a range such as 1-10, 1-10 (+3) or 1-10 [4]")
        if len(out) > MOST_VALUES:
            raise ValueError(f"more than {MOST_VALUES:,} values")
    return out


def _as_begun(first: Decimal, second: Decimal, last: Decimal) -> list[Decimal]:
    numbers = count(second, last, second - first)
    if numbers[-1] != last:
        raise ValueError(f"{first}, {second}, ... never comes to {last}")
    return numbers


def _range(first: str, last: str, step: str | None, number: str | None, whole: bool) -> list[Decimal]:
    begin, end = Decimal(first), Decimal(last)
    if number is None:
        return count(begin, end, Decimal(step) if step else Decimal(1).copy_sign(end - begin))
    if not 2 <= int(number) <= MOST_VALUES:
        raise ValueError(f"[{number}] must be 2 to {MOST_VALUES:,} values")
    spaced = [begin + (end - begin) * i / (int(number) - 1) for i in range(int(number))]
    return [Decimal(int(value)) if whole else round(value, 6) for value in spaced]  # cut off, as webui does


def count(begin: Decimal, end: Decimal, step: Decimal) -> list[Decimal]:
    """Numbers from one to another, both of them where the step leads there.

    Raises:
        ValueError: the step is 0 or leads away, or there are more than `MOST_VALUES`.
    """
    if not step or (end - begin) * step < 0:
        raise ValueError(f"steps of {step} do not lead from {begin} to {end}")
    number = int((end - begin) / step) + 1
    if number > MOST_VALUES:
        raise ValueError(f"{begin} to {end} in steps of {step} is {number:,} values; at most {MOST_VALUES:,}")
    return [begin + i * step for i in range(number)]
