"""Records of each tool, as it writes them: read as settings, or said not to be."""

import json
import random
from contextlib import suppress

import pytest
from foreign_records import GRAPH, RECORDS, WANT, picture
from PIL import Image

from diffuscope import read_settings
from diffuscope.records.read import read_text
from diffuscope.records.tools.table import TOOLS


@pytest.mark.parametrize("tool", RECORDS)
def test_a_record_is_read_whole(tmp_path, tool):
    found = read_settings(picture(tmp_path, RECORDS[tool]))
    assert {name: getattr(found, name) for name in WANT} == WANT
    assert found.tool.startswith(tool)
    assert tool in TOOLS
    assert not found.unread


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


def graph_with(**nodes):
    """The graph, with some nodes changed or added: name to class and inputs."""
    return GRAPH | {name[1:]: {"class_type": kind, "inputs": inputs} for name, (kind, inputs) in nodes.items()}


SAMPLER = GRAPH["3"]["inputs"]


@pytest.mark.parametrize(
    ("graph", "value", "unread"),
    [
        (graph_with(n6=("CLIPTextEncode", {"text": ["9", 0], "clip": ["4", 1]}), n9=("StringNode", {"value": "a fox"})), {}, {}),
        (graph_with(n3=("KSampler", SAMPLER | {"seed": ["9", 0]}), n9=("PrimitiveInt", {"value": 77})), {"seed": 77}, {}),
        (
            graph_with(
                n6=("CLIPTextEncode", {"text": "a fox", "clip": ["9", 0]}),
                n9=("CLIPSetLastLayer", {"stop_at_clip_layer": -2, "clip": ["4", 1]}),
            ),
            {"clip_skip": 1},
            {},
        ),
        (
            graph_with(
                n3=("KSampler", SAMPLER | {"model": ["9", 0]}),
                n9=("LoraLoader", {"lora_name": "l.pt", "strength_model": 0.8, "model": ["4", 0], "clip": ["4", 1]}),
            ),
            {},
            {"LoRA": "l.pt 0.8"},
        ),
        (
            graph_with(
                n20=("KSampler", SAMPLER | {"latent_image": ["21", 0], "seed": 6, "denoise": 0.5}),
                n21=("LatentUpscale", {"width": 1024, "height": 1536, "samples": ["3", 0]}),
            ),
            {},
            {"Further samplers": "KSampler"},
        ),
        (graph_with(n6=("CLIPTextEncode", {"text": "a (fox:1.2) [hen]", "clip": ["4", 1]})), {"prompt": r"a (fox:1.2) \[hen\]"}, {}),
        (
            graph_with(
                n6=("ConditioningCombine", {"conditioning_1": ["7", 0], "conditioning_2": ["9", 0]}),
                n9=("CLIPTextEncode", {"text": "a fox", "clip": ["4", 1]}),
            ),
            {"prompt": ""},
            {"prompt": "fog | a fox", "Conditioning": "ConditioningCombine"},
        ),
    ],
    ids=["text node", "seed node", "clip skip", "lora", "second pass", "brackets", "two texts"],
)  # fmt: skip
def test_graphs_of_comfyui(graph, value, unread):
    found = read_text(json.dumps(graph))
    assert {name: getattr(found, name) for name in WANT | value} == WANT | value
    assert dict(found.unread) == unread


