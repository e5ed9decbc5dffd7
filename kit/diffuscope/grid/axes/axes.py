"""From what somebody asks to vary to axes: `axes({"seed": "1-4", "{animal}": ["cat", "dog"]}, base)`.

    "guidance_scale": "1, 4, 7"              any field of Settings; text as in `diffuscope.grid.axes.values`, or a list or range
    "CFG Scale": "1, 4, 7"                   the same by its name in A1111's X/Y/Z plot
    "width height": "64 x 64, 96 x 64"       fields that change together; or [[64, 64], [96, 64]]
    "replace cat": "cat, dog"                a text of prompt and negative_prompt replaced (A1111's Prompt S/R)
    "{animal}": ["cat", "dog"]               a placeholder of the prompts filled in

Braces and wildcards of the base's prompts (`{a|b}`, `{0.8..1.4/0.2}`, `__colour__`) become axes of their own, behind the
others; those within the texts of an axis become more values of that axis.
"""

from __future__ import annotations

import numbers
import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from diffuscope.grid.axes.templates import Expander, Wildcards, is_name, pieces
from diffuscope.grid.axes.values import MOST_VALUES, read_values
from diffuscope.grid.plan.plan import Axis, Value
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings, SettingsError, nearest

KINDS: Mapping[str, str] = {name: field.kind for name, field in FIELDS.items()}
"""What each setting is: "int", "float" or "str"."""
WORDS: Mapping[str, str] = {
    field.a1111_axis.lower(): name for name, field in FIELDS.items() if field.a1111_axis and not field.a1111_read
}
"""A1111's name of an axis, in lower case, to the setting: "cfg scale" is guidance_scale. Not where it counts otherwise."""
PROMPTS = ("prompt", "negative_prompt")
REPLACE = "replace "


def axes(spec: Mapping[str, Any], base: Settings, wildcards: Wildcards = None) -> tuple[Axis, ...]:
    """The axes of a grid, in the order of the spec; then one for each piece of the prompts that stands for several texts.

    Values are not checked against each other or a model here; a plan does that.

    Args:
        spec: what to vary to its values, in the forms above.
        base: the recipe that the cells start from.
        wildcards: lists by name, or a folder.

    Raises:
        SettingsError: an unknown axis, values that cannot be read, two axes for one setting, a text to replace that
            stands in no prompt, a placeholder without an axis, an unknown wildcard; the message names the axis.
    """
    try:
        expander = Expander(wildcards)
    except ValueError as error:
        raise SettingsError("prompt", f"{error}.") from None
    spec = _named(spec)
    laid = [_blamed(name, _axis, name, values, expander) for name, values in spec.items()]
    _once(laid)
    prompts = _prompts(laid, base)
    implied: dict[str, Axis] = {}
    for field, texts in prompts.items():
        for text in texts:
            for piece in _blamed(field, pieces, text):
                if piece not in spec and piece not in implied:
                    implied[piece] = _implied(field, piece, expander)
    for name in spec:
        _found(name, prompts)
    return (*laid, *implied.values())


def _named(spec: Mapping[str, Any]) -> dict[str, Any]:
    """The spec with A1111's names of axes as ours."""
    found: dict[str, Any] = {}
    for name, values in spec.items():
        if not isinstance(name, str):
            raise SettingsError("prompt", f"The name of an axis is text, got {type(name).__name__} {name!r:.40}.")
        ours = WORDS.get(name.lower(), name)
        if ours in found:
            raise SettingsError(ours, f'Two axes set {ours}, one of them as "{name}"; keep one.')
        found[ours] = values
    return found


def label(value: Any) -> str:
    """What stands at a row for a value: "default" for None, "64 x 96" for linked ones."""
    if value is None:
        return "default"
    if isinstance(value, (list, tuple)):
        return " x ".join(map(label, value))
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value) or "(empty)"


def _axis(name: str, given: Any, expander: Expander) -> Axis:
    linked = name.split()
    if name in KINDS:
        listed = _listed(given, KINDS[name])
        if name in PROMPTS:
            listed = _expanded(listed, expander)
        values = [Value(label(value), {name: value}) for value in listed]
    elif name.startswith(REPLACE) and name.removeprefix(REPLACE).strip():
        searched = name.removeprefix(REPLACE).strip()
        values = [Value(label(text), words={searched: text}) for text in _words(given, expander)]
    elif is_name(name):
        values = [Value(label(text), words={name: text}) for text in _words(given, expander)]
    elif len(linked) > 1 and all(field in KINDS for field in linked):
        rows = [_row(row, linked) for row in _listed(given, "str")]
        values = [Value(label(row), dict(zip(linked, row, strict=True))) for row in rows]
    else:
        place = f"{{{name}}}" if is_name(f"{{{name}}}") else "{name}"
        raise ValueError(
            f"there is no such axis.{nearest(name)} It is a setting ({', '.join(KINDS)}), several of them "
            f'that change together ("width height"), "replace <a text of the prompt>", or a placeholder, "{place}"'
        )
    seen: set[str] = set()
    for value in values:
        if value.label in seen:
            raise ValueError(f"{value.label!r} is there twice")
        seen.add(value.label)
    return Axis(name, tuple(values))


