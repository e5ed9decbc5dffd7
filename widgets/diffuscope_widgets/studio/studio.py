"""Studio: a form, a film, and tabs that look closer, around one model or a recorded run."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ipywidgets

import diffuscope
from diffuscope.families.catalogue import CATALOGUE
from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.recipe.variations import four, larger, vary
from diffuscope.trace.trace import Trace, read_traces
from diffuscope_widgets.base.page import write_page
from diffuscope_widgets.base.view import guard, with_still
from diffuscope_widgets.film.film import Film
from diffuscope_widgets.form.form import PromptForm
from diffuscope_widgets.history.history import MOST, History
from diffuscope_widgets.studio.lazy_tab import Panel
from diffuscope_widgets.studio.presenter import ErrorInForm, Teller
from diffuscope_widgets.studio.runner import Session
from diffuscope_widgets.studio.tabs import drawing, replaying
from diffuscope_widgets.variants.variants import Variants

if TYPE_CHECKING:
    from diffuscope import Job
    from diffuscope.families.base import Model

REPLAY = 'This is a recorded run: everything can be looked at, nothing drawn. Studio("scenes") comes with a model.'


class Studio(ErrorInForm, ipywidgets.Box):
    """Write, draw, drag through the steps, and look closer in the tabs below.

        Studio("scenes")                 # with a model
        Studio("runs/lesson 3")          # recorded runs, a folder of .trace files: torch is not needed

    Args:
        source: a name for `diffuscope.load`, which is loaded in the background; or a model; or what was recorded: a
            Trace, a .trace file, or a folder of them.
        settings: what the form shows first; None is an example for the built-in models, else an empty prompt.

    Raises:
        FileNotFoundError: there is no such .trace file.
        ValueError: a .trace file is not one.
    """

    def __init__(self, source: str | Path | Model | Trace = "scenes", settings: Settings | None = None) -> None:
        recorded = recorded_in(source)
        self.form = PromptForm(settings or first_settings(source, recorded), actions=True, layout={"flex": "1 1 20rem"})
        """The left half, and the one home of what will be drawn."""
        self.film = Film()
        """The last run, above the tabs."""
        self.history = History(recorded)
        self.variants = Variants()
        self.trace: Trace | None = None
        """The run that is shown."""
        self._session: Session | None = None
        self.panels = [Panel(*parts) for parts in (replaying(self) if recorded else drawing(self))]
        """The tabs, in order; `open_tab` opens one by name."""
        self.tab = ipywidgets.Tab([panel.box for panel in self.panels], titles=[panel.name for panel in self.panels])
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
            self._session = Session(source, Teller(self))  # type: ignore[arg-type]
            self._session.begin()

    def _listen(self) -> None:
        self.form.on_draw(lambda _settings: self._pressed())
        self.form.on_stop(self.stop)
        self.form.observe(self.take_notes, names="values")
        self.variants.on("four", lambda: self._draw_sheet(None))
        self.variants.on("vary", lambda trace: self._draw_sheet(vary(trace.settings)))
        self.variants.on("larger", self._draw_larger)
        self.variants.on("show", self._choose)

    @property
    def model(self) -> Model | None:
        """None while it is loading, and for recorded runs."""
        return self._session.model if self._session else None

    @property
    def job(self) -> Job[Any] | None:
        """The last submitted run."""
        return self._session.job if self._session else None

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
        if self._session:
            self._session.ready.wait()
        job, shown = self._start(lambda: self.settings)
        assert job is not None
        trace = job.result()
        shown.wait()  # the film may be a moment behind the result
        return trace

    def stop(self) -> None:
        """End the run before its next network call, or forget a Draw that waits for the model."""
        if self._session:
            self._session.stop()

    def restore(self, trace: Trace) -> None:
        """Show a finished run again: its film, and its settings in the form."""
        self.form.settings = trace.settings
        if not self.form.running:
            self.form.status = ""  # it spoke of another run
        self.show(trace)

    def show(self, trace: Trace) -> None:
        """Show a finished run in the film and the tabs, and leave the form as it is."""
        self.trace = trace
        self.film.show(trace)
        self.history.current = trace.key
        self.renew()

    def renew(self) -> None:
        """Bring the tabs up to date: the one in sight now, the others when they are looked at."""
        for place, panel in enumerate(self.panels):
            panel.changed(place == self.tab.selected_index)

    def open_tab(self, name: str) -> ipywidgets.Widget | None:
        """Bring a tab to the front and return its widget; None when there is nothing to show yet.

        Raises:
            ValueError: no tab of this name.
        """
        names = [panel.name for panel in self.panels]
        if name not in names:
            raise ValueError(f"no tab {name!r}; there are {', '.join(names)}")
        self.tab.selected_index = names.index(name)
        return self.panels[names.index(name)].open()

    def to_html(self, path: str | Path, title: str = "") -> Path:
        """Write one offline page with film, every tab that was opened, and the recipe; see `View.to_html`.

        Tabs are brought up to date first, which may wait for a run under way. One that has nothing to show of this run is
        left out.
        """
        opened = [panel.open() for panel in self.panels if panel.asked]
        views = [view for view in opened if view and view is not self.history]
        if self.model and any(view.busy for view in views if view.has_trait("busy")):
            diffuscope.worker(self.model).call(lambda: None).result()  # it stands behind what the tabs asked for
        title = title or self.film.meta.get("title", "Studio")
        shared = ["index"] if all(in_step(self.film, view) for view in views) else []
        return write_page([self.film, *views, self.form], path, title, shared)

    # -- from the form and the sheet to a run

    def _start(self, ask: Any) -> tuple[Job[Any] | None, Any]:
        if self._session is None:
            raise ValueError(REPLAY)
        try:
            return self._session.start(ask)
        except SettingsError as error:
            self.form.blame(error)
            raise

    @guard
    def _pressed(self) -> None:
        with suppress(SettingsError):  # beside its field by now
            self._start(lambda: self.settings)

    @guard
    def _draw_sheet(self, rows: Sequence[Settings] | None) -> None:
        with suppress(SettingsError):
            self._start(lambda: four(self.settings) if rows is None else rows)

    @guard
    def _draw_larger(self, trace: Trace) -> None:
        self.form.settings = larger(trace.settings)
        self._pressed()

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
        """Have the model say what in the form is in vain."""
        if self.model is None:
            return
        try:
            self.form.notes = self.model.notes(self.settings)
        except SettingsError as error:
            self.form.blame(error)

    def __repr__(self) -> str:
        return f"<Studio {self.form.model_name if self._session else 'of recorded runs'}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**kwargs), self.film.still())


def in_step(film: Film, view: ipywidgets.Widget) -> bool:
    """Whether a frame of the film is the same step in the other view, or the view has no frames."""
    if not view.has_trait("index"):
        return True
    return view.trace is film.trace and film.other is None and view.meta["steps"] == film.meta["steps"]


def name_of(source: Any) -> str:
    """What `diffuscope.load` is called with to have this model, given as the model, its name or its folder."""
    return str(source) if isinstance(source, str | Path) else source.name


def recorded_in(source: Any) -> list[Trace]:
    """The recorded runs a studio was given, oldest first; none for a model or its name."""
    if isinstance(source, Trace):
        return [source]
    if not isinstance(source, str | Path) or str(source) in CATALOGUE:  # whatever folders lie about
        return []
    path = Path(source)
    is_runs = path.suffix == ".trace" or (path.is_dir() and any(path.glob("*.trace")))
    return read_traces(path, MOST) if is_runs else []


def first_settings(source: Any, recorded: Sequence[Trace]) -> Settings:
    """What the form shows when nothing was said."""
    if recorded:
        return recorded[-1].settings
    card = CATALOGUE.get(name_of(source))
    return Settings(card.example if card else "")
