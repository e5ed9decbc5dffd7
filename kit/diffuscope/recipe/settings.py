"""Settings: what a person writes. Recipe: the same with nothing left open. Both are frozen values, checked when made."""

from __future__ import annotations

import hashlib
import json
import math
import numbers
from dataclasses import asdict, dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from diffuscope.recipe.schedulers import SCHEDULERS, SCHEDULES, Scheduler, find
from diffuscope.text import suggest

MAX_SEED = 2**63 - 1
COMMON_SEED = 2**32 - 1  # the largest that JavaScript holds exactly and other tools use
MAX_PROMPT = 10_000  # characters
MAX_STEPS = 1000
MAX_GUIDANCE = 50.0
MAX_SIDE = 4096  # pixels


class SettingsError(ValueError):
    """A setting that cannot work. `field` names the culprit, so that a form can show the message beside it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    def __reduce__(self) -> tuple[type[SettingsError], tuple[str, str]]:
        return type(self), (self.field, str(self))  # an exception is rebuilt from `args`, which lack the field


@dataclass(frozen=True, eq=False)
class Settings:
    """What one picture shall be. None stands for the model's own default; `model.complete` fills it in and gives a `Recipe`.

    Settings are equal when all their fields are, so a Recipe equals the Settings that say the same.

    Raises:
        SettingsError: a value that cannot work, before anything is computed.
    """

    prompt: str
    """What the picture shows; "" for no prompt. At most 10,000 characters."""
    negative_prompt: str = ""
    """What to steer away from; takes the place of the empty prompt. No effect when guidance_scale <= 1."""
    seed: int = 42
    """Seed of the picture's own CPU noise stream, 0 to 2^63 - 1."""
    scheduler: str = "dpm++ 2m"
    """A name of the catalogue, see `SCHEDULERS`."""
    schedule: str | None = None
    """Spacing of the noise levels, see `SCHEDULES`; None is the scheduler's usual one."""
    steps: int | None = None
    """Number of steps, 1 to 1000."""
    guidance_scale: float | None = None
    """Weight of the prompt, 0 to 50. At 1 and below the prompt is followed plainly, without guidance."""
    eta: float = 0.0
    """Share of fresh noise in each DDIM (or TCD) step, 0 to 1."""
    width: int | None = None
    """Pixels, a multiple of 8."""
    height: int | None = None
    """Pixels, a multiple of 8."""
    variation_seed: int | None = None
    """Seed of a second noise that is mixed into the first, 0 to 2^63 - 1; None is none."""
    variation_strength: float = 0.0
    """How far the initial noise is turned from that of `seed` (0) to that of `variation_seed` (1)."""

    def __post_init__(self) -> None:
        _text("prompt", self.prompt)
        _text("negative_prompt", self.negative_prompt)
        _whole("seed", self.seed, 0, MAX_SEED)
        if self.variation_seed is not None:
            _whole("variation_seed", self.variation_seed, 0, MAX_SEED)
        object.__setattr__(self, "variation_strength", _number("variation_strength", self.variation_strength, 0.0, 1.0))
        row = _scheduler(self.scheduler)
        if self.scheduler != row.name:
            object.__setattr__(self, "scheduler", row.name)
        if self.schedule is not None:
            _schedule(self.schedule, row)
        if self.steps is not None:
            _whole("steps", self.steps, 1, MAX_STEPS)
            _steps(self.steps, row)
        if self.guidance_scale is not None:
            object.__setattr__(
                self, "guidance_scale", _number("guidance_scale", self.guidance_scale, 0.0, MAX_GUIDANCE)
            )
        object.__setattr__(self, "eta", _number("eta", self.eta, 0.0, 1.0))
        for name in ("width", "height"):
            value = getattr(self, name)
            if value is not None:
                _side(name, value)

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

    @property
    def guided(self) -> bool | None:
        """Whether guidance is at work: guidance_scale above 1. None while that is left to the model."""
        return None if self.guidance_scale is None else self.guidance_scale > 1

    def changed(self, other: Settings) -> list[str]:
        """The fields in which another recipe differs, in their order."""
        return [f.name for f in fields(self) if getattr(self, f.name) != getattr(other, f.name)]

    def replace(self, **changes: Any) -> Settings:
        """A copy with some fields changed, checked again.

        Raises:
            TypeError: an unknown field; the message names the nearest one.
        """
        known = [f.name for f in fields(self)]
        for name in changes:
            if name not in known:
                raise TypeError(f"Settings has no {name!r}.{suggest(name, known)} It has: {', '.join(known)}.")
        return replace(self, **changes)

    @property
    def key(self) -> str:
        """A stable name of this recipe: 16 hex digits, the same on every machine."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()[:16]

    def to_json(self) -> str:
        """Canonical JSON text, one line, sorted keys."""
        return json.dumps(asdict(self), sort_keys=True, ensure_ascii=True)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`.

        Raises:
            SettingsError: the text is not a JSON object of settings, or a value cannot work.
        """
        try:
            raw = json.loads(text)
        except ValueError as error:
            raise SettingsError("prompt", f"These settings are not JSON: {error}.") from None
        return cls.from_dict(raw)

    @classmethod
    def from_dict(cls, raw: Any) -> Self:
        """Settings from a mapping; unknown keys are an error.

        Raises:
            SettingsError: not a mapping, an unknown key, no prompt, or a value that cannot work.
        """
        if not isinstance(raw, dict):
            raise SettingsError("prompt", f"Settings must be a mapping of names to values, got {_kind(raw)}.")
        known = [f.name for f in fields(cls)]
        for name in raw:
            if name not in known:
                raise SettingsError(str(name), f"No setting {_show(name)}.{suggest(str(name), known)}")
        return cls(raw.get("prompt"), **{k: v for k, v in raw.items() if k != "prompt"})  # type: ignore[arg-type]


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
                raise SettingsError(name, f"{_label(name)} is not set; model.complete(settings) fills it in.")

    @property
    def guided(self) -> bool:
        """Whether guidance is at work: each step asks the network with and without the prompt."""
        return self.guidance_scale > 1

    def replace(self, **changes: Any) -> Settings:
        """As `Settings.replace`: a Recipe, or Settings where a change leaves something open."""
        left_open = any(name in OPEN and value is None for name, value in changes.items())
        return Settings(**vars(self)).replace(**changes) if left_open else super().replace(**changes)


