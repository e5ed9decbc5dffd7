"""SIGKILL at random moments, and at each write; two processes in one folder."""

import random
import signal
import sys
import time

import numpy as np
import pytest
from filelock import FileLock
from grid_cells import trace
from grid_children import context, drawn, fill, hold, killed_at, planned
from PIL import Image

from diffuscope.grid.store.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="forks")]


@pytest.fixture(scope="module")
def forks():
    return context()


@pytest.fixture(scope="module")
def whole(forks, tmp_path_factory):
    """The same grid, filled without a break; and the seconds that took."""
    folder, ready = tmp_path_factory.mktemp("whole") / "grid", forks.Event()
    child = forks.Process(target=fill, args=(folder, ready))
    child.start()
    assert ready.wait(120)
    start = time.perf_counter()
    child.join()
    assert child.exitcode == 0
    assert sorted(drawn(folder)) == sorted(planned(folder).plan.pictures)
    return Store(folder), time.perf_counter() - start


def equal(store, whole, killed=False):
    """Whether two folders hold the same cells, pixel for pixel, with the same settings and films.

    A kill between the picture and the end of its claim leaves a lock file, which claims nothing.
    """
    keys = set(planned(store.folder).plan.pictures)
    assert store.finished() == whole.finished() == keys
    for key in keys:
        assert store.check(key)
        assert store.settings(key) == whole.settings(key)
        one, other = (np.asarray(s.picture(key)).astype(int) for s in (store, whole))
        # a batch of another size rounds otherwise
        assert np.abs(one - other).max() <= 1, key
        assert Image.open(store.folder / "films" / f"{key}.webp").size == (3 * 16, 16)
    assert not list(store.folder.rglob("*.part"))
    left = list((store.folder / "claims").iterdir())
    assert killed or not left
    for file in left:
        FileLock(file).acquire(blocking=False)  # raises where somebody holds it


def stamps(store):
    """What tells that a finished cell was written again."""
    files = {key: (store.folder / "cells" / f"{key}.png").stat() for key in store.finished()}
    return {key: (file.st_ino, file.st_mtime_ns) for key, file in files.items()}


def test_killed_twenty_times(forks, tmp_path, whole):
    reference, seconds = whole
    dice, kills, grids = random.Random(4), 0, 0
    while kills < 20:  # in one folder, and the next where all was finished before
        grids += 1
        store, alive = Store(tmp_path / str(grids)), False
        while not alive:
            before, begun = stamps(store), len(drawn(store.folder))
            ready = forks.Event()
            child = forks.Process(target=fill, args=(store.folder, ready))
            child.start()
            assert ready.wait(120)
            child.join(dice.uniform(0, seconds / 12) if kills < 20 else None)
            if child.exitcode is None:
                child.kill()
                child.join()
                kills += 1
            else:
                alive = True
                assert child.exitcode == 0
            assert not before.keys() & set(drawn(store.folder)[begun:]), "a finished cell was computed again"
            assert before.items() <= stamps(store).items(), "a finished cell is gone, or was written again"
        equal(store, reference, killed=True)


def test_two_processes_share_the_work(forks, tmp_path, whole):
    reference, _ = whole
    store = Store(tmp_path / "grid")
    children = [forks.Process(target=fill, args=(store.folder,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert sorted(drawn(store.folder)) == sorted(reference.finished()), "each cell once"
    equal(store, reference)


def test_a_kill_at_each_write(forks, tmp_path):
    plan = planned(tmp_path / "plan").plan
    for number in range(1, 40):
        store = Store(tmp_path / str(number))
        store.write_plan(plan)
        store.save("a", trace())
        store.rate("a", "star")
        child = forks.Process(target=killed_at, args=(store.folder, number))
        child.start()
        child.join()
        again = Store(store.folder)
        assert again.check("a")
        assert again.ratings in ({"a": "star"}, {"a": "reject"})
        assert again.read_plan() == plan
        if "b" in again.finished():
            assert again.check("b")
        else:
            assert again.claim("b"), "what it held is free"
            again.save("b", trace(8), [trace(8).image])
        again.rate("a", "star")
        assert again.film("b")
        assert not list(store.folder.rglob("b*.part"))
        if child.exitcode == 0:
            break
        assert child.exitcode == -signal.SIGKILL
    assert number > 10


def test_claims(forks, tmp_path):
    store, ready = Store(tmp_path / "grid"), forks.Event()
    child = forks.Process(target=hold, args=(store.folder, ready, "a"), daemon=True)
    child.start()
    assert ready.wait(60)
    assert not store.claim("a")
    assert store.claim("b")
    child.kill()
    child.join()
    assert store.claim("a"), "what a killed process held is free"
    assert not store.claim("a"), "one thread of a process is enough"
    assert not Store(store.folder).claim("a")
    store.release("a")
    other = Store(store.folder)
    assert other.claim("a")
    other.save("a", trace())
    assert not store.claim("a"), "finished"
    store.release("b")
    store.release("c")  # never held
    assert not store.check("b")
    assert [path.name for path in (store.folder / "claims").glob("*")] in (["b.lock"], [])
