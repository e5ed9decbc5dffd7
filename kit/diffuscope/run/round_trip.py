"""A picture's round trip through the autoencoder, and the picture of nudged latents. Run it where the model runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from diffuscope.picture.opened import fitted, opened

if TYPE_CHECKING:
    from torch import Tensor

    from diffuscope.families.base import Model


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """A picture, its latents, and what the decoder makes of them."""

    picture: np.ndarray
    """What went in, cropped and scaled to the model's size: uint8 (H, W, 3)."""
    latents: np.ndarray
    """float32 (C, h, w)."""
    back: np.ndarray
    """What came back, uint8 (H, W, 3); black where the model's safety checker refuses it."""


def round_trip(model: Model, source: Any, name: str = "this picture") -> RoundTrip:
    """Send a picture through the autoencoder and back.

    Args:
        model: its size is the picture's.
        source: a path, an open file, a PIL image or uint8 (H, W, 3).
        name: its name in messages.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it cannot be read.
    """
    picture = fitted(_image(source, name), model.defaults["width"], model.defaults["height"])
    latents = model.encode(picture[None])
    return RoundTrip(picture, latents[0].float().cpu().numpy(), shown(model, latents)[0])


def nudged(model: Model, latents: np.ndarray, nudge: Sequence[float]) -> np.ndarray:
    """The picture of nudged latents.

    Args:
        latents: (C, h, w).
        nudge: what is added to every place of a channel, in standard deviations of that channel.

    Returns:
        uint8 (H, W, 3); black where the model's safety checker refuses it.
    """
    import torch

    added = np.asarray(nudge, np.float32) * latents.std((1, 2))
    return shown(model, torch.from_numpy((latents + added[:, None, None])[None]))[0]


def shown(model: Model, latents: Tensor) -> np.ndarray:
    """Latents (B, C, h, w) as pictures, uint8 (B, H, W, 3); black where the model's own safety checker refuses one."""
    pictures = model.decode(latents)
    pictures[model.flagged(pictures)] = 0
    return pictures


def _image(source: Any, name: str) -> Image.Image:
    if isinstance(source, Image.Image):
        return source
    if not isinstance(source, np.ndarray):
        return opened(source, name)
    try:
        return Image.fromarray(source)
    except TypeError:
        kind = f"{source.dtype} {source.shape}"
        raise ValueError(f"An array of {kind} is no picture; give uint8 (H, W, 3).") from None
