"""The studio without a browser: its runs, its tabs, what it restores, and recorded runs without a model."""

import base64
import gc
import io
import json
import os
import re
import threading
import time
import weakref
from concurrent.futures import CancelledError

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image
from through import through
from tiny import tiny_model

import diffuscope
from diffuscope import Keep, Settings, SettingsError, record
from diffuscope.listeners import Throttle
from diffuscope.recipe.variations import four, vary
from diffuscope_widgets import GuidanceView, Studio
from diffuscope_widgets.studio.lazy_tab import LazyTab
from diffuscope_widgets.studio.placeholder import Placeholder
from diffuscope_widgets.studio.presenter import Presenter

RED = Settings("a red circle", steps=6)


@pytest.fixture
def studio(model):
    made = Studio(model, RED)
    yield made
    made.stop()


def instances():
    """The keys of all widgets that are open."""
    return set(_instances)


def wait(studio):
    """Until the newest run has ended and the views know it."""
    assert studio.wait(60)


def same(one, other):
    assert one.settings == other.settings
    np.testing.assert_array_equal(one.latents, other.latents)
    np.testing.assert_array_equal(one.image, other.image)
    for name, values in other.tensors.items():
        np.testing.assert_array_equal(one.tensors[name], values)
    for name, values in other.pictures.items():
        np.testing.assert_array_equal(one.pictures[name], values)


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


def slowed(model, monkeypatch):
    """The network waits before every call until told to go on."""
    reached, go, network = threading.Event(), threading.Event(), model.denoiser

    def slow(*args):
        reached.set()
        assert go.wait(60)
        return network(*args)

    monkeypatch.setattr(model, "denoiser", through(model, slow))
    return reached, go


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
    assert studio.form.status == "stopped at step 1 of 6"
    assert not studio.form.running
    assert studio.trace is None


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
    listener = studio._runner._listener
    for name in ("began", "progressed", "previewed", "finished", "rests"):

        def tell(*about, name=name, call=getattr(listener, name)):
            said.append(name)
            if name == moment:
                telling.set()
                threading.Event().wait(0.3)  # Draw is pressed now
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
    while not seeds or not studio.job.done:
        threading.Event().wait(0.01)
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


def test_draw_pressed_while_loading(model, monkeypatch):
    may_load = threading.Event()

    def load(name):
        assert name == "slow"
        assert may_load.wait(60)
        return model

    monkeypatch.setattr("diffuscope.run.lane.load", load)
    studio = Studio("slow", Settings("a red circle"))
    assert studio.form.status == "loading slow ..."
    studio.form._handle_custom_msg({"type": "draw", "traits": {"values": {**studio.form.values, "seed": 3}}}, [])
    assert studio.job is None
    assert studio.form.running
    may_load.set()
    assert studio._runner.ready.wait(60)
    wait(studio)
    same(studio.trace, record(model, Settings("a red circle", seed=3)))


def test_draw_pressed_while_loading_ends(model, monkeypatch):
    telling, loaded = threading.Event(), Presenter.loaded

    def tell(teller, model):
        telling.set()
        threading.Event().wait(0.3)  # Draw is pressed now
        loaded(teller, model)

    monkeypatch.setattr(Presenter, "loaded", tell)
    monkeypatch.setattr("diffuscope.run.lane.load", lambda _: model)
    reached, go = slowed(model, monkeypatch)
    studio = Studio("slow", RED)
    assert telling.wait(60)
    studio.draw()
    assert reached.wait(60)
    assert studio._runner.ready.wait(60)
    assert studio.form.running
    go.set()
    wait(studio)
    assert not studio.form.running


def test_stop_while_loading(model, monkeypatch):
    may_load = threading.Event()
    monkeypatch.setattr("diffuscope.run.lane.load", lambda _: may_load.wait(60) and model)
    studio = Studio("slow", RED)
    studio.draw()
    studio.stop()
    may_load.set()
    assert studio._runner.ready.wait(60)
    assert studio.job is None
    same(studio.run(), record(model, RED))


