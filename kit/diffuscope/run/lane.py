"""Lane: one line of requests to a model, or to another owner. The newest wins, and only its answers are delivered.

Nothing here imports torch before there is something to compute.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from diffuscope.families.catalogue import load
from diffuscope.listeners import Listeners, Throttle
from diffuscope.run.worker import Job, recording, worker
from diffuscope.trace.trace import Keep

if TYPE_CHECKING:
    from diffuscope.recipe.settings import Settings
    from diffuscope.run.step import Step

Owner = TypeVar("Owner")
Result = TypeVar("Result")
Then = Callable[[Job[Any]], object]


class Lane(Generic[Owner]):
    """A line of requests to one owner, in which each takes the place of the one before.

        lane = Lane("scenes")                                         # loaded in the background
        lane.on_ready(lambda lane: print(lane.owner or lane.failure))
        lane.call(lambda job: compute(lane.owner), lambda job: show(job.result()))

    The work runs in the owner's worker thread. A new request cancels the one before, and from then on nothing of that one
    is delivered. Callbacks come from several threads, but one at a time: a request waits for a callback that is under way.

    Args:
        owner: a model, or any other object work can belong to, see `worker`; or what `load` is called with, in a thread
            of its own; or another lane, whose owner it is; None: every request is refused.
    """

    def __init__(self, owner: Owner | str | os.PathLike[str] | Lane[Owner] | None) -> None:
        self.owner: Owner | None = None
        """Who does the work; None while it is loading, and after `close`."""
        self.failure: Exception | None = None
        """Why loading failed."""
        self.ready = threading.Event()
        """Loading has ended, well or not."""
        self.name = ""
        """What is being loaded; "" when the owner was given."""
        self.lock = threading.RLock()
        """Held while a callback runs; hold it to change what callbacks read."""
        self.closed = False
        self._idle = threading.Condition(self.lock)
        self._newest: Job[Any] | None = None
        self._ready = Listeners()
        self._parent: Lane[Owner] | None = None
        self._beside: list[Lane[Owner]] = []
        if isinstance(owner, Lane):
            owner._take_in(self)
        elif isinstance(owner, str | os.PathLike):
            self.name = os.fspath(owner)
            threading.Thread(target=self._load, name=f"loading {self.name}", daemon=True).start()
        else:
            self.owner = owner
            self.ready.set()

    def beside(self) -> Lane[Owner]:
        """Another lane of the owner: requests of the two do not replace each other. It closes with this one."""
        return Lane(self)

    def on_ready(self, call: Callable[[Lane[Owner]], object]) -> Callable[[], None]:
        """Call back when loading has ended, well or not; at once if it has.

        Returns:
            The undo.
        """
        with self.lock:
            if not self.ready.is_set():
                return self._ready.add(call)
            call(self)
        return lambda: None

    # -- requests

    def call(
        self,
        work: Callable[[Job[Result]], Result],
        then: Then | None = None,
        progress: Callable[[int, int], object] | None = None,
        prepare: Then | None = None,
        after: Callable[[], object] | None = None,
    ) -> Job[Result]:
        """Ask for any work, in place of the request before.

        Args:
            work: called in the worker thread with its job, see `Job.report` and `Job.check`.
            then: called when the work has ended, in whatever way: `job.result()` answers or raises at once. Not called
                when a newer request has begun.
            progress: called with what the work reports, at most twenty times a second and at the last one.
            prepare: called before `then` if the work ended well, in a thread of its own and without the lock: for what
                takes long, such as encoding pictures. The worker goes on meanwhile.
            after: called last and without the lock, however the work ended, and even if a newer request has begun.

        Raises:
            ValueError: there is nobody to ask: nothing was given, it is still loading, or the lane is closed.
        """
        with self.lock:
            owner, throttle = self._there(), Throttle()

            def watch(done: int, of: int) -> None:
                if progress and (done == of or throttle.due()):
                    self.deliver(job, progress, done, of)

            job: Job[Result] = Job(watch)
            before, self._newest = self._newest, job
            if before:
                before.cancel()
            job.on_done(lambda job: self._ended(job, then, prepare, after))
            return worker(owner).put(job, work)

    def record(
        self,
        settings: Settings | Sequence[Settings],
        keep: Keep = Keep(),
        then: Then | None = None,
        progress: Callable[[int, int], object] | None = None,
        prepare: Then | None = None,
        after: Callable[[], object] | None = None,
        on_step: Callable[[Job[Any], Step], object] | None = None,
    ) -> Job[Any]:
        """Ask the model for a run, in place of the request before. A cancel is seen before every network call.

        Args:
            settings, keep: as for `diffuscope.record`; settings are checked now.
            then, progress, prepare, after: as for `call`.
            on_step: called with the job and the Step, in the worker thread, after every network call, and without the
                lock; see `deliver`.

        Raises:
            SettingsError: the model cannot follow these settings, or they cannot share a batch. The request before
                goes on.
            ValueError: as `call`.
        """
        model: Any = self._there()
        return self.call(recording(model, settings, keep, on_step), then, progress, prepare, after)

    def deliver(self, job: Job[Any] | None, call: Callable[..., object], *about: Any) -> bool:
        """Call back about a request, unless a newer one has begun. Returns whether it was called."""
        with self.lock:
            newest = job is not None and job is self._newest
            if newest:
                call(*about)
            return newest

    def cancel(self) -> None:
        """End the newest request; its `then` is called and finds a CancelledError."""
        if job := self._newest:
            job.cancel()

    def forget(self) -> None:
        """End the newest request, and deliver nothing more of it."""
        with self.lock:
            self.cancel()
            self._settle(self._newest)

    @property
    def busy(self) -> bool:
        """Whether a request is under way, or its answer still to be delivered."""
        return self._newest is not None

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until nothing is under way here and in lanes beside it, and everything is delivered; never in a callback.

        Returns:
            Whether that is so; False after `timeout` seconds.
        """
        with self.lock:
            rests = self._idle.wait_for(lambda: self._newest is None, timeout)
        return rests and all(lane.wait(timeout) for lane in list(self._beside))

    def close(self) -> None:
        """Forget the request, let the owner go, and answer nothing any more."""
        with self.lock:
            self.closed, self.owner = True, None
            self.forget()
            self._ready.clear()
            parent, self._parent = self._parent, None
        if parent and self in parent._beside:
            parent._beside.remove(self)
        for lane in list(self._beside):
            lane.close()

    # -- the answers

    def _ended(self, job: Job[Any], *calls: Any) -> None:
        _, prepare, _ = calls
        if prepare is None or job is not self._newest or job.failed:
            self._answer(job, *calls)
        else:
            threading.Thread(target=self._answer, args=(job, *calls), name="preparing", daemon=True).start()

    def _answer(
        self, job: Job[Any], then: Then | None, prepare: Then | None, after: Callable[[], object] | None
    ) -> None:
        with ExitStack() as last:  # whatever a callback raises
            last.callback(self._settle, job)
            if after:
                last.callback(after)
            if prepare and job is self._newest and not job.failed:
                prepare(job)
            if then:
                self.deliver(job, then, job)

    def _settle(self, job: Job[Any] | None) -> None:
        with self.lock:
            if job is self._newest:
                self._newest = None  # the lane must not keep its last result alive
                self._idle.notify_all()

    # -- the owner

    def _there(self) -> Owner:
        if self.owner is None:
            reason = "this view is closed" if self.closed else "there is no model here"
            raise ValueError(f"{self.name} is still loading" if not self.ready.is_set() else reason)
        return self.owner

    def _take_in(self, other: Lane[Owner]) -> None:
        """The other one has this one's owner, now or as soon as it is loaded."""
        with self.lock:
            other.owner, other.failure, other.name, other.ready = self.owner, self.failure, self.name, self.ready
            other._parent = self
            self._beside.append(other)

    def _load(self) -> None:
        owner: Any = None
        try:
            with _one_at_a_time[self.name]:
                owner = load(self.name)
        except Exception as error:  # noqa: BLE001 - kept, whatever it is
            error.__traceback__ = None  # its frames would hold half a model
            self.failure = error
        self._arrived(owner)

    def _arrived(self, owner: Any) -> None:
        with self.lock:
            if not self.closed:
                self.owner = owner
            self.ready.set()
            self._ready(self)
            self._ready.clear()
            beside = list(self._beside)
        for lane in beside:
            lane.failure = self.failure
            lane._arrived(owner)


_one_at_a_time: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
"""By the name of a model: two views that ask for it at once share one."""
