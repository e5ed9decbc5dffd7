"""Studio: a form, a film, and tabs that look closer, around one model or a recorded run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

from diffuscope.recipe.settings import Recipe, Settings, SettingsError
from diffuscope.recipe.variations import four, larger, vary
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.page import write_page
from diffuscope_widgets.base.view import View, guard_in, with_still
from diffuscope_widgets.film.film import Film
from diffuscope_widgets.form.form import PromptForm
from diffuscope_widgets.history.history import History
from diffuscope_widgets.studio.presenter import Parts, Presenter
from diffuscope_widgets.studio.runner import Rows, Runner
from diffuscope_widgets.studio.source import first_settings, name_of, recorded_in
from diffuscope_widgets.studio.tabs import drawing, in_step, replaying
from diffuscope_widgets.variants.variants import Variants

if TYPE_CHECKING:
    from diffuscope import Job
    from diffuscope.families.base import Model

REPLAY = "This is a recorded run: everything can be looked at, nothing drawn. Studio() comes with a model."


guard = guard_in("form")


class Studio(ipywidgets.Box):
    """Write, draw, drag through the steps, and look closer in the tabs below.

        Studio()                         # with the built-in model
        Studio("runs/lesson 3")          # recorded runs, a folder of .trace files: torch is not needed

    Args:
        source: a name for `diffuscope.load`, which is loaded in the background; or a model; or what was recorded: a
            Trace, a .trace file, or a folder of them; or the settings alone, for the built-in model.
        settings: what the form shows first; None is an example for the built-in models, else an empty prompt.

    Raises:
        TypeError: the source is none of these.
        FileNotFoundError: there is no such .trace file.
        ValueError: a .trace file is not one.
    """

    def __init__(
        self, source: str | Path | Model | Trace | Settings = "storybook", settings: Settings | None = None
    ) -> None:
        if isinstance(source, Settings):
            settings, source = source, "storybook"
        recorded = recorded_in(source)
        self.form = PromptForm(settings or first_settings(source, recorded), actions=True, layout={"flex": "1 1 20rem"})
        """The left half, and the one home of what will be drawn."""
        self.film = Film()
        """The last run, above the tabs."""
        self.history = History(recorded)
        self.variants = Variants()
        self.trace: Trace | None = None
        """The run that is shown."""
        self._runner: Runner | None = None
        parts = Parts(self.form, self.film, self.history, self.variants)
        self.tabs = (
            replaying(parts, self._shown) if recorded else drawing(parts, self._loaded, self._shown, self._recipe)
        )
        """In order; `open_tab` opens one by name."""
        self.tab = ipywidgets.Tab([tab.box for tab in self.tabs], titles=[tab.name for tab in self.tabs])
        right = ipywidgets.VBox([self.film, self.tab], layout={"flex": "6 1 26rem", "min_width": "0"})
        super().__init__((self.form, right), layout={"display": "flex", "flex_flow": "row wrap"})
        self.add_class("ds-studio")
        self.history.on_restore(self.restore)
        self.history.on_compare(self._compare)
        if recorded:
            self.form.blocked = REPLAY
            self.restore(recorded[-1])
        else:
            self._listen()
            self.form.model_name = name = name_of(source)
            self.form.status = f"loading {name} ..."
            presenter = Presenter(parts, self._show, self.renew, self.take_notes)
            self._runner = Runner(source, presenter)  # type: ignore[arg-type]
            self._runner.begin()

    def close(self) -> None:
        """Take the studio off the page with all its widgets, end its work, and let the model go."""
        if self.comm is not None and "tabs" in vars(self):  # else it is closed, or was never made
            if self._runner:
                self._runner.close()
            for widget in self._widgets():
                widget.close()
        super().close()

    def _widgets(self) -> list[ipywidgets.Widget]:
        """All that were made for this studio, but itself."""
        right = self.children[1]
        inside = [widget for tab in self.tabs for widget in tab.widgets]
        boxes = [right, self.tab, *(tab.box for tab in self.tabs), self]
        layouts = [box.layout for box in boxes]
        return [self.form, self.film, self.history, self.variants, *inside, right, self.tab, *layouts]

    def _listen(self) -> None:
        self.form.on_draw(self._pressed)
        self.form.on_stop(self.stop)
        self.form.observe(self.take_notes, names="values")
        self.variants.on("four", lambda: self._draw_sheet(None))
        self.variants.on("vary", lambda trace: self._draw_sheet(vary(trace.settings)))
        self.variants.on("larger", self._draw_larger)
        self.variants.on("show", self._choose)

    @property
    def model(self) -> Model | None:
        """None while it is loading, and for recorded runs."""
        return self._runner.lane.owner if self._runner else None

    @property
    def job(self) -> Job[Any] | None:
        """The last submitted run."""
        return self._runner.job if self._runner else None

    @property
    def error(self) -> str:
        """What went wrong last, as the form shows it."""
        return self.form.error

    @property
    def settings(self) -> Settings:
        """What the form shows.

        Raises:
            SettingsError: a field cannot work.
        """
        return self.form.settings

    def draw(self) -> Job[Trace] | None:
        """Start a run of the form's settings and return at once; an earlier run of this studio is cancelled.

        Returns:
            The job; None while the model is still loading: the run then starts on its own.

        Raises:
            SettingsError: a field cannot work. It is shown in the form too.
            ValueError: this studio shows recorded runs.
        """
        return self._start(lambda: self.settings)[0]

    def run(self) -> Trace:
        """Draw and wait for the trace, also for a model that is still loading. Interrupting the cell cancels the run.

        Raises:
            SettingsError: a field cannot work.
            ValueError: this studio shows recorded runs.
            Exception: whatever loading or the run raised.
        """
        if self._runner:
            self._runner.ready.wait()
        job, shown = self._start(lambda: self.settings)
        assert job is not None
        try:
            trace = job.result()
        except Exception:
            shown.wait()  # the form too says why
            raise
        shown.wait()  # the film may be a moment behind the result
        return trace

    def stop(self) -> None:
        """End the run before its next network call, or forget a Draw that waits for the model."""
        if self._runner:
            self._runner.stop()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the run under way, if there is one, has ended and is shown, and the tabs have what they asked for.

        Returns:
            Whether that is so; False after `timeout` seconds.
        """
        views = [tab.view for tab in self.tabs if isinstance(tab.view, View)]
        runs = self._runner is None or self._runner.lane.wait(timeout)
        return runs and all(view.lane.wait(timeout) for view in views)

    def restore(self, trace: Trace) -> None:
        """Show a finished run again: its film, and its settings in the form."""
        self.form.settings = trace.settings
        if not self.form.running:
            self.form.status = ""  # it spoke of another run
        self.show(trace)

    def show(self, trace: Trace) -> None:
        """Show a finished run in the film and the tabs, and leave the form as it is."""
        self._show(trace)
        self.renew()

    def _show(self, trace: Trace, packed: Any = None) -> None:
        self.trace = trace
        self.film.show(trace, packed=packed)
        self.history.current = trace.key

    def renew(self) -> None:
        """Bring the tabs up to date: the one in sight now, the others when they are looked at."""
        for place, tab in enumerate(self.tabs):
            tab.changed(place == self.tab.selected_index)

    def open_tab(self, name: str) -> ipywidgets.Widget | None:
        """Bring a tab to the front and return its widget; None when there is nothing to show yet.

        Raises:
            ValueError: no tab of this name.
        """
        names = [tab.name for tab in self.tabs]
        if name not in names:
            raise ValueError(f"no tab {name!r}; there are {', '.join(names)}")
        self.tab.selected_index = names.index(name)
        return self.tabs[names.index(name)].open()

    def to_html(self, path: str | Path, title: str = "") -> Path:
        """Write one offline page with film, every tab that was opened, and the recipe; see `View.to_html`.

        Tabs are brought up to date first, which may wait for a run under way. One that has nothing to show of this run is
        left out.
        """
        opened = [tab.open() for tab in self.tabs if tab.opened]
        views = [view for view in opened if view and view is not self.history]
        self.wait()
        title = title or self.film.meta.get("title", "Studio")
        shared = ["index"] if all(in_step(self.film, view) for view in views) else []
        return write_page([self.film, *views, self.form], path, title, shared)

    # -- from the form and the sheet to a run

    def _start(self, ask: Callable[[], Rows]) -> tuple[Job[Any] | None, threading.Event]:
        if self._runner is None:
            raise ValueError(REPLAY)
        try:
            return self._runner.start(ask)
        except SettingsError as error:
            self.form.blame(error)
            raise

    @guard
    def _pressed(self, settings: Settings) -> None:
        with suppress(SettingsError):  # beside its field by now
            self._start(lambda: settings)

    @guard
    def _draw_sheet(self, rows: Sequence[Settings] | None) -> None:
        with suppress(SettingsError):
            self._start(lambda: four(self.settings) if rows is None else rows)

    @guard
    def _draw_larger(self, trace: Trace) -> None:
        self.form.settings = larger(trace.settings)
        self._pressed(self.settings)

    @guard
    def _choose(self, trace: Trace) -> None:
        self.history.add(trace)
        self.restore(trace)

    @guard
    def _compare(self, other: Trace) -> None:
        if self.trace:
            self.film.show(self.trace, other)

    @guard
    def take_notes(self, _change: Any = None) -> None:
        """Have the model say what in the form has no effect."""
        if self.model is None:
            return
        try:
            self.form.take_notes(self.model.notes(self._recipe()))
        except SettingsError as error:
            self.form.blame(error)

    def _recipe(self) -> Recipe:
        assert self._runner is not None
        return self._runner.complete(self.settings)

    def _loaded(self) -> Model:
        if self.model is None:
            raise ValueError(self.error or "This opens when the model is loaded.")
        return self.model

    def _shown(self) -> Trace:
        if self.trace is None:
            raise ValueError("Nothing is drawn yet. Press Draw, and the run is taken apart here.")
        return self.trace

    def __repr__(self) -> str:
        return f"<Studio {self.form.model_name if self._runner else 'of recorded runs'}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**kwargs), self.film.still())
