"""The form without a browser: its checks, what it says is in vain, the code it gives, and pictures read back."""

import json

import pytest
from foreign_records import picture
from PIL import Image

from diffuscope import Settings, SettingsError, record, save_picture
from diffuscope.recipe.as_python import settings_code
from diffuscope.recipe.fields import FIELDS
from diffuscope_widgets import PromptForm

RED = Settings("a red circle", steps=6)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("prompt", "x" * 10_001, "10,000"),
        ("negative_prompt", "a\0b", "unreadable"),
        ("seed", None, "Seed is empty; type a number."),
        ("eta", None, "Eta is empty"),
        ("seed", 2**32, "4294967295"),
        ("scheduler", "eular", '"euler"'),
        ("schedule", "karass", "karras"),
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
    form._handle_custom_msg({"type": "draw", "traits": {"values": dict(form.values)}}, [])
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
    assert set(form.notes) == {"eta"}, "of guidance a model has to say; a studio's form tells it"
    form.settings = RED.replace(negative_prompt="blue", guidance_scale=2.0, eta=0.5, scheduler="ddim")
    assert form.notes == {}


def test_every_setting_has_a_control():
    form = PromptForm(RED)
    assert [control["name"] for control in form.fields] == list(FIELDS)
    by_name = {control["name"]: control for control in form.fields}
    kinds = {control["name"]: control["control"] for control in form.fields}
    assert (kinds["prompt"], kinds["seed"], kinds["schedule"]) == ("text", "seed", "choice")
    assert (kinds["steps"], kinds["width"], kinds["variation_seed"]) == ("slider", "number", "number")
    assert by_name["seed"]["high"] == by_name["variation_seed"]["high"] == 2**32 - 1
    assert by_name["guidance_scale"]["high"] == 50
    assert by_name["guidance_scale"]["slider"] == [1, 20, 0.5]
    assert (by_name["width"]["low"], by_name["width"]["high"], by_name["width"]["step"]) == (8, 4096, 8)
    assert by_name["guidance_scale"]["badge"]["above"] == 1, "guided above it, see Settings.guided"
    assert (by_name["prompt"]["rows"], by_name["negative_prompt"]["rows"]) == (3, 1)
    json.dumps(form.fields, allow_nan=False)


def test_a_control_without_use_is_hidden_unless_it_is_set():
    form = PromptForm(RED)
    assert form.hidden == ["eta"]
    form.settings = RED.replace(eta=0.5)
    assert form.hidden == [], "never in force unseen"
    form.settings = RED.replace(scheduler="ddim")
    assert form.hidden == []


def test_draw_carries_the_freshest_values():
    form, drawn = PromptForm(RED), []
    form.on_draw(drawn.append)
    form._handle_custom_msg({"type": "draw", "traits": {"values": {**form.values, "seed": 9}}}, [])
    assert drawn == [RED.replace(seed=9)]
    assert form.settings.seed == 9


def test_stop_reaches_the_callback():
    form, stopped = PromptForm(), []
    form.on_stop(lambda: stopped.append(1))
    form._handle_custom_msg({"type": "stop"}, [])
    assert stopped == [1]


def test_variation_seeds_are_kept_in_the_browsers_range():
    form = PromptForm(RED)
    form.values = {**form.values, "variation_seed": 2**40}
    assert "4294967295" in form.problems["variation_seed"]


def test_a_part_is_checked_alone():
    form = PromptForm(RED)
    form.values = {**form.values, "width": 12, "seed": 7}
    assert form.part("seed", "prompt") == {"seed": 7, "prompt": "a red circle"}
    with pytest.raises(SettingsError, match="multiple of 8"):
        form.part("width")


# -- code


def test_code_follows_the_values():
    form = PromptForm(RED, model_name="tiny")
    assert form.code == settings_code("tiny", RED)
    form.values = {**form.values, "seed": 9}
    assert "seed=9" in form.code
    form.values = {**form.values, "steps": 0}
    assert form.code == ""
    form.settings = RED
    form.model_name = "scenes"
    assert form.code == settings_code("scenes", RED)


# -- pictures


def drop(form, name, data):
    sent = []
    form.send = lambda content, buffers=None: sent.append(content)
    form._handle_custom_msg({"type": "picture", "name": name}, [memoryview(data)])
    return sent


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_dropped_picture_restores_its_settings(model, tmp_path, suffix):
    trace = record(model, RED.replace(seed=77, negative_prompt="blue", variation_seed=5, variation_strength=0.5))
    path = save_picture(trace, tmp_path / f"kept{suffix}")
    form = PromptForm()
    assert drop(form, path.name, path.read_bytes()) == [{"type": "restored", "name": path.name}]
    assert form.settings == trace.settings
    assert form.error == ""


def test_what_a_record_says_beyond_the_form_is_shown(tmp_path):
    line = "a cat\nSteps: 20, Sampler: Restart, CFG scale: 7, Seed: 1, Size: 64x64, Denoising strength: 0.4"
    form = PromptForm()
    form.restore(picture(tmp_path, {"parameters": line}))
    assert form.notes["scheduler"] == 'The record says "Restart", which is not to be had here.'
    assert form.unread == 'Its record by A1111 also says: Denoising strength "0.4".'
    form.take_notes({"steps": "a sentence"})
    assert set(form.notes) == {"scheduler", "steps"}
    form.values = {**form.values, "scheduler": "euler"}
    assert "scheduler" not in form.notes
    form.settings = RED
    assert not form.unread


def test_a_schedule_in_the_name_of_a_scheduler_is_two_controls():
    form = PromptForm(RED)
    form.values = {**form.values, "scheduler": "DPM++ 2M SDE Karras"}
    assert (form.values["scheduler"], form.values["schedule"]) == ("dpm++ 2m sde", "karras")
    assert not form.problems


def test_a_picture_without_a_record_says_so(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "plain.png")
    form = PromptForm(RED)
    assert drop(form, "plain.png", (tmp_path / "plain.png").read_bytes()) == []
    assert form.error == '"plain.png" has no readable record of its settings.'
    assert form.settings == RED
    drop(form, "notes.png", b"no picture at all")
    assert '"notes.png" is not a readable' in form.error


def test_a_picture_with_a_large_seed_says_what_to_do(model, tmp_path):
    path = save_picture(record(model, RED.replace(seed=2**40)), tmp_path / "large.png")
    form = PromptForm()
    drop(form, "large.png", path.read_bytes())
    assert "larger ones go into Settings directly" in form.problems["seed"]
