"""A lane: newest wins, stale answers are dropped, one callback at a time, loading in the background, closing."""

import gc
import threading
import time
import weakref
from concurrent.futures import CancelledError

import numpy as np
import pytest
from through import through
from waiting import WatchedLock, until

from diffuscope import Lane, Settings, SettingsError, denoise, worker
from diffuscope.listeners import Listeners, Throttle

BASE = Settings("a red circle", steps=6)


class Owner:
    """Anything that work can belong to."""


@pytest.fixture
def lane():
    made = Lane(Owner())
    yield made
    made.close()


class Gate:
    """Work that waits until it may go on."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, job):
        self.begun.set()
        assert self.go.wait(30)
        return "gate"


def test_the_newest_wins_and_nothing_is_said_of_the_others(lane):
    gate, heard, ran = Gate(), [], []
    jobs = [lane.call(gate, heard.append)]
    assert gate.begun.wait(30)
    jobs += [lane.call(lambda job, i=i: ran.append(i) or i, heard.append) for i in range(9)]
    gate.go.set()
    assert lane.wait(30)
    assert heard == [jobs[-1]]
    assert (heard[0].result(), ran) == (8, [8])
    assert [job.cancelled for job in jobs] == [True] * 9 + [False]


def test_runs_replace_each_other_as_calls_do(model):
    lane, steps, heard = Lane(model), [], []
    for seed in range(20):
        lane.record(BASE.replace(seed=seed), then=heard.append, on_step=lambda job, step, seed=seed: steps.append(seed))
    assert lane.wait(60)
    (job,) = heard
    wanted = list(denoise(model, BASE.replace(seed=19)))[-1].latents[0].numpy()
    np.testing.assert_array_equal(job.result().latents, wanted)
    assert len(set(steps)) <= 2, "the last one, and at most one that had already begun"


def test_a_refused_request_leaves_the_one_before(model):
    lane, heard = Lane(model), []
    job = lane.record(BASE, then=heard.append)
    with pytest.raises(SettingsError, match="share steps"):
        lane.record([BASE, BASE.replace(steps=3)])
    assert lane.wait(60)
    assert heard == [job]
    assert not job.cancelled


def test_lanes_beside_each_other_do_not_replace_each_other(lane):
    other, heard = lane.beside(), []
    lane.call(lambda job: 1, lambda job: heard.append(job.result()))
    other.call(lambda job: 2, lambda job: heard.append(job.result()))
    assert lane.wait(30)
    assert sorted(heard) == [1, 2]
    lane.close()
    with pytest.raises(ValueError, match="closed"):
        other.call(lambda job: 3)


def test_a_request_waits_for_a_callback_under_way(lane):
    """After a newer request has begun nothing of the older one is heard, not even the rest of a callback."""
    told, said = threading.Event(), []
    lane.lock = WatchedLock(lane.lock)

    def slowly(job):
        told.set()
        assert lane.lock.wanted.wait(30)
        said.append("the older one ends")

    lane.call(lambda job: 1, slowly)
    assert told.wait(30)
    lane.call(lambda job: 2)
    said.append("the newer one begins")
    assert lane.wait(30)
    assert said == ["the older one ends", "the newer one begins"]


def test_progress_is_throttled_in_one_place(lane):
    heard = []

    def work(job):
        for done in range(1, 1001):
            job.report(done, 1000)

    lane.call(work, progress=lambda *counts: heard.append(counts))
    assert lane.wait(30)
    assert heard[0] == (1, 1000)
    assert heard[-1] == (1000, 1000)
    assert len(heard) < 100


def test_what_is_prepared_holds_up_neither_the_worker_nor_a_newer_request(lane):
    preparing, go, order, threads = threading.Event(), threading.Event(), [], []

    def prepare(job):
        threads.append(threading.current_thread())
        preparing.set()
        assert go.wait(30)
        order.append("prepared")

    lane.call(lambda job: 1, lambda job: order.append("stale"), prepare=prepare)
    assert preparing.wait(30)
    assert worker(lane.owner).call(lambda job: "free").result(5) == "free"
    lane.call(lambda job: 2, lambda job: order.append(job.result()), prepare=lambda job: order.append("newer"))
    assert lane.wait(30)
    go.set()
    threads[0].join(30)
    assert order == ["newer", 2, "prepared"]


def test_nothing_is_prepared_of_what_failed(lane):
    heard = []
    lane.call(lambda job: 1 / 0, lambda job: heard.append(job), prepare=lambda job: heard.append("prepared"))
    assert lane.wait(30)
    with pytest.raises(ZeroDivisionError):
        heard[0].result()
    assert len(heard) == 1


@pytest.mark.parametrize(("end", "told"), [("cancel", True), ("forget", False), ("close", False)])
def test_ways_to_end_a_request(lane, end, told):
    gate, heard = Gate(), []
    job = lane.call(lambda job: (gate(job), job.check()), heard.append)
    assert gate.begun.wait(30)
    getattr(lane, end)()
    gate.go.set()
    with pytest.raises(CancelledError):
        job.result(30)
    assert lane.wait(30)
    assert heard == ([job] if told else [])


def test_a_cancel_is_seen_before_the_next_network_call(model, monkeypatch):
    lane, calls, denoiser = Lane(model), [], model.denoiser
    monkeypatch.setattr(model, "denoiser", through(model, lambda *args: calls.append(1) or denoiser(*args)))
    job = lane.record(BASE.replace(steps=50), on_step=lambda job, step: step.index == 3 and job.cancel())
    with pytest.raises(CancelledError):
        job.result(60)
    assert len(calls) == 4


# -- owners


def load_of(monkeypatch, load):
    monkeypatch.setattr("diffuscope.run.lane.load", load)


def test_a_name_is_loaded_in_the_background(monkeypatch):
    owner, may_load, heard = Owner(), threading.Event(), []
    load_of(monkeypatch, lambda name: may_load.wait(30) and (name, threading.current_thread()) and owner)
    lane = Lane("slow")
    undo = lane.on_ready(lambda lane: heard.append("undone"))
    lane.on_ready(lambda lane: heard.append(lane.owner))
    undo()
    with pytest.raises(ValueError, match="slow is still loading"):
        lane.call(lambda job: 1)
    may_load.set()
    assert lane.ready.wait(30)
    lane.on_ready(lambda lane: heard.append("at once"))
    assert heard == [owner, "at once"]
    assert lane.call(lambda job: 1).result(30) == 1


def test_two_views_of_one_name_load_it_once(monkeypatch):
    loaded, at_once = {}, []

    def load(name):
        at_once.append(name)
        assert len(at_once) == 1, "the catalogue keeps what was loaded, but not what is being loaded"
        time.sleep(0.1)
        at_once.clear()
        return loaded.setdefault(name, Owner())

    load_of(monkeypatch, load)
    one, other = Lane("twice"), Lane("twice")
    assert one.ready.wait(30)
    assert other.ready.wait(30)
    assert one.owner is other.owner is not None


def test_a_failure_to_load_is_kept_and_told(monkeypatch):
    load_of(monkeypatch, lambda name: (_ for _ in ()).throw(LookupError(f'No model "{name}".')))
    lane, heard = Lane("nothing"), []
    lane.on_ready(lambda lane: heard.append(str(lane.failure)))
    assert lane.ready.wait(30)
    assert heard == ['No model "nothing".']
    with pytest.raises(ValueError, match="no model"):
        lane.call(lambda job: 1)


def test_closing_while_loading_lets_everything_go(monkeypatch):
    may_load, owner, heard = threading.Event(), Owner(), []
    load_of(monkeypatch, lambda name: may_load.wait(30) and owner)
    lane = Lane("slow")
    lane.on_ready(heard.append)
    lane.close()
    may_load.set()
    assert lane.ready.wait(30)
    assert (lane.owner, heard) == (None, [])


def test_a_closed_lane_lets_its_owner_go():
    owner = Owner()
    lane, gone = Lane(owner), weakref.ref(owner)
    lane.call(lambda job: 1).result(30)
    lane.close()
    del owner
    until(lambda: gc.collect() >= 0 and gone() is None)


def test_a_lane_does_not_keep_its_last_trace(model):
    lane = Lane(model)
    trace = weakref.ref(lane.record(BASE).result(60))
    until(lambda: gc.collect() >= 0 and trace() is None)


# -- callbacks


def test_registering_gives_the_undo():
    listeners, heard = Listeners(), []
    undo = listeners.add(heard.append)
    again = listeners.add(heard.append)
    listeners(1)
    undo()
    undo()
    listeners(2)
    assert heard == [1, 1, 2]
    again()
    listeners(3)
    assert (heard, len(listeners)) == ([1, 1, 2], 0)


def test_a_listener_undone_by_the_one_before_is_not_called():
    listeners, heard = Listeners(), []
    listeners.add(lambda: undo())
    undo = listeners.add(lambda: heard.append(1))
    listeners()
    assert heard == []


def test_throttle():
    throttle = Throttle(0.05)
    assert throttle.due()
    assert not throttle.due()
    time.sleep(0.06)
    assert throttle.due()
