"""The studio's tabs: which there are, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ipywidgets

from diffuscope.recipe.settings import Recipe, SettingsError
from diffuscope.trace.trace import Trace
from diffuscope_widgets.film.film import Film
from diffuscope_widgets.guidance.view import GuidanceView
from diffuscope_widgets.latents.view import LatentView
from diffuscope_widgets.prompt.box import PromptBox
from diffuscope_widgets.schedule.view import ScheduleView
from diffuscope_widgets.seeds.picker import SeedPicker
from diffuscope_widgets.studio.lazy_tab import LazyTab, follow, keep, link
from diffuscope_widgets.studio.presenter import Parts

if TYPE_CHECKING:
    from diffuscope.families.base import Model


def drawing(
    parts: Parts, model: Callable[[], Model], trace: Callable[[], Trace], recipe: Callable[[], Recipe]
) -> list[LazyTab]:
    """The tabs beside a model. Those about the recipe follow the form, those about a run follow the film.

    Args:
        model, trace: the model and the run that is shown; they raise an error with the reason when there is none.
        recipe: what the form shows, completed; it raises a SettingsError when that cannot work.
    """
    form = parts.form

    def tokens() -> PromptBox:
        box = PromptBox("", model(), label="Prompt, word by word")
        follow(form, box, value="prompt")
        return box

    def seed() -> SeedPicker:
        of = model()
        picker = SeedPicker(form.settings.seed, of)

        def resize(_change: Any = None) -> None:
            with suppress(SettingsError):  # shown in the form
                picker.shape = list(of.codec.shape(recipe()))

        resize()
        picker.follow(form, resize, "values")
        names = ("seed", "variation_seed", "variation_strength")
        follow(form, picker, **{name: name for name in names})
        link(form, "seed_locked", picker, "locked")
        return picker

    def schedule() -> ScheduleView:
        view = ScheduleView(form.settings, model())
        follow(form, view, scheduler="scheduler", schedule="schedule", steps="steps")
        return view

    def latents() -> LatentView:
        view = LatentView(model=model())
        view.begin(trace().image)
        return view

    def sheet() -> ipywidgets.Widget:
        model()
        return parts.variants

    return [
        LazyTab("Tokens", tokens, keep),
        LazyTab("Seed", seed, keep),
        LazyTab("Schedule", schedule, keep),
        LazyTab("Guidance", lambda: GuidanceView(trace(), model()), lambda view: view.show(trace())),
        LazyTab("Latents", latents, lambda view: view.begin(trace().image)),
        LazyTab("Variants", sheet, keep),
        LazyTab("History", lambda: parts.history, keep),
    ]


def replaying(parts: Parts, trace: Callable[[], Trace]) -> list[LazyTab]:
    """The tabs beside recorded runs, which need no model and no torch."""
    return [
        LazyTab("Schedule", lambda: ScheduleView.of(trace())),
        LazyTab("Guidance", lambda: GuidanceView(trace()), lambda view: view.show(trace())),
        LazyTab("Latents", lambda: LatentView.of(trace())),
        LazyTab("History", lambda: parts.history, keep),
    ]


def in_step(film: Film, view: ipywidgets.Widget) -> bool:
    """Whether a frame of the film is the same step in the other view, or the view has no frames."""
    if not view.has_trait("index"):
        return True
    return view.trace is film.trace and film.other is None and view.meta["steps"] == film.meta["steps"]
