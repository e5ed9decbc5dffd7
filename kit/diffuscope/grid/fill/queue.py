"""Fills a store with cells: they are claimed, drawn in batches and saved one by one."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait

import torch

from diffuscope.grid.fill.batch import Drawn, out_of_memory
from diffuscope.grid.fill.batches import batches
from diffuscope.grid.plan.plan import Cell
from diffuscope.grid.store.store import Store
from diffuscope.recipe.settings import Recipe

MOST_TRIES = 3
"""A batch whose worker process died this often is taken to be the cause, and is not tried again."""
LOOK = 0.2
"""Seconds between two looks at whether to stop, and at what others have finished."""


def stop(cancelled: Callable[[], bool]) -> None:
    """End the filling if it was cancelled.

    Raises:
        CancelledError: it was.
    """
    if cancelled():
        raise CancelledError("this grid was stopped; its finished cells are kept")


class Filling:
    """One filling of a store with cells. Several processes may each fill one folder with the same cells."""

    def __init__(
        self,
        store: Store,
        start: Callable[[list[Recipe]], Future[list[Drawn]]],
        ahead: int,
        cancelled: Callable[[], bool],
        on_cell: Callable[[str], object],
    ) -> None:
        """Say how.

        Args:
            store: where the cells go.
            start: begins to draw a batch.
            ahead: batches are started until so many cells are on their way.
            cancelled: looked at between batches.
            on_cell: called with the key of every cell that is finished, by any process.
        """
        self._store, self._start, self._ahead = store, start, ahead
        self._cancelled, self._on_cell = cancelled, on_cell
        self._queue: deque[list[Cell]] = deque()
        self._running: dict[Future[list[Drawn]], list[Cell]] = {}
        self._claimed: set[str] = set()
        self._tries: Counter[str] = Counter()
        self._size = 0

    def run(self, cells: Sequence[Cell], size: int) -> None:
        """Make the cells, `size` at once; wait for those that another process is making.

        What is saved stays, however this ends.

        Raises:
            CancelledError: between batches, when it was asked to stop.
            StoreError: the folder cannot be written to.
            BrokenExecutor: worker processes died again and again.
            Exception: whatever a batch raised, but for memory that ran out: then smaller batches are tried.
        """
        self._size, left = size, list(cells)
        try:
            while left:
                self._queue = deque(batches(left, self._size))
                made = self._work()
                finished = self._store.finished()
                for cell in left:
                    if cell.key in finished and cell.key not in made:
                        self._on_cell(cell.key)
                left = [cell for cell in left if cell.key not in finished]
                if left and not made:
                    stop(self._cancelled)
                    time.sleep(LOOK)
        finally:
            for future in self._running:
                future.cancel()
            self._release(self._claimed.copy())

    def _work(self) -> set[str]:
        """Go through the queue once; the keys of the cells that were made."""
        made: set[str] = set()
        while self._queue or self._running:
            stop(self._cancelled)
            while self._queue and len(self._claimed) < self._ahead:
                if mine := [cell for cell in self._queue.popleft() if self._claim(cell.key)]:
                    self._running[self._start([cell.recipe for cell in mine])] = mine
            ended = wait(self._running, LOOK, FIRST_COMPLETED).done
            for future in sorted(ended, key=lambda one: one.exception() is not None):  # save first, then complain
                if error := future.exception():
                    self._failed(future, error)
                    continue
                for cell, (trace, frames) in zip(self._running[future], future.result(), strict=True):
                    self._store.save(cell.key, trace, frames)
                    self._claimed.discard(cell.key)
                    made.add(cell.key)
                    self._on_cell(cell.key)
                del self._running[future]
        return made

    def _failed(self, future: Future[list[Drawn]], error: BaseException) -> None:
        """Put the cells of a batch back into the queue, if there is hope."""
        batch = self._running[future]
        keys = [cell.key for cell in batch]
        self._tries.update(keys)
        if isinstance(error, BrokenExecutor) and max(self._tries[key] for key in keys) < MOST_TRIES:
            self._queue.appendleft(batch)
        elif out_of_memory(error) and len(batch) > 1:
            self._size = min(self._size, len(batch) // 2)
            left = [*batch, *(cell for waiting in self._queue for cell in waiting)]
            self._queue = deque(batches(left, self._size))
            error.__traceback__ = None  # its frames hold the tensors that were too many
            if torch.cuda.is_available():
                torch.cuda.empty_cache()
        else:
            raise error
        del self._running[future]
        self._release(keys)

    def _claim(self, key: str) -> bool:
        if mine := self._store.claim(key):
            self._claimed.add(key)
        return mine

    def _release(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._store.release(key)
            self._claimed.discard(key)
