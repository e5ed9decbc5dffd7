"""ScheduleView: where the steps of a scheduler fall on the noise levels the model was trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from diffuscope.recipe.settings import Settings
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.recipe_shapes import Columns
from diffuscope_widgets.base.still import png
from diffuscope_widgets.base.view import guard, wired
from diffuscope_widgets.schedule.choice import CHOICE, Choice
from diffuscope_widgets.schedule.picker import MOST, SchedulerPicker, steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diffuscope.families.base import Model
    from diffuscope.noise.levels import LevelPlan
    from diffuscope.recipe.schedulers import Scheduler


class ScheduleView(Choice):
    """The noise-to-signal ratio and the signal-to-noise ratio over all trained timesteps, with the steps as dots.

        picker = SchedulerPicker()
        picker, ScheduleView(picker)                         # drag the steps: the dots move along
        ScheduleView(Settings("", scheduler="heun"))         # stands alone; scheduler, schedule and steps can be set
        ScheduleView.of(trace)                               # the levels of a recorded run, without torch

    The levels of all step counts a slider offers cross to the browser once for each scheduler, about 20 kB, so that a
    drag is answered there without Python.

    Args:
        source: a picker to follow, or settings, or the name of a scheduler; None is the usual one.
        model: whose trained levels are shown: a model, or a name for `diffuscope.load`, which is loaded in the background;
            None is the picker's model, and else the levels of Stable Diffusion, which the built-in models share.
        traits: any trait below.
    """

    _esm = script("schedule/view")
    _css = style("schedule/view")

    table = traitlets.Bytes().tag(sync=True)
    """A line (step, noise over signal, timestep) a network call, float32, for each of several numbers of steps, one after another."""
    columns: Columns = wired()
    """What `table` holds, see `base.recipe_shapes.Columns`."""
    curve = traitlets.Bytes().tag(sync=True)
    """Sigma at every trained timestep, float32, index 0 almost clean; b"" is not known."""
    channel = traitlets.Unicode().tag(sync=True)
    """The channel of the picker that is followed; "" is none."""

    def __init__(
        self,
        source: SchedulerPicker | Settings | str | None = None,
        model: Model | str | None = None,
        **traits: Any,
    ) -> None:
        picker = source if isinstance(source, SchedulerPicker) else None
        self._config: Mapping[str, Any] | None = None
        self._tables: dict[tuple[str, str], tuple[bytes, Columns]] = {}
        if isinstance(source, str):
            source = Settings("", scheduler=source)
        chosen = picker or Settings.of("" if source is None else source)
        steps = chosen.steps or steps_of(model)
        choice = {"scheduler": chosen.scheduler, "schedule": chosen.schedule, "steps": steps}
        shown = picker.lane if picker and model is None else model
        super().__init__(shown, **choice, **{"channel": picker.channel if picker else "", **traits})
        if not self.lane.ready.is_set():
            self._compute()  # of the usual levels, meanwhile
        self.lane.on_ready(self._learn)
        self.observe(self._compute, names=CHOICE)
        if picker:
            self.follow(picker, lambda _: self.take(picker), CHOICE)
            self.observe(lambda _: picker.take(self), names=CHOICE)

    @classmethod
    def of(cls, trace: Trace) -> ScheduleView:
        """The levels a recorded run met. Needs neither torch nor a model, so there is no curve of the trained ones."""
        s, row = trace.settings, trace.settings.scheduler_row
        lines = _lines(row, trace.index, trace.ratio, trace.t)
        names = {"scheduler": s.scheduler, "schedule": s.schedule, "rule": row.calls}
        return cls(s, table=lines.tobytes(), columns=names | {"steps": [s.steps], "calls": [len(trace)]})

    @property
    def _key(self) -> tuple[str, str]:
        return self.scheduler, self.schedule or self.row.schedules[0]

    @guard
    def _learn(self, _lane: Any) -> None:
        """The model is there, or there is none: levels of before are not its own."""
        if self.model and self._config is None:
            self._config = self.model.scheduler_config
            if self._tables:
                self._tables, self.columns, self.curve = {}, {}, b""
        self._compute()

    @guard
    def _compute(self, _change: Any = None) -> None:
        """See to it that the front end has the levels of what is chosen: first those, then those a drag may ask for."""
        if (
            self._key == (self.columns.get("scheduler"), self.columns.get("schedule"))
            and self.steps in self.columns["steps"]
        ):
            return
        found = self._tables.get(self._key)
        if found is None or self.steps not in found[1]["steps"]:
            from diffuscope.noise.levels import STABLE_DIFFUSION, LevelPlan, trained

            config: Mapping[str, Any] = self._config or STABLE_DIFFUSION
            levels = LevelPlan(self.row, self.schedule, config)
            if not self.curve:
                self.curve = trained(config).astype("<f4").tobytes()
            fewest, most = self.row.steps
            self._tabulate(levels, [self.steps])
            self._tabulate(levels, sorted({*range(fewest, min(most, MOST) + 1), self.steps}))
            self._tables[self._key] = self.table, self.columns
        else:
            with self.hold_sync():
                self.table, self.columns = found

    def _tabulate(self, levels: LevelPlan, counts: Sequence[int]) -> None:
        parts = []
        for steps in counts:
            at = levels.at(steps)
            parts.append(_lines(self.row, np.arange(len(at.t)), at.ratio.numpy(), at.t.cpu().numpy()))
        columns: Columns = {
            "scheduler": self._key[0],
            "schedule": self._key[1],
            "rule": self.row.calls,
            "steps": list(counts),
            "calls": [len(part) for part in parts],
        }
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.table = np.concatenate(parts).tobytes()
            self.columns = columns

    def levels(self) -> np.ndarray:
        """What the dots show: float (calls, 3), a line (step from 0, noise over signal, timestep) a network call."""
        place = self.columns["steps"].index(self.steps)
        lines = np.frombuffer(self.table, "<f4").reshape(-1, 3)
        first = sum(self.columns["calls"][:place])
        return lines[first : first + self.columns["calls"][place]]

    def still(self) -> bytes:
        """The same picture, drawn with matplotlib."""
        from matplotlib.figure import Figure

        figure = Figure(figsize=(7, 3.2), layout="constrained")
        ax = figure.subplots()
        _, ratio, timestep = self.levels().T
        curve = np.frombuffer(self.curve, "<f4")
        for name, power, colour in (
            ("σ/α, noise over signal", 1, "tab:blue"),
            ("signal-to-noise ratio", -2, "tab:orange"),
        ):
            t, level = (np.arange(len(curve)), curve) if len(curve) else (timestep, ratio)
            ax.plot(t, level**power, color=colour, label=name)
            ax.plot(timestep, ratio**power, "o", color=colour, markersize=4)
        ax.set(yscale="log", xlabel="timestep", ylabel="ratio, no unit")
        ax.invert_xaxis()
        ax.legend()
        ax.set_title(f"{self.scheduler}, {self._key[1]}, {self.steps} steps", parse_math=False, fontsize="medium")
        return png(figure)


def _lines(row: Scheduler, index: np.ndarray, ratio: np.ndarray, timestep: np.ndarray) -> np.ndarray:
    steps = [row.step_of(int(call)) for call in index]
    return np.stack([steps, ratio, timestep], 1).astype("<f4")
