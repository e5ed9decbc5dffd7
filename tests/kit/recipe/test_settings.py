"""Settings answer bad input at once, with culprit, value and way out."""

import inspect
import json
import pickle
import subprocess
import sys

import pytest

from diffuscope import SCHEDULERS, Settings, SettingsError
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import Recipe

BAD = [  # the rows of the bad-input list that concern settings: field, value, words of the message
    ("prompt", None, "Prompt is missing"),
    ("prompt", 3, "must be text, got int 3"),
    ("prompt", ["a", 2.0], "must be text, got list"),
    ("prompt", "x" * 51_200, "51,200 characters; the limit is 10,000"),
    ("prompt", "a red \ud800", "unreadable character at position 6"),
    ("prompt", "a\0b", "unreadable character at position 1"),
    ("negative_prompt", None, "Negative prompt is missing"),
    ("seed", 1.5, "whole number from 0 to 18446744073709551615, got 1.5"),
    ("seed", "abc", "whole number"),
    ("seed", -1, "Seed -1 is not accepted"),
    ("seed", 2**64, "got 18446744073709551616"),
    ("steps", 0, "must be 1 to 1000, got 0"),
    ("steps", -3, "must be 1 to 1000, got -3"),
    ("steps", 2.5, "whole number"),
    ("steps", "20", "whole number"),
    ("steps", True, "got True"),
    ("steps", 1001, "must be 1 to 1000, got 1001"),
    ("guidance_scale", float("nan"), "finite number from 0 to 50, got nan"),
    ("guidance_scale", float("inf"), "got inf"),
    ("guidance_scale", 1e30, "must be 0 to 50, got 1e+30"),
    ("guidance_scale", -5, "must be 0 to 50, got -5"),
    ("eta", 2, "must be 0 to 1, got 2"),
    ("variation_seed", -1, "Variation seed -1 is not accepted"),
    ("variation_seed", 1.5, "whole number"),
    ("variation_strength", 1.01, "must be 0 to 1, got 1.01"),
    ("variation_strength", float("nan"), "finite number from 0 to 1"),
    ("scheduler", "eulr", 'Did you mean "euler"?'),
    ("scheduler", 7, "must be a name"),
    ("scheduler", "FlowMatchHeunDiscreteScheduler", "No scheduler"),
    ("schedule", "karas", "No schedule 'karas' for \"dpm++ 2m\""),
    ("width", 500, "multiple of 8; nearest: 496 or 504"),
    ("width", 0, "must be 8 to 4096, got 0"),
    ("height", -8, "must be 8 to 4096, got -8"),
    ("height", 9, "nearest: 8 or 16"),
    ("width", 64.0, "whole number of pixels"),
]


@pytest.mark.parametrize(("field", "value", "words"), BAD)
def test_bad_input(field, value, words):
    with pytest.raises(SettingsError) as caught:
        Settings(**{"prompt": "a cat", field: value})
    assert words in str(caught.value)
    assert caught.value.field == field
    assert len(str(caught.value)) < 400


def test_what_a_scheduler_cannot_do():
    with pytest.raises(SettingsError, match='"dpm\\+\\+ 2s" needs at least 2 steps, got 1'):
        Settings("", scheduler="dpm++ 2s", steps=1)
    with pytest.raises(SettingsError, match='"lcm" takes at most 50 steps, got 51'):
        Settings("", scheduler="lcm", steps=51)
    with pytest.raises(SettingsError, match="No schedule 'karras' for \"ddim\""):
        Settings("", scheduler="ddim", schedule="karras")


def test_value():
    one = Settings("a cat", guidance_scale=7)
    assert one == Settings("a cat", guidance_scale=7.0)
    assert one.key == Settings("a cat", guidance_scale=7.0).key != one.replace(seed=1).key
    assert one.replace(seed=1).seed == 1
    with pytest.raises(AttributeError):
        one.seed = 3
    with pytest.raises(TypeError, match='It is called "guidance_scale"'):
        one.replace(guidance=3)


def test_names_of_other_tools_become_ours():
    for theirs in ("DPM++ 2M", "dpmpp_2m", "DPMSolverMultistepScheduler", "sample_dpmpp_2m"):
        assert Settings("", scheduler=theirs).scheduler == "dpm++ 2m"
    for row in SCHEDULERS.values():
        assert Settings("", scheduler=row.diffusers).scheduler_row.diffusers == row.diffusers


def test_json_round_trip():
    one = Settings('café, 蓝色 ☃\n"x" \\', seed=2**63 - 1, scheduler="ddim", eta=0.3, width=64, steps=7)
    assert Settings.from_json(one.to_json()) == one
    assert json.loads(one.to_json())["eta"] == 0.3
    for text, words in (("[1]", "must be a mapping"), ("{", "not JSON"), ('{"promt": "x"}', 'Did you mean "prompt"')):
        with pytest.raises(SettingsError, match=words):
            Settings.from_json(text)
    with pytest.raises(SettingsError, match="not JSON"):
        Settings.from_json("[" * 100_000)


def test_equal_settings_have_one_key():
    zero, minus = Settings("a cat", guidance_scale=0.0), Settings("a cat", guidance_scale=-0.0)
    assert zero == minus
    assert zero.key == minus.key


def test_key_does_not_depend_on_the_process():
    code = "from diffuscope import Settings; print(Settings('a cat', seed=3).key)"
    keys = {subprocess.check_output([sys.executable, "-c", code], text=True) for _ in range(2)}
    assert keys == {Settings("a cat", seed=3).key + "\n"}


def test_import_is_light():
    code = "import sys, diffuscope; diffuscope.Settings('x'); print({'torch', 'diffusers'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "set()\n"


def test_errors_come_back_from_other_processes_with_their_field():
    error = pickle.loads(pickle.dumps(SettingsError("steps", "Steps must be 1 to 1000, got 0.")))
    assert (error.field, str(error)) == ("steps", "Steps must be 1 to 1000, got 0.")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("guidance", 'It is called "guidance_scale" here'),
        ("cfg_scale", 'It is called "guidance_scale" here'),
        ("num_inference_steps", 'It is called "steps" here'),
        ("sampler", 'It is called "scheduler" here'),
        ("sigmas", 'It is called "schedule" here'),
        ("promt", 'Did you mean "prompt"'),
        ("colour", "It has: prompt, negative_prompt"),
    ],
)
def test_unknown_names_lead_to_ours(name, words):
    for call in (lambda: Settings("a", **{name: 3}), lambda: Settings("a").replace(**{name: 3})):
        with pytest.raises(TypeError, match=words):
            call()
    if "called" in words:
        with pytest.raises(SettingsError, match=words):
            Settings.from_dict({"prompt": "a", name: 3})


def test_settings_show_their_fields_and_need_a_prompt():
    assert list(inspect.signature(Settings).parameters) == list(FIELDS)
    assert list(inspect.signature(Recipe).parameters) == list(FIELDS)
    with pytest.raises(TypeError, match="Settings need a prompt"):
        Settings(steps=3)
