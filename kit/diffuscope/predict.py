"""What a network's output means: conversions between noise, velocity, flow and the clean picture.

Throughout, noisy latents are x = a * x0 + s * noise. `a` and `s` are the scales of signal and noise at one step; in
variance-preserving latents a^2 + s^2 = 1, in variance-exploding ones a = 1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from torch import Tensor

Prediction = Literal["epsilon", "v_prediction", "flow", "sample"]
"""What the network was trained to give, in diffusers' words."""


def x0(kind: Prediction, x: Tensor, output: Tensor, a: Tensor, s: Tensor) -> Tensor:
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


def noise(kind: Prediction, x: Tensor, output: Tensor, a: Tensor, s: Tensor) -> Tensor:
    """The noise a prediction implies: x = a * x0 + s * noise solved for noise. Arguments as in `x0`; s > 0."""
    if kind == "epsilon":
        return output
    if kind == "flow":
        return x + a * output
    return (x - a * x0(kind, x, output, a, s)) / s


def guide(uncond: Tensor, cond: Tensor, guidance_scale: Tensor) -> Tensor:
    """Classifier-free guidance: uncond + guidance_scale * (cond - uncond).

    Args:
        uncond, cond: predictions without and with the prompt, shape (B, C, h, w).
        guidance_scale: one weight a picture, shape (B, 1, 1, 1); 1 gives `cond`.

    Source: Ho & Salimans 2022 (arXiv:2207.12598) eq. 6, in diffusers' parametrisation (w = 1 + their w).
    """
    return uncond + guidance_scale * (cond - uncond)
