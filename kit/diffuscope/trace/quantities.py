"""What can be seen at a step of a run: one row a quantity. Steps, traces, films and docs read this table.

To add a quantity, add a row, and put a tensor of its name into `Step.seen`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Quantity:
    """One row of the table."""

    name: str
    """Its key in `Step.seen`, `Trace.tensors` and `Trace.pictures`."""
    symbol: str
    """As in formulas."""
    short: str
    """One or two words for a button."""
    label: str
    """What it is, for the row of a film."""
    axes: str
    """Names of its axes without the batch, in einops' words: "c h w" is channels, height, width."""
    decodable: bool = False
    """Whether the model's codec turns it into a picture."""
    derived_from: tuple[str, ...] = ()
    """Quantities it can be computed from where it was not kept; see `trace.Trace.tensor`."""


_ROWS = (
    Quantity("x_t", "xₜ", "noisy", "noisy latents", "c h w", decodable=True),
    Quantity("x0", "x₀", "predicted x₀", "predicted clean picture", "c h w", decodable=True),
    Quantity("noise", "ε", "noise", "predicted noise", "c h w", decodable=True, derived_from=("x_t", "x0")),
    Quantity("x0_uncond", "x₀", "without prompt", "predicted without the prompt", "c h w", decodable=True),
    Quantity("x0_cond", "x₀", "prompt alone", "predicted with the prompt alone", "c h w", decodable=True),
    Quantity("noise_uncond", "ε", "noise without prompt", "noise predicted without the prompt", "c h w",
             derived_from=("x_t", "x0_uncond")),
    Quantity("noise_cond", "ε", "noise with prompt", "noise predicted with the prompt alone", "c h w",
             derived_from=("x_t", "x0_cond")),
    Quantity("latents", "xₜ₋₁", "next", "latents after the step, in the scheduler's own scale", "c h w"),
)  # fmt: skip

QUANTITIES: Mapping[str, Quantity] = {row.name: row for row in _ROWS}
"""The table by name."""

DECODABLE = tuple(row.name for row in _ROWS if row.decodable)
"""What can be decoded into pictures."""
