"""Studio: a prompt form and a film, and the one worker thread between them."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import ipywidgets

import diffuscope
from diffuscope.families import CATALOGUE
from diffuscope.settings import Settings, SettingsError
from diffuscope_widgets.base import explain, guard, with_still
from diffuscope_widgets.film import PAUSE, Film
from diffuscope_widgets.prompt_form import PromptForm

if TYPE_CHECKING:
    from diffuscope import Job, Step, Trace
    from diffuscope.families.base import Model

PREVIEW_SHARE = 0.2  # at most this part of a run goes into decoding previews
FILLED = ("steps", "guidance_scale", "sigmas")
_numbers = itertools.count(1)


class Studio(ipywidgets.Box):
    """Write, draw, and drag through the steps.

    Args:
        model: a name for `diffuscope.load`, or a model. A name is loaded in the background.
        settings: what the form shows first; None is an example for the built-in models, else an empty prompt.
    """

    def __init__(self, model: str | Model = "scenes", settings: Settings | None = None) -> None:
        card = CATALOGUE.get(model if isinstance(model, str) else model.name)
        settings = settings or Settings(card.example if card else "")
        self.form = PromptForm(settings, actions=True, layout={"flex": "1 1 20rem", "max_width": "24rem"})
        """The left half."""
        self.film = Film(layout={"flex": "2 1 24rem", "min_width": "0"})
        """The right half."""
        self.model: Model | None = None
        """None while it is loading."""
        self.trace: Trace | None = None
        """The last finished run."""
        self.job: Job | None = None
        """The last submitted run."""
        self._lane = f"studio {next(_numbers)}"
        self._ticket = object()  # stands for the newest run: whatever an older one still says is ignored
        self._lock = threading.Lock()
        self._wanted = False  # Draw was pressed before the model was there
        self._failure: Exception | None = None
        self._loaded = threading.Event()
        super().__init__((self.form, self.film), layout={"display": "flex", "flex_flow": "row wrap"})
        self.add_class("ds-studio")
        self.form.on_draw(lambda _settings: self._pressed())
        self.form.on_stop(self.stop)
        self.form.observe(self._take_notes, names="values")
        if isinstance(model, str):
            self.form.status = f"loading {model} ..."
            threading.Thread(target=self._load, args=(model,), name=f"loading {model}", daemon=True).start()
        else:
            self._use(model)
            self._loaded.set()

    @property
    def settings(self) -> Settings:
        """What the form shows.

        Raises:
            SettingsError: a field cannot work.
        """
        return self.form.settings

    @property
    def error(self) -> str:
        """What went wrong last, as the form shows it."""
        return self.form.error

    @error.setter
    def error(self, text: str) -> None:
        self.form.error = text

    def draw(self) -> Job | None:
        """Start a run of the form's settings and return at once; an earlier run of this studio is cancelled.

        Returns:
            The job; None while the model is still loading: the run then starts on its own.

        Raises:
            SettingsError: a field cannot work. It is shown in the form too.
        """
        return self._start()[0]

    def run(self) -> Trace:
        """Draw and wait for the trace, also for a model that is still loading. Interrupting the cell cancels the run.

        Raises:
            SettingsError: a field cannot work.
            Exception: whatever loading or the run raised.
        """
        self._loaded.wait()
        job, shown = self._start()
        assert job is not None
        trace = job.result()
        shown.wait()  # the film may be a moment behind the result
        return trace

    def stop(self) -> None:
        """End the run before its next network call, or forget a Draw that waits for the model."""
        if self.model is None:
            self._wanted, self.form.running = False, False
        elif self.job:
            self.job.cancel()

    # -- loading

    def _load(self, name: str) -> None:
        try:
            model = diffuscope.load(name)
        except Exception as error:  # noqa: BLE001 - shown, whatever it is
            error.__traceback__ = None  # its frames would hold half a model
            self._failure = error
            self.form.status, self.form.running, self.error = "", False, explain(error)
        else:
            self._use(model)
        finally:
            self._loaded.set()

    @guard
    def _use(self, model: Model) -> None:
        self._fill(model)
        with self._lock:
            self.model = model
            wanted, self._wanted = self._wanted, False
        self.form.status, self.form.running = "", False
        self._take_notes()
        if wanted:
            self._pressed()

    def _fill(self, model: Model) -> None:
        """Show the model's own values where the form has none."""
        try:
            done = asdict(model.complete(self.settings))
        except SettingsError:
            return  # shown by _take_notes
        empty = {name: done[name] for name in FILLED if self.form.values.get(name) is None}
        self.form.values = {**self.form.values, **empty}

    # -- form to run

    @guard
    def _take_notes(self, _change: Any = None) -> None:
        if self.model is None:
            return
        try:
            self.form.notes = self.model.notes(self.settings)
        except SettingsError as error:
            self.form.blame(error)

    @guard
    def _pressed(self) -> None:
        with suppress(SettingsError):  # beside its field by now
            self._start()

    def _start(self) -> tuple[Job | None, threading.Event]:
        shown = threading.Event()
        if self._failure:
            raise self._failure
        with self._lock:
            if self.model is None:
                self._wanted, self.form.running = True, True
                return None, shown
            ticket, watch = object(), _Watch()
            try:
                settings = self.model.complete(self.settings)
            except SettingsError as error:
                self.form.blame(error)
                raise
            self._ticket = ticket
            self.form.running, self.form.progress, self.form.status, self.error = True, [0, 0], "drawing", ""
            job = diffuscope.worker(self.model).submit(
                settings, on_step=lambda step: self._saw(step, ticket, watch), lane=self._lane
            )
            self.job = job
        job.on_done(lambda job: self._ended(job, ticket, watch, shown))
        return job, shown

    # -- run to views, in the worker thread

    @guard
    def _saw(self, step: Step, ticket: object, watch: _Watch) -> None:
        if ticket is not self._ticket or self.model is None:
            return
        last = step.index + 1 == step.calls
        if last or watch.tells():
            self.form.progress = [step.index + 1, step.calls]
        if watch.shows() and not last and not self.model.screens:  # the whole film follows the last step
            import torch

            begin = time.monotonic()
            x_t, x0 = self.model.decode(torch.cat([step.x_t[:1], step.x0[:1]]))
            self.film.live(step.index, step.calls, step.sigma, {"x_t": x_t, "x0": x0})
            watch.showed(time.monotonic() - begin)

    def _ended(self, job: Job, ticket: object, watch: _Watch, shown: threading.Event) -> None:
        if ticket is self._ticket:
            self._settle(job, watch)
            self.form.running = False
        shown.set()

    @guard
    def _settle(self, job: Job, watch: _Watch) -> None:
        done, calls = job.progress
        try:
            trace = job.result(0)
        except CancelledError:
            self.form.status = f"stopped at step {done} of {calls}" if done else "stopped before the first step"
        except SettingsError as error:
            self.form.status = ""
            self.form.blame(error)
        except Exception as error:  # noqa: BLE001 - shown, whatever it is
            self.form.status, self.error = "", explain(error)
        else:
            self.trace = trace
            self.film.show(trace)
            self.form.status = f"{calls} steps in {time.monotonic() - watch.begin:.1f} s"
            if trace.made_by["filtered"]:
                self.form.status = "The model's safety checker refused this picture; it is black."

    def __repr__(self) -> str:
        return f"<Studio {self.model.name if self.model else 'loading'}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_still(super()._repr_mimebundle_(**kwargs), self.film.still())


class _Watch:
    """The clock of one run: how often to tell, and how often to decode a preview."""

    def __init__(self) -> None:
        self.begin = time.monotonic()
        self._tell = self._show = 0.0

    def tells(self) -> bool:
        now = time.monotonic()
        due = now >= self._tell
        if due:
            self._tell = now + PAUSE
        return due

    def shows(self) -> bool:
        return time.monotonic() >= self._show

    def showed(self, seconds: float) -> None:
        self._show = time.monotonic() + max(PAUSE, seconds * (1 / PREVIEW_SHARE - 1))
