"""PromptForm: every field of a Settings as a control, checked in Python whenever it changes."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import MISSING, asdict
from pathlib import Path
from typing import Any, BinaryIO

import traitlets

from diffuscope.listeners import Listeners
from diffuscope.recipe.as_python import settings_code
from diffuscope.recipe.field import Field
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.no_effect import notes
from diffuscope.recipe.settings import COMMON_SEED, Settings, SettingsError
from diffuscope.records.parts.result import NOT_SAID, ReadSettings, in_words
from diffuscope.records.read import read
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.recipe_shapes import Badge, Control
from diffuscope_widgets.base.still import words
from diffuscope_widgets.base.view import View, guard, on_message
from diffuscope_widgets.schedule.choice import catalogue


class PromptForm(View):
    """A form whose value is a `Settings`.

        form = PromptForm(Settings("a red house in the snow"))
        form                                        # fill it in, or drop a saved picture on it
        record(load(), form.settings)

    Args:
        settings: what the form shows first, or only a prompt; None is an empty one.
        traits: any trait below.
    """

    _esm = script("form/form")
    _css = style("form/form")

    values = traitlets.Dict().tag(sync=True)
    """The fields of a Settings by name, plain JSON, perhaps wrong: see `problems`."""
    seed_locked = traitlets.Bool(True).tag(sync=True)
    """Keep the seed; otherwise each Draw picks a new one."""
    catalogue: traitlets.List[Any] = traitlets.List().tag(sync=True)
    """The schedulers on offer, see `base.recipe_shapes.SchedulerRow`."""
    fields: list[Control] = traitlets.List().tag(sync=True)  # type: ignore[assignment]
    """The controls, in order, see `base.recipe_shapes.Control`."""
    hidden: traitlets.List[str] = traitlets.List(traitlets.Unicode()).tag(sync=True)
    """Fields that are not shown, since the others leave nothing for them to do."""
    notes = traitlets.Dict().tag(sync=True)
    """Field to a sentence: has no effect, or not the expected one. Stops nothing."""
    problems = traitlets.Dict().tag(sync=True)
    """Field to a sentence: cannot work."""
    actions = traitlets.Bool(False).tag(sync=True)
    """Show the Draw and Stop buttons."""
    blocked = traitlets.Unicode().tag(sync=True)
    """Why nothing can be drawn, shown in the place of the buttons; "" when it can."""
    live = traitlets.Bool(False).tag(sync=True)
    """Draw again at every change of a value."""
    running = traitlets.Bool(False).tag(sync=True)
    """A run is going on, so that Stop has something to stop."""
    progress = traitlets.List([0, 0]).tag(sync=True)
    """Network calls made, and to make; [0, 0] shows no bar."""
    status = traitlets.Unicode().tag(sync=True)
    """What goes on, in a few words."""
    model_name = traitlets.Unicode("storybook")
    """What `load` is called with, in `code`."""
    unread = traitlets.Unicode().tag(sync=True)
    """What the record of a restored picture says and no control can show."""
    code = traitlets.Unicode().tag(sync=True)
    """Python that draws what the form says; "" while a field cannot work."""

    def __init__(self, settings: Settings | str | None = None, **traits: Any) -> None:
        self._drawn, self._stopped = Listeners(), Listeners()
        self._checked: tuple[dict[str, Any], Settings] | None = None
        self._read: ReadSettings | None = None
        super().__init__(
            **{
                "values": asdict(Settings.of("" if settings is None else settings)),
                "catalogue": catalogue(),
                "fields": controls(),
                **traits,
            }
        )
        self.observe(self._check, names=["values", "model_name"])
        self._check()

    @property
    def settings(self) -> Settings:
        """The form as a checked value.

        Raises:
            SettingsError: a field cannot work.
        """
        if self._checked is None or self._checked[0] != self.values:
            self._checked = dict(self.values), _checked(self.values)  # a click asks several times
        return self._checked[1]

    @settings.setter
    def settings(self, settings: Settings) -> None:
        self._read, self.unread = None, ""
        self.values = asdict(settings)

    def part(self, *names: str) -> dict[str, Any]:
        """Some fields, checked without a look at the others.

        Raises:
            SettingsError: one of them cannot work.
        """
        try:
            done = self.settings
        except SettingsError:
            done = _checked({"prompt": "", **{name: self.values.get(name) for name in names}})
        return {name: getattr(done, name) for name in names}

    def on_draw(self, call: Callable[[Settings], object]) -> Callable[[], None]:
        """Call back with the checked settings when Draw is pressed. Return fast: start a thread for work. Returns the
        undo."""
        return self._drawn.add(call)

    def on_stop(self, call: Callable[[], object]) -> Callable[[], None]:
        """Call back when Stop is pressed. Returns the undo."""
        return self._stopped.add(call)

    def restore(self, picture: str | Path | BinaryIO, name: str = "") -> None:
        """Show the settings a saved picture was made with. What its record says beyond settings stands in `notes` and
        `unread`.

        Args:
            picture, name: as for `diffuscope.read_settings`.

        Raises:
            ValueError: not a picture, or one without a record.
        """
        self.settings = found = read(picture, name)
        self._read = found
        self.error = ""
        self.take_notes(notes(found))
        rest = {said: text for said, text in found.unread.items() if said not in FIELDS}
        self.unread = f"Its record by {found.tool} also says: {in_words(rest)}." if rest else ""

    def take_notes(self, sentences: Mapping[str, str]) -> None:
        """Show sentences about fields, and beside each field that still has its value where a record says another."""
        found, kept = self._read, {}
        for name, text in found.unread.items() if found else ():
            if name in FIELDS and self.values.get(name) == getattr(found, name):
                there = f'The record says "{text}", which is not to be had here.'
                kept[name] = "The record does not say." if text == NOT_SAID else there
        self.notes = {**sentences, **kept}

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
            self.code = ""
            self.blame(error)
        else:
            self.problems, self.error = {}, ""
            self.take_notes(notes(settings))
            named = {name: getattr(settings, name) for name, field in FIELDS.items() if field.is_choice}
            self.values = {**self.values, **named}  # "DPM++ 2M Karras" is two controls
            self.hidden = [name for name, field in FIELDS.items() if unused(field, settings)]
            self.code = settings_code(self.model_name, settings)

    def still(self) -> bytes | None:
        """The prompt, and every other field that is set."""
        rest = {name: value for name, value in self.values.items() if name != "prompt" and value not in (None, "", 0.0)}
        set_fields = " · ".join(f"{name.replace('_', ' ')} {value}" for name, value in rest.items())
        return words(self.values.get("prompt") or "(no prompt)", set_fields)

    @on_message("stop")
    def _stop(self, _message: dict[str, Any]) -> None:
        self._stopped()

    @on_message("picture")
    def _dropped(self, message: dict[str, Any]) -> None:
        (data,) = message["buffers"]
        self.restore(io.BytesIO(data), message["name"])
        self.send({"type": "restored", "name": message["name"]})

    @on_message("draw")
    def _draw(self, _message: dict[str, Any]) -> None:
        try:
            settings = self.settings
        except SettingsError as error:
            self.blame(error)
        else:
            self._drawn(settings)


def controls() -> list[Control]:
    """The table of settings as the front end needs it, a row a field."""
    return [_control(field) for field in FIELDS.values()]


def _control(field: Field) -> Control:
    kinds = {"choice": field.is_choice, "text": field.kind == "str", "seed": field.is_seed and not field.optional}
    control = next((kind for kind, holds in kinds.items() if holds), "slider" if field.slider else "number")
    return {
        "name": field.name,
        "label": field.label,
        "about": field.help,
        "group": field.group,
        "control": control,
        "number": field.kind != "str",
        "rows": field.rows,
        "hint": field.hint,
        "badge": _badge(*field.badge) if field.badge else None,
        "default": None if field.default is MISSING else field.default,
        "optional": field.optional,
        "auto": field.left_open,
        "low": field.low,
        "high": min(field.high, COMMON_SEED) if field.is_seed else field.high,
        "step": field.multiple if field.kind == "int" else "any",
        "slider": list(field.slider) if field.slider else None,
    }


def _badge(above: float, label: str, about: str) -> Badge:
    return {"above": above, "label": label, "about": about}


def unused(field: Field, settings: Settings) -> bool:
    """Whether a field is at its default, and the settings have no use for it."""
    idle = field.shown_when is not None and not field.shown_when(settings)
    return idle and getattr(settings, field.name) == field.default


def _checked(values: dict[str, Any]) -> Settings:
    for name, field in FIELDS.items():
        if values.get(name, 0) is None and not field.optional:  # where letters were typed, a number box is empty, too
            raise SettingsError(name, f"{field.label} is empty; type a number.")
    for name in (name for name, field in FIELDS.items() if field.is_seed):
        seed = values.get(name)
        if isinstance(seed, int) and seed > COMMON_SEED:
            raise SettingsError(
                name, f"This form takes seeds up to {COMMON_SEED}; larger ones go into Settings directly."
            )
    return Settings.from_dict(values)
