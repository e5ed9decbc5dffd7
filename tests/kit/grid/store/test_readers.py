"""Three readers that are not ours find the recipe in our pictures: what we wrote stands in the files, not in our reader."""

import json
from pathlib import Path

import pytest
from grid_cells import SETTINGS, trace
from PIL import Image
from readers import others_read
from sd_geninfo.sd_geninfo import parse_geninfo, read_geninfo, yaml_to_json
from unstable_reader import ImageMetadataExtractor

from diffuscope import save_picture
from diffuscope.grid.store.store import Store
from diffuscope.trace.metadata import with_record

WANTED = {
    "prompt": "a red circle",
    "negative": "blue",
    "seed": 7,
    "steps": 6,
    "guidance": 4.5,
    "sampler": "Euler",
}


def sd_parsers(path: Path):
    found = others_read(path)
    (sampler,) = found.samplers
    numbers = sampler.parameters
    return {
        "prompt": found.full_prompt,
        "negative": found.full_negative_prompt,
        "seed": int(numbers["seed"]),
        "steps": int(numbers["steps"]),
        "guidance": float(numbers["cfg_scale"]),
        "sampler": sampler.name,
    }


def prompt_reader(path: Path):
    """The code of SD Prompt Reader, as a library."""
    found = ImageMetadataExtractor(str(path))
    found.extract_metadata()
    return {
        "prompt": found.prompt,
        "negative": found.negative,
        "seed": int(found.seed),
        "steps": int(found.steps),
        "guidance": float(found.cfg),
        "sampler": found.sampler,
    }


def geninfo(path: Path):
    with Image.open(path) as image:
        found = json.loads(yaml_to_json(parse_geninfo(read_geninfo(image)[0])))
    return {
        "prompt": found["Positive prompt"],
        "negative": found["Negative prompt"],
        "seed": found["Seed"],
        "steps": found["Steps"],
        "guidance": found["CFG scale"],
        "sampler": found["Sampler"],
        "schedule": found["Schedule type"],
    }


READERS = (sd_parsers, prompt_reader, geninfo)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_a_saved_picture(tmp_path, reader, suffix):
    found = reader(save_picture(trace(side=64), tmp_path / f"out{suffix}"))
    assert found.pop("schedule", "Karras") == "Karras"
    assert found == WANTED


@pytest.mark.parametrize("reader", READERS)
def test_a_cell(tmp_path, reader):
    store = Store(tmp_path / "grid")
    store.save("ab12", trace())
    found = reader(store.folder / "cells" / "ab12.png")
    assert found.pop("schedule", "Karras") == "Karras"
    assert found == WANTED
    assert SETTINGS.prompt == found["prompt"]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_the_bytes_are_the_file(tmp_path, form):
    suffix = {"PNG": ".png", "JPEG": ".jpg", "WEBP": ".webp"}[form]
    assert save_picture(trace(), tmp_path / f"out{suffix}").read_bytes() == with_record(trace(), form)
