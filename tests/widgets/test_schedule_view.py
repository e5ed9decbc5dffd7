"""The schedule view without a browser: its dots are diffusers' own, it follows its picker, and replays without torch."""

import io

import numpy as np
import pytest
from PIL import Image

from diffuscope import SCHEDULERS, Keep, Settings, record
from diffuscope.noise.levels import STABLE_DIFFUSION, trained
from diffuscope.noise.scheduler import make_scheduler
from diffuscope_widgets import SchedulerPicker, ScheduleView


@pytest.fixture(scope="module")
def trace(model):
    return record(model, Settings("a red circle", scheduler="dpm2", steps=5))


def counts(view):
    return view.columns["steps"]


@pytest.mark.parametrize("steps", [1, 20, 60])
def test_dots_are_those_of_diffusers(steps):
    view = ScheduleView(Settings("", scheduler="euler", steps=steps))
    theirs = make_scheduler(SCHEDULERS["euler"], None, STABLE_DIFFUSION)
    theirs.set_timesteps(steps)
    step, sigma, timestep = view.levels().T
    np.testing.assert_array_equal(step, np.arange(steps))
    np.testing.assert_allclose(sigma, theirs.sigmas[:-1], rtol=1e-6)
    np.testing.assert_allclose(timestep, theirs.timesteps, rtol=1e-6)
    np.testing.assert_allclose(np.frombuffer(view.curve, "<f4"), trained(), rtol=1e-6)


def test_all_of_a_drag_is_there_in_one_small_message():
    view = ScheduleView(Settings("", scheduler="heun"))
    assert counts(view) == list(range(1, 61))
    assert view.columns["calls"] == [SCHEDULERS["heun"].network_calls(steps) for steps in range(1, 61)]
    assert len(view.table) == 12 * sum(view.columns["calls"]) < 50_000
    np.testing.assert_array_equal(view.levels()[:5, 0], [0, 0, 1, 1, 2])


def test_table_and_columns_are_one_message():
    view, sent = ScheduleView(), []
    view.comm.send = lambda data=None, buffers=None, **_: sent.append(data["state"])
    view.scheduler = "deis"
    tables = [state for state in sent if "columns" in state]
    assert [len(state["columns"]["steps"]) for state in tables] == [1, 60], "first what is shown, then the rest"
    sent.clear()
    view.steps = 33
    assert not [state for state in sent if "columns" in state], "a drag needs nothing new"


def test_more_steps_than_the_slider_has():
    view = ScheduleView(Settings("", scheduler="ddim", steps=250))
    assert counts(view) == [*range(1, 61), 250]
    assert len(view.levels()) == 250
    view.steps = 251
    assert len(view.levels()) == 251


def test_it_follows_its_picker_and_the_other_way_round(model):
    picker = SchedulerPicker("dpm++ 2m", "karras", 60, model=model)
    view = ScheduleView(picker)
    assert view.channel == picker.channel != ""
    picker.set_state({"scheduler": "ddim", "schedule": None, "steps": 12})
    assert (view.scheduler, view.schedule, view.steps) == ("ddim", None, 12)
    assert (view.columns["scheduler"], view.columns["schedule"]) == ("ddim", "uniform")
    view.scheduler = "lcm"
    assert picker.scheduler == "lcm"
    view.steps = 50
    assert picker.steps == 50
    assert view.error == picker.error == ""


def test_a_recorded_run_shows_what_it_met(trace):
    view = ScheduleView.of(trace)
    step, sigma, timestep = view.levels().T
    np.testing.assert_allclose(sigma, trace.ratio, rtol=1e-6)
    np.testing.assert_allclose(timestep, trace.t, rtol=1e-6)
    np.testing.assert_array_equal(step, [0, 0, 1, 1, 2, 2, 3, 3, 4])
    assert view.curve == b""


def test_a_thinned_run_keeps_its_step_numbers(model):
    thin = record(model, Settings("", scheduler="euler", steps=6), Keep(every=4))
    np.testing.assert_array_equal(ScheduleView.of(thin).levels()[:, 0], [0, 4, 5])


def test_a_recorded_run_needs_no_torch(trace, light_server, tmp_path):
    code = f"""
import sys
sys.modules["torch"] = sys.modules["diffusers"] = None
from diffuscope.trace.trace import Trace
from diffuscope_widgets.schedule.view import ScheduleView
view = ScheduleView.of(Trace.load({str(trace.save(tmp_path / "run"))!r}))
assert len(view.levels()) == 9 and view.still() and not view.error
"""
    done = light_server.run(code)
    assert done.returncode == 0, done.stderr


def test_saved_notebooks_show_the_curves(trace):
    for view in (ScheduleView(), ScheduleView.of(trace)):
        assert Image.open(io.BytesIO(view.still())).width > 500
