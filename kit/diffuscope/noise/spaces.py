"""What a network's output means: conversions between noise, velocity, flow and the clean picture.

Throughout, noisy latents are x = a * x0 + s * noise. `a` and `s` are the scales of signal and noise at one step; in
variance-preserving latents a^2 + s^2 = 1, in variance-exploding ones a = 1. All of it is arithmetic that torch and numpy
share, so a recorded run can be worked on where no torch is installed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from torch import Tensor

    Array = TypeVar("Array", Tensor, np.ndarray)

Prediction = Literal["epsilon", "v_prediction", "flow", "sample"]
"""What the network was trained to give, in diffusers' words."""


def x0(kind: Prediction, x: Array, output: Array, a: Array | float, s: Array | float) -> Array:
    """The clean latents a prediction implies.

    Args:
        kind: what `output` is.
        x: noisy latents, any shape.
        output: the network's output, same shape.
        a, s: scales of signal and noise, scalars; a > 0.

    Source: epsilon, Ho et al. 2020 (arXiv:2006.11239) eq. 15; v, Salimans & Ho 2022 (arXiv:2202.00512) appendix D, here
    for any scaling r^2 = a^2 + s^2 of x; flow, Lipman et al. 2022 (arXiv:2210.02747) with a = 1 - s.
    """
    if kind == "epsilon":
        return (x - s * output) / a
    if kind == "v_prediction":
        r2 = a**2 + s**2
        return x * (a / r2) - output * (s / r2**0.5)
    if kind == "flow":
        return x - s * output
    if kind == "sample":
        return output
    raise ValueError(f"no prediction type {kind!r}; there are epsilon, v_prediction, flow, sample")


def noise(kind: Prediction, x: Array, output: Array, a: Array | float, s: Array | float) -> Array:
    """The noise a prediction implies: x = a * x0 + s * noise solved for noise. Arguments as in `x0`; s > 0."""
    if kind == "epsilon":
        return output
    if kind == "flow":
        return x + a * output
    return (x - a * x0(kind, x, output, a, s)) / s


def guide(uncond: Array, cond: Array, guidance_scale: Array | float) -> Array:
    """Classifier-free guidance: uncond + guidance_scale * (cond - uncond).

    Args:
        uncond, cond: predictions without and with the prompt, shape (B, C, h, w).
        guidance_scale: one weight a picture, shape (B, 1, 1, 1), or one for all; 0 gives `uncond`, 1 gives `cond`.

    Source: Ho & Salimans 2022 (arXiv:2207.12598) eq. 6, in diffusers' parametrisation (w = 1 + their w).
    """
    return uncond + guidance_scale * (cond - uncond)
