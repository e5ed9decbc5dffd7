"""GuidanceView without a browser: what crosses, what the worker is asked, and that the newest wish wins."""

import threading

import numpy as np
import pytest
from film_bytes import decoded
from through import through

from diffuscope import Keep, Settings, record, worker
from diffuscope.run.guided_pictures import guided_pictures
from diffuscope.trace import guidance
from diffuscope_widgets import GuidanceView

SETTINGS = Settings("a red circle", negative_prompt="blue", seed=3, steps=6, guidance_scale=4.0)
KEEP = Keep(pictures=("x0", "x0_uncond", "x0_cond"))


@pytest.fixture(scope="module")
def trace(model):
    return record(model, SETTINGS, KEEP)


@pytest.fixture(scope="module")
def bare(model):
    return record(model, SETTINGS, Keep(pictures=()))


def wait(model):
    """Until the worker has done all that was asked so far, and the views know it."""
    done = threading.Event()
    worker(model).call(lambda _: None).on_done(lambda _: done.set())
    assert done.wait(60)


def bend(view, index, scale):
    view._handle_custom_msg({"type": "push", "traits": {"index": index, "guidance": scale}}, [])


def test_carries_pictures_vectors_and_numbers(trace):
    view = GuidanceView(trace)
    found = decoded(view.frames, view.meta["rows"])
    assert set(found) == {"x0", "x0_uncond", "x0_cond"}
    for name, shown in found.items():
        np.testing.assert_array_equal(shown, trace.pictures[name])
    np.testing.assert_array_equal(decoded(view.image, view.meta["finished"])["x0"][0], trace.image)
    plane = guidance.plane(trace)
    np.testing.assert_array_equal(view.meta["uncond"], plane.uncond[:, 0])
    np.testing.assert_array_equal(view.meta["cond"], plane.cond)
    assert (view.index, view.guidance, view.meta["guidance"], view.meta["live"]) == (0, 4.0, 4.0, False)
    maps = np.frombuffer(view.maps, np.int8).reshape(6, 2, *view.meta["shape"]) / 127
    numbers = maps * np.array(view.meta["peaks"])[:, :, None, None, None]
    uncond, cond = trace.tensors["noise_uncond"], trace.tensors["noise_cond"]
    for which, true in enumerate((uncond, cond - uncond)):
        assert np.abs(numbers[:, which] - true).max() <= np.abs(true).max() / 254 + 1e-6


def test_opens_where_it_is_told(trace):
    view = GuidanceView(trace, index=3, guidance=9.5)
    assert (view.index, view.guidance) == (3, 9.5)
    view.index, view.guidance = 99, 99
    assert (view.index, view.guidance) == (5, 50.0)


def test_without_a_model_nothing_is_asked(trace):
    view = GuidanceView(trace)
    bend(view, 2, 7.5)
    assert (view.index, view.guidance, view.look, view.run, view.job) == (2, 7.5, {}, {}, None)
    assert view.error == ""


def test_model_decodes_what_the_step_would_expect(model, trace):
    view = GuidanceView(trace, model)
    wait(model)
    assert view.look == {}, "all was recorded"
    for index, scale in ((0, 9.0), (3, 9.0), (3, 2.5)):
        bend(view, index, scale)
        wait(model)
        assert (view.look["index"], view.look["guidance"]) == (index, scale)
        found = decoded(view.look_frames, view.look["rows"])
        assert list(found) == ["x0"]
        np.testing.assert_array_equal(found["x0"], guided_pictures(model, trace, index, [scale]))
    # a fresh run begins with the very same picture
    bend(view, 0, 9.0)
    wait(model)
    fresh = record(model, SETTINGS.replace(guidance_scale=9.0)).pictures["x0"][0]
    found = decoded(view.look_frames, view.look["rows"])["x0"][0]
    assert np.abs(found.astype(int) - fresh).max() <= 1


def test_model_decodes_what_was_not_recorded(model, bare):
    view = GuidanceView(bare, model)
    assert view.meta["rows"] == []
    wait(model)
    found = decoded(view.look_frames, view.look["rows"])
    full = record(model, SETTINGS, KEEP)
    for name in ("x0_uncond", "x0_cond", "x0"):
        assert np.abs(found[name][0].astype(int) - full.pictures[name][0]).max() <= 1


def test_pictures_a_safety_checker_refuses_stay_black(model, bare, monkeypatch):
    monkeypatch.setattr(model, "flagged", lambda pictures: np.array([True, False]))
    one, other = guided_pictures(model, bare, 5, [0.0, 1.0])
    assert not one.any()
    assert other.any()
    monkeypatch.undo()
    monkeypatch.setitem(bare.made_by, "filtered", True)
    assert not guided_pictures(model, bare, 5, [0.0, 1.0]).any()


