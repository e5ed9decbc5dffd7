"""The studio's tabs: which there are, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ipywidgets
import traitlets

from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope_widgets.guidance.view import GuidanceView
from diffuscope_widgets.latents.view import LatentView
from diffuscope_widgets.prompt.box import PromptBox
from diffuscope_widgets.schedule.view import ScheduleView
from diffuscope_widgets.seeds.picker import SeedPicker
from diffuscope_widgets.studio.lazy_tab import follow, keep

if TYPE_CHECKING:
    from diffuscope import Trace
    from diffuscope.families.base import Model
    from diffuscope_widgets.studio.studio import Studio

Parts = tuple[str, Callable[[], ipywidgets.Widget], Callable[[Any], object] | None]
"""What a `Panel` is made of."""


def drawing(studio: Studio) -> list[Parts]:
    """The tabs beside a model. Those about the recipe follow the form, those about a run follow the film."""

    def tokens() -> PromptBox:
        box = PromptBox(_model(studio), label="Prompt, word by word")
        follow(studio.form, box, value="prompt")
        return box

    def seed() -> SeedPicker:
        model = _model(studio)
        picker = SeedPicker(studio.settings.seed, model)

        def resize(_change: Any = None) -> None:
            with suppress(SettingsError):  # shown in the form
                size = Settings("", **studio.form.part("width", "height"))
                picker.shape = list(model.latent_shape(model.complete(size)))

        resize()
        studio.form.observe(resize, names="values")
        names = ("seed", "variation_seed", "variation_strength")
        follow(studio.form, picker, **{name: name for name in names})
        traitlets.link((studio.form, "seed_locked"), (picker, "locked"))
        return picker

    def schedule() -> ScheduleView:
        view = ScheduleView(studio.settings, _model(studio))
        follow(studio.form, view, scheduler="scheduler", schedule="schedule", steps="steps")
        return view

    def guidance() -> GuidanceView:
        return GuidanceView(_trace(studio), _model(studio))

    def latents() -> LatentView:
        view = LatentView(_model(studio))
        view.begin(_trace(studio).image)
        return view

    def sheet() -> ipywidgets.Widget:
        _model(studio)
        return studio.variants

    return [
        ("Tokens", tokens, keep),
        ("Seed", seed, keep),
        ("Schedule", schedule, keep),
        ("Guidance", guidance, lambda view: view.show(_trace(studio))),
        ("Latents", latents, lambda view: view.begin(_trace(studio).image)),
        ("Variants", sheet, keep),
        ("History", lambda: studio.history, keep),
    ]


def replaying(studio: Studio) -> list[Parts]:
    """The tabs beside recorded runs, which need no model and no torch."""
    return [
        ("Schedule", lambda: ScheduleView.of(_trace(studio)), None),
        ("Guidance", lambda: GuidanceView(_trace(studio)), lambda view: view.show(_trace(studio))),
        ("Latents", lambda: LatentView.of(_trace(studio)), None),
        ("History", lambda: studio.history, keep),
    ]


def _model(studio: Studio) -> Model:
    if studio.model is None:
        raise ValueError(studio.error or "This opens when the model is loaded.")
    return studio.model


def _trace(studio: Studio) -> Trace:
    if studio.trace is None:
        raise ValueError("Nothing is drawn yet. Press Draw, and the run is taken apart here.")
    return studio.trace
