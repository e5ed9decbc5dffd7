"""How a weight on a word acts: the states of its token are scaled."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

CENTRED = 0.05
"""A mean below this share of the mean size is what is left of large numbers that cancel, and says nothing."""


def emphasize(states: Tensor, weights: Sequence[float]) -> Tensor:
    """Scale each token's state by its weight, then all states alike, so that the whole is as strong as before.

    A1111's rule (stable-diffusion-webui, modules/sd_emphasis.py, "Original"): the mean over all numbers is restored.
    States centred on zero have no mean worth restoring; there it is the mean of the absolute values.

    Args:
        states: text states (1, tokens, width).
        weights: one a token, start, end and padding included; 1 leaves a token as it is.
    """
    exact = states.float()
    scaled = exact * exact.new_tensor(weights)[None, :, None]
    if exact.mean().abs() < CENTRED * exact.abs().mean():
        before, after = exact.abs().mean(), scaled.abs().mean()
    else:
        before, after = exact.mean(), scaled.mean()
    return (scaled * (before / after)).to(states.dtype)
