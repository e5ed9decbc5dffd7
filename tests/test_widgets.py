"""Widgets without a browser: the contract every View keeps, the form's checks, the film's bytes, the studio's runs."""

import base64
import importlib
import inspect
import io
import json
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import diffuscope
import diffuscope_widgets
from diffuscope import Settings, SettingsError, record, worker
from diffuscope_widgets import Film, PromptForm, Studio
from diffuscope_widgets.base import View, explain, guard
from diffuscope_widgets.film import thin, wire

FOLDER = Path(diffuscope_widgets.__file__).parent
RED = Settings("a red circle", steps=6)


def views():
    modules = [importlib.import_module(f"diffuscope_widgets.{file.stem}") for file in FOLDER.glob("[a-z]*.py")]
    found = {cls for m in modules for _, cls in inspect.getmembers(m, inspect.isclass) if issubclass(cls, View)}
    return sorted(found - {View}, key=lambda cls: cls.__name__)


@pytest.fixture(scope="module")
def trace(model):
    return record(model, RED)


@pytest.fixture
def studio(model):
    made = Studio(model, RED)
    yield made
    made.stop()


def wait(studio):
    """Until the newest run has ended and the views know it."""
    done = threading.Event()
    worker(studio.model).submit(RED.replace(steps=1)).on_done(lambda _: done.set())  # stands behind it in the queue
    assert done.wait(60)


# -- the contract


def test_views_are_found():
    assert [cls.__name__ for cls in views()] == ["Film", "PromptForm"]


@pytest.mark.parametrize("cls", views())
class TestContract:
    def test_three_files_of_one_stem(self, cls):
        stem = FOLDER / cls.__module__.split(".")[-1]
        assert stem.with_suffix(".js").is_file()
        assert stem.with_suffix(".css").is_file()

    def test_script_is_one_module_of_text(self, cls):
        assert type(cls._esm) is str, "a path would never let go of the widget"
        assert "import {" not in cls._esm
        assert cls._esm.count("export function h(") == 1
        assert "http" not in cls._esm.replace("http://www.w3.org/2000/svg", "")
        assert "innerHTML" not in cls._esm

    def test_unknown_keyword(self, cls):
        with pytest.raises(TypeError, match=r'no .erorr.*"error"'):
            cls(erorr="x")

    def test_state_is_plain(self, cls):
        view = cls()
        for name in view.keys:
            value = getattr(view, name)
            if name not in ("layout", "_esm", "_css") and not isinstance(value, bytes):
                json.dumps(value)

    def test_public_traits_are_documented(self, cls):
        source = inspect.getsource(cls)
        for name in cls.class_own_traits():
            if not name.startswith("_"):
                after = source.split(f"    {name}")[1].split("\n")[1]
                assert after.strip().startswith('"""'), f"{name} has no docstring"


def test_guard_shows_what_went_wrong():
    class Careless(View):
        @guard
        def press(self):
            raise KeyError("kite")

    view = Careless()
    view.press()
    assert view.error == "KeyError: 'kite'"
    assert explain(ValueError("Too small.")) == "Too small."


def test_a_message_that_breaks_is_shown(model):
    form = PromptForm()
    form._handle_custom_msg({"type": "draw"}, [])
    assert "values" in form.error


# -- the form


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("prompt", "x" * 10_001, "10,000"),
        ("negative_prompt", "a\0b", "unreadable"),
        ("seed", None, "whole number"),
        ("seed", 2**32, "4294967295"),
        ("scheduler", "eular", '"euler"'),
        ("sigmas", "karass", "karras"),
        ("steps", 0, "1 to 1000"),
        ("steps", 2.5, "whole number"),
        ("guidance_scale", 99, "0 to 50"),
        ("eta", -1, "0 to 1"),
    ],
)
def test_problem_stands_beside_its_field(field, value, says):
    form, drawn = PromptForm(RED), []
    form.on_draw(drawn.append)
    form.values = {**form.values, field: value}
    assert list(form.problems) == [field]
    assert says in form.problems[field]
    with pytest.raises(SettingsError):
        form.settings  # noqa: B018
    form._handle_custom_msg({"type": "draw", "values": dict(form.values)}, [])
    assert not drawn
    form.settings = RED
    assert form.problems == {}
    assert form.settings == RED


def test_unknown_field_is_an_error_on_top():
    form = PromptForm()
    form.values = {**form.values, "stpes": 3}
    assert '"steps"' in form.error


def test_dead_controls_say_so():
    form = PromptForm(RED.replace(negative_prompt="blue", guidance_scale=1.0, eta=0.5, scheduler="euler"))
    assert set(form.notes) == {"negative_prompt", "eta"}
    form.settings = RED.replace(negative_prompt="blue", guidance_scale=2.0, eta=0.5, scheduler="ddim")
    assert form.notes == {}


def test_draw_carries_the_freshest_values():
    form, drawn = PromptForm(RED), []
    form.on_draw(drawn.append)
    form._handle_custom_msg({"type": "draw", "values": {**form.values, "seed": 9}}, [])
    assert drawn == [RED.replace(seed=9)]
    assert form.settings.seed == 9


def test_stop_reaches_the_callback():
    form, stopped = PromptForm(), []
    form.on_stop(lambda: stopped.append(1))
    form._handle_custom_msg({"type": "stop"}, [])
    assert stopped == [1]


# -- the film