def _listed(given: Any, kind: str) -> list[Any]:
    """Values out of text, a list, a range or an array, as plain Python numbers and texts."""
    if isinstance(given, str):
        return list(read_values(given, kind))
    a_list = isinstance(given, Iterable) and not isinstance(given, Mapping)
    if not a_list:
        raise ValueError(f"values come as text or as a list, got {type(given).__name__} {given!r:.40}")
    values = [_plain(value) for value in islice(given, MOST_VALUES + 1)]
    if not values:
        raise ValueError("there is no value")
    if len(values) > MOST_VALUES:
        raise ValueError(f"more than {MOST_VALUES:,} values")
    return values


def _plain(value: Any) -> Any:
    """A number of numpy as one of Python, which JSON can hold."""
    if isinstance(value, numbers.Integral) and not isinstance(value, bool):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) and not isinstance(value, (bool, int)) else value


def _words(given: Any, expander: Expander) -> list[str]:
    listed = _expanded(_listed(given, "str"), expander)
    if wrong := [text for text in listed if not isinstance(text, str)]:
        raise ValueError(f"{wrong[0]!r:.40} is not a text")
    if names := [piece for text in listed for piece in pieces(text) if is_name(piece)]:
        raise ValueError(f"the placeholder {names[0]} within a text that is put in is not filled")
    return listed


def _expanded(listed: list[Any], expander: Expander) -> list[Any]:
    return [text for given in listed for text in (expander.texts(given) if isinstance(given, str) else [given])]


def _row(row: Any, linked: list[str]) -> list[Any]:
    """One value of each linked field. Between texts an x needs blanks around it, between numbers it does not."""
    if isinstance(row, str):
        texts = all(KINDS[field] == "str" for field in linked)
        parts = re.split(r"\s+[x×]\s+" if texts or not row[:1].isdigit() else r"\s*[x×]\s*", row)
        if len(parts) == len(linked):
            kinds = [KINDS[field] for field in linked]
            read = [
                [part] if kind == "str" else read_values(part, kind) for part, kind in zip(parts, kinds, strict=True)
            ]
            if all(len(values) == 1 for values in read):
                return [values[0] for values in read]
    elif isinstance(row, Iterable) and len(parts := list(row)) == len(linked):
        return [_plain(part) for part in parts]
    raise ValueError(f"{row!r:.40} is not one value for each of {', '.join(linked)}; write {' x '.join(linked)}")


def _once(laid: list[Axis]) -> None:
    """Refuse two axes that set one field, or replace one text: the later would win, unseen."""
    home: dict[tuple[str, str], str] = {}
    for axis in laid:
        first = axis.values[0]
        for what in [("field", name) for name in first.changes] + [("text", text) for text in first.words]:
            if what in home:
                field = what[1] if what[1] in KINDS else "prompt"
                raise SettingsError(field, f'The axes "{home[what]}" and "{axis.name}" both set {what[1]}; keep one.')
            home[what] = axis.name


def _prompts(laid: list[Axis], base: Settings) -> dict[str, list[str]]:
    """The texts prompt and negative_prompt start from: those of their axes, else the base's."""
    return {
        field: [
            value.changes[field] for axis in laid for value in axis.values if isinstance(value.changes.get(field), str)
        ]
        or [getattr(base, field)]
        for field in PROMPTS
    }


def _implied(field: str, piece: str, expander: Expander) -> Axis:
    if is_name(piece):
        raise SettingsError(
            field, f'The placeholder {piece} has no axis; add "{piece}": [...] with the texts to put in.'
        )
    options = _blamed(field, expander.options, piece)
    return Axis(piece, tuple(Value(label(text), words={piece: text}) for text in options))


def _found(name: str, prompts: Mapping[str, list[str]]) -> None:
    texts = [text for given in prompts.values() for text in given]
    if is_name(name) and not any(name in pieces(text) for text in texts):
        raise SettingsError("prompt", f'Axis "{name}": {name} stands in no prompt; write it where the texts belong.')
    if name.startswith(REPLACE) and not any(name.removeprefix(REPLACE).strip() in text for text in texts):
        raise SettingsError("prompt", f'Axis "{name}": {name.removeprefix(REPLACE)!r} stands in no prompt.')


def _blamed(name: str, call: Any, *given: Any) -> Any:
    """The call's answer; its ValueError as one that names the axis."""
    try:
        return call(*given)
    except ValueError as error:
        field = name.split()[0] if name.split() and name.split()[0] in KINDS else "prompt"
        raise SettingsError(field, f'Axis "{name}": {error}.') from None
