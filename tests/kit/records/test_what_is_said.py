"""Nothing of a record becomes a default without a word: what is not said, what is out of range, what a prompt means there."""

import json
import re
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from diffuscope.picture.opened import opened
from diffuscope.prompt.compel import from_compel
from diffuscope.prompt.language import parse
from diffuscope.prompt.novelai import from_novelai
from diffuscope.recipe.schedulers import SCHEDULERS
from diffuscope.records.parts.texts import decoded
from diffuscope.records.read import read, read_text

LINE = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768"


def text(sampler="Euler", **more):
    return f"a fox\nSteps: 20, Sampler: {sampler}, CFG scale: 7, " + ", ".join(f"{k}: {v}" for k, v in more.items())


@pytest.mark.parametrize("one", ["Steps: many", "Size: 3, Model: x, Version: y", "How to cook: Steps: 3, Seed: poppy, Size: small",
                                 "[1, 2]", "Negative prompt: fog", "Seed: 5", "<xml>Steps: 3</xml>"])  # fmt: skip
def test_words_that_happen_to_be_keys_are_no_record(one):
    with pytest.raises(ValueError, match="no readable record"):
        read_text(one)


def test_what_every_picture_has_and_a_record_does_not_say():
    assert dict(read_text("Steps: 20").unread) == {"seed": "not said", "scheduler": "not said"}
    assert not read_text(f"a fox\n{LINE}").unread


@pytest.mark.parametrize(
    ("pair", "value"),
    [
        ({"Seed": "5.0"}, {"seed": 5}),
        ({"Seed": 2**64 - 1}, {"seed": 2**64 - 1}),
        ({"Seed": 1, "Size": "512 × 768"}, {"width": 512, "height": 768}),
        ({"Seed": 1, "Clip skip": 2}, {"clip_skip": 1}),
        ({"Seed": 1, "Schedule type": "SGM Uniform"}, {"schedule": "sgm uniform"}),
    ],
)
def test_numbers_as_they_are_written(pair, value):
    found = read_text(text(**pair))
    assert {name: getattr(found, name) for name in value} == value
    assert not found.unread


@pytest.mark.parametrize(
    ("pair", "name", "words"),
    [
        ({"Seed": -1}, "seed", "-1"),
        ({"Seed": 2**64}, "seed", str(2**64)),
        ({"Seed": "9" * 5000}, "seed", "999"),
        ({"Seed": 1, "Size": "500x750"}, "width", "500"),
        ({"Seed": 1, "Size": "big"}, "height", "big"),
        ({"Seed": 1, "Clip skip": 99}, "clip_skip", "98"),
        ({"Seed": 1, "Variation seed": 7, "Variation seed strength": 2}, "variation_strength", "2"),
        ({"Seed": 1, "Denoising strength": 0.4}, "Denoising strength", "0.4"),
        ({"Seed": 1, "Hires upscale": 2}, "Hires upscale", "2"),
    ],
)
def test_a_value_that_cannot_be_is_said_and_hides_nothing(pair, name, words):
    found = read_text(text(**pair))
    assert found.unread[name].startswith(words)
    assert (found.prompt, found.scheduler, found.steps, found.guidance_scale) == ("a fox", "euler", 20, 7.0)


A1111_SAMPLERS = {
    "DPM++ 2M": "dpm++ 2m", "DPM++ SDE": "dpm++ sde", "DPM++ 2M SDE": "dpm++ 2m sde", "DPM++ 2M SDE Heun": None,
    "DPM++ 2S a": None, "DPM++ 3M SDE": None, "Euler a": "euler a", "Euler": "euler", "LMS": "lms", "Heun": "heun",
    "DPM2": "dpm2", "DPM2 a": "dpm2 a", "DPM fast": None, "DPM adaptive": None, "Restart": None, "DDIM": "ddim",
    "DDIM CFG++": None, "PLMS": "plms", "UniPC": "unipc", "LCM": "lcm",
}  # fmt: skip
"""Those of webui 1.10 (modules/sd_samplers_*.py), and ours where it is the same."""
A1111_SCHEDULES = {
    "Automatic": None, "Uniform": "uniform", "Karras": "karras", "Exponential": "exponential", "Polyexponential": "",
    "SGM Uniform": "sgm uniform", "KL Optimal": "", "Align Your Steps": "", "Simple": "sgm uniform", "Normal": "uniform",
    "Beta": "beta",
}  # fmt: skip


@pytest.mark.parametrize("name", A1111_SAMPLERS)
def test_samplers_of_a1111(name):
    found, ours = read_text(text(name, Seed=1)), A1111_SAMPLERS[name]
    assert found.unread.get("scheduler") == (None if ours else name)
    if ours:
        assert found.scheduler == ours


@pytest.mark.parametrize("name", A1111_SCHEDULES)
def test_schedules_of_a1111(name):
    found, ours = read_text(text(Seed=1, **{"Schedule type": name})), A1111_SCHEDULES[name]
    assert found.schedule == (ours or None)
    assert found.unread.get("schedule") == (name if ours == "" else None)


@pytest.mark.parametrize("steps", [7, 20, 30])
def test_simple_and_sgm_uniform_are_the_trailing_timesteps(steps):
    """ComfyUI's simple_scheduler takes sigmas[-(1 + int(x * 1000 / steps))], its sgm_uniform linspace(999, 0, steps + 1)."""
    diffusers = pytest.importorskip("diffusers")
    scheduler = diffusers.EulerDiscreteScheduler(timestep_spacing="trailing")
    scheduler.set_timesteps(steps)
    simple = [999 - int(x * 1000 / steps) for x in range(steps)]
    np.testing.assert_allclose(scheduler.timesteps, simple, atol=1.001)
    np.testing.assert_allclose(scheduler.timesteps, np.linspace(999, 0, steps + 1)[:-1], atol=1.4)


