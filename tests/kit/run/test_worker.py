"""The worker: cancel within two network calls, errors handed over, eight threads equal to serial, any owner."""

import gc
import os
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import CancelledError

import numpy as np
import pytest
import torch
from through import through

from diffuscope import Job, Keep, Settings, SettingsError, denoise, record, worker

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
    calls, network = [], model.denoiser
    monkeypatch.setattr(model, "denoiser", through(model, lambda *args: calls.append(1) or network(*args)))
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


def test_other_work_shares_the_thread_and_is_handed_its_job(model):
    begun, may_go_on = threading.Event(), threading.Event()

    def work(job):
        begun.set()
        may_go_on.wait(30)
        job.report(3, 4)
        job.check()
        return job

    seen = []
    first = worker(model).put(Job(watch=lambda *counts: seen.append(counts)), work)
    second = worker(model).call(lambda _: threading.current_thread())
    assert begun.wait(60)
    second.cancel()
    may_go_on.set()
    assert first.result(60) is first
    assert (first.progress, seen) == ((3, 4), [(3, 4)])
    with pytest.raises(CancelledError):
        second.result(60)
    with pytest.raises(ZeroDivisionError):
        worker(model).call(lambda _: 1 / 0).result(60)
    assert worker(model).call(lambda _: threading.current_thread()).result(60) is worker(model)._thread


def test_work_sees_its_cancel(model):
    begun, may_go_on = threading.Event(), threading.Event()
    job = worker(model).call(lambda job: (begun.set(), may_go_on.wait(30), job.check()))
    assert begun.wait(60)
    job.cancel()
    may_go_on.set()
    with pytest.raises(CancelledError):
        job.result(60)


def test_an_owner_need_not_be_a_model():
    class Training:
        pass

    mine, gone = Training(), threading.Event()
    assert worker(mine).call(lambda job: 7).result(60) == 7
    thread = worker(mine)._thread
    weakref.finalize(mine, gone.set)
    del mine
    gc.collect()
    assert gone.wait(10), "the thread must not keep its owner"
    thread.join(10)
    assert not thread.is_alive()


def test_errors_reach_the_caller(model, monkeypatch):
    monkeypatch.setattr(model, "scheduler_config", {**model.scheduler_config, "num_train_timesteps": 100})
    with pytest.raises(SettingsError, match="Steps 101 is above this model's 100 training steps"):
        worker(model).submit(BASE.replace(steps=101))
    monkeypatch.undo()
    monkeypatch.setattr(
        model, "denoiser", through(model, lambda *args: (_ for _ in ()).throw(RuntimeError("out of memory")))
    )
    with pytest.raises(RuntimeError, match="out of memory"):
        worker(model).submit(BASE).result(60)
    monkeypatch.undo()
    assert worker(model).submit(BASE).result(60).latents.shape == (4, 8, 8)


def test_not_finite_is_named(model, monkeypatch):
    network = model.denoiser
    monkeypatch.setattr(model, "denoiser", through(model, lambda *args: network(*args) * torch.nan))
    with pytest.raises(ArithmeticError, match="step 1 of 6"):
        worker(model).submit(BASE).result(60)


def test_done_callback_and_one_worker_a_model(model):
    assert worker(model) is worker(model)
    done, undone = threading.Event(), []
    job = worker(model).submit(BASE)
    undo = job.on_done(undone.append)
    job.on_done(lambda job: done.set() if job.done else None)
    undo()
    assert done.wait(60)
    assert undone == []


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


@pytest.mark.slow
@pytest.mark.parametrize("drop", ["", "del model, job; gc.collect()"])
def test_the_process_ends_cleanly_during_a_run(drop, torch_server):
    """A thread torn down inside torch, or freeing tensors, would abort the process (exit status -6)."""
    code = f"""
import gc
from diffuscope import Settings, worker
from tiny import tiny_model
model = tiny_model()
worker(model).submit(Settings("a red circle")).result(60)
job = worker(model).submit(Settings("a red circle", steps=900, scheduler="ddim"))
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
        worker(model).call(lambda _: None).result()  # the worker has let go of the job before
        del job
        assert told == [True]
        assert trace() is None
    finally:
        gc.enable()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_child_has_workers_of_its_own():
    """multiprocessing forks by default on Linux: the threads stay behind, and a job there would wait for ever."""
    code = """import os, sys
from diffuscope.run.worker import worker
class Owner: pass
owner = Owner()
assert worker(owner).call(lambda job: 1).result(20) == 1
if pid := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
assert worker(owner).call(lambda job: 2).result(20) == 2"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=60)