def decoded(frames, meta):
    """The pictures by row, read by Pillow alone."""
    ends = zip(meta["offsets"], meta["offsets"][1:], strict=False)
    opened = [Image.open(io.BytesIO(frames[a:b])) for a, b in ends]
    assert {f"image/{one.format.lower()}" for one in opened} == {meta["type"]}
    each = len(opened) // len(meta["rows"])
    return {row["name"]: np.stack([np.asarray(o) for o in opened[i * each : (i + 1) * each]])
            for i, row in enumerate(meta["rows"])}  # fmt: skip


def test_film_carries_every_picture(trace):
    film = Film(trace)
    found = decoded(film.frames, film.meta)
    assert list(found) == ["x_t", "x0"]
    for name, shown in trace.pictures.items():
        np.testing.assert_array_equal(found[name], shown)
    assert film.meta["sigma"] == trace.sigma.tolist()
    assert film.meta["timestep"] == trace.timestep.tolist()
    assert film.meta["steps"] == [0, 1, 2, 3, 4, 5]
    assert film.index == 5


def test_large_pictures_travel_as_jpeg():
    y, x = np.mgrid[:200, :160]
    picture = np.stack([y, x, (x + y) / 2], -1).astype(np.uint8)
    frames, meta = wire({"x0": picture[None]})
    assert (meta["type"], meta["width"], meta["height"]) == ("image/jpeg", 160, 200)
    assert np.abs(decoded(frames, meta)["x0"][0].astype(int) - picture).mean() < 2


def test_a_long_film_is_thinned():
    assert thin(20, 512 * 512 * 8).tolist() == list(range(20))
    kept = thin(1000, 512 * 512 * 8)
    assert (kept[0], kept[-1], len(kept)) == (0, 999, 128)


def test_buffer_and_meta_are_one_message(trace):
    film = Film()
    sent = []
    film.comm.send = lambda data=None, buffers=None, **_: sent.append((data, buffers))
    film.show(trace)
    ((data, buffers),) = sent
    assert {"meta", "index"} <= set(data["state"])
    assert data["buffer_paths"] == [["frames"]]
    assert [bytes(b) for b in buffers] == [film.frames]


def test_index_stays_inside(trace):
    film = Film(trace, index=2)
    assert film.index == 2
    film.index = 99
    assert film.index == 5
    film.index = -3
    assert film.index == 0


def test_live_takes_twenty_a_second(trace):
    film = Film()
    step = {name: shown[0] for name, shown in trace.pictures.items()}
    taken = [film.live(i, 6, 1.0, step) for i in range(3)]
    assert taken == [True, False, False]
    assert film.preview["steps"] == [0]
    np.testing.assert_array_equal(decoded(film.preview_frames, film.preview)["x0"][0], step["x0"])
    film.show(trace)
    assert film.preview == {}


def test_saved_notebook_has_a_picture(trace, studio):
    for shown in (Film(trace), studio):
        if shown is studio:
            shown.run()
        data = shown._repr_mimebundle_()[0]
        assert "application/vnd.jupyter.widget-view+json" in data
        assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == trace.sheet().size
    assert "image/png" not in Film()._repr_mimebundle_()[0]


# -- the studio


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


def test_draw_button_runs_what_it_says(studio, model):
    studio.form._handle_custom_msg({"type": "draw", "values": {**studio.form.values, "seed": 5}}, [])
    wait(studio)
    same(studio.trace, record(model, RED.replace(seed=5)))
    assert studio.error == ""


def test_the_models_defaults_fill_the_form(model):
    form = Studio(model, Settings("a red circle")).form
    assert (form.values["steps"], form.values["guidance_scale"], form.values["sigmas"]) == (6, 4.0, "karras")
    form.values = {**form.values, "prompt": "a red kite"}
    assert "kite" in form.notes["prompt"]
    form.values = {**form.values, "width": 12}
    assert "width" in form.problems


def slowed(model, monkeypatch):
    """The network waits before every call until told to go on."""
    reached, go, network = threading.Event(), threading.Event(), model.network

    def slow(*args):
        reached.set()
        assert go.wait(60)
        return network(*args)

    monkeypatch.setattr(model, "network", slow)
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


def test_error_of_a_run_is_shown(studio, model, monkeypatch):
    def broken(*_):
        raise RuntimeError("no memory left")

    with monkeypatch.context() as patch:
        patch.setattr(model, "network", broken)
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

    monkeypatch.setattr(diffuscope, "load", load)
    studio = Studio("slow", Settings("a red circle"))
    assert studio.form.status == "loading slow ..."
    studio.form._handle_custom_msg({"type": "draw", "values": {**studio.form.values, "seed": 3}}, [])
    assert studio.job is None
    assert studio.form.running
    may_load.set()
    assert studio._loaded.wait(60)
    wait(studio)
    same(studio.trace, record(model, Settings("a red circle", seed=3)))


def test_stop_while_loading(model, monkeypatch):
    may_load = threading.Event()
    monkeypatch.setattr(diffuscope, "load", lambda _: may_load.wait(60) and model)
    studio = Studio("slow", RED)
    studio.draw()
    studio.stop()
    may_load.set()
    assert studio._loaded.wait(60)
    assert studio.job is None
    same(studio.run(), record(model, RED))


def test_load_error_is_shown(monkeypatch):
    def load(name):
        raise LookupError(f'No model "{name}".')

    monkeypatch.setattr(diffuscope, "load", load)
    studio = Studio("nothing")
    assert studio._loaded.wait(60)
    assert studio.error == 'No model "nothing".'
    with pytest.raises(LookupError):
        studio.run()
    studio.form.values = {**studio.form.values, "prompt": "a"}
    studio.form._handle_custom_msg({"type": "draw", "values": dict(studio.form.values)}, [])
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
