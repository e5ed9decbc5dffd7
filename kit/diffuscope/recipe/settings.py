"""Settings: what a person writes. Recipe: the same with nothing left open. Both are frozen values, checked when made."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from inspect import signature
from typing import TYPE_CHECKING, Any, Self

from diffuscope.recipe.checks import COMMON_SEED, MAX_GUIDANCE, MAX_SEED, MAX_STEPS, SettingsError, kind, show
from diffuscope.recipe.fields import FIELDS, Fields, parted
from diffuscope.recipe.schedulers import SCHEDULERS, Scheduler
from diffuscope.text import suggest

__all__ = ["COMMON_SEED", "MAX_GUIDANCE", "MAX_SEED", "MAX_STEPS", "OPEN", "Recipe", "Settings", "SettingsError"]

OPEN = tuple(name for name, field in FIELDS.items() if field.left_open)
"""Settings that may be left to the model; a Recipe has them all."""


class Settings(Fields):
    """What to draw. None stands for the model's own default; `model.complete` fills it in and returns a `Recipe`.

    Settings are equal when all their fields are, so a Recipe equals Settings with the same values.

    Raises:
        SettingsError: a value that is not allowed; raised before anything is computed.

    Fields:
    """

    if not TYPE_CHECKING:  # checkers and editors see the fields themselves

        def __init__(self, *values: Any, **named: Any) -> None:
            _refuse_unknown(named)
            if not (values or "prompt" in named):
                raise TypeError('Settings need a prompt: Settings("a red circle"); an empty one is ""')
            super().__init__(*values, **named)

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if isinstance(other, Settings) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(vars(self).values()))

    @property
    def scheduler_row(self) -> Scheduler:
        """The catalogue row of `scheduler`."""
        return SCHEDULERS[self.scheduler]

    @property
    def varied(self) -> bool:
        """Whether the noise of `variation_seed` is mixed in."""
        return self.variation_seed is not None and self.variation_strength > 0

    def changed(self, other: Settings) -> list[str]:
        """The fields in which another recipe differs, in their order."""
        return [name for name in FIELDS if getattr(self, name) != getattr(other, name)]

    def replace(self, **changes: Any) -> Settings:
        """A copy with some fields changed, checked again.

        Raises:
            TypeError: an unknown field; the message names the nearest one.
        """
        _refuse_unknown(changes)
        return replace(self, **parted(changes))

    def without_defaults(self) -> dict[str, Any]:
        """The fields by name, without seldom used ones at their default: so a setting added later changes no `key`."""
        return {
            name: value
            for name, value in vars(self).items()
            if FIELDS[name].always_written or value != FIELDS[name].default
        }

    @property
    def key(self) -> str:
        """A stable name of these settings: 16 hex digits, the same on every machine."""
        return hashlib.sha256(json.dumps(self.without_defaults(), sort_keys=True).encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Canonical JSON text, one line, sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)

    @classmethod
    def of(cls, given: Settings | str) -> Settings:
        """Settings as they are, or those of a prompt alone.

        Raises:
            TypeError: it is something else.
            SettingsError: the prompt cannot work.
        """
        if isinstance(given, Settings):
            return given
        if isinstance(given, str):
            return Settings(given)
        raise TypeError(f'settings are shown, got {kind(given)}; write Settings("a red circle")')

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`.

        Raises:
            SettingsError: the text is not a JSON object of settings, or a value cannot work.
        """
        try:
            raw = json.loads(text)
        except (ValueError, RecursionError) as error:  # brackets in brackets, thousands deep
            raise SettingsError("prompt", f"These settings are not JSON: {error}.") from None
        return cls.from_dict(raw)

    @classmethod
    def from_dict(cls, raw: Any) -> Self:
        """Settings from a mapping; unknown keys are an error.

        Raises:
            SettingsError: not a mapping, an unknown key, no prompt, or a value that cannot work.
        """
        if not isinstance(raw, dict):
            raise SettingsError("prompt", f"Settings must be a mapping of names to values, got {kind(raw)}.")
        for name in raw:
            if name not in FIELDS:
                raise SettingsError(str(name), f"No setting {show(name)}.{nearest(str(name))}")
        return cls(raw.get("prompt"), **{k: v for k, v in raw.items() if k != "prompt"})  # type: ignore[arg-type]


def _refuse_unknown(names: Iterable[str]) -> None:
    for name in names:
        if name not in FIELDS:
            raise TypeError(f"Settings has no {name!r}.{nearest(name)} It has: {', '.join(FIELDS)}.")


def nearest(name: str) -> str:
    """The setting that an unknown name may mean, as a sentence with a space before it; "" where none is near."""
    ours = next((field.name for field in FIELDS.values() if name.lower() in field.elsewhere), None)
    return f' It is called "{ours}" here.' if ours else suggest(name, list(FIELDS))


Settings.__signature__ = signature(Fields)  # type: ignore[attr-defined]


class Recipe(Settings):
    """Settings with nothing left open: what a run needs. `Model.complete` makes it.

    Raises:
        SettingsError: a value that cannot work, or one of `OPEN` that is None.
    """

    if TYPE_CHECKING:
        schedule: str
        steps: int
        guidance_scale: float
        width: int
        height: int

    def __post_init__(self) -> None:
        super().__post_init__()
        for name in OPEN:
            if getattr(self, name) is None:
                raise SettingsError(name, f"{FIELDS[name].label} is not set; model.complete(settings) fills it in.")

    def replace(self, **changes: Any) -> Settings:
        """As `Settings.replace`: a Recipe, or Settings where a change leaves something open."""
        left_open = any(name in OPEN and value is None for name, value in changes.items())
        return Settings(**vars(self)).replace(**changes) if left_open else super().replace(**changes)


Settings.__doc__ = f"{Settings.__doc__}" + "\n        ".join(f"{name}: {field.help}" for name, field in FIELDS.items())
