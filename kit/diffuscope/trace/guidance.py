"""Guidance taken apart: the predictions of a recorded run as vectors in a plane, and what any guidance would lead to.

All but `pictures` is arithmetic on a trace and needs no model and no torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.noise import spaces
from diffuscope.trace.trace import Trace

if TYPE_CHECKING:
    from diffuscope.families.base import Model

NEEDED = ("x_t", "noise_uncond", "noise_cond")
"""The tensors a trace must keep to be taken apart."""


@dataclass(frozen=True, eq=False)
class Plane:
    """The two noise predictions of S steps in the plane they span; lengths and angles are those of the latents.

    A length is the root mean square over all numbers of a latent: pure noise has length 1.
    """

    uncond: np.ndarray
    """Without the prompt, float (S, 2); lies along the first axis."""
    cond: np.ndarray
    """With the prompt, float (S, 2); its second coordinate is never negative."""

    def guided(self, guidance_scale: float) -> np.ndarray:
        """The guided prediction, float (S, 2): a point of the straight line through `uncond` and `cond`."""
        return spaces.guide(self.uncond, self.cond, guidance_scale)


def check(trace: Trace) -> None:
    """Refuse a trace that cannot be taken apart.

    Raises:
        ValueError: the run had no guidance, or its trace does not keep what is `NEEDED`.
    """
    scale = trace.settings.guidance_scale
    if scale is not None and scale <= 1:
        raise ValueError(f"this run has no guidance to take apart: its guidance_scale is {scale:g}; record one above 1")
    missing = [name for name in NEEDED if name not in trace.tensors]
    if missing:
        raise ValueError(f"this trace keeps no {', '.join(missing)}; record it with Keep(tensors={NEEDED})")


def plane(trace: Trace) -> Plane:
    """The predictions of every kept step as vectors in a plane.

    Raises:
        ValueError: as in `check`.
    """
    check(trace)
    uncond, cond = (
        trace.tensors[name].reshape(len(trace), -1).astype(np.float64) for name in ("noise_uncond", "noise_cond")
    )
    length = np.sqrt((uncond**2).mean(1))
    axis = uncond / np.maximum(length, np.finfo(np.float64).tiny)[:, None]
    along = (axis * cond).mean(1)
    across = np.sqrt(((cond - along[:, None] * axis) ** 2).mean(1))
    return Plane(np.stack([length, np.zeros_like(length)], 1), np.stack([along, across], 1))


def expected(trace: Trace, place: int, guidance_scale: float) -> np.ndarray:
    """The clean latents the model would expect at one step under another guidance.

    At the first step this is what a fresh run of that guidance expects, from 1 on (a run below 1 follows the conditional
    prediction alone); later steps stand where the recorded guidance has led them.

    Args:
        place: which kept step, 0 for the first.
        guidance_scale: 0 is the unconditional prediction alone, 1 the conditional one alone.

    Returns:
        float (C, h, w)

    Raises:
        ValueError: as in `check`.
    """
    check(trace)
    x_t, uncond, cond = (trace.tensors[name][place] for name in NEEDED)
    sigma = float(trace.sigma[place])
    a = (1 + sigma**2) ** -0.5
    return spaces.x0("epsilon", x_t, spaces.guide(uncond, cond, guidance_scale), a, sigma * a)


def pictures(model: Model, trace: Trace, place: int, scales: Sequence[float]) -> np.ndarray:
    """Decode what one recorded step would expect under other guidances. Needs the model; run it where the model runs.

    Args:
        model: the one the trace was made with.
        trace, place: as for `expected`.
        scales: one guidance_scale a picture.

    Returns:
        uint8 (len(scales), H, W, 3); black where the model's safety checker refuses.

    Raises:
        ValueError: as in `check`.
    """
    import torch

    latents = np.stack([expected(trace, place, scale) for scale in scales])
    shown = model.decode(torch.from_numpy(latents))
    shown[model.flagged(shown) | bool(trace.made_by.get("filtered"))] = 0
    return shown