def test_load_error_is_shown(monkeypatch):
    def load(name):
        raise LookupError(f'No model "{name}".')

    monkeypatch.setattr("diffuscope.run.lane.load", load)
    studio = Studio("nothing")
    assert studio._runner.ready.wait(60)
    assert studio.error == 'No model "nothing".'
    with pytest.raises(LookupError):
        studio.run()
    studio.form.values = {**studio.form.values, "prompt": "a"}
    studio.form._handle_custom_msg({"type": "draw", "traits": {"values": dict(studio.form.values)}}, [])
    assert studio.error == 'No model "nothing".'


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


# -- history


def press(view, **message):
    view._handle_custom_msg(message, [])


def test_history_restores_settings_and_film(studio):
    first = studio.run()
    studio.form.settings = RED.replace(seed=5, steps=3)
    second = studio.run()
    assert studio.history.traces == [second, first]
    press(studio.history, type="restore", key=studio.history.meta["entries"][1]["key"])
    assert studio.trace is studio.film.trace is first
    assert studio.settings == first.settings
    assert studio.history.current == studio.history.meta["entries"][1]["key"]
    press(studio.history, type="compare", key=studio.history.meta["entries"][0]["key"])
    assert (studio.film.trace, studio.film.other) == (first, second)
    assert studio.history.traces == [second, first], "looking back is no new run"
    assert studio.form.status == ""  # it had spoken of the run before


# -- the sheet of four


def test_sheet_of_four(studio, model):
    studio.form.settings = RED.replace(seed=3)
    press(studio.variants, type="four")
    wait(studio)
    assert studio.form.status.startswith("6 steps in")
    drawn = studio.variants.traces
    assert [trace.settings for trace in drawn] == [model.complete(row) for row in four(RED.replace(seed=3))]
    for trace, wanted in zip(drawn, record(model, four(RED.replace(seed=3))), strict=True):
        same(trace, wanted)
    assert studio.trace is None, "the film waits for a choice"
    press(studio.variants, type="show", place=2)
    assert studio.trace is studio.film.trace is drawn[2]
    assert studio.history.traces == [drawn[2]]
    assert studio.settings == drawn[2].settings


def test_vary_and_larger(studio, model):
    studio.variants.show(record(model, four(RED)))
    chosen = studio.variants.traces[1]
    press(studio.variants, type="vary", place=1)
    wait(studio)
    assert [trace.settings for trace in studio.variants.traces] == vary(chosen.settings)
    again = studio.variants.traces[3]
    press(studio.variants, type="larger", place=3)
    wait(studio)
    assert studio.trace.settings == again.settings.replace(steps=12)
    assert studio.settings == studio.trace.settings
    same(studio.trace, record(model, studio.settings))


def test_a_sheet_is_stopped_and_replaced_like_any_run(studio, model, monkeypatch):
    reached, go = slowed(model, monkeypatch)
    press(studio.variants, type="four")
    assert reached.wait(60)
    studio.stop()
    go.set()
    wait(studio)
    assert studio.form.status == "stopped at step 1 of 6"
    reached.clear()
    go.clear()
    press(studio.variants, type="four")
    assert reached.wait(60)
    press(studio.form, type="draw", traits={"values": dict(studio.form.values)})
    go.set()
    wait(studio)
    assert studio.variants.traces == []
    same(studio.trace, record(model, RED))


def test_a_stopped_sheet_gives_way_to_the_one_before(studio, model, monkeypatch):
    before = record(model, four(RED))
    studio.variants.show(before)
    meta = studio.variants.meta
    reached, go = slowed(model, monkeypatch)
    press(studio.variants, type="four")
    assert reached.wait(60)
    studio.variants.live(four(RED), 1, 6, np.zeros((4, 16, 16, 3), np.uint8))
    studio.stop()
    go.set()
    wait(studio)
    assert studio.variants.meta == meta
    press(studio.variants, type="show", place=2)
    assert studio.trace is before[2]
    studio.variants.live(four(RED), 1, 6, np.zeros((4, 16, 16, 3), np.uint8))
    studio.run()
    assert studio.variants.meta == meta, "another run has taken its place"


def test_a_problem_of_the_form_stops_a_sheet(studio):
    studio.form.values = {**studio.form.values, "steps": 0}
    press(studio.variants, type="four")
    assert "steps" in studio.form.problems
    assert studio.job is None
    assert studio.error == ""


# -- tabs