def test_whole_run_is_drawn_again(model, trace):
    view = GuidanceView(trace, model)
    assert view.run == {}
    view.guidance = 7.5
    view.job.result(60)
    wait(model)
    true = record(model, SETTINGS.replace(guidance_scale=7.5))
    np.testing.assert_array_equal(decoded(view.run_image, view.run["rows"])["x0"][0], true.image)
    assert (view.run["state"], view.run["drawn"], view.progress) == ("done", 7.5, [6, 6])
    assert view.trace is trace
    again = view.rerun
    view._handle_custom_msg({"type": "apart"}, [])
    assert view.trace is again
    assert view.rerun is None, "nothing has been drawn again since"
    assert (view.guidance, view.meta["guidance"], view.run) == (7.5, 7.5, {})
    view.guidance = 1.0
    view.job.result(60)
    view.guidance = 7.5
    wait(model)
    assert view.run == {}, "back where it was recorded"
    assert view.error == ""


def test_fifty_quick_moves_end_in_the_last(model, trace, monkeypatch):
    view, calls, network = GuidanceView(trace, model), [], model.denoiser
    wait(model)
    reached, go = threading.Event(), threading.Event()

    def slow(*args):
        calls.append(1)
        reached.set()
        assert go.wait(60)
        return network(*args)

    monkeypatch.setattr(model, "denoiser", through(model, slow))
    said, jobs = [], []
    view.observe(lambda change: said.append(change["new"]), names="run")
    for move in range(50):
        bend(view, move % 6, 5 + move / 10)
        jobs.append(view.job)
        if move == 0:
            assert reached.wait(60)
    go.set()
    last = jobs[-1].result(60)
    wait(model)
    assert [job.cancelled for job in jobs] == [True] * 49 + [False]
    assert len(calls) <= 1 + 6, "one stale call at most, then the run that counts"
    assert last.settings.guidance_scale == view.guidance == view.run["drawn"] == 9.9
    assert [run["state"] for run in said] == ["running"] * 50 + ["done"], "a stale run had its say"
    assert {run.get("drawn") for run in said} == {None, 9.9}
    assert (view.look["index"], view.look["guidance"]) == (49 % 6, 9.9)
    np.testing.assert_array_equal(decoded(view.run_image, view.run["rows"])["x0"][0], last.image)


def test_back_at_the_recorded_value_nothing_is_waited_for(model, trace):
    view, may_go = GuidanceView(trace, model), threading.Event()
    worker(model).call(lambda _: may_go.wait(60))  # all else stands in the queue behind it
    bend(view, 0, 9.0)
    bend(view, 0, 4.0)
    assert view.job.cancelled
    may_go.set()
    wait(model)
    assert (view.look, view.run) == ({}, {})


def test_stop_and_errors(model, trace, monkeypatch):
    view = GuidanceView(trace, model)
    reached, go, network = threading.Event(), threading.Event(), model.denoiser
    with monkeypatch.context() as patch:
        patch.setattr(model, "denoiser", through(model, lambda *args: (reached.set(), go.wait(60), network(*args))[2]))
        view.guidance = 6.0
        assert reached.wait(60)
        view._handle_custom_msg({"type": "stop"}, [])
        go.set()
        wait(model)
    assert view.run["state"] == "stopped"
    assert view.error == ""
    with monkeypatch.context() as patch:
        patch.setattr(model, "denoiser", through(model, lambda *_: 1 / 0))
        view.guidance = 8.0
        wait(model)
    assert "ZeroDivisionError" in view.error
    assert view.run["state"] == "stopped"


def test_refuses_what_does_not_fit(model, trace):
    with pytest.raises(ValueError, match="no guidance to take apart"):
        GuidanceView(record(model, SETTINGS.replace(guidance_scale=1.0)))
    with pytest.raises(ValueError, match="keeps no x0_uncond, x0_cond"):
        GuidanceView(record(model, SETTINGS, Keep(("x_t",), ())))
    monkey = record(model, SETTINGS)
    monkey.made_by["model"] = "other"
    with pytest.raises(ValueError, match=r'made by "other" .*, not by "tiny"'):
        GuidanceView(monkey, model)


def test_replays_without_torch(trace, light_server, tmp_path):
    path = trace.save(tmp_path / "run")
    code = f"""import sys; sys.modules["torch"] = sys.modules["diffusers"] = None
from diffuscope import Trace
from diffuscope_widgets.guidance.view import GuidanceView
view = GuidanceView(Trace.load({str(path)!r}), guidance=9.0, index=2)
print(view.error, len(view.frames) > 1000, view.still()[:4])"""
    assert light_server.run(code).stdout == " True b'\\x89PNG'\n"
