"""race: several schedulers from one noise, and the reference they are measured against."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Settings
from diffuscope.run.collect import record
from diffuscope.run.step import Step
from diffuscope.trace.trace import Keep, Trace

KEEP = Keep(tensors=("x_t", "x0"), pictures=("x0",))
REFERENCE_STEPS = 100
Watch = Callable[[Step], object]


def race(
    model: Model,
    settings: Settings,
    schedulers: Sequence[str | tuple[str, int]],
    on_step: Watch | None = None,
) -> list[Trace]:
    """Run one recipe with several schedulers, each with its usual noise levels, all from the noise of `settings.seed`.

    The runs go one after the other: rows of one batch would have to share a scheduler.

    Args:
        model: what `load` gives.
        settings: prompt, seed, guidance, size; `steps` holds for schedulers given without a number.
        schedulers: names, or (name, steps) for a run with another number of steps.
        on_step: as for `record`.

    Returns:
        One trace a scheduler, in order; they keep x_t, x0 and the pictures of x0.

    Raises:
        SettingsError: a setting that cannot work; before the first run.
    """
    entries = [(one, settings.steps) if isinstance(one, str) else one for one in schedulers]
    rows = [
        model.complete(settings.replace(scheduler=name, schedule=None, steps=steps)) for name, steps in entries
    ]  # all checked before any compute
    return [record(model, row, KEEP, on_step) for row in rows]


def reference(model: Model, settings: Settings, steps: int = REFERENCE_STEPS, on_step: Watch | None = None) -> Trace:
    """An estimate of the ODE's exact solution: the same recipe with dpm++ 2m in very many steps.

    Its schedule is karras, which begins at the noisiest trained level for any number of steps. "Leading" spacing begins
    lower the more steps there are (of 1000 levels, 400 steps begin at the 800th), which is a slightly different problem.

    Args:
        model, settings, on_step: as for `race`.
        steps: number of steps; at 100 doubling them moves the built-in model's latents by less than 0.001.
    """
    row = settings.replace(scheduler="dpm++ 2m", schedule="karras", steps=steps)
    return record(model, row, KEEP, on_step)
