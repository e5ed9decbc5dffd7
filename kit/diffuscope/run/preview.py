"""Previews: which steps of a run under way are decoded, and how much of the run that may take."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from diffuscope.listeners import PAUSE, Throttle

if TYPE_CHECKING:
    import numpy as np

    from diffuscope.families.base import Model
    from diffuscope.run.step import Step

SHARE = 0.2
"""At most this part of a run goes into decoding previews."""


class Preview:
    """Decodes steps of one run, as often as `SHARE` and twenty a second allow; give it every step, in the model's worker.

    Args:
        model: the one that runs. One with a safety checker shows no steps: only finished pictures pass it.
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._throttle = Throttle(0)

    def __call__(self, step: Step) -> tuple[np.ndarray, np.ndarray] | None:
        """The pictures of a step, each uint8 (B, H, W, 3): the noisy latents, and the predicted x0. None when it is not
        decoded: too soon after the one before, or the last one, which the finished run follows."""
        import torch

        if step.index + 1 == step.calls or self._model.screen or not self._throttle.due():
            return None
        begin = time.monotonic()
        shown = self._model.decode(torch.cat([step.x_t, step.x0]))
        self._throttle = Throttle(max(PAUSE, (time.monotonic() - begin) * (1 / SHARE - 1)))
        self._throttle.due()  # the pause begins now
        return shown[: len(shown) // 2], shown[len(shown) // 2 :]
