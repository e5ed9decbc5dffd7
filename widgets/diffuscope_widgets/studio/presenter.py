"""Presenter: puts what a runner tells into the studio's form, film and sheet."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.view import explain, guard_in
from diffuscope_widgets.base.wire import pack
from diffuscope_widgets.film.film import Film
from diffuscope_widgets.form.form import PromptForm
from diffuscope_widgets.history.history import History
from diffuscope_widgets.parts.frames import pack_film
from diffuscope_widgets.studio.runner import Listener, Rows
from diffuscope_widgets.variants.variants import Variants

if TYPE_CHECKING:
    import numpy as np

    from diffuscope import Step
    from diffuscope.families.base import Model

FILLED = ("steps", "guidance_scale", "schedule")
REFUSED = "The model's safety checker refused this picture; it is black."
guard = guard_in("form")


@dataclass
class Parts:
    """The widgets of a studio that runs and tabs deal with."""

    form: PromptForm
    film: Film
    history: History
    variants: Variants


class Presenter(Listener):
    """The listener of a studio's runner. Nothing raised here ends a run: it is shown in the form.

    Args:
        parts: where all is shown.
        show: shows a finished run in the film, with its pictures packed.
        renew: brings the tabs up to date.
        take_notes: has the model say what in the form has no effect.
    """

    def __init__(
        self,
        parts: Parts,
        show: Callable[[Trace, Any], object],
        renew: Callable[[], object],
        take_notes: Callable[[], object],
    ) -> None:
        self.form, self.film, self.variants, self.history = parts.form, parts.film, parts.variants, parts.history
        self._show, self._renew, self._take_notes = show, renew, take_notes
        self._loaded = self._films = False

    @guard
    def loaded(self, model: Model) -> None:
        self._loaded = True
        self.form.status = ""
        with suppress(SettingsError):  # shown by take_notes
            done = asdict(model.complete(self.form.settings))
            empty = {name: done[name] for name in FILLED if self.form.values.get(name) is None}
            self.form.values = {**self.form.values, **empty}
        self._take_notes()
        self._renew()

    @guard
    def began(self, rows: Rows | None) -> None:
        self.form.running = True
        if rows is not None:
            self.form.progress, self.form.status, self.form.error = [0, 0], "drawing", ""
            self._films = isinstance(rows, Settings)
            other = self.variants if self._films else self.film
            other.rest()  # it may show a run that this one replaces

    @guard
    def progressed(self, done: int, calls: int) -> None:
        self.form.progress = [done, calls]

    @guard
    def previewed(self, rows: Rows, step: Step, x_t: np.ndarray, x0: np.ndarray) -> None:
        if isinstance(rows, Settings):
            self.film.live(step.index, step.calls, step.ratio, {"x_t": x_t[0], "x0": x0[0]})
        else:
            self.variants.live(rows, step.index, step.calls, x0)

    @guard
    def prepare(self, result: Trace | list[Trace]) -> Any:
        return pack_film(result) if isinstance(result, Trace) else pack([trace.image for trace in result])

    @guard
    def finished(self, result: Trace | list[Trace], prepared: Any, seconds: float) -> None:
        traces = [result] if isinstance(result, Trace) else result
        if isinstance(result, Trace):
            self.history.add(result)
            self._show(result, prepared)
        else:
            self.variants.show(result, prepared)
        self.form.status = f"{traces[0].settings.steps} steps in {seconds:.1f} s"
        if any(trace.made_by["filtered"] for trace in traces):
            self.form.status = REFUSED

    @guard
    def stopped(self, done: int, calls: int) -> None:
        where = f"at step {done} of {calls}" if done else "before the first step"
        before = "; the run before is shown" if self._films and self.film.trace else ""
        self.form.status = f"stopped {where}{before}"

    @guard
    def failed(self, error: Exception) -> None:
        self.form.status = ""
        if isinstance(error, SettingsError):
            self.form.blame(error)
        else:
            self.form.error = explain(error)
        if not self._loaded:  # loading failed, and the tabs wait for it
            self._renew()

    @guard
    def rests(self) -> None:
        self.form.running = False
        self.film.rest()
        self.variants.rest()

    @guard
    def settled(self) -> None:
        self._renew()