def test_comfyui_with_separate_nodes():
    """As SamplerCustomAdvanced wants it, in the templates for Flux and SD3."""
    nodes = {
        "1": ("UNETLoader", {"unet_name": "flux1-dev.safetensors"}), "2": ("RandomNoise", {"noise_seed": 5}),
        "3": ("KSamplerSelect", {"sampler_name": "euler"}), "5": ("BasicGuider", {"model": ["1", 0], "conditioning": ["7", 0]}),
        "4": ("BasicScheduler", {"scheduler": "simple", "steps": 20, "denoise": 1.0, "model": ["1", 0]}),
        "6": ("CLIPTextEncode", {"text": "a fox", "clip": ["9", 0]}), "7": ("FluxGuidance", {"guidance": 3.5, "conditioning": ["6", 0]}),
        "8": ("EmptySD3LatentImage", {"width": 1024, "height": 768, "batch_size": 1}),
        "10": ("SamplerCustomAdvanced", {"noise": ["2", 0], "guider": ["5", 0], "sampler": ["3", 0], "sigmas": ["4", 0],
                                         "latent_image": ["8", 0]}),
    }  # fmt: skip
    found = read_text(
        json.dumps({name: {"class_type": kind, "inputs": inputs} for name, (kind, inputs) in nodes.items()})
    )
    assert (found.prompt, found.seed, found.scheduler, found.schedule) == ("a fox", 5, "euler", "sgm uniform")
    assert (found.steps, found.width, found.height, found.model) == (20, 1024, 768, "flux1-dev")
    assert dict(found.unread) == {"Distilled guidance": "3.5"}


def test_comfyui_in_a_webp(tmp_path):
    exif = Image.Exif()
    exif[0x0110], exif[0x010F] = "prompt:" + json.dumps(GRAPH), "workflow:{}"
    Image.new("RGB", (64, 64)).save(tmp_path / "a.webp", exif=exif)
    assert read_settings(tmp_path / "a.webp") == read_text(json.dumps(GRAPH))


@pytest.mark.parametrize(
    "text",
    ['"a fox [fog]" -s 20 -S 5 -W 512 -H 768 -C 7 -A k_euler_a', "a fox [fog] -s20 -S5 -W512 -H768 -C7 -Ak_euler_a"],
)
def test_the_first_invokeai(tmp_path, text):
    found = read_settings(picture(tmp_path, {"Dream": text}))
    assert {name: getattr(found, name) for name in WANT} == WANT


def test_draw_things_in_xmp(tmp_path):
    said = '{"c": "a fox", "uc": "fog", "steps": 20, "scale": 7, "seed": 5, "size": "512x768", "sampler": "Euler A", "strength": 1}'
    xmp = (
        "<x:xmpmeta><rdf:RDF><rdf:Description><xmp:CreatorTool>Draw Things</xmp:CreatorTool><exif:UserComment><rdf:Alt>"
        f'<rdf:li xml:lang="x-default">{said.replace(chr(34), "&quot;")}</rdf:li></rdf:Alt></exif:UserComment></rdf:Description>'
        "</rdf:RDF></x:xmpmeta>"
    )
    Image.new("RGB", (64, 64)).save(tmp_path / "a.jpg", xmp=xmp.encode())
    found = read_settings(tmp_path / "a.jpg")
    assert {name: getattr(found, name) for name in WANT} == WANT


JUNK = [
    None,
    [],
    {},
    "",
    -1,
    float("nan"),
    True,
    [["3", 0]],
    ["3", "x"],
    "x" * 50,
    {"a": {}},
    10**400,
    ["99", 0],
    ["3", 0],
]


@pytest.mark.parametrize("tool", [tool for tool in RECORDS if tool != "A1111"])
@pytest.mark.filterwarnings("ignore:.*says what settings here do not")
def test_a_damaged_record_is_read_or_refused(tool):
    """Any value may be anything: other programs write these files."""
    chance = random.Random(0)
    place, text = next((place, text) for place, text in RECORDS[tool].items() if text.startswith("{"))
    for _ in range(200):
        record = json.loads(text)
        spots = list(within(record))
        for holder, key in chance.sample(spots, min(2, len(spots))):
            holder[key] = chance.choice(JUNK)
        with suppress(ValueError):
            first(RECORDS[tool] | {place: json.dumps(record)})


def within(value):
    """Every place in lists and mappings."""
    for key, inner in list(
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield value, key
        yield from within(inner)


def first(texts):
    for reader in TOOLS.values():
        if found := reader(texts):
            return found
    return None
