"""A1111's text taken apart: prompt, negative prompt, and a line of `Key: value` pairs. In time linear in its length.

The line of parameters is the one that begins with known keys, not the last one: other tools write behind it. A value in
quotes, or one that is JSON, may hold commas, colons and line breaks; the first value of a key counts.

Source: parse_generation_parameters in stable-diffusion-webui's modules/infotext_utils.py.
"""

from __future__ import annotations

import json
import re
from itertools import islice
from typing import Any, NamedTuple

from diffuscope.recipe.fields import FIELDS

KEYS = frozenset(
    [field.a1111_key.lower() for field in FIELDS.values() if field.a1111_key]
    + ["model", "model hash", "denoising strength", "version", "vae", "rng", "ensd", "scheduler", "guidance", "cfg"]
)
"""Keys of the line of parameters, in lower case; it may have any others too."""
LEAST = 3
"""So many known keys make a line one of parameters, where it does not begin with `Steps:` and a number."""
NEGATIVE = "Negative prompt:"

_KEY = re.compile(r"[^\W_][\w \-/().+]{0,59}:(?!:)")
_BEGINS = re.compile(
    r"[ \t]*(" + "|".join(sorted(map(re.escape, KEYS), key=len, reverse=True)) + r")[ \t]*:", re.IGNORECASE
)
_STEPS = re.compile(r"Steps: ?\d+[ \t]*(?:,|$|\n)", re.IGNORECASE)
_QUOTED = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_ENDS = re.compile(r"[,\n]")
_JSON = json.JSONDecoder(strict=False)
_NUMBER = re.compile(r"-?\d{1,40}(\.\d{0,20})?")
_NUMBERS = {"steps": _NUMBER, "seed": _NUMBER, "cfg scale": _NUMBER, "size": re.compile(r"\d{1,9}\s?[x×*]\s?\d{1,9}")}
"""Keys whose values are known by sight."""
_MOST_BROKEN = 8
"""So many values that begin as JSON and are none are tried; each may be read to its end."""
_MOST_TRIED = 32
"""So many places within a line are tried as the beginning of parameters."""


class Parts(NamedTuple):
    """An A1111 text."""

    prompt: str
    negative: str
    pairs: dict[str, Any]
    """Key, as first written, to text; to lists and objects where the value is JSON."""


