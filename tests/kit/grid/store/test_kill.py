"""SIGKILL at random moments, and at each write; two processes in one folder."""

import random
import signal
import sys

import kills
import numpy as np
import pytest
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
    """The same grid, filled without a break."""
    folder = tmp_path_factory.mktemp("whole") / "grid"
    child = forks.Process(target=fill, args=(folder,))
    child.start()
    child.join()
    assert child.exitcode == 0
    assert sorted(drawn(folder)) == sorted(planned(folder).plan.pictures)
    return Store(folder)


def equal(store, whole):
    """Whether two folders hold the same cells, pixel for pixel, with the same settings and films."""
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
    assert not list((store.folder / "claims").iterdir())


def test_killed_twenty_times(forks, tmp_path):
    """`make kills` does it two hundred times."""
    expected, seconds = kills.whole(forks, tmp_path / "whole")
    tally = kills.killed(forks, tmp_path, 20, random.Random(4), expected, seconds)
    assert tally.kills >= 20
    assert tally.two_writers
    assert tally.reads > 60


def test_two_processes_share_the_work(forks, tmp_path, whole):
    store = Store(tmp_path / "grid")
    children = [forks.Process(target=fill, args=(store.folder,)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert child.exitcode == 0
    assert sorted(drawn(store.folder)) == sorted(whole.finished()), "each cell once"
    equal(store, whole)


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
