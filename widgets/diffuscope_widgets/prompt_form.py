"""PromptForm: every field of a Settings as a control, checked in Python whenever it changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from typing import Any

import traitlets

from diffuscope.schedulers import SCHEDULERS, Scheduler
from diffuscope.settings import Settings, SettingsError
from diffuscope_widgets.base import View, guard, script, style

FIELDS = tuple(f.name for f in fields(Settings))
MAX_SEED = 2**32 - 1  # what JavaScript holds exactly, and what other tools use


def catalogue() -> list[dict[str, Any]]:
    """The scheduler rows as the picker needs them, plain JSON."""
    return [_entry(row) for row in SCHEDULERS.values()]


def _entry(row: Scheduler) -> dict[str, Any]:
    wanted = ("name", "group", "note", "random")
    return {name: getattr(row, name) for name in wanted} | {"sigmas": list(row.sigmas), "steps": list(row.steps)}


class PromptForm(View):
    """A form whose value is a `Settings`.

    Args:
        settings: what the form shows first; None is an empty prompt.
        traits: any trait below.
    """

    _esm = script("prompt_form")
    _css = style("prompt_form")

    values = traitlets.Dict().tag(sync=True)
    """The fields of a Settings by name, plain JSON, perhaps wrong: see `problems`."""
    seed_locked = traitlets.Bool(True).tag(sync=True)
    """Keep the seed; otherwise each Draw picks a new one."""
    catalogue: traitlets.List[Any] = traitlets.List().tag(sync=True)
    """The schedulers on offer, each a dict: name, group, note, random, sigmas, steps (fewest and most)."""
    notes = traitlets.Dict().tag(sync=True)
    """Field to a sentence: has no effect, or not the expected one. Stops nothing."""
    problems = traitlets.Dict().tag(sync=True)
    """Field to a sentence: cannot work."""
    actions = traitlets.Bool(False).tag(sync=True)
    """Show the Draw and Stop buttons."""
    running = traitlets.Bool(False).tag(sync=True)
    """A run is going on, so that Stop has something to stop."""
    progress = traitlets.List([0, 0]).tag(sync=True)
    """Network calls made, and to make; [0, 0] shows no bar."""
    status = traitlets.Unicode().tag(sync=True)
    """What goes on, in a few words."""

    def __init__(self, settings: Settings | None = None, **traits: Any) -> None:
        self._on_draw: list[Callable[[Settings], object]] = []
        self._on_stop: list[Callable[[], object]] = []
        super().__init__(**{"values": asdict(settings or Settings("")), "catalogue": catalogue(), **traits})
        self.observe(self._check, names="values")
        self._check()

    @property
    def settings(self) -> Settings:
        """The form as a checked value.

        Raises:
            SettingsError: a field cannot work.
        """
        seed = self.values.get("seed")
        if isinstance(seed, int) and seed > MAX_SEED:
            raise SettingsError(
                "seed", f"This form takes seeds up to {MAX_SEED}; larger ones go into Settings directly."
            )
        return Settings.from_dict(self.values)

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self.values = asdict(settings)

    def on_draw(self, call: Callable[[Settings], object]) -> None:
        """Call back with the checked settings when Draw is pressed. Return fast: start a thread for work."""
        self._on_draw.append(call)

    def on_stop(self, call: Callable[[], object]) -> None:
        """Call back when Stop is pressed."""
        self._on_stop.append(call)

    def blame(self, error: SettingsError) -> None:
        """Show an error beside its field, or on top when the form has no such field."""
        if error.field in FIELDS:
            self.problems = {error.field: str(error)}
        else:
            self.error = str(error)

    @guard
    def _check(self, _change: Any = None) -> None:
        try:
            settings = self.settings
        except SettingsError as error:
            self.blame(error)
        else:
            self.problems, self.notes, self.error = {}, plain_notes(settings), ""

    def _answer(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "stop":
            for stop in self._on_stop:
                stop()
        elif kind == "draw":
            # as if the trait had arrived: a message may overtake it, and must not echo over newer typing
            self.set_state({"values": message["values"]})
            try:
                settings = self.settings
            except SettingsError as error:
                return self.blame(error)
            for draw in self._on_draw:
                draw(settings)


def plain_notes(settings: Settings) -> dict[str, str]:
    """Controls that have no effect, as far as can be said without a model."""
    notes, guidance, row = {}, settings.guidance_scale, settings.scheduler_row
    if settings.negative_prompt and guidance is not None and guidance <= 1:
        notes["negative_prompt"] = f"No effect at guidance {guidance:g}; raise guidance or clear it."
    if settings.eta and row.random != "eta":
        notes["eta"] = f'No effect: "{row.name}" has no eta.'
    return notes
