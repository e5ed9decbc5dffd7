"""The grids' part of `make bench`: 64 cells, planned, drawn and written, beside 64 calls of diffusers' pipeline."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch

from diffuscope import Settings
from diffuscope.grid import grid
from diffuscope.noise.scheduler import make_scheduler

PAIRS = 3
SETTINGS = Settings("a large red circle")
COLOURS = ("red", "blue", "green", "yellow", "purple", "orange", "pink", "gray")
AXES = {"prompt": [f"a large {colour} circle" for colour in COLOURS], "seed": "1-8"}


def plain(model, pipe, settings: Settings, output: str = "np") -> np.ndarray | torch.Tensor:
    """One call of the pipeline: the picture as floats from 0 to 1, or with "latent" its latents."""
    pipe.scheduler = make_scheduler(settings.scheduler_row, settings.schedule, model.scheduler_config, [settings.seed])
    return pipe(
        settings.prompt,
        num_inference_steps=settings.steps,
        guidance_scale=settings.guidance_scale,
        generator=torch.Generator().manual_seed(settings.seed),
        output_type=output,
    ).images[0]


def rows(model, pipe, ratio: Callable[..., list[float]], show: Callable[..., bool]) -> list[bool]:
    """Every line of the table.

    Args:
        ratio: `ratio(ours, theirs, pairs)`, ours over theirs, pair by pair.
        show: `show(what, values, goal)` prints a line and tells whether it is good.
    """
    made = grid(model, SETTINGS, AXES).run()
    for cell in made.plan.cells:
        mine = np.array(made.store.picture(cell.key)) / 255
        # 1e-4 before the rounding to 256 levels, so one level after it
        assert np.abs(mine - plain(model, pipe, cell.settings)).max() <= 1 / 255, "both must draw the same pictures"
    cells = [cell.settings for cell in made.plan.cells]
    return [
        show(
            "grid of 8 prompts x 8 seeds / 64 diffusers pipeline calls",
            ratio(lambda: grid(model, SETTINGS, AXES).run(), lambda: [plain(model, pipe, s) for s in cells], PAIRS),
            0.40,
        )
    ]