def test_no_row_has_a_name_that_is_read_as_another():
    from diffuscope.recipe.scheduler_names import find

    for row in SCHEDULERS.values():
        for name in filter(None, (row.name, row.a1111, row.invokeai, row.k_diffusion)):
            assert find(name) is row, name


def weights(prompt):
    """Each word of what a model reads, and how much its first letter counts."""
    signs = [(sign, round(piece.weight, 3)) for piece in parse(prompt).at(0, 10) for sign in piece.text]
    whole = "".join(sign for sign, _ in signs)
    return {found[0]: signs[found.start()][1] for found in re.finditer(r"\S+", whole)}


@pytest.mark.parametrize(
    ("prompt", "heard"),
    [
        ("a (fox)1.3", {"a": 1, "fox": 1.3}),
        ("a fox++ (red hen)-", {"a": 1, "fox": 1.21, "red": 0.9, "hen": 0.9}),
        ("((fox)1.5)0.5", {"fox": 0.75}),
        ("a red-haired fox", {"a": 1, "red-haired": 1, "fox": 1}),
        ("(fox:1.3) [hen|cat]", {"fox:1.3": 1, "[hen|cat]": 1}),
        (r"\(fox\) (hen", {"(fox)": 1, "(hen": 1}),
    ],
)
def test_prompts_of_invokeai(prompt, heard):
    assert weights(from_compel(prompt)) == heard


@pytest.mark.parametrize(
    ("prompt", "heard"),
    [
        ("a {fox}, [hen]", {"a": 1, "fox,": 1.05, "hen": 0.952}),
        ("{{fox}}", {"fox": 1.102}),
        ("1.5::fox::, hen", {"fox,": 1.5, "hen": 1}),
        ("fox (red)", {"fox": 1, "(red)": 1}),
    ],
)
def test_prompts_of_novelai(prompt, heard):
    assert weights(from_novelai(prompt)) == pytest.approx(heard, abs=2e-3)


def test_what_a_prompt_means_only_there():
    found = read_text(f"a fox <lora:toy:0.8> AND a hen BREAK\n{LINE}")
    assert found.unread["Prompt language"] == "<lora:toy:0.8>, AND, BREAK"


@pytest.mark.parametrize("kind", ["zTXt", "iTXt"])
def test_a_long_packed_text_does_not_cost_the_picture(tmp_path, kind):
    info = PngInfo()
    info.add_text("parameters", f"a fox\n{LINE}")
    body = zlib.compress(b"x" * 2**21)
    info.add(kind.encode(), b"workflow\0" + {"zTXt": b"\0", "iTXt": b"\1\0\0\0"}[kind] + body)
    Image.new("RGB", (8, 8), "red").save(tmp_path / "a.png", pnginfo=info)
    assert read(tmp_path / "a.png").prompt == "a fox"
    assert opened(tmp_path / "a.png", "a.png").getpixel((0, 0)) == (255, 0, 0)


def test_text_in_utf_8_where_latin_1_belongs(tmp_path):
    """Many write UTF-8 into PNG's tEXt."""
    info = PngInfo()
    info.add(b"tEXt", b"parameters\0" + f"un renard gelé 狐\n{LINE}".encode())
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    assert read(tmp_path / "a.png").prompt == "un renard gelé 狐"


def test_a_cut_chunk_is_refused_and_not_unpacked(tmp_path):
    info = PngInfo()
    info.add_text("parameters", "x" * 2**21, zip=True)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=info)
    data = (tmp_path / "a.png").read_bytes()
    (length,) = struct.unpack(">I", data[33:37])
    (tmp_path / "b.png").write_bytes(data[:33] + struct.pack(">I", length + 2**30) + data[37:])
    with pytest.raises(ValueError, match="not a readable"):
        read(tmp_path / "b.png")


def test_the_first_value_of_a_key_counts():
    assert read_text(f"a fox\n{LINE}, Seed: 77, Steps: 3").seed == 5
    assert read_text(f"a fox\n{LINE}\nSeed: 77, Model: toy").seed == 5


def test_automatic_leaves_the_schedule_to_the_samplers_name():
    found = read_text(text("DPM++ 2M Karras", Seed=1, **{"Schedule type": "Automatic"}))
    assert (found.scheduler, found.schedule) == ("dpm++ 2m", "karras")


def test_a_blend_of_invokeai_is_no_prompt_here():
    spoken = '("a fox", "a hen").blend(0.7, 0.3)'
    found = read_text(json.dumps({"positive_prompt": spoken, "seed": 5, "scheduler": "euler"}))
    assert (found.prompt, dict(found.unread)) == ("", {"prompt": spoken})


def test_characters_of_novelai_are_said():
    caption = {"base_caption": "a fox", "char_captions": [{"char_caption": "a girl", "centers": []}]}
    said = {"prompt": "a fox", "uc": "", "seed": 5, "sampler": "k_euler", "v4_prompt": {"caption": caption}}
    assert dict(read_text(json.dumps(said)).unread) == {"Character prompts": "a girl"}


@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_letters_that_have_a_zero_byte_themselves(encoding):
    """U+4E00 has its zero where the Latin alphabet of the other byte order has one."""
    record = f"{'一' * 300}\n{LINE}"
    assert decoded(b"UNICODE\0" + record.encode(encoding)) == record
