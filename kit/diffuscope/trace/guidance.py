"""Guidance taken apart: the predictions of a recorded run as vectors in a plane, and the x0 of any other guidance.

All of it is arithmetic on a trace and needs no model and no torch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from diffuscope.noise import spaces
from diffuscope.trace.trace import Trace

NEEDED = ("x_t", "x0_uncond", "x0_cond")
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
    missing = [name for name in NEEDED if name not in trace.tensors]
    if missing == ["x0_uncond"]:
        raise ValueError(
            "this run has no guidance to take apart: no prediction without the prompt was kept; record one with "
            "guidance_scale above 1"
        )
    if missing:
        raise ValueError(f"this trace keeps no {', '.join(missing)}; record it with Keep(tensors={NEEDED})")


def plane(trace: Trace) -> Plane:
    """The predictions of every kept step as vectors in a plane.

    Raises:
        ValueError: as in `check`.
    """
    check(trace)
    uncond, cond = (
        trace.tensor(name).reshape(len(trace), -1).astype(np.float64) for name in ("noise_uncond", "noise_cond")
    )
    length = np.sqrt((uncond**2).mean(1))
    axis = uncond / np.maximum(length, np.finfo(np.float64).tiny)[:, None]
    along = (axis * cond).mean(1)
    across = np.sqrt(((cond - along[:, None] * axis) ** 2).mean(1))
    return Plane(np.stack([length, np.zeros_like(length)], 1), np.stack([along, across], 1))


def guided_x0(trace: Trace, place: int, guidance_scale: float) -> np.ndarray:
    """The x0 the model would predict at one step under another guidance.

    At the first step this is what a fresh run with that guidance predicts, if the guidance is 1 or more (below 1 a run
    follows the conditional prediction alone). Later steps start from where the recorded guidance has led.

    Args:
        place: which kept step, 0 for the first.
        guidance_scale: 0 is the unconditional prediction alone, 1 the conditional one alone.

    Returns:
        float (C, h, w)

    Raises:
        ValueError: as in `check`.
    """
    check(trace)
    # x0 is linear in the prediction, so mixing the clean latents is mixing the predictions; and it is finite where there
    # is no signal, at the first step of a flow model
    return spaces.guide(trace.tensors["x0_uncond"][place], trace.tensors["x0_cond"][place], guidance_scale)
