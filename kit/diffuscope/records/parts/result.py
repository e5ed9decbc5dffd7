"""ReadSettings: what a record says, as settings, together with what settings cannot say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from diffuscope.recipe.checks import MAX_PROMPT, show
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Settings, SettingsError

Unread = Mapping[str, str]
NOT_SAID = "not said"
"""In the place of what every picture has, and a record does not say."""


class ReadSettings(Settings):
    """Settings that were read from a record. They equal plain settings with the same values.

    What the record says and settings cannot express is in `unread`, and nowhere else: a setting named there holds its
    default, which is not what the picture was made with.
    """

    __slots__ = ("_found",)

    @property
    def tool(self) -> str:
        """Who wrote the record, such as "ComfyUI"."""
        return self._about[0]

    @property
    def model(self) -> str:
        """The model's name as the record gives it; "" where it does not."""
        return self._about[1]

    @property
    def unread(self) -> Unread:
        """What is not expressed: name of a setting, or the tool's own word, to what the record says there."""
        return self._about[2]

    @property
    def _about(self) -> tuple[str, str, Unread]:
        return getattr(self, "_found", ("", "", MappingProxyType({})))  # a changed copy is read from nowhere


def result(tool: str, said: Mapping[str, Any], unread: Mapping[str, Any], model: object = "") -> ReadSettings:
    """Settings of what a record says. A value that cannot be one goes to `unread`, and the rest is kept.

    Args:
        said: names of settings to values; None is not said.
        unread: what the tool's reader could not make settings of.
    """
    values: dict[str, Any] = {"prompt": ""}
    left = {name: _shown(value) for name, value in unread.items()}
    for name in FIELDS:  # a schedule is checked against its scheduler, so one after the other
        value = said.get(name)
        if value is None:
            continue
        try:
            Settings(**{**values, name: _number(value, FIELDS[name].kind)})
        except SettingsError:
            left.setdefault(name, _shown(value))
        else:
            values[name] = _number(value, FIELDS[name].kind)
    for name in ("seed", "scheduler"):  # what has a default here, and was another there
        if name not in values:
            left.setdefault(name, NOT_SAID)
    found = ReadSettings(**values)
    object.__setattr__(found, "_found", (tool, str(model or ""), MappingProxyType(left)))
    return found


def prompt(text: object, language: Callable[[str], str]) -> str:
    """A prompt of another tool in our language; one that is too long to be a setting is left as it is."""
    return language(str(text)) if text and len(str(text)) <= MAX_PROMPT else str(text or "")


def _number(value: Any, kind: str) -> Any:
    """A number that stands as text, or with a point though it is whole, as the number it is."""
    if kind == "str" or isinstance(value, bool):
        return value
    try:
        if isinstance(value, str):
            value = float(value) if kind == "float" or "." in value else int(value)
        return int(value) if kind == "int" and isinstance(value, float) and value == int(value) else value
    except (ValueError, OverflowError):
        return value


def _shown(value: object) -> str:
    """A value as text, 200 characters at most."""
    try:
        text = value if isinstance(value, str) else str(value)
    except (ValueError, RecursionError):
        text = show(value)
    return text if len(text) <= 200 else text[:197] + "..."


def in_words(unread: Unread) -> str:
    """What was not read, in one line: 'Scheduler "Restart", Denoising strength "0.4"'."""
    labels = [FIELDS[name].label if name in FIELDS else name for name in unread]
    values = [value if value == NOT_SAID else f'"{value}"' for value in unread.values()]
    return ", ".join(map(" ".join, zip(labels, values, strict=True)))