def shown(studio, name):
    (widget,) = next(tab for tab in studio.tabs if tab.name == name).box.children
    return widget


def test_tabs_are_made_when_somebody_looks(studio):
    assert {tab.view for tab in studio.tabs} == {None}
    studio.run()
    assert {tab.view for tab in studio.tabs} == {None}, "drawing costs nothing for tabs that nobody opened"
    placeholder = shown(studio, "Guidance")
    assert isinstance(placeholder, Placeholder)
    press(placeholder, type="seen")
    view = shown(studio, "Guidance")
    assert isinstance(view, GuidanceView)
    assert view.trace is studio.trace
    assert studio.open_tab("Guidance") is view
    assert studio.tab.selected_index == 3
    with pytest.raises(ValueError, match="no tab 'Guide'; there are Tokens, Seed"):
        studio.open_tab("Guide")


def test_a_tab_without_its_run_says_so_and_opens_when_there_is_one(studio):
    assert studio.open_tab("Guidance") is None
    assert "Press Draw" in shown(studio, "Guidance").text
    studio.run()
    assert shown(studio, "Guidance").trace is studio.trace


def test_a_tab_out_of_sight_is_renewed_when_it_is_looked_at_again(studio):
    studio.run()
    view = studio.open_tab("Guidance")
    studio.open_tab("Seed")
    before = studio.trace
    studio.form.settings = RED.replace(seed=8)
    studio.run()
    assert view.trace is before
    placeholder = shown(studio, "Guidance")
    press(placeholder, type="seen")
    assert shown(studio, "Guidance") is view
    assert view.trace is studio.trace
    studio.form.settings = RED.replace(seed=9)
    studio.open_tab("Guidance")
    studio.run()
    assert view.trace is studio.trace, "in sight: at once"


def test_a_run_that_ends_while_a_tab_is_renewed_is_not_missed():
    run, renewing, ended = ["A"], threading.Event(), threading.Event()
    told = []

    def renew(view):
        now = run[0]
        renewing.set()
        ended.wait(0.3)
        told.append(now)

    tab = LazyTab("slow", Placeholder, renew)
    tab.open()
    tab.changed(in_sight=False)
    click = threading.Thread(target=tab.open)
    click.start()
    assert renewing.wait(10)
    run[0] = "B"
    tab.changed(in_sight=False)
    ended.set()
    click.join()
    tab.open()
    assert told == ["A", "B"]


def test_a_run_that_a_tab_cannot_take_is_explained(studio):
    studio.form.settings = RED.replace(guidance_scale=1.0)
    studio.run()
    assert studio.open_tab("Guidance") is None
    assert "no guidance to take apart" in shown(studio, "Guidance").text
    assert studio.error == ""


def test_tabs_and_form_are_one_state(studio):
    box, picker, view = (studio.open_tab(name) for name in ("Tokens", "Seed", "Schedule"))
    studio.form.values = {**studio.form.values, "prompt": "a blue square", "seed": 11, "scheduler": "euler", "steps": 9}
    assert (box.value, picker.seed, view.scheduler, view.steps) == ("a blue square", 11, "euler", 9)
    box.value = "a (red:1.3) circle"
    picker.variation_seed, picker.variation_strength = 5, 0.4
    view.steps = 12
    wanted = {"prompt": "a (red:1.3) circle", "seed": 11, "variation_seed": 5, "variation_strength": 0.4, "steps": 12}
    assert wanted.items() <= studio.form.values.items()
    studio.form.values = {**studio.form.values, "steps": 0, "seed": 4}
    assert (view.steps, picker.seed) == (12, 4), "what cannot work stays in the form"
    changes = []
    studio.form.observe(changes.append, names="values")
    studio.form.settings = RED.replace(scheduler="lcm", steps=40, schedule="uniform")
    assert (view.scheduler, view.steps) == ("lcm", 40)
    assert len(changes) == 1, "a view must not answer with a state half way"
    studio.form.settings = RED.replace(steps=100, schedule="karras")
    assert (view.scheduler, view.steps) == ("dpm++ 2m", 100)
    picker.locked = False
    assert not studio.form.seed_locked


