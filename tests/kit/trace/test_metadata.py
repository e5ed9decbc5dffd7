"""Records in saved pictures, read back by us and by a reader that is not ours."""

import json
from dataclasses import replace

import numpy as np
import pytest
from foreign_records import picture
from PIL import Image
from readers import others_read
from rows import ROWS

from diffuscope import SCHEDULERS, Settings, read_settings, record, save_picture
from diffuscope.recipe.schedulers import SCHEDULES
from diffuscope.records.parts.texts import MAX_RECORD
from diffuscope.trace.metadata import infotext, records

PROMPTS = ["a red circle", "a lighthouse, (golden light:1.2), café, 蓝色", 'two\nlines "quoted": yes, <b>']


@pytest.fixture(scope="module")
def trace(model):
    return record(model, Settings("a red circle", "blue", seed=7, steps=6, width=64, height=64, scheduler="euler"))


def with_settings(trace, **changes):
    return replace(trace, settings=trace.settings.replace(**changes))


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
@pytest.mark.parametrize("prompt", PROMPTS)
def test_ours_is_lossless(trace, tmp_path, suffix, prompt):
    one = with_settings(trace, prompt=prompt, eta=0.25, scheduler="ddim", schedule="sgm uniform", seed=2**63 - 1)
    assert read_settings(save_picture(one, tmp_path / f"out{suffix}")) == one.settings


def test_pixels_and_no_leftover(trace, tmp_path):
    path = save_picture(trace, tmp_path / "out.png")
    np.testing.assert_array_equal(np.asarray(Image.open(path)), trace.image)
    assert [p.name for p in tmp_path.iterdir()] == ["out.png"]
    with pytest.raises(ValueError, match=r"must end in \.png"):
        save_picture(trace, tmp_path / "out.bmp")


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_independent_reader(trace, tmp_path, row):
    """sd-parsers is other people's code; what it finds must be what we asked for."""
    schedule = row.schedules[0]
    one = with_settings(trace, scheduler=row.name, schedule=schedule, guidance_scale=4.5, prompt="a cat, (red:1.2)")
    for suffix in (".png", ".jpg", ".webp"):
        found = others_read(save_picture(one, tmp_path / f"out{suffix}"))
        assert found.generator.value == "AUTOMATIC1111"
        assert found.full_prompt == "a cat, (red:1.2)"
        assert found.full_negative_prompt == "blue"
        (sampler,) = found.samplers
        assert int(sampler.parameters["seed"]) == 7
        assert int(sampler.parameters["steps"]) == 6
        assert float(sampler.parameters["cfg_scale"]) == 4.5
        assert sampler.name == (row.a1111 or row.diffusers)


@pytest.mark.parametrize("row", [r for r in SCHEDULERS.values() if r.a1111], ids=lambda row: row.name)
def test_from_a1111_text_alone(trace, tmp_path, row):
    for schedule in row.schedules:
        one = with_settings(trace, scheduler=row.name, schedule=schedule)
        assert read_settings(picture(tmp_path, {"parameters": infotext(one.settings, one.made_by)})) == one.settings


def test_old_a1111_names(tmp_path):
    text = "a cat\nNegative prompt: dog\nSteps: 20, Sampler: DPM++ 2M Karras, CFG scale: 7, Seed: 5, Size: 512x768"
    got = read_settings(picture(tmp_path, {"parameters": text}))
    assert got == Settings("a cat", "dog", 5, "dpm++ 2m", "karras", 20, 7.0, width=512, height=768)


def test_variation_seed(trace, tmp_path):
    one = with_settings(trace, variation_seed=2**32 - 1, variation_strength=0.35)
    path = save_picture(one, tmp_path / "a.png")
    assert read_settings(path) == one.settings
    # the keys of A1111, as a reader that is not ours finds them, and read back from its text alone
    found = others_read(path).metadata
    assert (found["Variation seed"], found["Variation seed strength"]) == ("4294967295", "0.35")
    texts = Image.open(path).text
    assert "invokeai_metadata" not in texts, "InvokeAI would make another picture of it"
    assert read_settings(picture(tmp_path, {"parameters": texts["parameters"]})) == one.settings
    for idle in ({"variation_seed": 5}, {"variation_strength": 0.5}):
        other = with_settings(trace, **idle)
        assert "Variation" not in infotext(other.settings, other.made_by)
        assert read_settings(save_picture(other, tmp_path / "b.jpg")) == other.settings


