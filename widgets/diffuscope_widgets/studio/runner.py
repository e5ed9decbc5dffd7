"""Session: one model, and the newest run on it. It knows threads and no widgets: what happens is told to a `Listener`."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import diffuscope
from diffuscope.recipe.settings import Settings
from diffuscope_widgets.base.view import PAUSE

if TYPE_CHECKING:
    import numpy as np

    from diffuscope import Job, Step, Trace
    from diffuscope.families.base import Model

PREVIEW_SHARE = 0.2  # at most this part of a run goes into decoding previews
Recipe = Settings | Sequence[Settings]
"""One picture, or several as one batch."""
_numbers = itertools.count(1)


class Listener(Protocol):
    """Who hears what happens. Calls come from several threads, but one at a time, and only the newest run is ever spoken
    of: a Draw waits for a call that is under way, and after `began` nothing of an older run is heard."""

    def loaded(self, model: Model) -> None:
        """The model is there."""

    def began(self, recipe: Recipe | None) -> None:
        """A run was asked for; None: it waits for the model."""

    def progressed(self, done: int, calls: int) -> None:
        """Network calls made, and to make; at most twenty times a second, and at the last one."""

    def previewed(self, recipe: Recipe, step: Step, x_t: np.ndarray, x0: np.ndarray) -> None:
        """Pictures of a step under way, uint8 (B, H, W, 3): the noisy latents, and what the model expects."""

    def finished(self, result: Trace | list[Trace], seconds: float) -> None:
        """The run has ended well."""

    def stopped(self, done: int, calls: int) -> None:
        """The run was cancelled after `done` calls."""

    def failed(self, error: Exception) -> None:
        """Loading, or the run, ended with an error."""

    def rests(self) -> None:
        """Nothing runs any more, however it ended."""


class Session:
    """A model and its newest run; a newer run replaces an older one.

    Args:
        model: a model, or a name for `diffuscope.load`, which is loaded in the background.
        listener: who is told.
    """

    def __init__(self, model: str | Path | Model, listener: Listener) -> None:
        self.model: Model | None = None
        """None while it is loading."""
        self.job: Job[Any] | None = None
        """The last submitted run."""
        self.ready = threading.Event()
        """Loading has ended, well or not."""
        self._listener = listener
        self._lane = f"studio {next(_numbers)}"
        self._lock = threading.RLock()  # held while the listener is called
        self._ticket = object()  # stands for the newest run: whatever an older one still says is ignored
        self._waiting: Callable[[], Recipe] | None = None  # asked for before the model was there
        self._failure: Exception | None = None
        self._source = model

    def begin(self) -> None:
        """Load the model. The listener may call back before this returns."""
        source = self._source
        if isinstance(source, str | Path):
            threading.Thread(target=self._load, args=(source,), name=f"loading {source}", daemon=True).start()
        else:
            self._use(source)

    def start(self, ask: Callable[[], Recipe]) -> tuple[Job[Any] | None, threading.Event]:
        """Start a run and return at once. While the model is loading the run waits; the newest wish counts.

        Args:
            ask: gives the recipe; called when the model is there.

        Returns:
            The job, None while it waits; and an event that is set when the listener has heard of the end.

        Raises:
            SettingsError: the model cannot follow the recipe, or `ask` raised it. The run before goes on.
            Exception: what loading the model raised.
        """
        shown = threading.Event()
        with self._lock:
            if self._failure:
                raise self._failure
            model = self.model
            if model is None:
                self._waiting = ask
                self._listener.began(None)
                return None, shown
            recipe = _complete(model, ask())
            ticket, clock = object(), _Clock()
            job: Job[Any] = diffuscope.worker(model).submit(  # may refuse the recipe, and then nothing has changed
                recipe, on_step=lambda step: self._saw(step, recipe, ticket, clock), lane=self._lane
            )
            self._ticket, self.job = ticket, job
            self._listener.began(recipe)
        job.on_done(lambda job: self._ended(job, ticket, clock, shown))
        return job, shown

    def stop(self) -> None:
        """End the run before its next network call, or forget the one that waits for the model."""
        with self._lock:
            if self._waiting:
                self._waiting = None
                self._listener.rests()
            elif self.job:
                self.job.cancel()

    def _load(self, name: str | Path) -> None:
        try:
            model = diffuscope.load(name)
        except Exception as error:  # noqa: BLE001 - told, whatever it is
            error.__traceback__ = None  # its frames would hold half a model
            with self._lock:
                self._failure, self._waiting = error, None
                self._listener.failed(error)
                self._listener.rests()
            self.ready.set()
        else:
            self._use(model)

    def _use(self, model: Model) -> None:
        with self._lock:
            self.model = model
            waiting, self._waiting = self._waiting, None
            self._listener.loaded(model)
            self._listener.rests()
            if waiting:
                try:
                    self.start(waiting)
                except Exception as error:  # noqa: BLE001 - told, whatever it is
                    self._listener.failed(error)
        self.ready.set()

    def _tell(self, ticket: object, call: Callable[..., object], *about: Any) -> None:
        """Call the listener, unless another run has begun."""
        with self._lock:
            if ticket is self._ticket:
                call(*about)

    def _saw(self, step: Step, recipe: Recipe, ticket: object, clock: _Clock) -> None:
        model = self.model
        last = step.index + 1 == step.calls
        if last or clock.tells():
            self._tell(ticket, self._listener.progressed, step.index + 1, step.calls)
        if ticket is not self._ticket or model is None:
            return
        if clock.shows() and not last and not model.screens:  # the finished run follows the last step
            import torch

            begin = time.monotonic()
            shown = model.decode(torch.cat([step.x_t, step.x0]))
            half = len(shown) // 2
            self._tell(ticket, self._listener.previewed, recipe, step, shown[:half], shown[half:])
            clock.showed(time.monotonic() - begin)

    def _ended(self, job: Job[Any], ticket: object, clock: _Clock, shown: threading.Event) -> None:
        try:
            result = job.result(0)
        except CancelledError:
            self._tell(ticket, self._listener.stopped, *job.progress)
        except Exception as error:  # noqa: BLE001 - told, whatever it is
            self._tell(ticket, self._listener.failed, error)
        else:
            self._tell(ticket, self._listener.finished, result, time.monotonic() - clock.begin)
        self._tell(ticket, self._listener.rests)
        shown.set()


def _complete(model: Model, recipe: Recipe) -> Recipe:
    return model.complete(recipe) if isinstance(recipe, Settings) else [model.complete(row) for row in recipe]


class _Clock:
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
