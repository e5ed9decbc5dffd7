"""A batch of cells drawn: pictures, and the frames of their films."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import torch

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Recipe
from diffuscope.run.collect import record
from diffuscope.run.step import Step
from diffuscope.trace.trace import Keep, Trace

Drawn = tuple[Trace, list[np.ndarray]]
"""A cell's run, of which only the finished picture is kept, and its frames, uint8 (H, W, 3)."""

_OUT_OF_MEMORY = ("out of memory", "can't allocate memory", "not enough memory")


def draw(model: Model, rows: Sequence[Recipe], film: int = 0) -> list[Drawn]:
    """Run a batch.

    Args:
        rows: recipes that can share a batch.
        film: how many pictures of x0 to keep of each run, evenly chosen from its first call to its last.

    Raises:
        NotFinite: a step gave NaN or infinity.
    """
    calls = rows[0].scheduler_row.network_calls(rows[0].steps)
    chosen = set(np.linspace(0, calls - 1, min(film, calls)).round().astype(int))
    frames: list[np.ndarray] = []

    def see(step: Step) -> None:
        if step.index in chosen:
            frames.append(model.decode(step.x0))  # (rows, H, W, 3)

    traces = record(model, rows, Keep((), ()), see)
    # what a safety checker refuses, it refuses in every frame
    return [
        (trace, [frame[row] * (not trace.made_by["filtered"]) for frame in frames]) for row, trace in enumerate(traces)
    ]


def out_of_memory(error: BaseException) -> bool:
    """Whether fewer rows at once might have fitted. Some devices say so in the message only."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error).lower() for words in _OUT_OF_MEMORY)


@torch.no_grad()
def seconds_a_row(model: Model, recipe: Recipe, rows: int) -> float:
    """How long the network takes for one row among `rows`, measured by one call.

    A first call of two rows warms up; where it takes a second or more, it is the measurement.
    """
    shape, given = model.codec.shape(recipe), model.reader.condition(recipe.prompt, recipe)
    half_way = torch.tensor(int(model.scheduler_config.get("num_train_timesteps", 1000)) // 2, device=model.device)

    def timed(count: int) -> float:
        x_t = torch.randn(count, *shape, dtype=model.dtype).to(model.device)
        begin = time.perf_counter()
        model.denoiser(x_t, half_way, given.rows([0] * count)).cpu()  # on a GPU the answer is awaited here
        return (time.perf_counter() - begin) / count

    first = timed(2)
    return first if first >= 0.5 else timed(rows)