OPEN = ("schedule", "steps", "guidance_scale", "width", "height")
"""Settings that may be left to the model; a Recipe has them all."""


def _show(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(value: object) -> str:
    return f"{type(value).__name__} {_show(value)}"


def _label(field: str) -> str:
    return field.replace("_", " ").capitalize()


def _text(field: str, value: object) -> None:
    label = _label(field)
    if value is None:
        raise SettingsError(field, f'{label} is missing. Type some text, or use "" for none.')
    if not isinstance(value, str):
        raise SettingsError(field, f"{label} must be text, got {_kind(value)}.")
    if len(value) > MAX_PROMPT:
        raise SettingsError(field, f"{label} is {len(value):,} characters; the limit is {MAX_PROMPT:,}.")
    for position, character in enumerate(value):
        # a lone surrogate cannot be saved as UTF-8, and NUL ends file names and C strings
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise SettingsError(field, f"{label} has an unreadable character at position {position}; remove it.")


def _whole(field: str, value: Any, low: int, high: int) -> None:
    label = _label(field)
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise SettingsError(field, f"{label} must be a whole number from {low} to {high}, got {_show(value)}.")
    if value == -1 and field.endswith("seed"):
        raise SettingsError(
            field, f"{label} -1 is not accepted; pick a seed, or press the dice, so that it can be repeated."
        )
    if not low <= int(value) <= high:
        raise SettingsError(field, f"{label} must be {low} to {high}, got {_show(value)}.")


def _number(field: str, value: Any, low: float, high: float) -> float:
    label = _label(field)
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise SettingsError(field, f"{label} must be a finite number from {low:g} to {high:g}, got {_show(value)}.")
    if not low <= float(value) <= high:
        raise SettingsError(field, f"{label} must be {low:g} to {high:g}, got {_show(value)}.")
    return float(value)


def _scheduler(name: object) -> Scheduler:
    if not isinstance(name, str):
        raise SettingsError("scheduler", f"Scheduler must be a name, got {_kind(name)}.")
    if name.startswith("FlowMatch"):
        raise SettingsError("scheduler", f'{_show(name)} belongs to SD3 and Flux models. Try "euler".')
    try:
        return find(name)
    except KeyError as error:
        raise SettingsError("scheduler", error.args[0]) from None


def _schedule(name: object, row: Scheduler) -> None:
    if name not in row.schedules:
        known = [s for s in row.schedules if s in SCHEDULES]
        raise SettingsError("schedule", f'No schedule {_show(name)} for "{row.name}". It has: {", ".join(known)}.')


def _steps(value: int, row: Scheduler) -> None:
    fewest, most = row.steps
    if value < fewest:
        raise SettingsError(
            "steps", f'"{row.name}" needs at least {fewest} steps, got {value}; use {fewest} or "ddim".'
        )
    if value > most:
        raise SettingsError("steps", f'"{row.name}" takes at most {most} steps, got {value}.')


def _side(field: str, value: Any) -> None:
    label = _label(field)
    if isinstance(value, bool) or not isinstance(value, numbers.Integral):
        raise SettingsError(field, f"{label} must be a whole number of pixels, got {_show(value)}.")
    if not 8 <= int(value) <= MAX_SIDE:
        raise SettingsError(field, f"{label} must be 8 to {MAX_SIDE}, got {_show(value)}.")
    if int(value) % 8:
        below, above = int(value) // 8 * 8, int(value) // 8 * 8 + 8
        raise SettingsError(field, f"{label} {value} must be a multiple of 8; nearest: {below} or {above}.")
