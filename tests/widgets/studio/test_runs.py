"""The studio's runs: drawn, stopped, overtaken, failed. Truth: `record`."""

import base64
import io
import re
import threading
from concurrent.futures import CancelledError

import numpy as np
import pytest
from PIL import Image
from studios import RED, same, slowed, wait
from through import through
from waiting import WatchedLock, until

import diffuscope
from diffuscope import Settings, SettingsError, record
from diffuscope.listeners import Throttle
from diffuscope_widgets import Studio


def test_run_is_the_recorded_run(studio, model):
    trace = studio.run()
    same(trace, record(model, studio.settings))
    assert studio.trace is trace
    assert studio.film.trace is trace
    assert studio.form.status.startswith("6 steps in")
    assert (studio.form.running, studio.form.progress) == (False, [6, 6])


def test_saved_notebook_has_a_picture(studio):
    studio.run()
    data = studio._repr_mimebundle_()[0]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).width > 100


def test_draw_button_runs_what_it_says(studio, model):
    studio.form._handle_custom_msg({"type": "draw", "traits": {"values": {**studio.form.values, "seed": 5}}}, [])
    wait(studio)
    same(studio.trace, record(model, RED.replace(seed=5)))
    assert studio.error == ""


def test_the_models_defaults_fill_the_form(model):
    form = Studio(model, Settings("a red circle")).form
    assert (form.values["steps"], form.values["guidance_scale"], form.values["schedule"]) == (6, 4.0, "karras")
    form.values = {**form.values, "prompt": "a red kite"}
    assert "kite" in form.notes["prompt"]
    form.values = {**form.values, "width": 12}
    assert "width" in form.problems


def test_stop(studio, model, monkeypatch):
    reached, go = slowed(model, monkeypatch)
    job = studio.draw()
    assert reached.wait(60)
    assert studio.form.running
    studio.form.values = {**studio.form.values, "prompt": "a red kite"}
    assert "kite" in studio.form.notes["prompt"], "notes must not wait for the run"
    studio.form._handle_custom_msg({"type": "stop"}, [])
    go.set()
    with pytest.raises(CancelledError):
        job.result(60)
    wait(studio)
    assert studio.form.status == "stopped before the first step"
    assert not studio.form.running
    assert studio.trace is None


def test_a_stopped_run_leaves_the_one_before_and_says_so(studio, model, monkeypatch):
    before = studio.run()
    reached, go = slowed(model, monkeypatch)
    studio.form.values = {**studio.form.values, "prompt": "a blue square"}
    studio.draw()
    assert reached.wait(60)
    studio.stop()
    go.set()
    wait(studio)
    assert re.fullmatch("stopped .*; the run before is shown", studio.form.status)
    assert studio.film.trace is studio.trace is before


def test_newest_wins(studio, model, monkeypatch):
    reached, go = slowed(model, monkeypatch)
    jobs, said = [], []
    studio.form.observe(lambda change: said.append(change["new"]), names="status")
    for seed in range(20):
        studio.form.settings = RED.replace(seed=seed)
        jobs.append(studio.draw())
    assert reached.wait(60)
    go.set()
    same(jobs[-1].result(60), record(model, RED.replace(seed=19)))
    wait(studio)
    assert [job.cancelled for job in jobs] == [True] * 19 + [False]
    assert studio.trace is jobs[-1].result()
    assert not [text for text in said if "stopped" in text], "the view speaks of a run that was replaced"
    assert studio.form.status.startswith("6 steps")


@pytest.mark.parametrize("moment", ["finished", "previewed"])
def test_draw_pressed_while_the_run_before_is_told(studio, model, monkeypatch, moment):
    """What is said of an older run ends before a newer one begins, and nothing follows."""
    telling, said = threading.Event(), []
    lock = studio._runner.lane.lock = WatchedLock(studio._runner.lane.lock)
    listener = studio._runner._listener
    for name in ("began", "progressed", "previewed", "finished", "rests"):

        def tell(*about, name=name, call=getattr(listener, name)):
            said.append(name)
            if name == moment and not telling.is_set():
                lock.wanted.clear()
                telling.set()
                assert lock.wanted.wait(60)  # Draw is pressed now
            call(*about)
            said.append(f"{name} end")

        monkeypatch.setattr(listener, name, tell)
    studio.draw()
    assert telling.wait(60)
    reached, go = slowed(model, monkeypatch)
    studio.form.settings = RED.replace(seed=1)
    studio.draw()
    second = said.index("began", 1)
    assert said[second - 1].endswith(" end"), "two spoke at once"
    assert reached.wait(60)
    assert studio.form.running
    assert said[second:] == ["began", "began end"], "an older run is spoken of"
    go.set()
    wait(studio)
    assert studio.trace.settings.seed == 1