def test_invokeai_record(trace, tmp_path):
    record = json.loads(Image.open(save_picture(trace, tmp_path / "a.png")).text["invokeai_metadata"])
    assert record["scheduler"] == "euler"
    assert record["model"] == {"name": trace.made_by["model"], "type": "main"}, "its base is not known"
    got = read_settings(picture(tmp_path, {"invokeai_metadata": json.dumps(record)}))
    assert got == trace.settings
    # where InvokeAI would refuse it, the record is left out
    small = save_picture(with_settings(trace, width=32), tmp_path / "b.png")
    assert "invokeai_metadata" not in Image.open(small).text


def test_what_was_left_open_stays_open(trace, tmp_path):
    """Steps of another system know no size and no scheduler of ours."""
    foreign = replace(trace, settings=Settings("a red circle"))
    for suffix in (".png", ".jpg"):
        assert read_settings(save_picture(foreign, tmp_path / f"a{suffix}")) == foreign.settings


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({}, "no readable record"),
        ({"diffuscope": "{"}, "cannot be read"),
        ({"diffuscope": "[]"}, "cannot be read"),
        ({"diffuscope": '{"settings": {"prompt": "x", "steps": -3}}'}, "must be 1 to 1000, got -3"),
        ({"parameters": "x" * (MAX_RECORD + 1)}, "no readable record"),
        ({"diffuscope": "[" * MAX_RECORD}, "cannot be read"),
        ({"invokeai_metadata": "[" * MAX_RECORD}, "cannot be read"),
    ],
)
def test_broken_records(tmp_path, texts, words):
    with pytest.raises(ValueError, match=words):
        read_settings(picture(tmp_path, texts))


def test_broken_files(trace, tmp_path):
    whole = save_picture(trace, tmp_path / "a.png").read_bytes()
    for content in (b"<html>", b"", whole[: len(whole) // 2]):
        (tmp_path / "b.png").write_bytes(content)
        with pytest.raises(ValueError, match="not a readable"):
            read_settings(tmp_path / "b.png")
    Image.new("1", (9000, 9000)).save(tmp_path / "c.png")
    with pytest.raises(ValueError, match=r"has 81 megapixels; the limit is 64\."):
        read_settings(tmp_path / "c.png")


def test_every_schedule_has_its_own_a1111_label():
    assert len({label for label, _ in SCHEDULES.values()}) == len(SCHEDULES)


def test_invokeai_gets_no_record_of_a_language_it_reads_otherwise(trace):
    assert "invokeai_metadata" in records(with_settings(trace, prompt="a (red) circle"))
    assert "invokeai_metadata" not in records(with_settings(trace, prompt="a (red:1.3) circle"))
    assert "invokeai_metadata" not in records(with_settings(trace, negative_prompt="[blue|red]"))


def test_a_plain_bracket_is_escaped_for_a1111_and_comes_back(trace, tmp_path):
    one = with_settings(trace, prompt="a (red) circle")
    assert infotext(one.settings, one.made_by).startswith(r"a \(red\) circle")
    theirs = {"parameters": "a (red) circle\nSteps: 5, Sampler: Euler, CFG scale: 3, Seed: 1, Size: 64x64"}
    assert read_settings(picture(tmp_path, theirs)).prompt == "a (red:1.1) circle"


@pytest.mark.parametrize("prompt", ["\u72d0" * 10_000, "\U0001f98a" * 5000])
def test_a_record_that_no_jpeg_holds_is_refused_with_the_way_out(trace, tmp_path, prompt):
    long = replace(trace, settings=trace.settings.replace(prompt=prompt))
    with pytest.raises(ValueError, match=r"a JPEG has room for 65,533; save as \.png or \.webp"):
        save_picture(long, tmp_path / "a.jpg")
    assert not list(tmp_path.iterdir())
    assert read_settings(save_picture(long, tmp_path / "a.webp")).prompt == prompt
