"""A grid: a plan and what is finished of it. `Grid.run` fills it in, as often as it is interrupted.

Nothing here imports torch before there is something to compute.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from typing import TYPE_CHECKING

from diffuscope.grid.plan.plan import Cell, Plan
from diffuscope.grid.planner import picture_key
from diffuscope.grid.store.pictures import MAX_FRAMES
from diffuscope.grid.store.store import Store
from diffuscope.listeners import Listeners

if TYPE_CHECKING:
    from PIL import Image

    from diffuscope.families.base import Model
    from diffuscope.recipe.settings import Settings
    from diffuscope.run.worker import Job
    from diffuscope.trace.trace import Keep, Trace

CONFIRM_ABOVE = 64
"""More cells than this are computed only if `most` allows them (`--yes` on the command line)."""

Workers = Executor | Callable[[], Executor]
"""Who draws in place of this process; a function is called again when a worker process was killed."""


class Grid:
    """A plan and what is finished of it. Print it to see both.

    Args:
        plan: its cells.
        store: where they go.
        model: who draws them; None to look at what is there.
        name: what `load` calls the model in an executor's workers.
        film: how many pictures of x0 to keep of each cell, from its first network call to its last; 0 is none, 127 the
            most.
        executor: who draws in place of this process.

    Raises:
        ValueError: a film of another length.
    """

    def __init__(
        self,
        plan: Plan,
        store: Store,
        model: Model | None = None,
        name: str = "",
        film: int = 0,
        executor: Workers | None = None,
    ) -> None:
        if not 0 <= film <= MAX_FRAMES:
            raise ValueError(f"film={film} is not 0 to {MAX_FRAMES} pictures; 0 keeps no film")
        self.plan, self.store, self.model, self.name = plan, store, model, name
        self.film, self.executor = film, executor
        self.job: Job[Grid] | None = None
        """The last one that `submit` began."""
        self._changed = Listeners()
        self._began = Listeners()
        self._temporary: tempfile.TemporaryDirectory | None = None

    def picture(self) -> Image.Image:
        """The layout with its labels, empty: the last axis from left to right, the one before it downwards, each
        combination of the others a table of its own."""
        from diffuscope.grid.plan.layout import Layout

        return Layout(self.plan).draw()

    @property
    def done(self) -> set[str]:
        """The keys of the plan's cells that are finished."""
        return self.store.finished() & self.plan.pictures.keys()

    @property
    def missing(self) -> list[Cell]:
        """The cells that are not finished, from coarse to fine; of those with the same picture the first."""
        from diffuscope.grid.fill.batches import order

        done, first = self.done, dict[str, Cell]()
        for cell in order(self.plan):
            first.setdefault(cell.key, cell)
        return [cell for key, cell in first.items() if key not in done]

    @property
    def seconds(self) -> float:
        """About how long the rest will take in this process, by one network call that is measured now."""
        from diffuscope.grid.fill.batch import seconds_a_row
        from diffuscope.grid.fill.batches import together
        from diffuscope.grid.fill.cache import count_calls

        cells, model = self.missing, self._drawer()
        if not cells:
            return 0.0
        left = [cell.recipe for cell in cells]
        return count_calls(model, left)[1] * seconds_a_row(model, left[0], 2 * min(together(cells), len(cells)))

    def on_change(self, call: Callable[[str], object]) -> Callable[[], None]:
        """Call back with the key of each cell that is finished from now on, in the thread that fills the grid.

        Returns:
            The undo: a function that ends it.
        """
        return self._changed.add(call)

    def on_job(self, call: Callable[[Job[Grid]], object]) -> Callable[[], None]:
        """Call back with each job that `submit` begins from now on, in the thread that submits it.

        Returns:
            The undo: a function that ends it.
        """
        return self._began.add(call)

    def run(
        self,
        most: int = CONFIRM_ABOVE,
        on_cell: Callable[[str], object] | None = None,
        cancel: Callable[[], bool] | None = None,
        batch: int | None = None,
    ) -> Grid:
        """Compute what is missing. Damaged cells are set aside and made again.

        However it ends, finished cells stay, and another run goes on from there.

        Args:
            most: refuse to compute more cells than that.
            on_cell: called with the key of each cell that is finished, by us or by another process that fills the same
                folder; an exception it raises ends the run.
            cancel: looked at before every network call and picture that is decoded, as `threading.Event().is_set`; with an
                executor, between batches.
            batch: how many cells run together; None is 16 small ones, 8 of 512 x 512 pixels, 2 of 1024 x 1024. When
                memory runs out, half as many are tried, and half of that.

        Raises:
            ValueError: too many cells, or a grid that was opened without its model.
            CancelledError: `cancel` said so.
            StoreError: the folder cannot be written to; the message says what is safe.
        """
        self._refuse(most, batch)
        return self._fill(on_cell, cancel or (lambda: False), batch, lambda done, of: None)

    def submit(
        self, most: int = CONFIRM_ABOVE, on_cell: Callable[[str], object] | None = None, batch: int | None = None
    ) -> Job[Grid]:
        """`run` in the model's worker thread. The job's progress counts cells; `cancel` stops it as in `run`.

        Raises:
            ValueError: as in `run`.
        """
        from diffuscope.run.worker import worker

        self._refuse(most, batch)
        work = worker(self._drawer())
        job = self.job = work.call(lambda job: self._fill(on_cell, lambda: job.cancelled, batch, job.report))
        self._began(job)
        return job

    def trace(self, cell: Cell, keep: Keep | None = None) -> Trace:
        """Make one cell again, every step of it recorded.

        Args:
            keep: what to keep, as for `record`.
        """
        from diffuscope.run.collect import record
        from diffuscope.trace.trace import Keep

        return record(self._drawer(), cell.recipe, keep or Keep())

    def __str__(self) -> str:
        done, of = len(self.done), len(self.plan.pictures)
        text = f"{self.plan}\n{done:,} of {of:,} finished"
        if self.model and done < of:
            text += f"; the rest takes about {_duration(self.seconds)} (one network call was measured)"
        return text

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.plan.shape)) or "without axes"
        return f"<Grid {shape}, {len(self.done)} of {len(self.plan.pictures)} pictures finished>"

    def _drawer(self) -> Model:
        if self.model is None:
            raise ValueError(
                f'This grid was opened to look at. To compute, open it with its model, "{self.plan.model["name"]}": '
                "open_grid(folder, load(...))."
            )
        return self.model

    def _drew(self, key: str, record: Settings) -> bool:
        """Whether a picture's own record is that of a cell: files get mixed up on their way through other tools."""
        model = self._drawer()
        try:
            return picture_key(model, model.complete(record)) == key
        except ValueError:  # settings this model cannot follow
            return False

    def _refuse(self, most: int, batch: int | None) -> None:
        self._drawer()
        if batch is not None and (not isinstance(batch, int) or batch < 1):
            raise ValueError(f"batch={batch} must be a whole number of cells from 1; 1 draws cell by cell")
        count = len(self.missing)
        if count > most:
            raise ValueError(f"{count:,} cells are to be computed, more than {most:,}. To go on: run(most={count}).")

    def _fill(
        self,
        on_cell: Callable[[str], object] | None,
        cancelled: Callable[[], bool],
        batch: int | None,
        progress: Callable[[int, int], object],
    ) -> Grid:
        from diffuscope import cancel
        from diffuscope.grid.fill.batches import together
        from diffuscope.grid.fill.queue import Filling, stop
        from diffuscope.grid.fill.workers import AHEAD, elsewhere, here

        self.store.write_plan(self.plan)
        for key in self.done:
            stop(cancelled)
            self.store.check(key, partial(self._drew, key))
        cells, seen = self.missing, 0
        progress(0, len(cells))

        def report(key: str) -> None:
            nonlocal seen
            seen += 1
            progress(seen, len(cells))
            self._changed(key)
            if on_cell:
                on_cell(key)

        if self.executor is None:
            start, ahead = here(self._drawer(), self.film), 1  # one batch at a time
        else:
            start, ahead = elsewhere(self.executor, self.name, self.plan.model["sha256"], self.film), AHEAD
        with cancel.ended_by(lambda: stop(cancelled)):
            Filling(self.store, start, ahead, cancelled, report).run(cells, batch or together(cells))
        return self


def _duration(seconds: float) -> str:
    """A time span in the unit that suits it: 8 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
