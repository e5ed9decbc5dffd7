"""Where batches are drawn: in this process, or in others through any `concurrent.futures.Executor`.

An executor's worker gets a model's name, settings and a number, and gives back numpy arrays: threads, loky processes and a
Dask cluster across machines do alike. Each process loads the model once.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import lru_cache, partial

from diffuscope.families.base import Model
from diffuscope.families.catalogue import load
from diffuscope.grid.fill.batch import Drawn, draw
from diffuscope.grid.fill.cache import shared
from diffuscope.recipe.settings import Recipe

AHEAD = 160
"""Cells that are on their way at once. Each holds its claim, an open file, and macOS allows a process 256 of them."""


def here(model: Model, film: int) -> Callable[[list[Recipe]], Future[list[Drawn]]]:
    """How to draw a batch in this thread; the future it gives has its result already."""
    sharing, _ = shared(model)

    def start(rows: list[Recipe]) -> Future[list[Drawn]]:
        future: Future[list[Drawn]] = Future()
        try:
            future.set_result(draw(sharing, rows, film))
        except Exception as error:  # noqa: BLE001  handed over, as executors do
            future.set_exception(error)
        return future

    return start


def elsewhere(
    executor: Executor | Callable[[], Executor], name: str, sha256: str | None, film: int
) -> Callable[[list[Recipe]], Future[list[Drawn]]]:
    """How to draw a batch in an executor's worker.

    Args:
        executor: or a function that gives one, which is asked again when a worker process was killed: that breaks a
            pool for good.
        name: what `load` is called with in each worker process.
        sha256: what the weights there must be, if that is known.

    Returns:
        A function of a batch's settings. Where the executor is broken and there is no function to give another, the
        future it gives says so.
    """
    current = executor() if callable(executor) else executor

    def start(rows: list[Recipe]) -> Future[list[Drawn]]:
        nonlocal current
        task = partial(draw_by_name, name, sha256, rows, film)
        try:
            return current.submit(task)
        except BrokenExecutor:
            if callable(executor):
                current = executor()
                return current.submit(task)
        broken: Future[list[Drawn]] = Future()  # not raised here: what others have drawn is to be saved first
        broken.set_exception(
            BrokenExecutor(
                "A worker process died, and with it the executor. The finished cells are kept: run again with a new "
                "executor, or give a function that makes one, as in executor=lambda: get_reusable_executor(2)."
            )
        )
        return broken

    return start


_one_at_a_time = threading.Lock()
"""Workers may be threads of one process, and so of one model."""


def draw_by_name(name: str, sha256: str | None, rows: list[Recipe], film: int) -> list[Drawn]:
    """Runs in the worker: load the model, once a process, and draw a batch.

    Raises:
        LookupError: the model is not there, on the worker's machine.
        ValueError: it has other weights there.
    """
    with _one_at_a_time:
        model = _shared(name)
        if sha256 and model.sha256 != sha256:
            raise ValueError(f'A worker has "{name}" with other weights; the plan is of {sha256[:12]}.')
        return draw(model, rows, film)


@lru_cache(maxsize=1)
def _shared(name: str) -> Model:
    return shared(load(name))[0]
