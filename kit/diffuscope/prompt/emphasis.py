"""How a weight on a word acts: the embedding of its token is scaled."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor

CENTRED = 0.05
"""A mean below this share of the mean absolute value is only what is left of numbers that cancel."""


def emphasize(embeddings: Tensor, weights: Sequence[float]) -> Tensor:
    """Scale each token's embedding by its weight, then all of them alike, so that the whole is as strong as before.

    A1111's rule (stable-diffusion-webui, modules/sd_emphasis.py, "Original"): the mean over all numbers is restored.
    Embeddings centred on zero have no mean worth restoring; for those the mean of the absolute values is restored.

    Args:
        embeddings: prompt embeddings (1, tokens, width).
        weights: one a token, start, end and padding included; 1 leaves a token as it is.
    """
    exact = embeddings.float()
    scaled = exact * exact.new_tensor(weights)[None, :, None]
    if exact.mean().abs() < CENTRED * exact.abs().mean():
        before, after = exact.abs().mean(), scaled.abs().mean()
    else:
        before, after = exact.mean(), scaled.mean()
    return (scaled * (before / after)).to(embeddings.dtype)
