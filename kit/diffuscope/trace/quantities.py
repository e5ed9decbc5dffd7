"""The table of quantities, everything that can be seen at a step. Steps, traces, films and docs read it.

To add a quantity, add a row. A quantity that follows from others says how; any other is put into `Step.seen` by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

Array = TypeVar("Array")
"""A numpy array or a torch tensor."""


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
    """Names of its axes without the batch, as in einops: "c h w" is channels, height, width."""
    decodable: bool = False
    """Whether the model's codec turns it into a picture."""
    kept: bool = True
    """Whether a trace keeps it by default."""
    guided: bool = False
    """Whether only pictures that run with guidance have it."""
    channels: bool = False
    """Whether a film shows its channels, too."""
    derived_from: tuple[str, ...] = ()
    """Quantities it can be computed from where it was not seen or kept."""
    derive: Callable[..., Any] | None = None
    """How: a function of those quantities, in their order, then alpha and sigma."""


def _noise(x_t: Any, x0: Any, alpha: Any, sigma: Any) -> Any:
    """x_t = alpha * x0 + sigma * noise, solved for the noise; sigma is above 0 at every call."""
    return (x_t - alpha * x0) / sigma


_ROWS = (
    Quantity("x_t", "xₜ", "noisy", "noisy latents", "c h w", decodable=True, channels=True),
    Quantity("x0", "x₀", "predicted", "predicted clean picture", "c h w", decodable=True, channels=True),
    Quantity("noise", "ε", "noise", "predicted noise", "c h w", decodable=True, channels=True,
             derived_from=("x_t", "x0"), derive=_noise),
    Quantity("x0_uncond", "x₀", "without prompt", "predicted without the prompt", "c h w", decodable=True, guided=True),
    Quantity("x0_cond", "x₀", "prompt alone", "predicted with the prompt alone", "c h w", decodable=True),
    Quantity("noise_uncond", "ε", "noise without prompt", "noise predicted without the prompt", "c h w", guided=True,
             derived_from=("x_t", "x0_uncond"), derive=_noise),
    Quantity("noise_cond", "ε", "noise with prompt", "noise predicted with the prompt alone", "c h w",
             derived_from=("x_t", "x0_cond"), derive=_noise),
    Quantity("prompt_effect", "Δx₀", "prompt's effect", "difference the prompt makes", "c h w", kept=False,
             guided=True, channels=True, derived_from=("x0_cond", "x0_uncond"), derive=lambda cond, uncond, *_: cond - uncond),
    Quantity("latents", "xₜ₋₁", "next", "latents after the step, in the scheduler's own scale", "c h w", kept=False),
)  # fmt: skip

QUANTITIES: Mapping[str, Quantity] = {row.name: row for row in _ROWS}
"""The table by name."""


def derived(name: str, known: Mapping[str, Array], alpha: Any, sigma: Any) -> Array | None:
    """A quantity computed from others; None where that cannot be done.

    Args:
        known: tensors by name, of one shape (..., c, h, w).
        alpha, sigma: numbers, or arrays that broadcast against the tensors.
    """
    row = QUANTITIES.get(name)
    if row is None or row.derive is None or any(source not in known for source in row.derived_from):
        return None
    return row.derive(*(known[source] for source in row.derived_from), alpha, sigma)
