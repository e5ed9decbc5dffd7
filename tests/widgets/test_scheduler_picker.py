"""The picker without a browser: what goes together, what gives way, and what it makes of a recipe."""

import io

import pytest
from PIL import Image

from diffuscope import SCHEDULERS, Settings, SettingsError
from diffuscope_widgets import SchedulerPicker


def test_it_is_a_choice_of_settings():
    picker = SchedulerPicker("heun", "karras", 10)
    assert picker.apply(Settings("a", seed=5)) == Settings("a", seed=5, scheduler="heun", schedule="karras", steps=10)
    assert SchedulerPicker("DPM++ 2M SDE").scheduler == "dpm++ 2m sde", "another tool's name becomes ours"


def test_every_row_is_on_offer_with_its_line():
    rows = SchedulerPicker().catalogue
    assert [row["name"] for row in rows] == list(SCHEDULERS)
    assert {row["group"] for row in rows} == {"deterministic", "random", "few-step", "flow"}
    assert all(row["note"] and row["calls"] in ("N", "N+1", "2N-1") for row in rows)


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        ({"scheduler": "eular"}, "scheduler", '"euler"'),
        ({"scheduler": "ddim", "schedule": "karras"}, "schedule", 'for "ddim"'),
        ({"steps": 0}, "steps", "1 to 1000"),
        ({"scheduler": "lcm", "steps": 51}, "steps", "at most 50"),
        ({"scheduler": "dpm++ 2s", "steps": 1}, "steps", "at least 2"),
    ],
)
def test_what_cannot_work_is_refused(wrong, field, says):
    with pytest.raises(SettingsError, match=says) as caught:
        SchedulerPicker(**wrong)
    assert caught.value.field == field


def test_what_is_set_later_is_checked_too():
    picker = SchedulerPicker("ddim")
    for name, value in (("scheduler", "dddim"), ("schedule", "karras"), ("steps", 1001)):
        with pytest.raises(SettingsError):
            setattr(picker, name, value)
    assert (picker.scheduler, picker.schedule, picker.steps) == ("ddim", None, 20)


def test_steps_are_those_the_scheduler_takes():
    picker = SchedulerPicker("lcm", steps=50)
    with pytest.raises(SettingsError, match='"lcm" takes at most 50 steps, got 51'):
        picker.steps = 51
    assert picker.steps == 50


@pytest.mark.parametrize("wrong", [{"scheduler": "dddim"}, {"schedule": "karras"}, {"steps": 5000}, {"steps": "many"}])
def test_what_the_front_end_cannot_have_is_taken_back(wrong, told):
    picker = SchedulerPicker("ddim")
    states = told(picker)
    picker.set_state(wrong)
    assert (picker.scheduler, picker.schedule, picker.steps) == ("ddim", None, 20)
    assert picker.error
    (name,) = wrong
    assert states[name] == getattr(picker, name), "the front end learns what stays"
    picker.set_state({"steps": 7})
    assert (picker.steps, picker.error) == (7, "")


def test_what_the_next_scheduler_has_not_gives_way():
    picker = SchedulerPicker("euler", "karras", 60)
    picker.scheduler = "lcm"
    assert (picker.schedule, picker.steps) == (None, 50)
    picker.steps = 1
    picker.scheduler = "dpm++ 2s"
    assert picker.steps == 2


def test_one_message_may_change_all_three():
    picker = SchedulerPicker("dpm++ 2m", "karras", 60)
    picker.set_state({"scheduler": "ddim", "schedule": "sgm uniform", "steps": 7})
    assert picker.apply(Settings("")) == Settings("", scheduler="ddim", schedule="sgm uniform", steps=7)


def test_the_models_own_steps(model):
    assert SchedulerPicker(steps=None, model=model).steps == 6
    assert SchedulerPicker(steps=None).steps == 20


def test_saved_notebooks_show_it_in_words():
    image = Image.open(io.BytesIO(SchedulerPicker("heun").still()))
    assert image.width > 2 * image.height
    assert len(image.convert("L").getcolors()) > 2, "nothing is written on it"