def parts(text: str) -> Parts | None:
    """The parts of a text; None where it has no parameters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip().removesuffix("\0")
    scanner = _Scanner(text)
    best, end = None, 0
    for begin in _lines(text):
        if begin < end or not _BEGINS.match(text, begin):
            continue
        pairs, end = scanner.pairs(begin)  # what a line goes on with is not tried again
        if len(_known(pairs)) >= LEAST or _STEPS.match(text, _skip(text, begin)):
            best = begin, pairs, end
    in_a_line = best is None
    if in_a_line:  # some savers join everything in one
        for found in islice(_STEPS.finditer(text), _MOST_TRIED):
            pairs, end = scanner.pairs(found.start())
            if len(_known(pairs)) >= LEAST:
                best = found.start(), pairs, end
                break
    if best is None:
        return None
    begin, pairs, end = best
    scanner.behind(end, pairs)
    return Parts(*_prompts(text[:begin], in_a_line), pairs)


def _lines(text: str) -> list[int]:
    """Where the lines begin."""
    return [0, *(found.end() for found in re.finditer("\n", text))]


def _known(pairs: dict[str, Any]) -> set[str]:
    """The known keys, without those whose value cannot be one; none where no value is a number."""
    found = {key.lower() for key, value in pairs.items() if key.lower() in KEYS and _may_be(key.lower(), value)}
    return found if found & _NUMBERS.keys() else set()


def _may_be(key: str, value: Any) -> bool:
    return key not in _NUMBERS or bool(_NUMBERS[key].fullmatch(str(value).strip()))


def _prompts(text: str, in_a_line: bool) -> tuple[str, str]:
    """What stands before the line of parameters."""
    if in_a_line:
        text = text.removesuffix(".")  # a point that joins
        prompt, _, rest = text.partition(NEGATIVE)
        return (prompt.removesuffix(".") if rest else prompt).strip(), rest.strip()
    into: tuple[list[str], list[str]] = ([], [])
    at = 0
    for line in text.split("\n"):
        if line.startswith(NEGATIVE):
            at, line = 1, line.removeprefix(NEGATIVE)
        into[at].append(line)
    positive, negative = ("\n".join(lines).strip() for lines in into)
    return positive, negative


class _Pieces(list[str]):
    """A value that commas divide."""


class _Scanner:
    """Reads pairs out of one text, and remembers what need not be tried again."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.unclosed = len(text)  # behind it no quote closes
        self.broken = 0

    def pairs(self, at: int) -> tuple[dict[str, Any], int]:
        """The pairs of a line, and where it ends. A line that ends in a comma goes on in the next."""
        text, found = self.text, dict[str, Any]()
        more: _Pieces | None = None  # parts of the last value, where it is a text
        while at < len(text):
            at = _skip(text, at)
            if name := _KEY.match(text, at):
                value, at = self.value(_skip(text, name.end()))
                more = _Pieces([value]) if isinstance(value, str) else None
                found.setdefault(name[0][:-1].strip(), value if more is None else more)
            else:  # a comma within a value
                rest, at = self.plain(at)
                if more is not None:
                    more.append(rest)
            if at >= len(text) or text[at] == "\n":
                break
            at = self.after_comma(at + 1)
        return {
            key: ", ".join(filter(None, value)) if type(value) is _Pieces else value for key, value in found.items()
        }, at

    def after_comma(self, at: int) -> int:
        """Where to go on: in the next line, where the comma is the last sign of one and no new part begins there."""
        text, next_line = self.text, _skip(self.text, at) + 1
        if text[next_line - 1 : next_line] != "\n":
            return at
        new = _STEPS.match(text, next_line) or text.startswith(NEGATIVE, next_line)
        return next_line - 1 if new else next_line

    def value(self, at: int) -> tuple[Any, int]:
        """A value, and where it ends: at a comma, a line break or the end of the text."""
        text = self.text
        sign = text[at : at + 1]
        if sign == '"' and at < self.unclosed:
            quoted = _QUOTED.match(text, at)
            if not quoted:
                self.unclosed = at
            elif _ended(text, _skip(text, quoted.end())):
                return _unquoted(quoted[0]), _skip(text, quoted.end())
        elif sign and sign in "[{" and self.broken < _MOST_BROKEN:
            try:
                value, end = _JSON.raw_decode(text, at)
            except (ValueError, RecursionError):
                self.broken += 1
            else:
                if _ended(text, _skip(text, end)):
                    return value, _skip(text, end)
        return self.plain(at)

    def plain(self, at: int) -> tuple[str, int]:
        """Everything up to the next comma or line break."""
        end = _ENDS.search(self.text, at)
        stop = end.start() if end else len(self.text)
        return self.text[at:stop].strip(), stop

    def behind(self, at: int, pairs: dict[str, Any]) -> None:
        """Add what the lines behind the parameters say: more parameters, or a text of another tool, one a line."""
        for line in self.text[at:].split("\n"):
            name = _KEY.match(line.strip())
            if not name:
                continue
            if name[0][:-1].strip().lower() in KEYS:
                found, _ = _Scanner(line.strip()).pairs(0)
            else:
                found = {name[0][:-1].strip(): line.strip()[name.end() :].strip()}
            for key, value in found.items():
                pairs.setdefault(key, value)


def _skip(text: str, at: int) -> int:
    """The next place that is no blank."""
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _ended(text: str, at: int) -> bool:
    return at >= len(text) or text[at] in ",\n"


def _unquoted(text: str) -> str:
    try:
        return str(json.loads(text, strict=False))
    except ValueError:  # another tool's quotes
        return text[1:-1]