def test_seed_tab_shows_the_noise_of_the_forms_size(studio, model):
    studio.form.settings = RED.replace(width=64, height=32)
    picker = studio.open_tab("Seed")
    for size in ({}, {"width": 32, "height": 96}):
        studio.form.values = {**studio.form.values, **size}
        assert picker.shape == list(model.codec.shape(model.complete(studio.settings)))
    studio.form.values = {**studio.form.values, "width": 12}
    assert picker.shape == [4, 48, 16], "what cannot work stays in the form"
    assert picker.error == ""


def test_latents_follow_without_waiting_for_the_worker(studio):
    studio.run()
    view = studio.open_tab("Latents")
    wait(studio)
    assert not view.busy
    assert view.meta["shape"] == [4, 8, 8]
    studio.form.settings = RED.replace(seed=12)
    studio.run()  # renews the tab in the worker's own thread
    wait(studio)
    assert view.error == ""
    assert not view.busy


def test_tabs_open_when_the_model_is_loaded(model, monkeypatch):
    may_load = threading.Event()
    monkeypatch.setattr("diffuscope.run.lane.load", lambda _: may_load.wait(60) and model)
    studio = Studio("slow", RED)
    press(shown(studio, "Tokens"), type="seen")
    assert "when the model is loaded" in shown(studio, "Tokens").text
    may_load.set()
    assert studio._runner.ready.wait(60)
    assert type(shown(studio, "Tokens")).__name__ == "PromptBox"


def test_one_page_of_all_that_was_opened(studio, tmp_path):
    studio.run()
    studio.open_tab("Schedule")
    text = studio.to_html(tmp_path / "studio.html", "A </script> lesson").read_text(encoding="utf-8")
    assert [name for name in ("PromptForm", "Film", "ScheduleView", "History") if f'aria-label="{name}"' in text] == [
        "PromptForm", "Film", "ScheduleView",
    ]  # fmt: skip
    assert "</script> lesson" not in text


def shared(path):
    """What the parts of a page share."""
    (data,) = re.findall(r'id="parts">(.*?)</script>', path.read_text(encoding="utf-8"))
    return json.loads(data)["shared"]


def test_a_page_is_of_one_run(studio, tmp_path):
    studio.run()
    guidance, latents = studio.open_tab("Guidance"), studio.open_tab("Latents")
    assert shared(studio.to_html(tmp_path / "a.html")) == ["index"]
    wait(studio)
    before = latents.latents
    studio.open_tab("Seed")
    studio.form.settings = RED.replace(seed=8)
    studio.run()
    path = studio.to_html(tmp_path / "b.html")
    assert guidance.trace is studio.trace is studio.film.trace
    assert latents.latents != before
    assert not latents.busy
    assert shared(path) == ["index"]
    studio.film.show(studio.trace, studio.history.traces[1])
    assert shared(studio.to_html(path)) == [], "two runs have one slider of their own"
    studio.form.settings = RED.replace(guidance_scale=1.0)
    studio.run()
    text = studio.to_html(path).read_text(encoding="utf-8")
    assert 'aria-label="Film"' in text
    assert 'aria-label="GuidanceView"' not in text, "it has nothing to say of this run"
    assert studio.open_tab("Guidance") is None


# -- closing


def test_closing_ends_all(model, monkeypatch):
    """No widget is left, nothing runs or is delivered any more, and the model is let go."""
    own, before = tiny_model(), instances()
    studio = Studio(own, RED)
    studio.run()
    for tab in studio.tabs:
        assert studio.open_tab(tab.name)
    assert studio.wait(60)
    lanes = [studio._runner.lane, *(tab.view.lane for tab in studio.tabs)]
    reached, go = slowed(own, monkeypatch)
    job, film = studio.draw(), studio.film.meta
    assert reached.wait(60)
    studio.close()
    studio.close()
    assert instances() == before
    go.set()
    with pytest.raises(CancelledError):
        job.result(60)
    assert not any(lane.busy for lane in lanes)
    assert studio.film.meta is film
    assert studio.model is None
    with pytest.raises(ValueError, match="closed"):
        studio.draw()
    gone = weakref.ref(own)
    monkeypatch.undo()
    del own, reached, go, job
    deadline = time.monotonic() + 20
    while gone() is not None and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.05)
    assert gone() is None, "something of the studio still holds the model"


