"""One worker thread for each model or other owner: work queues there, one job after the other.

A Stop button works on every Jupyter kernel only if the work runs in a thread of our own; and two threads on one model
would take turns anyway. `diffuscope.run.lane` adds what a view needs: the newest request wins.

Nothing here imports torch before there is something to compute.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import weakref
from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError, Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from diffuscope import cancel
from diffuscope.recipe.settings import Settings
from diffuscope.trace.trace import Keep

if TYPE_CHECKING:
    from diffuscope.families.base import Model
    from diffuscope.run.step import Step
    from diffuscope.trace.trace import Trace

Result = TypeVar("Result")
Other = TypeVar("Other")


class Job(Generic[Result]):
    """Submitted work: a run, whose result is a Trace, or any call. Everything here may be called from any thread.

    Args:
        watch: called with what is reported, in the worker thread.
    """

    def __init__(self, watch: Callable[[int, int], object] | None = None) -> None:
        self.progress = (0, 0)
        """What was reported last: done, and to do. A run counts network calls, a grid cells; (0, 0) is nothing yet."""
        self._watch = watch
        self._cancel = threading.Event()
        self._future: Future[Result] = Future()

    def cancel(self) -> None:
        """Ask the work to end: a run ends before the next block of its networks, other work where it calls `check` next or
        where a model decodes."""
        self._cancel.set()

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancel.is_set()

    @property
    def done(self) -> bool:
        """Whether the work has ended, in whatever way."""
        return self._future.done()

    @property
    def failed(self) -> bool:
        """Whether the work has ended with an error, or because it was cancelled."""
        return self.done and self._future.exception() is not None

    def result(self, timeout: float | None = None) -> Result:
        """Wait for the result. Interrupting the wait (the notebook's stop button) cancels the work.

        Raises:
            CancelledError: the work was cancelled, or replaced by a newer request.
            TimeoutError: it is still going on after `timeout` seconds.
            Exception: whatever the work raised.
        """
        try:
            return self._future.result(timeout)
        except KeyboardInterrupt:
            self.cancel()
            raise

    def on_done(self, call: Callable[[Job[Result]], object]) -> Callable[[], None]:
        """Call back, in the worker thread, when the work has ended; `result()` then answers at once.

        Returns:
            The undo.
        """
        me = weakref.ref(self)  # a cycle would keep the result, a whole trace, until the next full collection
        calls = [call]

        def ended(_future: Future[Result]) -> None:
            job = me()
            if job is not None:  # always: whoever ends a job holds it
                for one in calls:
                    one(job)

        self._future.add_done_callback(ended)
        return calls.clear

    # -- for the work itself

    def check(self) -> None:
        """Raise if the work was cancelled; long work calls this now and then.

        Raises:
            CancelledError: it was.
        """
        if self._cancel.is_set():
            raise CancelledError("this run was cancelled")

    def report(self, done: int, of: int) -> None:
        """Set `progress`, and call the watcher."""
        self.progress = (done, of)
        if self._watch:
            self._watch(done, of)

    def _run(self, work: Callable[[Job[Result]], Result]) -> None:
        try:
            self.check()
            with cancel.ended_by(self.check):
                result = work(self)
        except BaseException as error:  # noqa: BLE001  handed to whoever asks for the result; the thread lives on
            self._watch, error.__traceback__ = None, None  # frames would hold the tensors of the failed run
            self._future.set_exception(error)
        else:
            self._watch = None
            self._future.set_result(result)


class Worker:
    """The one thread that works for a model, or for another owner. Get it with `worker(owner)`."""

    def __init__(self, owner: Any) -> None:
        self._queue: queue.SimpleQueue[tuple[Job[Any], Callable[[Job[Any]], Any]] | None] = queue.SimpleQueue()
        # weak: a model nobody uses any more must go, with its gigabytes; its thread then ends too
        self._owner = weakref.ref(owner)
        weakref.finalize(owner, self._queue.put, None).atexit = False
        self._current: Job[Any] | None = None
        self._leaving = False
        name = getattr(owner, "name", type(owner).__name__)
        self._thread = threading.Thread(target=self._serve, name=f"diffuscope {name}", daemon=True)
        _alive.add(self)
        self._thread.start()

    @overload
    def submit(
        self, settings: Settings, keep: Keep = ..., on_step: Callable[[Step], Any] | None = ...
    ) -> Job[Trace]: ...
    @overload
    def submit(
        self, settings: Sequence[Settings], keep: Keep = ..., on_step: Callable[[Step], Any] | None = ...
    ) -> Job[list[Trace]]: ...
    def submit(
        self,
        settings: Settings | Sequence[Settings],
        keep: Keep = Keep(),
        on_step: Callable[[Step], Any] | None = None,
    ) -> Job[Any]:
        """Queue a run of one picture, or of several as one batch. The owner is a model.

        Args:
            settings, keep: as for `record`; settings are checked here, in the caller's thread.
            on_step: called in the worker thread after every network call.

        Raises:
            SettingsError: the model cannot follow these settings, or they cannot share a batch.
            ReferenceError: the model is gone.
        """
        model = self._owner()
        if model is None:
            raise ReferenceError("this worker's model is gone; load it again")
        return self.call(recording(model, settings, keep, (lambda _job, step: on_step(step)) if on_step else None))

    def call(self, work: Callable[[Job[Other]], Other]) -> Job[Other]:
        """Queue any work.

        Args:
            work: called in the worker thread with its job, to report progress and to see a cancel; what it returns is
                the job's result.
        """
        return self.put(Job(), work)

    def put(self, job: Job[Other], work: Callable[[Job[Other]], Other]) -> Job[Other]:
        """As `call`, with a job that was made before."""
        self._queue.put((job, work))
        return job

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


def recording(
    model: Model,
    settings: Settings | Sequence[Settings],
    keep: Keep = Keep(),
    on_step: Callable[[Job[Any], Step], object] | None = None,
) -> Callable[[Job[Any]], Any]:
    """A run as work for a worker, which reports every network call.

    Args:
        model, settings, keep: as for `record`; settings are checked now.
        on_step: called with the job and the Step, in the worker thread, after every network call.

    Raises:
        SettingsError: the model cannot follow these settings, or they cannot share a batch.
    """
    from diffuscope.run.collect import record
    from diffuscope.run.run import check_batch

    rows = model.recipes(settings)
    check_batch(rows)
    complete: Any = rows[0] if isinstance(settings, Settings) else rows

    def run(job: Job[Any]) -> Any:
        def saw(step: Step) -> None:
            job.report(step.index + 1, step.calls)
            if on_step:
                on_step(job, step)

        return record(model, complete, keep, saw)

    return run


_workers: weakref.WeakKeyDictionary[Any, Worker] = weakref.WeakKeyDictionary()
_alive: set[Worker] = set()
"""Workers whose thread runs; also those whose owner has just gone, which `_workers` has forgotten."""
_making = threading.Lock()


def worker(owner: Any) -> Worker:
    """The worker of a model, or of anything else that work belongs to, such as a training; always the same one.

    Args:
        owner: hashable, and lets itself be referenced weakly, as plain objects do; the thread ends with it.
    """
    with _making:
        try:
            if owner not in _workers:
                _workers[owner] = Worker(owner)
        except TypeError:
            raise TypeError(
                f"work belongs to a model or another object, got {owner!r:.60}; load a model first"
            ) from None
        return _workers[owner]


def _forget_all() -> None:
    """In a forked child: the threads stayed with the parent, and nobody would ever answer."""
    global _making
    _making = threading.Lock()
    _workers.clear()
    _alive.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


@atexit.register
def _leave_all() -> None:
    for one in list(_alive):
        one._leave()
