"""Initial noise: the noise of a seed, and the mix of two noises."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from diffuscope.recipe.settings import Settings


def initial_noise(
    settings: Settings,
    shape: Sequence[int],
    stream: torch.Generator | None = None,
    dtype: torch.dtype = torch.float32,
) -> Tensor:
    """The noise one picture starts from.

    Args:
        settings: `seed`, `variation_seed` and `variation_strength` count, nothing else.
        shape: (C, h, w) of the latents. Another shape is another noise, not a larger piece of the same.
        stream: the picture's own generator, seeded with `seed`; the initial noise is drawn from it, so later draws
            of a random scheduler follow on. None makes one.
        dtype: of the model; another one is another noise.

    Returns:
        Standard normal noise of shape (1, C, h, w), on the CPU.
    """
    noise = _draw(stream or torch.Generator().manual_seed(settings.seed), shape, dtype)
    if settings.variation_seed is None or not settings.varied:
        return noise
    other = _draw(torch.Generator().manual_seed(settings.variation_seed), shape, dtype)
    return slerp(noise, other, settings.variation_strength)


def noise_of(seed: int, shape: Sequence[int], dtype: torch.dtype | None = None) -> np.ndarray:
    """The noise of one seed as plain numbers, float32 (C, h, w).

    Args:
        shape, dtype: as for `initial_noise`; None is float32.
    """
    return _draw(torch.Generator().manual_seed(seed), shape, dtype or torch.float32)[0].float().numpy()


def _draw(stream: torch.Generator, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
    return torch.randn((1, *shape), generator=stream, dtype=dtype)


def slerp(a: Tensor, b: Tensor, strength: float) -> Tensor:
    """The spherical mix of two noises: [sin((1 - t) w) a + sin(t w) b] / sin w, with w the angle between them.

    A straight mix of two noises is too small (half way it has 0.71 of their length), and a network trained on noise of unit
    variance then draws blurred pictures; along the arc the length stays.

    Args:
        a, b: tensors of one shape; the angle is that between them as two long vectors. They must not be opposite.
        strength: t, 0 gives a, 1 gives b.

    Source: Shoemake 1985 (doi:10.1145/325165.325242). A1111's variation seed uses the same formula, but once for every
    column of the latents (modules/rng.py), so that its mixes are near ours and not the same.
    """
    x, y = a.double(), b.double()
    cosine = (x * y).sum() / (x.norm() * y.norm())
    angle = torch.acos(cosine.clamp(-1, 1))
    if angle < 1e-6:  # the same noise twice: the arc has no length
        return a.clone()
    mixed = torch.sin((1 - strength) * angle) * x + torch.sin(strength * angle) * y
    return (mixed / torch.sin(angle)).to(a.dtype)
