"""record: run the loop and keep what was asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import torch

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Recipe, Settings
from diffuscope.run.run import denoise
from diffuscope.trace.trace import Keep, Step, Trace

if TYPE_CHECKING:
    from torch import Tensor


class NotFinite(ArithmeticError):
    """The numbers of a run left the finite range; the message names the step."""


@overload
def record(
    model: Model, settings: Settings, keep: Keep = ..., on_step: Callable[[Step], object] | None = ...
) -> Trace: ...
@overload
def record(
    model: Model, settings: Sequence[Settings], keep: Keep = ..., on_step: Callable[[Step], object] | None = ...
) -> list[Trace]: ...
def record(
    model: Model,
    settings: Settings | Sequence[Settings],
    keep: Keep = Keep(),
    on_step: Callable[[Step], object] | None = None,
) -> Trace | list[Trace]:
    """Run and record one picture, or several as one batch.

    Args:
        model, settings: as for `denoise`.
        keep: what to keep.
        on_step: called with every Step, kept or not; an exception it raises ends the run.

    Returns:
        A Trace, or a list of them in the order of the settings.

    Raises:
        NotFinite: a step gave NaN or infinity.
    """
    rows = model.recipes(settings)
    wanted = {*keep.tensors, *keep.pictures}
    numbers: list[tuple[int, float, float]] = []
    kept: dict[str, list[Tensor]] = {name: [] for name in wanted}
    for step in denoise(model, rows):
        if not torch.isfinite(step.latents).all():
            raise NotFinite(
                f"step {step.index + 1} of {step.calls} gave numbers that are not finite; lower guidance_scale"
            )
        if step.index % keep.every == 0 or step.index == step.calls - 1:
            numbers.append((step.index, step.timestep, step.sigma))
            for name in wanted:
                kept[name].append(getattr(step, name))
        if on_step:
            on_step(step)
    film = {name: torch.stack(seen, 1) for name, seen in kept.items()}  # (B, S, C, h, w)
    traces = [
        _trace(model, rows, row, keep, numbers, {name: seen[row] for name, seen in film.items()}, step.latents[row])
        for row in range(len(rows))
    ]
    return traces[0] if isinstance(settings, Settings) else traces


def _trace(
    model: Model,
    rows: list[Recipe],
    row: int,
    keep: Keep,
    numbers: list[tuple[int, float, float]],
    film: dict[str, Tensor],
    final: Tensor,
) -> Trace:
    guided = rows[row].guided
    count = len(numbers)
    # rows that run without guidance have no unconditional prediction, only NaN in its place
    tensors = [name for name in keep.tensors if guided or name != "noise_uncond"]
    pictures = [name for name in keep.pictures if guided or name != "x0_uncond"]
    # one decode for all pictures: many small calls cost several times as much
    shown = model.decode(torch.cat([*(film[name] for name in pictures), final[None]]))
    filtered = bool(model.flagged(shown[-1:])[0])
    if filtered:  # as diffusers does; the steps would show the same
        shown = np.zeros_like(shown)
    index, timestep, sigma = (np.array(column) for column in zip(*numbers, strict=True))
    return Trace(
        settings=rows[row],
        made_by={**made_by(model, len(rows), row), "filtered": filtered},
        index=index,
        timestep=timestep,
        sigma=sigma,
        image=shown[-1],
        latents=final.float().cpu().numpy(),
        tensors={name: film[name].float().cpu().numpy() for name in tensors},
        pictures={name: shown[i * count : (i + 1) * count] for i, name in enumerate(pictures)},
    )


def made_by(model: Model, batch: int, row: int) -> dict[str, Any]:
    """How a picture came about, for its record: enough to make it again, nothing private."""
    return {
        "app": f"diffuscope {version('diffuscope')}",
        "model": model.name,
        "source": model.source,
        "model_sha256": model.sha256,
        "torch": torch.__version__,
        "diffusers": version("diffusers"),
        "device": model.device.type,
        "dtype": str(model.dtype).removeprefix("torch."),
        "noise": "cpu",
        "threads": torch.get_num_threads(),
        "batch": batch,
        "row": row,
    }
