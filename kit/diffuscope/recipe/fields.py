"""The table of settings. To add a setting, add a row to `Fields`, and honour it where pictures are made.

Checks, the command line, the axes of grids, records in pictures, the form, the history and notes read this table.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from diffuscope.recipe import checks, rules
from diffuscope.recipe.field import Field, row
from diffuscope.recipe.schedulers import SCHEDULES

_SIDE: Mapping[str, Any] = {
    "low": checks.SIDE_STEP,
    "high": checks.MAX_SIDE,
    "multiple": checks.SIDE_STEP,
    "unit": "pixels",
    "hint": "auto",
    "left_open": True,
    "shared": True,
    "always_written": True,
    "a1111_key": "Size",
    "a1111_write": rules.size,
}


@dataclass(frozen=True, eq=False)
class Fields:
    """The rows of the table, each a field of `Settings`."""

    prompt: str = row(
        label="Prompt",
        help=f'What the picture shows; "" for no prompt. At most {checks.MAX_PROMPT:,} characters.',
        may_fork=True,
        group="prompt",
        rows=3,
        hint="What the picture shows",
        always_written=True,
        invokeai="positive_prompt",
    )
    negative_prompt: str = row(
        "",
        label="Negative prompt",
        elsewhere=("negative", "uc"),
        help="What to steer away from; takes the place of the empty prompt. No effect when guidance_scale <= 1.",
        may_fork=True,
        group="prompt",
        hint="What to steer away from",
        invokeai="negative_prompt",
    )
    seed: int = row(
        42,
        label="Seed",
        help="Seed of the picture's own CPU noise stream, 0 to 2^64 - 1.",
        group="main",
        high=checks.MAX_SEED,
        is_seed=True,
        always_written=True,
        a1111_key="Seed",
        a1111_axis="Seed",
        invokeai="seed",
        summary=rules.seeds_in_words,
    )
    scheduler: str = row(
        "dpm++ 2m",
        label="Scheduler",
        elsewhere=("sampler", "sampler_name"),
        help="A name of the catalogue, see `SCHEDULERS`.",
        group="scheduler",
        is_choice=True,
        affects_solver=True,
        shared=True,
        always_written=True,
        a1111_key="Sampler",
        a1111_axis="Sampler",
        a1111_word=rules.a1111_sampler,
        normalize=rules.scheduler_name,
        parts=rules.schedule_behind,
        note=rules.about_scheduler,
        summary=lambda s: ", ".join(filter(None, [s.scheduler, s.schedule])),
    )
    schedule: str | None = row(
        None,
        label="Noise levels",
        elsewhere=("sigmas", "noise_schedule", "schedule_type"),
        help="Spacing of the noise levels, see `SCHEDULES`; None is the scheduler's usual one.",
        group="scheduler",
        is_choice=True,
        left_open=True,
        affects_solver=True,
        shared=True,
        always_written=True,
        follows="scheduler",
        a1111_key="Schedule type",
        a1111_axis="Schedule type",
        # always written out: A1111's "Automatic" means different schedules for different samplers
        a1111_word=lambda name: SCHEDULES[name][0],
        normalize=rules.schedule_name,  # every scheduler has its own
        check_fit=lambda s: rules.has_schedule(s.schedule, s.scheduler_row),
        note=lambda s: f'No choice: "{s.scheduler}" has its own.' * (len(s.scheduler_row.schedules) == 1),
        summary=lambda s: "",  # beside the scheduler
    )
    steps: int | None = row(
        None,
        label="Steps",
        elsewhere=("num_inference_steps", "sampling_steps"),
        help=f"Number of steps, 1 to {checks.MAX_STEPS}; None is the model's own.",
        group="main",
        low=1,
        high=checks.MAX_STEPS,
        slider=(1, 60, 1),
        hint="auto",
        left_open=True,
        affects_solver=True,
        shared=True,
        always_written=True,
        a1111_key="Steps",
        a1111_axis="Steps",
        invokeai="steps",
        check_fit=lambda s: rules.takes_steps(s.steps, s.scheduler_row),
        summary=lambda s: f"{s.steps} steps",
    )
    guidance_scale: float | None = row(
        None,
        label="Guidance",
        elsewhere=("guidance", "cfg", "cfg_scale", "scale"),
        help=f"Weight of the prompt, 0 to {checks.MAX_GUIDANCE:g}. At 1 and below the prompt is followed plainly, without guidance.",
        may_fork=True,
        group="main",
        high=checks.MAX_GUIDANCE,
        slider=(1, 20, 0.5),
        badge=(1, "×2 cost", "Two network calls a step: with the prompt and without"),
        hint="auto",
        left_open=True,
        always_written=True,
        a1111_key="CFG scale",
        a1111_axis="CFG Scale",
        invokeai="cfg_scale",
        summary=lambda s: "" if s.guidance_scale is None else f"guidance {s.guidance_scale:g}",
    )
    eta: float = row(
        0.0,
        label="Eta",
        help="Share of fresh noise in each DDIM (or TCD) step, 0 to 1.",
        may_fork=True,
        group="extra",
        high=1,
        slider=(0, 1, 0.05),
        affects_solver=True,
        shared=True,
        follows="scheduler",
        a1111_key="Eta DDIM",
        a1111_axis="Eta",
        shown_when=lambda s: s.scheduler_row.random == "eta",
        note=lambda s: f'No effect: "{s.scheduler}" has no eta.' * bool(s.eta and s.scheduler_row.random != "eta"),
        effective=lambda s: s.eta if s.scheduler_row.random == "eta" else 0.0,
    )
    width: int | None = row(
        None,
        label="Width",
        help=f"Pixels, a multiple of {checks.SIDE_STEP}.",
        invokeai="width",
        a1111_read=lambda text: int(text.partition("x")[0]),
        **_SIDE,
    )
    height: int | None = row(
        None,
        label="Height",
        help=f"Pixels, a multiple of {checks.SIDE_STEP}.",
        invokeai="height",
        a1111_read=lambda text: int(text.partition("x")[2]),
        **_SIDE,
    )
    variation_seed: int | None = row(
        None,
        label="Variation seed",
        help="Seed of a second noise that is mixed into the first, 0 to 2^64 - 1; None means no second noise.",
        high=checks.MAX_SEED,
        is_seed=True,
        hint="none",
        a1111_key="Variation seed",
        a1111_axis="Var. seed",
        a1111_write=lambda s: s.variation_seed if s.varied else None,
        note=rules.about_variation_seed,
        effective=lambda s: s.variation_seed if rules.varied(s) else None,
        summary=lambda s: "",  # beside the seed
    )
    variation_strength: float = row(
        0.0,
        label="Variation strength",
        help="How far the initial noise is turned from that of `seed` (0) to that of `variation_seed` (1).",
        high=1,
        slider=(0, 1, 0.05),
        follows="variation_seed",
        a1111_key="Variation seed strength",
        a1111_axis="Var. strength",
        a1111_write=lambda s: s.variation_strength if s.varied else None,
        note=lambda s: (
            "No effect: there is no variation seed; choose one."
            * bool(s.variation_strength and s.variation_seed is None)
        ),
        effective=lambda s: s.variation_strength if rules.varied(s) else 0.0,
        summary=lambda s: "",  # beside the seed
    )
    clip_skip: int | None = row(
        None,
        label="CLIP skip",
        help="Layers of the text encoder that are left out at its end, as in diffusers; None and 0 leave out none.",
        high=40,  # CLIP bigG has 32
        hint="none",
        affects_prompt=True,
        may_fork=True,
        needs_support=True,
        a1111_key="Clip skip",  # A1111 counts from the last layer, which is its 1
        a1111_axis="Clip skip",
        a1111_word=lambda skipped: skipped + 1,
        a1111_read=lambda text: int(text) - 1,
        effective=lambda s: s.clip_skip or None,
    )

    def __post_init__(self) -> None:
        for name, value in parted(vars(self)).items():
            object.__setattr__(self, name, value)
        for name, field in FIELDS.items():
            object.__setattr__(self, name, field.check(getattr(self, name)))
        for field in FIELDS.values():
            if field.check_fit:
                field.check_fit(self)


def parted(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of settings by name, with those that say several settings at once split: "DPM++ 2M Karras" into two.

    Raises:
        SettingsError: one of the others is there too and says something else.
    """
    found = dict(values)
    for name, field in FIELDS.items():
        for part, value in (field.parts(values[name]) if field.parts and name in values else {}).items():
            given = values.get(part)
            if part != name and given is not None and FIELDS[part].check(given) != value:
                raise checks.SettingsError(
                    part, f"{field.label} {checks.show(values[name])} says {part} {value!r}, and {part} is {given!r}."
                )
            found[part] = value
    return found


def _table() -> dict[str, Field]:
    found = {}
    for field in dataclasses.fields(Fields):
        kind, _, rest = str(field.type).partition(" ")
        known = {"name": field.name, "kind": kind, "optional": "None" in rest, "default": field.default}
        found[field.name] = dataclasses.replace(field.metadata["field"], **known)
    return found


FIELDS: Mapping[str, Field] = _table()
"""The table by name, in the order of the fields."""
