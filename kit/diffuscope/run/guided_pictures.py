"""Pictures of what a recorded step would predict under other guidances. Needs the model; run it where the model runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from diffuscope.run.round_trip import shown
from diffuscope.trace.guidance import guided_x0
from diffuscope.trace.trace import Trace

if TYPE_CHECKING:
    from diffuscope.families.base import Model


def guided_pictures(model: Model, trace: Trace, place: int, scales: Sequence[float]) -> np.ndarray:
    """Decode what one recorded step would predict under other guidances.

    Args:
        model: the one the trace was made with.
        trace, place: as for `guided_x0`.
        scales: one guidance_scale a picture.

    Returns:
        uint8 (len(scales), H, W, 3); black where the model's safety checker refuses.

    Raises:
        ValueError: as in `check`.
    """
    import torch

    latents = np.stack([guided_x0(trace, place, scale) for scale in scales])
    pictures = shown(model, torch.from_numpy(latents))
    return np.zeros_like(pictures) if trace.made_by.get("filtered") else pictures
