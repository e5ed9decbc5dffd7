"""Three readers that are not ours, on the same pictures: they find what we find, or the difference is explained here.

A fourth, SD Prompt Reader 1.3.5, answers as unstable-reader does, which is its code as a library.
"""

import json
from contextlib import redirect_stdout
from io import StringIO

import pytest
from foreign_records import RECORDS, WANT, picture
from PIL import Image
from readers import others_read
from sd_geninfo.sd_geninfo import parse_geninfo, read_geninfo, yaml_to_json
from unstable_reader import ImageMetadataExtractor

from diffuscope.records.read import read

ASKED = ("prompt", "negative_prompt", "seed", "steps", "guidance_scale")


def sd_parsers(path):
    found = others_read(path)
    (sampler,) = found.samplers
    said = sampler.parameters
    return found.full_prompt, found.full_negative_prompt, said["seed"], said.get("steps"), said.get("cfg_scale")


def unstable_reader(path):
    found = ImageMetadataExtractor(str(path))
    with redirect_stdout(StringIO()):  # it prints what it thinks
        found.extract_metadata()
    return found.prompt, found.negative, found.seed, found.steps, found.cfg


def sd_geninfo(path):
    with Image.open(path) as image:
        found = json.loads(yaml_to_json(parse_geninfo(read_geninfo(image)[0])))
    return tuple(found[key] for key in ("Positive prompt", "Negative prompt", "Seed", "Steps", "CFG scale"))


ALL = {
    sd_parsers: ("A1111", "ComfyUI", "NovelAI", "InvokeAI", "Fooocus"),
    unstable_reader: ("A1111", "ComfyUI", "SwarmUI", "NovelAI", "InvokeAI"),
    sd_geninfo: ("A1111",),
}
"""Which tools each one reads. Left out: sd-parsers knows no SwarmUI, and unstable-reader takes Fooocus' JSON for a prompt."""
SILENT = {
    (sd_parsers, "NovelAI"): {"steps"},  # it files them elsewhere
    (unstable_reader, "InvokeAI"): {
        "seed",
        "steps",
        "guidance_scale",
    },  # it fails on the scheduler, and keeps the prompts
}
"""What a reader does not find."""


@pytest.mark.parametrize(("reader", "tool"), [(reader, tool) for reader, tools in ALL.items() for tool in tools])
def test_others_agree(tmp_path, reader, tool):
    path = picture(tmp_path, RECORDS[tool])
    ours, theirs = read(path), dict(zip(ASKED, reader(path), strict=True))
    for name in set(ASKED) - SILENT.get((reader, tool), set()):
        assert type(WANT[name])(theirs[name]) == getattr(ours, name) == WANT[name], name


LINE = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768"


@pytest.mark.parametrize(
    ("text", "theirs"),
    [
        # the seed of ADetailer, inside its quotes, is taken for the picture's
        (f'a fox\nNegative prompt: fog\n{LINE}, ADetailer prompt: "a hen, Steps: 3, Seed: 77"', '77"'),
        # so is one in the name of a model
        (f'a fox\nNegative prompt: fog\n{LINE}, Civitai resources: [{{"modelName":"Toy, Seed: 9, x"}}]', "9"),
    ],
)
def test_where_sd_parsers_and_we_differ(tmp_path, text, theirs):
    """A reader that knows of quotes must not follow; when sd-parsers does better, this fails and can go."""
    path = picture(tmp_path, {"parameters": text})
    assert read(path).seed == 5
    assert sd_parsers(path)[2] == theirs
