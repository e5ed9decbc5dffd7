"""One worker thread a model: submit, cancel, newest wins.

A Stop button works on every Jupyter kernel only if the work runs in a thread of our own; and two threads on one model
would take turns anyway. So requests queue here, and a newer request of the same lane replaces the older one.
"""

from __future__ import annotations

import atexit
import queue
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import Any, Generic, TypeVar, overload

from diffuscope.families.base import Model
from diffuscope.recipe.settings import Settings
from diffuscope.run.collect import record
from diffuscope.run.run import check_batch
from diffuscope.trace.trace import Keep, Step, Trace

Result = TypeVar("Result")
Other = TypeVar("Other")


class Job(Generic[Result]):
    """Submitted work: a run, whose result is a Trace, or a call. Everything here may be called from any thread."""

    def __init__(self, lane: str) -> None:
        self.lane = lane
        self.progress = (0, 0)
        """Network calls made, and to make. A grid counts cells; any other call stays at (0, 0)."""
        self._cancel = threading.Event()
        self._future: Future[Result] = Future()

    def cancel(self) -> None:
        """Ask the work to end: a run does so before its next network call, a call only if it has not begun."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancel.is_set()

    @property
    def done(self) -> bool:
        """Whether the work has ended, in whatever way."""
        return self._future.done()

    def result(self, timeout: float | None = None) -> Result:
        """Wait for the result. Interrupting the wait (the notebook's stop button) cancels the run.

        Raises:
            CancelledError: the run was cancelled, or replaced by a newer one.
            TimeoutError: it is still going on after `timeout` seconds.
            Exception: whatever the run raised.
        """
        try:
            return self._future.result(timeout)
        except KeyboardInterrupt:
            self.cancel()
            raise

    def on_done(self, call: Callable[[Job[Result]], object]) -> None:
        """Call back, in the worker thread, when the run has ended; `result()` then answers at once."""
        me = weakref.ref(self)  # a cycle would keep the result, a whole trace, until the next full collection

        def tell(_future: Future[Result]) -> None:
            if (job := me()) is not None:  # always: whoever ends a job holds it
                call(job)

        self._future.add_done_callback(tell)

    def _run(self, work: Callable[[], Result]) -> None:
        try:
            self._check()
            result = work()
        except BaseException as error:  # noqa: BLE001  handed to whoever asks for the result; the thread lives on
            error.__traceback__ = None  # frames would hold the tensors of the failed run
            self._future.set_exception(error)
        else:
            self._future.set_result(result)

    def _check(self) -> None:
        if self._cancel.is_set():
            raise CancelledError("this run was cancelled")

    def _saw(self, step: Step, on_step: Callable[[Step], object] | None) -> None:
        self.progress = (step.index + 1, step.calls)
        if on_step:
            on_step(step)
        self._check()


class Worker:
    """The one thread that runs a model. Get it with `worker(model)`."""

    def __init__(self, model: Model) -> None:
        self._queue: queue.SimpleQueue[tuple[Job[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        # weak: a model nobody uses any more must go, with its gigabytes; its thread then ends too
        self._model = weakref.ref(model)
        weakref.finalize(model, self._queue.put, None).atexit = False
        self._current: Job[Any] | None = None
        self._leaving = False
        # weak: the lane must not keep its last trace alive
        self._lanes: weakref.WeakValueDictionary[str, Job[Any]] = weakref.WeakValueDictionary()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._serve, name=f"diffuscope {model.name}", daemon=True)
        _alive.add(self)
        self._thread.start()

    @overload
    def submit(
        self, settings: Settings, keep: Keep = ..., on_step: Callable[[Step], Any] | None = ..., lane: str = ...
    ) -> Job[Trace]: ...
    @overload
    def submit(
        self,
        settings: Sequence[Settings],
        keep: Keep = ...,
        on_step: Callable[[Step], Any] | None = ...,
        lane: str = ...,
    ) -> Job[list[Trace]]: ...
    def submit(
        self,
        settings: Settings | Sequence[Settings],
        keep: Keep = Keep(),
        on_step: Callable[[Step], Any] | None = None,
        lane: str = "",
    ) -> Job[Trace] | Job[list[Trace]]:
        """Queue a run of one picture, or of several as one batch.

        Args:
            settings, keep: as for `record`; settings are checked here, in the caller's thread.
            on_step: called in the worker thread after every network call.
            lane: a named lane holds one run at a time: submitting cancels the lane's earlier one. "" is no lane.

        Raises:
            SettingsError: the model cannot follow these settings, or they cannot share a batch.
        """
        model = self._model()
        if model is None:
            raise ReferenceError("this worker's model is gone; load it again")
        rows = model.recipes(settings)
        check_batch(rows)
        complete: Any = rows[0] if isinstance(settings, Settings) else rows
        job: Job[Any] = Job(lane)
        self._enqueue(job, lambda: record(model, complete, keep, lambda step: job._saw(step, on_step)))
        return job

    def call(self, work: Callable[[], Other], lane: str = "") -> Job[Other]:
        """Queue other work with the model, such as a decode.

        Args:
            work: called in the worker thread; what it returns is the job's result.
            lane: as for `submit`; runs and calls of one lane replace each other.
        """
        job: Job[Other] = Job(lane)
        self._enqueue(job, work)
        return job

    def _enqueue(self, job: Job[Other], work: Callable[[], Other]) -> None:
        if job.lane:
            with self._lock:
                before = self._lanes.get(job.lane)
                self._lanes[job.lane] = job
            if before:
                before.cancel()
        self._queue.put((job, work))

    def _serve(self) -> None:
        while item := self._queue.get():
            self._current, work = item
            if self._leaving:
                self._current.cancel()
            self._current._run(work)
            self._current = None
            del item, work  # an idle worker must not keep the last run alive
        _alive.discard(self)

    def _leave(self) -> None:
        """At the end of the process: a thread that is torn down inside torch would abort it."""
        self._leaving = True
        if job := self._current:
            job.cancel()
        self._queue.put(None)
        self._thread.join(10)


_workers: weakref.WeakKeyDictionary[Model, Worker] = weakref.WeakKeyDictionary()
_alive: set[Worker] = set()
"""Workers whose thread runs; also those whose model has just gone, which `_workers` has forgotten."""
_making = threading.Lock()


def worker(model: Model) -> Worker:
    """The worker of a model; the same model always has the same one."""
    with _making:
        if model not in _workers:
            _workers[model] = Worker(model)
        return _workers[model]


@atexit.register
def _leave_all() -> None:
    for one in list(_alive):
        one._leave()
