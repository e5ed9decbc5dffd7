"""Grids in other threads and processes: the same results, each process loads once, what a killed worker had is redone."""

import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest
from grid_cells import trace
from tiny import tiny_pipeline

from diffuscope import Settings, load
from diffuscope.families.catalogue import _load
from diffuscope.grid import grid
from diffuscope.grid.fill.batch import draw
from diffuscope.grid.fill.queue import MOST_TRIES
from diffuscope.grid.fill.workers import draw_by_name
from diffuscope.grid.store.store import Store

BASE = Settings("a red circle", steps=2, guidance_scale=3.0)
AXES = {"seed": "1-4", "guidance_scale": [1, 3]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A model as a folder, for workers to load."""
    where = tmp_path_factory.mktemp("models") / "tiny"
    tiny_pipeline().save_pretrained(where)
    return str(where)


@pytest.fixture(scope="module")
def local(folder):
    made = grid(folder, BASE, AXES).run(batch=2)
    return {key: np.array(made.store.picture(key)).astype(int) for key in made.done}


def check(made, local):
    assert made.done == set(local)
    for key, picture in local.items():
        assert np.abs(np.array(made.store.picture(key)) - picture).max() <= 1
        assert made.store.film(key)


def test_threads(folder, local):
    with ThreadPoolExecutor(3) as executor:
        made = grid(folder, BASE, AXES, executor=executor, film=2)
        keys, loads = [], _load.cache_info().misses
        job = made.submit(on_cell=keys.append, batch=2)
        assert job.result(120) is made
    check(made, local)
    assert sorted(keys) == sorted(local)
    assert _load.cache_info().misses == loads, "threads share the model that is there"


def test_threads_take_turns_at_the_model(folder, monkeypatch):
    busy, seen = [], []

    def watched(model, rows, film):
        busy.append(1)
        seen.append(len(busy))
        time.sleep(0.05)
        busy.pop()
        return draw(model, rows, film)

    monkeypatch.setattr("diffuscope.grid.fill.workers.draw", watched)
    with ThreadPoolExecutor(3) as executor:
        assert len(grid(folder, BASE, AXES, executor=executor).run(batch=2).done) == 8
    assert seen == [1, 1, 1, 1]


@pytest.mark.slow
def test_loky_with_a_killed_worker(folder, local):
    from loky import get_reusable_executor

    def two():
        return get_reusable_executor(2, env={"OMP_NUM_THREADS": "1"})

    killed = []

    def kill(key):
        if not killed:
            killed.append(next(iter(two()._processes)))
            os.kill(killed[0], signal.SIGKILL)

    try:
        made = grid(folder, BASE, AXES, executor=two, film=2).run(on_cell=kill, batch=1)
        check(made, local)
        assert killed
        assert killed[0] not in two()._processes
        assert [misses for misses in two().map(_loads, range(4)) if misses != 1] == []
    finally:
        two().shutdown(kill_workers=True)


def _loads(_=None):
    # in a worker, which sleeps so that the other one has its turn too
    from diffuscope.families.catalogue import _load

    time.sleep(0.2)
    return max(1, _load.cache_info().misses)


_loads.__module__ = "__main__"  # sent by value: workers cannot import this file


@pytest.mark.slow
def test_dask_with_a_killed_worker(folder, local):
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster,
        distributed.Client(cluster) as client,
    ):
        pids, killed = client.run(os.getpid), []

        def kill(key):
            if not killed:
                killed.append(next(iter(pids.values())))
                os.kill(killed[0], signal.SIGKILL)

        made = grid(folder, BASE, AXES, executor=client.get_executor(), film=2).run(on_cell=kill, batch=1)
        check(made, local)
        assert killed
        # how soon another worker comes is the cluster's affair; sometimes none does
        assert killed[0] not in client.run(os.getpid).values()
        made = grid(folder, BASE, {"seed": "11-18"}, executor=client.get_executor()).run(batch=1)
        assert len(made.done) == 8
        assert set(client.run(_loads).values()) == {1}


class Breaking(Executor):
    """Runs in place, but breaks for good at its n-th batch, which is lost."""

    def __init__(self, at):
        self.left, self.asked = at, 0

    def submit(self, work, /, *args, **kwargs):
        self.asked += 1
        if self.left <= 0:
            raise BrokenExecutor("broken")
        self.left -= 1
        future = Future()
        if self.left:
            future.set_result(work(*args, **kwargs))
        else:
            future.set_exception(BrokenExecutor("a worker died"))
        return future


def test_a_broken_executor_is_replaced_by_the_function_that_gave_it(folder, local):
    given = []

    def give():
        given.append(Breaking(3))
        return given[-1]

    check(grid(folder, BASE, AXES, executor=give, film=2).run(batch=1), local)
    assert len(given) == 4  # each one draws two batches and loses the third


def test_a_broken_executor_alone_says_how_to_go_on(folder, local):
    made = grid(folder, BASE, AXES, executor=Breaking(3), film=2)
    with pytest.raises(
        BrokenExecutor, match=r"finished cells are kept: run again with a new executor, .*executor=lambda"
    ):
        made.run(batch=1)
    assert 0 < len(made.done) < 8
    with ThreadPoolExecutor(1) as made.executor:
        made.run(batch=1)
    check(made, local)


def test_a_batch_that_kills_its_workers_is_given_up(folder):
    given = []

    def give():
        given.append(Breaking(1))
        return given[-1]

    with pytest.raises(BrokenExecutor):
        grid(folder, BASE, {"seed": [1]}, executor=give).run()
    assert len(given) == MOST_TRIES


def test_out_of_memory_in_a_worker_halves_the_batch(folder, monkeypatch):
    sizes = []

    def small(name, sha256, rows, film):
        sizes.append(len(rows))
        if len(rows) > 2:
            raise MemoryError
        return draw_by_name(name, sha256, rows, film)

    monkeypatch.setattr("diffuscope.grid.fill.workers.draw_by_name", small)
    with ThreadPoolExecutor(1) as executor:
        made = grid(folder, BASE, {"seed": "1-8"}, executor=executor).run(batch=8)
    assert len(made.done) == 8
    assert sizes == [8, 4, 4, 2, 2, 2, 2]


def test_what_others_have_drawn_is_saved_before_an_error_is_raised(folder, monkeypatch):
    def fails(name, sha256, rows, film):
        return 1 / 0 if rows[0].seed == 1 else draw_by_name(name, sha256, rows, film)

    monkeypatch.setattr("diffuscope.grid.fill.workers.draw_by_name", fails)

    class InPlace(Executor):
        def submit(self, work, /):
            future = Future()
            try:
                future.set_result(work())
            except ZeroDivisionError as error:
                future.set_exception(error)
            return future

    made = grid(folder, BASE, {"seed": "1-8"}, executor=InPlace())
    with pytest.raises(ZeroDivisionError):
        made.run(batch=1)
    assert len(made.done) == 7


def test_open_files_are_few(folder, monkeypatch):
    """Each claimed cell is an open file, and macOS allows a process 256 of them."""
    held = []

    class InPlace(Executor):
        def submit(self, work, /):
            held.append(len(made.store._claims._held))
            future = Future()
            future.set_result([(trace(), [])] * len(work.args[2]))
            return future

    made = grid(folder, BASE.replace(steps=1, guidance_scale=1.0), {"seed": "1-400"}, executor=InPlace())
    monkeypatch.setattr(Store, "save", lambda self, key, *rest: self.release(key))
    monkeypatch.setattr(Store, "finished", lambda self: set(made.plan.pictures) if len(held) >= 25 else set())
    made.run(most=400)
    assert len(held) == 25
    assert 100 < max(held) < 180


def test_stop_between_batches(folder):
    stop = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        made = grid(folder, BASE, AXES, executor=executor)
        with pytest.raises(CancelledError):
            made.run(on_cell=lambda key: stop.set(), cancel=stop.is_set, batch=2)
        assert 1 <= len(made.done) < 8
        assert len(made.run(batch=2).done) == 8


def test_the_model_must_be_named(model):
    with (
        ThreadPoolExecutor(1) as executor,
        pytest.raises(TypeError, match=r'give its name or folder, as in grid\("tiny", ...\)'),
    ):
        grid(model, BASE, AXES, executor=executor)


def test_a_worker_with_other_weights_is_refused():
    settings = [load("scenes").complete(BASE)]
    with pytest.raises(ValueError, match='A worker has "scenes" with other weights; the plan is of 0123'):
        draw_by_name("scenes", "0123456789abcdef", settings, 0)
