"""Runner: the newest run of a studio, on its lane. It knows no widgets: it reports to a `Listener`."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from diffuscope.recipe.settings import Recipe, Settings
from diffuscope.run.lane import Lane
from diffuscope.run.preview import Preview

if TYPE_CHECKING:
    import numpy as np

    from diffuscope import Job, Step, Trace
    from diffuscope.families.base import Model

Rows = Settings | Sequence[Settings]
"""One picture, or several as one batch."""


class Listener(Protocol):
    """Who hears what happens. Calls come from several threads, but one at a time, and only the newest run is ever spoken
    of: a Draw waits for a call that is under way, and after `began` nothing of an older run is heard. `prepare` and
    `settled` are not held up by that: they may take long."""

    def loaded(self, model: Model) -> None:
        """The model is there."""

    def began(self, rows: Rows | None) -> None:
        """A run was requested; None: it waits for the model."""

    def progressed(self, done: int, calls: int) -> None:
        """Network calls made, and to make; at most twenty times a second, and at the last one."""

    def previewed(self, rows: Rows, step: Step, x_t: np.ndarray, x0: np.ndarray) -> None:
        """Pictures of a step under way, uint8 (B, H, W, 3): the noisy latents, and the predicted x0."""

    def prepare(self, result: Trace | list[Trace]) -> Any:
        """Encode what a finished run will show, in a thread of its own."""

    def finished(self, result: Trace | list[Trace], prepared: Any, seconds: float) -> None:
        """The run has ended well."""

    def stopped(self, done: int, calls: int) -> None:
        """The run was cancelled after `done` calls."""

    def failed(self, error: Exception) -> None:
        """Loading, or the run, ended with an error."""

    def rests(self) -> None:
        """Nothing runs any more, however it ended."""

    def settled(self) -> None:
        """A run has ended and is shown: what takes longer can follow now."""


class Runner:
    """A model and its newest run; a newer run replaces an older one.

    Args:
        model: a model, or a name for `diffuscope.load`, which is loaded in the background.
        listener: who hears of it.
    """

    def __init__(self, model: str | Path | Model, listener: Listener) -> None:
        self.lane: Lane[Model] = Lane(model)
        self.job: Job[Any] | None = None
        """The last submitted run."""
        self.ready = threading.Event()
        """Loading has ended, well or not, and the run that waited for it has begun."""
        self._listener = listener
        self._completed: tuple[Settings, Recipe] | None = None
        self._waiting: Callable[[], Rows] | None = None  # requested before the model was there

    def begin(self) -> None:
        """Tell the listener when the model is there, perhaps before this returns."""
        self.lane.on_ready(self._loaded)

    def start(self, ask: Callable[[], Rows]) -> tuple[Job[Any] | None, threading.Event]:
        """Start a run and return at once. While the model is loading the run waits; the newest request counts.

        Args:
            ask: gives the settings; called when the model is there.

        Returns:
            The job, None while it waits; and an event that is set when the listener has heard of the end.

        Raises:
            SettingsError: the model cannot follow the settings, or `ask` raised it. The run before goes on.
            Exception: what loading the model raised.
        """
        shown = threading.Event()
        with self.lane.lock:
            if self.lane.failure:
                raise self.lane.failure
            if self.lane.closed:
                raise ValueError("this studio is closed; make a new one")
            model = self.lane.owner
            if model is None:
                self._waiting = ask
                self._listener.began(None)
                return None, shown
            rows, preview, begin = ask(), Preview(model), time.monotonic()
            if isinstance(rows, Settings):
                rows = self.complete(rows)
            prepared: list[Any] = []
            self.job = self.lane.record(  # may refuse the settings, and then nothing has changed
                rows,
                then=lambda job: self._ended(job, prepared, time.monotonic() - begin),
                progress=self._listener.progressed,
                prepare=lambda job: prepared.append(self._listener.prepare(job.result())),
                after=lambda: self._settle(shown),
                on_step=lambda job, step: self._saw(job, step, rows, preview),
            )
            self._listener.began(rows)
            return self.job, shown

    def complete(self, settings: Settings) -> Recipe:
        """The settings as the model completes them. The last ones are kept: notes, tabs and a run ask for the same.

        Raises:
            SettingsError: the model cannot follow them.
            ValueError: there is no model, or not any more.
        """
        if self._completed is None or self._completed[0] is not settings:
            if self.lane.owner is None:
                raise ValueError("this studio is closed" if self.lane.closed else "the model is still loading")
            self._completed = settings, self.lane.owner.complete(settings)
        return self._completed[1]

    def stop(self) -> None:
        """End the run before its next network call, or forget the one that waits for the model."""
        with self.lane.lock:
            if self._waiting:
                self._waiting = None
                self._listener.rests()
            else:
                self.lane.cancel()

    def close(self) -> None:
        """End the run, tell nothing any more, and let the model go."""
        self.lane.close()
        self._waiting = self.job = self._completed = None
        self.ready.set()

    def _loaded(self, lane: Lane[Model]) -> None:
        waiting, self._waiting = self._waiting, None
        if lane.failure:
            self._listener.failed(lane.failure)
        elif lane.owner:
            self._listener.loaded(lane.owner)
        self._listener.rests()
        if waiting and lane.owner:
            try:
                self.start(waiting)
            except Exception as error:  # noqa: BLE001 - shown, whatever it is
                self._listener.failed(error)
        self.ready.set()

    def _settle(self, shown: threading.Event) -> None:
        self._listener.settled()
        shown.set()

    def _saw(self, job: Job[Any], step: Step, rows: Rows, preview: Preview) -> None:
        shown = preview(step)
        if shown:
            self.lane.deliver(job, self._listener.previewed, rows, step, *shown)

    def _ended(self, job: Job[Any], prepared: list[Any], seconds: float) -> None:
        try:
            result = job.result()
        except CancelledError:
            self._listener.stopped(*job.progress)
        except Exception as error:  # noqa: BLE001 - shown, whatever it is
            self._listener.failed(error)
        else:
            self._listener.finished(result, prepared[0] if prepared else None, seconds)
        self._listener.rests()
