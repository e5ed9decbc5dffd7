"""Teller: puts what a session tells into the studio's form, film and sheet."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING

from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.view import explain, guard
from diffuscope_widgets.studio.runner import Listener, Recipe

if TYPE_CHECKING:
    import numpy as np

    from diffuscope import Step
    from diffuscope.families.base import Model
    from diffuscope_widgets.form.form import PromptForm
    from diffuscope_widgets.studio.studio import Studio

FILLED = ("steps", "guidance_scale", "schedule")
REFUSED = "The model's safety checker refused this picture; it is black."


class ErrorInForm:
    """For what has a form and no `error` of its own: the form shows it."""

    form: PromptForm

    @property
    def error(self) -> str:
        """What went wrong last; `guard` puts it here."""
        return self.form.error

    @error.setter
    def error(self, text: str) -> None:
        self.form.error = text


class Teller(ErrorInForm, Listener):
    """The listener of a studio's session. Nothing raised here ends a run: it is shown in the form."""

    def __init__(self, studio: Studio) -> None:
        self.studio, self.form = studio, studio.form

    @guard
    def loaded(self, model: Model) -> None:
        self.form.status = ""
        with suppress(SettingsError):  # shown by take_notes
            done = asdict(model.complete(self.studio.settings))
            empty = {name: done[name] for name in FILLED if self.form.values.get(name) is None}
            self.form.values = {**self.form.values, **empty}
        self.studio.take_notes()
        self.studio.renew()

    @guard
    def began(self, recipe: Recipe | None) -> None:
        self.form.running = True
        if recipe is not None:
            self.form.progress, self.form.status, self.error = [0, 0], "drawing", ""
            other = self.studio.variants if isinstance(recipe, Settings) else self.studio.film
            other.rest()  # it may show a run that this one replaces

    @guard
    def progressed(self, done: int, calls: int) -> None:
        self.form.progress = [done, calls]

    @guard
    def previewed(self, recipe: Recipe, step: Step, x_t: np.ndarray, x0: np.ndarray) -> None:
        if isinstance(recipe, Settings):
            self.studio.film.live(step.index, step.calls, step.sigma, {"x_t": x_t[0], "x0": x0[0]})
        else:
            self.studio.variants.live(recipe, step.index, step.calls, x0)

    @guard
    def finished(self, result: Trace | list[Trace], seconds: float) -> None:
        traces = [result] if isinstance(result, Trace) else result
        if isinstance(result, Trace):
            self.studio.history.add(result)
            self.studio.show(result)
        else:
            self.studio.variants.show(result)
        self.form.status = f"{traces[0].settings.steps} steps in {seconds:.1f} s"
        if any(trace.made_by["filtered"] for trace in traces):
            self.form.status = REFUSED

    @guard
    def stopped(self, done: int, calls: int) -> None:
        self.form.status = f"stopped at step {done} of {calls}" if done else "stopped before the first step"

    @guard
    def failed(self, error: Exception) -> None:
        self.form.status = ""
        if isinstance(error, SettingsError):
            self.form.blame(error)
        else:
            self.error = explain(error)
        if self.studio.model is None:  # loading failed, and the tabs wait for it
            self.studio.renew()

    @guard
    def rests(self) -> None:
        self.form.running = False
        self.studio.film.rest()
        self.studio.variants.rest()
