"""SchedulerPicker: every scheduler with one line about it, its noise levels, and what a picture costs."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import traitlets

from diffuscope.recipe.settings import Settings
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.still import words
from diffuscope_widgets.base.wire import LIMITS
from diffuscope_widgets.schedule.choice import Choice, catalogue

if TYPE_CHECKING:
    from diffuscope.families.base import Model

STEPS = 20
MOST = LIMITS["steps_slider"]


class SchedulerPicker(Choice):
    """The schedulers in three groups: deterministic, random, and those for models distilled to a few steps.

        picker = SchedulerPicker("heun", steps=10)
        picker                                               # 10 steps, 19 network calls
        record(load("scenes"), picker.apply(Settings("a red circle")))

    Args:
        scheduler: a name of the catalogue.
        schedule: spacing of the noise levels; None is the scheduler's usual one.
        steps: number of steps; None is the model's own, or 20 without a model that is there.
        model: whose noise levels a `ScheduleView` of this picker shows: a model, or a name for `diffuscope.load`.
        traits: any trait below.

    Raises:
        SettingsError: a value that cannot work, at once or when it is set later.
    """

    _esm = script("schedule/picker")
    _css = style("schedule/picker")

    catalogue: traitlets.List[Any] = traitlets.List().tag(sync=True)
    """The schedulers on offer, see `PromptForm.catalogue`."""
    channel = traitlets.Unicode().tag(sync=True)
    """Under this name the views of this picker hear, inside the browser, what is chosen: no kernel lies between."""

    def __init__(
        self,
        scheduler: str = "dpm++ 2m",
        schedule: str | None = None,
        steps: int | None = STEPS,
        model: Model | str | None = None,
        **traits: Any,
    ) -> None:
        if steps is None:
            steps = steps_of(model)
        chosen = Settings("", scheduler=scheduler, schedule=schedule, steps=steps)
        choice = {"scheduler": chosen.scheduler, "schedule": chosen.schedule, "steps": chosen.steps}
        super().__init__(model, **choice, **{"catalogue": catalogue(), "channel": uuid.uuid4().hex, **traits})

    def still(self) -> bytes:
        """What is chosen, in words."""
        calls = self.row.network_calls(self.steps)
        price = f"{self.steps} steps, {calls} network calls"
        return words(f"{self.scheduler} · {self.schedule or self.row.schedules[0]} · {price}", self.row.note)


def steps_of(model: Any) -> int:
    """The number of steps a model recommends; 20 where there is none, or only its name."""
    return getattr(model, "defaults", {}).get("steps", STEPS)
