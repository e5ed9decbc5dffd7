"""The worker: cancel within two network calls, newest wins, errors handed over, eight threads equal to serial."""

import gc
import threading
import time
import weakref
from concurrent.futures import CancelledError

import numpy as np
import pytest
import torch

from diffuscope import Keep, Settings, SettingsError, denoise, record, worker

BASE = Settings("a red circle", steps=6)


def final(model, settings):
    return list(denoise(model, settings))[-1].latents[0].numpy()


def test_result_is_the_recorded_run(model):
    trace = worker(model).submit(BASE).result(60)
    np.testing.assert_array_equal(trace.latents, record(model, BASE).latents)


@pytest.mark.slow
def test_eight_threads_equal_serial(model):
    names = ["plms", "lcm", "euler a", "dpm++ 2m", "unipc", "heun", "ddim", "dpm++ sde"]
    rows = [BASE.replace(scheduler=name, seed=i, steps=5) for i, name in enumerate(names * 2)]
    serial = [final(model, row) for row in rows]
    found: dict[int, np.ndarray] = {}

    def ask(i):
        found[i] = worker(model).submit(rows[i], Keep((), ())).result(120).latents
        found[i + 8] = worker(model).submit(rows[i + 8], Keep((), ())).result(120).latents

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for i, wanted in enumerate(serial):
        np.testing.assert_array_equal(found[i], wanted)


def test_cancel_within_two_calls(model, monkeypatch):
    calls, network = [], model.network
    monkeypatch.setattr(model, "network", lambda *args: calls.append(1) or network(*args))
    reached, may_go_on = threading.Event(), threading.Event()

    def on_step(step):
        if step.index == 2:
            reached.set()
            may_go_on.wait(30)

    job = worker(model).submit(BASE.replace(steps=500, scheduler="ddim"), on_step=on_step)
    assert reached.wait(60)
    at = len(calls)
    job.cancel()
    may_go_on.set()
    with pytest.raises(CancelledError):
        job.result(60)
    assert len(calls) - at <= 2
    assert job.progress == (3, 500)
    monkeypatch.undo()
    # and nothing is left behind: the next run is the reference
    np.testing.assert_array_equal(worker(model).submit(BASE).result(60).latents, final(model, BASE))


def test_newest_of_a_lane_wins(model):
    ran = []
    jobs = [
        worker(model).submit(BASE.replace(seed=seed), on_step=lambda step, seed=seed: ran.append(seed), lane="slider")
        for seed in range(50)
    ]
    np.testing.assert_array_equal(jobs[-1].result(60).latents, final(model, BASE.replace(seed=49)))
    for job in jobs[:-1]:
        with pytest.raises(CancelledError):
            job.result(60)
    assert len(set(ran)) <= 2  # the last one, and at most one that had already begun


def test_lanes_do_not_disturb_each_other(model):
    jobs = [worker(model).submit(BASE, lane=name) for name in ("left", "right")]
    assert all(job.result(60).settings.prompt == BASE.prompt for job in jobs)


def test_other_work_shares_thread_and_lanes_with_the_runs(model):
    begun, may_go_on = threading.Event(), threading.Event()
    worker(model).call(lambda: begun.set() or may_go_on.wait(30))
    assert begun.wait(60)
    names = []
    calls = [worker(model).call(lambda i=i: names.append(threading.current_thread().name) or i, "l") for i in range(9)]
    run = worker(model).submit(BASE, lane="l")
    calls.append(worker(model).call(lambda: 9, "m"))
    may_go_on.set()
    assert calls[-1].result(60) == 9
    assert run.result(60).settings.prompt == BASE.prompt
    assert names == []
    for call in calls[:-1]:
        with pytest.raises(CancelledError):
            call.result(0)
    with pytest.raises(ZeroDivisionError):
        worker(model).call(lambda: 1 / 0).result(60)
    assert worker(model).call(threading.current_thread).result(60) is worker(model)._thread


def test_errors_reach_the_caller(model, monkeypatch):
    monkeypatch.setattr(model, "scheduler_config", {**model.scheduler_config, "num_train_timesteps": 100})
    with pytest.raises(SettingsError, match="Steps 101 is above this model's 100 training steps"):
        worker(model).submit(BASE.replace(steps=101))
    monkeypatch.undo()
    monkeypatch.setattr(model, "network", lambda *args: (_ for _ in ()).throw(RuntimeError("out of memory")))
    with pytest.raises(RuntimeError, match="out of memory"):
        worker(model).submit(BASE).result(60)
    monkeypatch.undo()
    assert worker(model).submit(BASE).result(60).latents.shape == (4, 8, 8)


def test_not_finite_is_named(model, monkeypatch):
    network = model.network
    monkeypatch.setattr(model, "network", lambda *args: network(*args) * torch.nan)
    with pytest.raises(ArithmeticError, match="step 1 of 6"):
        worker(model).submit(BASE).result(60)


def test_done_callback_and_one_worker_a_model(model):
    assert worker(model) is worker(model)
    done = threading.Event()
    job = worker(model).submit(BASE)
    job.on_done(lambda job: done.set() if job.done else None)
    assert done.wait(60)


def test_a_model_nobody_uses_is_freed():
    from tiny import tiny_model

    mine = tiny_model()
    worker(mine).submit(BASE).result(60)
    gone = threading.Event()
    weakref.finalize(mine, gone.set)
    del mine
    end = time.monotonic() + 10
    while not gone.is_set() and time.monotonic() < end:
        gc.collect()
        time.sleep(0.05)  # the worker may still be letting go of the run
    assert gone.is_set()


def test_a_lane_does_not_keep_its_last_trace(model):
    trace = weakref.ref(worker(model).submit(BASE, lane="kept").result(60))
    end = time.monotonic() + 10
    while trace() is not None and time.monotonic() < end:
        gc.collect()
        time.sleep(0.05)
    assert trace() is None


@pytest.mark.slow
@pytest.mark.parametrize("drop", ["", "del model, job; gc.collect()"])
def test_the_process_ends_cleanly_during_a_run(drop, torch_server):
    """A thread torn down inside torch, or freeing tensors, would abort the process (exit status -6)."""
    code = f"""
import gc
from diffuscope import Settings, worker
from tiny import tiny_model
model = tiny_model()
worker(model).submit(Settings("a red circle"), lane="a").result(60)
job = worker(model).submit(Settings("a red circle", steps=900, scheduler="ddim"), lane="a")
while not job.progress[0]: pass
{drop}"""
    began = time.monotonic()
    assert torch_server.run(code).returncode == 0
    assert time.monotonic() - began < 60


def test_a_finished_job_is_freed_at_once(model):
    """Without a full collection: a callback must not tie the job, and its whole trace, to itself."""
    told = []
    gc.collect()
    gc.disable()
    try:
        job = worker(model).submit(Settings("a red circle", steps=2))
        job.on_done(lambda job: told.append(job.done))
        trace = weakref.ref(job.result())
        worker(model).call(lambda: None).result()  # the worker has let go of the job before
        del job
        assert told == [True]
        assert trace() is None
    finally:
        gc.enable()
