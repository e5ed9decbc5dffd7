"""LazyTab: one tab of the studio. What is in it is made when it is first looked at, and kept up to date while it is."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
import traitlets

from diffuscope.recipe.settings import SettingsError
from diffuscope_widgets.base.view import View, explain
from diffuscope_widgets.form.form import PromptForm
from diffuscope_widgets.studio.placeholder import Placeholder

OPENING = "opening …"


class LazyTab:
    """A box with a placeholder before its widget.

    Args:
        name: the tab's title.
        make: makes the widget; raises an error with the reason when there is nothing to show. It must not wait for the
            model's worker, which may be the one that calls.
        renew: brings the widget up to date after a new run; None makes it anew; `keep` leaves it as it is.
    """

    def __init__(
        self, name: str, make: Callable[[], ipywidgets.Widget], renew: Callable[[Any], object] | None = None
    ) -> None:
        self.name = name
        self.view: ipywidgets.Widget | None = None
        """None until it was looked at."""
        self.placeholder = Placeholder(text=OPENING)
        self.box = ipywidgets.VBox([self.placeholder])
        self._make, self._renew = make, renew
        self._stale = True
        self.opened = False
        """Somebody has looked."""
        self._lock = threading.RLock()  # between a click and the end of a run
        self.placeholder.on_seen(self.open)

    def open(self) -> ipywidgets.Widget | None:
        """Show the widget, made or brought up to date, and return it; or say why there is none."""
        with self._lock:
            self.opened = True
            try:
                view = self._fresh()
            except Exception as error:  # noqa: BLE001 - shown, whatever it is
                self.placeholder.text = explain(error)
                self.box.children = (self.placeholder,)
                return None
            self._stale = False
            self.box.children = (view,)
            return view

    def _fresh(self) -> ipywidgets.Widget:
        before = self.view
        if before is None or (self._stale and self._renew is None):
            self.view = self._make()
            if before:
                before.close()
        elif self._stale and self._renew:
            self._renew(before)
        assert self.view is not None
        return self.view

    def changed(self, in_sight: bool) -> None:
        """There is a new run. What nobody looks at waits behind its placeholder until somebody does."""
        with self._lock:  # a click that is renewing has the run before, and would call it fresh
            self._stale = True
            if not self.opened or (self.view and self._renew is keep):
                return
            if in_sight:
                self.open()
            else:
                self.placeholder.text = OPENING
                self.box.children = (self.placeholder,)

    @property
    def widgets(self) -> list[ipywidgets.Widget]:
        """All there are, in sight or not."""
        return [self.box, self.placeholder, *([self.view] if self.view else [])]


def keep(_view: ipywidgets.Widget) -> None:
    """For widgets that follow the form, or that others bring up to date."""


def follow(form: PromptForm, view: View, **names: str) -> None:
    """Keep traits of a widget equal to fields of the form, where the state has its home, until the widget is closed.

    Args:
        names: trait name = field name.
    """

    def from_form(_change: Any = None) -> None:
        try:
            values = form.part(*names.values())
        except SettingsError:
            return  # shown in the form; the view keeps what last was possible
        with view.hold_trait_notifications():  # checked when all are there: one may allow the other
            for trait, field in names.items():
                if values[field] is not None or view.traits()[trait].allow_none:
                    setattr(view, trait, values[field])

    def to_form(_change: Any) -> None:
        values = {**form.values, **{field: getattr(view, trait) for trait, field in names.items()}}
        if values != form.values:
            form.values = values

    from_form()
    view.follow(form, from_form, "values")
    view.observe(to_form, names=list(names))


def link(form: PromptForm, trait: str, view: View, other: str) -> None:
    """Keep a trait of the form and one of a widget equal, until the widget is closed."""
    view.at_close(traitlets.link((form, trait), (view, other)).unlink)
