"""A studio whose model is still being loaded, or cannot be."""

import threading

import pytest
from studios import RED, instances, press, same, shown, slowed, wait
from waiting import WatchedLock

from diffuscope import Settings, record
from diffuscope_widgets import Studio
from diffuscope_widgets.studio.presenter import Presenter


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
    may_load, telling, loaded = threading.Event(), threading.Event(), Presenter.loaded

    def tell(teller, model):
        telling.set()
        assert lock.wanted.wait(60)  # Draw is pressed now
        loaded(teller, model)

    monkeypatch.setattr(Presenter, "loaded", tell)
    monkeypatch.setattr("diffuscope.run.lane.load", lambda _: may_load.wait(60) and model)
    reached, go = slowed(model, monkeypatch)
    studio = Studio("slow", RED)
    lock = studio._runner.lane.lock = WatchedLock(studio._runner.lane.lock)
    may_load.set()
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


def test_tabs_open_when_the_model_is_loaded(model, monkeypatch):
    may_load = threading.Event()
    monkeypatch.setattr("diffuscope.run.lane.load", lambda _: may_load.wait(60) and model)
    studio = Studio("slow", RED)
    press(shown(studio, "Tokens"), type="seen")
    assert "when the model is loaded" in shown(studio, "Tokens").text
    may_load.set()
    assert studio._runner.ready.wait(60)
    assert type(shown(studio, "Tokens")).__name__ == "PromptBox"


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


def test_settings_alone_open_the_built_in_model():
    studio = Studio(Settings("a blue square", steps=3))
    assert studio.settings.prompt == "a blue square"
    assert studio.form.model_name == "storybook"
    studio.close()
    with pytest.raises(TypeError, match="a studio opens with a model, its name, or a recorded run, got 3"):
        Studio(3)