def test_closing_a_studio_of_recorded_runs_leaves_no_widget(model):
    before = instances()
    studio = Studio(record(model, RED))
    for tab in studio.tabs:
        assert studio.open_tab(tab.name)
    studio.close()
    assert instances() == before


def test_a_studio_closed_while_loading_says_nothing_any_more(model, monkeypatch):
    may_load = threading.Event()
    monkeypatch.setattr("diffuscope.run.lane.load", lambda _: may_load.wait(60) and model)
    before = instances()
    studio = Studio("slow", RED)
    studio.draw()
    lane = studio._runner.lane
    studio.close()
    may_load.set()
    assert lane.ready.wait(60)
    assert (studio.job, lane.owner) == (None, None)
    with pytest.raises(ValueError, match="closed"):
        studio.run()
    assert instances() == before


def test_a_film_is_encoded_outside_the_lock_and_not_in_the_worker(studio, model, monkeypatch):
    """A newer Draw begins while the film before is encoded, which is then not shown."""
    encoding, go, shown = threading.Event(), threading.Event(), []
    prepare = studio._runner._listener.prepare

    def slow(trace):
        if not encoding.is_set():
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
    time.sleep(0.2)
    assert set(shown) == {1}


# -- recorded runs

REPLAY = """
import sys
class NoTorch:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torch", "diffusers", "transformers"):
            raise ImportError(f"{name} is not installed")
sys.meta_path.insert(0, NoTorch())
from diffuscope_widgets import Studio
studio = Studio(sys.argv[1])
assert studio.film.meta["calls"] == 6
assert [type(studio.open_tab(tab.name)).__name__ for tab in studio.tabs] == [
    "ScheduleView", "GuidanceView", "LatentView", "History"]
assert not studio.error and not any(tab.placeholder.error for tab in studio.tabs)
studio.history._handle_custom_msg({"type": "restore", "key": studio.history.meta["entries"][-1]["key"]}, [])
assert studio.settings.seed == 1 and studio.film.trace.settings.seed == 1 and not studio.error, studio.error
studio.to_html(sys.argv[1] + "/all.html")
try:
    studio.run()
except ValueError as error:
    print(error)
"""


def test_recorded_runs_need_no_torch(model, light_server, tmp_path):
    for seed in (1, 2):
        record(model, RED.replace(seed=seed)).save(tmp_path / f"{seed}.trace")
        os.utime(tmp_path / f"{seed}.trace", (seed, seed))
    done = light_server.run(REPLAY, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("This is a recorded run")


def test_studio_of_a_trace(model, tmp_path):
    trace = record(model, RED.replace(seed=4), Keep(every=2))
    for source in (trace, trace.save(tmp_path / "one"), str(tmp_path), tmp_path):
        studio = Studio(source)
        same(studio.trace, trace)
        assert studio.settings == trace.settings
        assert "nothing drawn" in studio.form.blocked
        assert studio.model is None
        press(studio.form, type="draw", traits={"values": dict(studio.form.values)})  # nobody listens
        studio.stop()
        assert studio.error == ""
        assert studio.open_tab("Schedule").levels()[:, 1].tolist() == trace.ratio.astype("f4").tolist(), (
            "what was recorded"
        )
        assert repr(studio) == "<Studio of recorded runs>"
    with pytest.raises(FileNotFoundError, match=r'"none\.trace" does not exist'):
        Studio("none.trace")


def test_a_path_stays_a_path_in_the_code(model, monkeypatch, tmp_path):
    monkeypatch.setattr("diffuscope.run.lane.load", lambda name: model)
    studio = Studio(tmp_path / "my model", RED)
    assert studio._runner.ready.wait(60)
    assert f"load({str(tmp_path / 'my model')!r})" in studio.form.code


def test_a_folder_of_a_models_name_does_not_hide_the_model(model, monkeypatch, tmp_path):
    (tmp_path / "scenes").mkdir()
    record(model, RED).save(tmp_path / "scenes" / "one.trace")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("diffuscope.run.lane.load", lambda name: model)
    studio = Studio("scenes", RED)
    assert studio._runner.ready.wait(60)
    assert studio.model is model
    assert Studio(tmp_path / "scenes").model is None
