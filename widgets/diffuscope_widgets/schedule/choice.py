"""Choice: the three traits by which a widget names a scheduler, checked as Settings checks them."""

from __future__ import annotations

from typing import Any

import traitlets

from diffuscope.recipe import rules
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.schedulers import SCHEDULERS, Scheduler
from diffuscope.recipe.settings import Settings
from diffuscope_widgets.base.checked import Checked, refusing
from diffuscope_widgets.base.recipe_shapes import SchedulerRow

CHOICE = ("scheduler", "schedule", "steps")


class Choice(Checked):
    """A scheduler, its schedule and a number of steps that go together.

    Raises:
        SettingsError: a value that cannot work, when it is set.
    """

    scheduler = traitlets.Unicode("dpm++ 2m").tag(sync=True)
    """A name of the catalogue. Another tool's name is taken too and becomes ours."""
    schedule = traitlets.Unicode(None, allow_none=True).tag(sync=True)
    """Spacing of the noise levels; None is the scheduler's usual one."""
    steps = traitlets.Int(20).tag(sync=True)
    """Number of steps, within what the scheduler takes."""

    @property
    def row(self) -> Scheduler:
        """The catalogue row of `scheduler`."""
        return SCHEDULERS[self.scheduler]

    def apply(self, settings: Settings) -> Settings:
        """The same recipe with this choice."""
        return settings.replace(**{name: getattr(self, name) for name in CHOICE})

    def take(self, other: Choice) -> None:
        """Choose what another one has chosen, all three at once."""
        with self.hold_trait_notifications():
            for name in CHOICE:
                setattr(self, name, getattr(other, name))

    @traitlets.validate("scheduler")
    def _known(self, proposal: Any) -> str:
        with refusing():
            return FIELDS["scheduler"].check(proposal["value"])

    @traitlets.validate("schedule")
    def _has(self, proposal: Any) -> str | None:
        with refusing():
            schedule = FIELDS["schedule"].check(proposal["value"])
            rules.has_schedule(schedule, self.row)
        return schedule

    @traitlets.validate("steps")
    def _within(self, proposal: Any) -> int:
        with refusing():
            steps = FIELDS["steps"].check(proposal["value"])
            rules.takes_steps(steps, self.row)
        return steps

    @traitlets.observe("scheduler")
    def _fit(self, _change: Any) -> None:
        """What the last scheduler had and this one has not gives way."""
        if self.schedule not in self.row.schedules:
            self.schedule = None
        fewest, most = self.row.steps
        self.steps = max(fewest, min(self.steps, most))


def catalogue() -> list[SchedulerRow]:
    """The scheduler rows as the picker needs them, plain JSON."""
    return [_entry(row) for row in SCHEDULERS.values()]


def _entry(row: Scheduler) -> SchedulerRow:
    return {
        "name": row.name,
        "group": row.group,
        "note": row.note,
        "random": row.random,
        "calls": row.calls,
        "schedules": list(row.schedules),
        "steps": list(row.steps),
    }
