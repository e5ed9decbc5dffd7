"""Records of each tool, as it writes them: read as settings, or said not to be. sd-parsers is asked beside us."""

import json

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from readers import others_read

from diffuscope import read_settings
from diffuscope.records.tools.table import TOOLS

WANT = {
    "prompt": "a fox", "negative_prompt": "fog", "seed": 5, "scheduler": "euler a", "steps": 20, "guidance_scale": 7.0,
    "width": 512, "height": 768,
}  # fmt: skip
GRAPH = {
    "3": {"class_type": "KSampler", "inputs": {
        "seed": 5, "steps": 20, "cfg": 7.0, "sampler_name": "euler_ancestral", "scheduler": "normal", "denoise": 1.0,
        "model": ["4", 0], "positive": ["6", 0], "negative": ["7", 0], "latent_image": ["5", 0]}},
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "toy.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 512, "height": 768, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "fog", "clip": ["4", 1]}},
}  # fmt: skip
EDITOR = {
    "nodes": [],
    "links": [
        [1, 4, 0, 3, 0, "MODEL"], [2, 5, 0, 3, 3, "LATENT"], [3, 4, 1, 6, 0, "CLIP"], [4, 6, 0, 3, 1, "CONDITIONING"],
        [5, 4, 1, 7, 0, "CLIP"], [6, 7, 0, 3, 2, "CONDITIONING"],
    ],
}  # fmt: skip
LINE = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 512x768, Model hash: 0000000000, Model: toy"
SWARM = {
    "prompt": "a fox", "negativeprompt": "fog", "model": "toy", "seed": 5, "steps": 20, "cfgscale": 7.0, "width": 512,
    "height": 768, "sampler": "euler_ancestral", "swarm_version": "0.9.5.0",
}  # fmt: skip
NOVEL = {
    "prompt": "a fox", "uc": "fog", "steps": 20, "height": 768, "width": 512, "scale": 7.0, "seed": 5,
    "sampler": "k_euler_ancestral",
}  # fmt: skip
INVOKE = {
    "generation_mode": "txt2img", "positive_prompt": "a fox", "negative_prompt": "fog", "seed": 5, "steps": 20,
    "cfg_scale": 7.0, "width": 512, "height": 768, "scheduler": "euler_a", "app_version": "5.4.0",
}  # fmt: skip
FOOOCUS = {
    "prompt": "a fox", "negative_prompt": "fog", "steps": 20, "guidance_scale": 7.0, "seed": "5", "resolution": "(512, 768)",
    "sampler": "euler_ancestral", "scheduler": "normal", "base_model": "toy", "base_model_hash": "0000000000", "version": "Fooocus v2.5.5",
}  # fmt: skip
RECORDS = {
    "A1111": {"parameters": f"a fox\nNegative prompt: fog\n{LINE}"},
    "ComfyUI": {"prompt": json.dumps(GRAPH), "workflow": json.dumps(EDITOR)},
    "SwarmUI": {"parameters": json.dumps({"sui_image_params": SWARM})},
    "NovelAI": {
        "Software": "NovelAI",
        "Source": "Stable Diffusion 1D44365E",
        "Description": "a fox",
        "Comment": json.dumps(NOVEL),
    },
    "InvokeAI": {"invokeai_metadata": json.dumps(INVOKE)},
    "Fooocus": {"parameters": json.dumps(FOOOCUS), "fooocus_scheme": "fooocus"},
}
"""What the chunks of a PNG hold."""


def picture(folder, texts):
    info = PngInfo()
    for name, text in texts.items():
        info.add_text(name, text)
    Image.new("RGB", (64, 64)).save(folder / "a.png", pnginfo=info)
    return folder / "a.png"


@pytest.mark.parametrize("tool", RECORDS)
def test_a_record_is_read_whole(tmp_path, tool):
    found = read_settings(picture(tmp_path, RECORDS[tool]))
    assert {name: getattr(found, name) for name in WANT} == WANT
    assert found.tool.startswith(tool)
    assert tool in TOOLS
    assert not found.unread


@pytest.mark.parametrize("tool", [tool for tool in RECORDS if tool != "SwarmUI"])
def test_another_reader_agrees(tmp_path, tool):
    theirs = others_read(picture(tmp_path, RECORDS[tool]))
    sampler = theirs.samplers[0]
    assert [prompt.value for prompt in sampler.prompts] == ["a fox"]
    assert [prompt.value for prompt in sampler.negative_prompts] == ["fog"]
    said = {name.lower(): str(value) for name, value in sampler.parameters.items()}
    assert said["seed"] == "5"
    assert said.get("steps", "20") == "20"  # it leaves NovelAI's out


@pytest.mark.parametrize("tool", ["A1111", "ComfyUI", "SwarmUI", "InvokeAI", "Fooocus"])
def test_pasted_text_is_read_as_the_picture_is(tmp_path, tool):
    (text, *_) = RECORDS[tool].values()
    assert read_settings(text) == read_settings(picture(tmp_path, RECORDS[tool]))


def test_draw_things_and_old_invokeai(tmp_path):
    things = {"c": "a fox", "uc": "fog", "steps": 20, "scale": 7.0, "seed": 5, "size": "512x768", "sampler": "Euler A",
              "strength": 1.0, "model": "toy"}  # fmt: skip
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + json.dumps(things).encode()
    Image.new("RGB", (64, 64)).save(tmp_path / "a.jpg", exif=exif)
    old = {"image": {"prompt": [{"prompt": "a fox [fog]", "weight": 1.0}], "steps": 20, "cfg_scale": 7.0, "seed": 5,
                     "width": 512, "height": 768, "sampler": "k_euler_a"}}  # fmt: skip
    for path in (tmp_path / "a.jpg", picture(tmp_path, {"sd-metadata": json.dumps(old)})):
        found = read_settings(path)
        assert {name: getattr(found, name) for name in WANT} == WANT


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [
        ({"sampler_name": "restart"}, "scheduler", "restart"),
        ({"scheduler": "align_your_steps"}, "schedule", "align_your_steps"),
        ({"denoise": 0.4}, "Denoising strength", "0.4"),
        ({"seed": 2**64}, "seed", str(2**64)),
        ({"positive": ["9", 0]}, "prompt", "text of a node"),
    ],
)
def test_what_cannot_be_said_here_is_said_to_be_so(tmp_path, change, name, value):
    graph = json.loads(json.dumps(GRAPH))
    graph["3"]["inputs"] |= change
    with pytest.warns(UserWarning, match="says what settings here do not"):
        found = read_settings(picture(tmp_path, {"prompt": json.dumps(graph)}))
    assert value in found.unread[name]
    assert found.steps == 20, "the rest is read"


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        ({"parameters": "None"}, "no readable record"),
        ({"parameters": "Upscale: 2, visibility: 1.0"}, "no readable record"),
        ({"parameters": '{"some": "json"}'}, "no readable record"),
        ({"workflow": json.dumps({"nodes": [{"id": 1}]})}, "only the graph of its editor"),
        ({"Description": "a fox --v 6 Job ID: 1"}, "made by Midjourney"),
        ({"prompt": json.dumps({"1": {"class_type": "X", "inputs": {}}})}, "without a sampler"),
        ({"parameters": "x" * 2**21}, "at most"),
    ],
)
def test_what_is_no_record_is_refused(tmp_path, texts, words):
    with pytest.raises(ValueError, match=words):
        read_settings(picture(tmp_path, texts))