def test_a_preview_that_is_late_is_not_shown(studio, model, monkeypatch):
    decode, seeds = model.decode, []

    def slow(latents):
        if len(latents) == 2 and not seeds:  # the first preview
            seeds.append(1)
            studio.form.settings = RED.replace(seed=1)
            monkeypatch.setattr(studio._runner._listener, "previewed", lambda recipe, *_: seeds.append(recipe.seed))
            studio.draw()
        return decode(latents)

    monkeypatch.setattr(model, "decode", slow)
    studio.draw()
    until(lambda: seeds and studio.job.done)
    wait(studio)
    assert set(seeds) == {1}


def test_a_batch_that_is_refused_leaves_the_run_before(studio, model, monkeypatch):
    reached, go = slowed(model, monkeypatch)
    job = studio.draw()
    assert reached.wait(60)
    with pytest.raises(SettingsError, match="share steps"):
        studio._runner.start(lambda: [RED, RED.replace(steps=3)])
    go.set()
    wait(studio)
    assert studio.trace is job.result()
    assert not studio.form.running


def test_status_counts_steps_and_not_network_calls(studio):
    studio.form.settings = RED.replace(scheduler="heun", schedule="karras", steps=4)
    assert len(studio.run()) == 7
    assert studio.form.status.startswith("4 steps in")


def test_a_stopped_run_gives_way_to_the_film_before(studio, model, monkeypatch):
    studio.run()
    film = studio.film.meta
    studio.film._throttle = Throttle()  # it takes twenty a second
    studio.film.live(2, 6, 1.0, {"x0": np.zeros((16, 16, 3), np.uint8)})
    assert studio.film.preview
    reached, go = slowed(model, monkeypatch)
    studio.draw()
    assert reached.wait(60)
    studio.stop()
    go.set()
    wait(studio)
    assert (studio.film.preview, studio.film.preview_frames) == ({}, b"")
    assert studio.film.meta is film


def test_error_of_a_run_is_shown(studio, model, monkeypatch):
    def broken(*_):
        raise RuntimeError("no memory left")

    with monkeypatch.context() as patch:
        patch.setattr(model, "denoiser", through(model, broken))
        with pytest.raises(RuntimeError, match="no memory"):
            studio.run()
    assert studio.error == "RuntimeError: no memory left"
    assert not studio.form.running
    studio.run()
    assert studio.error == ""


def test_error_in_a_live_view_does_not_end_the_run(studio, monkeypatch):
    monkeypatch.setattr(studio.film, "live", lambda *_: 1 / 0)
    assert studio.run() is studio.trace
    assert "ZeroDivisionError" in studio.error


def test_interrupting_run_cancels_it(studio, model, monkeypatch):
    reached, go = slowed(model, monkeypatch)
    future_result = diffuscope.Job.result

    def interrupted(job, timeout=None):
        if timeout is not None:
            return future_result(job, timeout)
        assert reached.wait(60)
        monkeypatch.setattr(job._future, "result", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        try:
            return future_result(job)
        finally:
            monkeypatch.undo()
            go.set()

    monkeypatch.setattr(diffuscope.Job, "result", interrupted)
    with pytest.raises(KeyboardInterrupt):
        studio.run()
    wait(studio)
    assert studio.form.status.startswith("stopped")


def test_a_film_is_encoded_outside_the_lock_and_not_in_the_worker(studio, model, monkeypatch):
    """A newer Draw begins while the film before is encoded, which is then not shown."""
    encoding, go, shown, threads = threading.Event(), threading.Event(), [], []
    prepare = studio._runner._listener.prepare

    def slow(trace):
        if not encoding.is_set():
            threads.append(threading.current_thread())
            encoding.set()
            assert go.wait(60)
        return prepare(trace)

    monkeypatch.setattr(studio._runner._listener, "prepare", slow)
    studio.film.observe(lambda change: shown.append(studio.film.trace.settings.seed), names="meta")
    studio.draw()
    assert encoding.wait(60)
    studio.form.settings = RED.replace(seed=1)
    job = studio.draw()
    assert job.result(60).settings.seed == 1, "neither the lock nor the worker waits for the film"
    wait(studio)
    go.set()
    threads[0].join(60)
    assert set(shown) == {1}
