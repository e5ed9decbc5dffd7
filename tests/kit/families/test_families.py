"""Loading: only what is safe and whole; and the built-in model as plain diffusers sees it."""

import json
import shutil

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline, StableDiffusionInpaintPipeline, StableDiffusionPipeline
from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
from rows import ROWS
from tiny import tiny_pipeline
from transformers import CLIPConfig, CLIPImageProcessorPil

from diffuscope import Settings, SettingsError, denoise, load, models, record
from diffuscope.families import catalogue, stable_diffusion
from diffuscope.families.catalogue import CATALOGUE, WEIGHTS
from diffuscope.families.folder import verify
from diffuscope.noise.scheduler import make_scheduler

BUILT_IN = [card.name for card in models() if card.source == "built-in"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "mine"
    tiny_pipeline().save_pretrained(path)
    return path


def test_folder(folder, model):
    found = load(folder)
    settings = Settings("a red circle", steps=6, guidance_scale=4.0)
    torch.testing.assert_close(
        torch.from_numpy(record(found, settings).latents), torch.from_numpy(record(model, settings).latents)
    )
    assert load(str(folder)) is found
    assert found.source == "folder"  # not the path, which would be private


def test_folders_of_one_name_are_told_apart_by_their_weights(folder, tmp_path):
    twin, other = (shutil.copytree(folder, tmp_path / place / folder.name) for place in ("twin", "other"))
    weights = next((other / "unet").glob("*.safetensors"))
    data = bytearray(weights.read_bytes())
    data[-3] ^= 1
    weights.write_bytes(data)
    assert load(twin).sha256 == load(folder).sha256 != load(other).sha256


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_is_a_plain_diffusers_folder(name):
    """diffusers' own pipeline on the same folder draws the same picture, bit for bit."""
    model, settings = load(name), Settings(CATALOGUE[name].example, seed=7)
    assert not model.unknown_words(settings.prompt)
    done = model.complete(settings)
    pipe = StableDiffusionPipeline.from_pretrained(WEIGHTS / name)  # float32 without being told
    pipe.set_progress_bar_config(disable=True)
    pipe.scheduler = make_scheduler(done.scheduler_row, done.schedule, model.scheduler_config)
    theirs = pipe(
        done.prompt,
        num_inference_steps=done.steps,
        guidance_scale=done.guidance_scale,
        generator=torch.Generator().manual_seed(7),
        output_type="latent",
    ).images
    assert torch.equal(torch.from_numpy(record(model, settings).latents), theirs[0])


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_changes_pictures(name):
    """diffusers' image to image runs on it too, and keeps the layout."""
    unit, parts, rest = drawn_by(name)
    varied = StableDiffusionImg2ImgPipeline(**parts, requires_safety_checker=False)
    near, far = (
        varied("", image=unit, strength=strength, generator=torch.Generator().manual_seed(1), **rest).images[0]
        for strength in (0.2, 1.0)
    )
    assert np.abs(near - unit[0]).mean() < np.abs(far - unit[0]).mean()


@pytest.mark.slow
def test_scenes_fills_in_pictures():
    """Inpainting keeps what the mask leaves. The storybook's UNet has eight channels, and diffusers' pipeline takes four or nine."""
    unit, parts, rest = drawn_by("scenes")
    side = unit.shape[1]
    mask = np.zeros((1, side, side), np.float32)
    mask[:, :, side // 2 :] = 1
    filled = StableDiffusionInpaintPipeline(**parts, requires_safety_checker=False)(
        "", image=unit, mask_image=mask, width=side, height=side, strength=1.0,
        generator=torch.Generator().manual_seed(1), **rest,
    ).images[0]  # fmt: skip
    kept, changed = (
        np.abs(filled - unit[0])[:, cut].mean() for cut in (slice(0, side // 2 - 4), slice(side // 2, side))
    )
    assert kept < 0.05
    assert kept < changed


def drawn_by(name):
    """A picture as diffusers takes it, the parts of its pipelines, and options of a call."""
    start = record(load(name), Settings(CATALOGUE[name].example, steps=10)).image
    parts = StableDiffusionPipeline.from_pretrained(WEIGHTS / name).components
    return start[None] / 255.0, parts, {"guidance_scale": 2.0, "output_type": "np", "num_inference_steps": 10}


def test_built_in_models_fit_into_a_wheel():
    assert sum(path.stat().st_size for path in WEIGHTS.rglob("*") if path.is_file()) <= 60_000_000


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_form(name):
    files = [path for path in (WEIGHTS / name).rglob("*") if path.is_file()]
    assert not [path for path in files if path.suffix not in (".safetensors", ".json", ".md", ".toml")]
    assert "float16" not in str(load(name).dtype)
    assert CATALOGUE[name].megabytes == round(sum(path.stat().st_size for path in files) / 1e6)


@pytest.mark.parametrize("name", BUILT_IN)
def test_flipped_bit_is_refused(name, tmp_path, monkeypatch):
    shutil.copytree(WEIGHTS / name, tmp_path / name)
    weights = next((tmp_path / name / "unet").glob("*.safetensors"))
    content = bytearray(weights.read_bytes())
    content[-1000] ^= 1
    weights.write_bytes(content)
    monkeypatch.setattr(catalogue, "WEIGHTS", tmp_path)
    catalogue._load.cache_clear()
    with pytest.raises(ValueError, match="is damaged"):
        load(name)
    weights.unlink()
    with pytest.raises(ValueError, match="missing"):
        verify(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("scens", LookupError, 'No model "scens". Did you mean "scenes"'),
        ("https://x.org/model", LookupError, "No model"),
        ("../x", LookupError, "No model"),
        ("/nowhere/at/all", LookupError, "No model"),
        ("m.ckpt", ValueError, "pickle file, which can run code"),
    ],
)
def test_bad_names(name, error, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # where nothing lies beside
    with pytest.raises(error, match=words):
        load(name)


def test_not_on_this_computer(monkeypatch):
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(LookupError, match=r'Model "sd15" \(4.3 GB\) is not on this computer'):
        load("sd15")


def test_unsafe_folders(folder, tmp_path):
    def copy(name):
        return shutil.copytree(folder, tmp_path / name)

    code = copy("code")
    (code / "pipeline.py").write_text("print('hello')")
    pickled = copy("pickled")
    next((pickled / "unet").glob("*.safetensors")).rename(pickled / "unet" / "diffusion_pytorch_model.bin")
    other = copy("other")
    index = json.loads((other / "model_index.json").read_text())
    (other / "model_index.json").write_text(json.dumps(index | {"_class_name": "FluxPipeline"}))
    (tmp_path / "empty").mkdir()
    for path, words in (
        (code, "needs its own code"),
        (pickled, "holds no .safetensors"),
        (other, "is a FluxPipeline"),
        (tmp_path / "empty", "no model_index.json"),
    ):
        with pytest.raises(ValueError, match=words):
            load(path)


def test_what_this_family_does_not_know(monkeypatch):
    pipe = tiny_pipeline()
    monkeypatch.setitem(pipe.unet._internal_dict, "time_cond_proj_dim", 256)
    with pytest.raises(ValueError, match="latent consistency model"):
        stable_diffusion.model(pipe, "lcm", "random", None, {})


@pytest.mark.parametrize("strict", [False, True])
def test_safety_checker_is_kept(strict):
    """A real checker with random weights; a negative threshold refuses everything, as plain diffusers then does too."""
    small = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2}
    vision = {**small, "image_size": 16, "patch_size": 8}
    checker = StableDiffusionSafetyChecker(CLIPConfig(text_config=small, vision_config=vision, projection_dim=8))
    checker.concept_embeds_weights.data.fill_(-2.0 if strict else 2.0)
    checker.special_care_embeds_weights.data.fill_(2.0)
    parts = {name: part for name, part in tiny_pipeline().components.items() if name != "image_encoder"}
    reader = CLIPImageProcessorPil(size={"shortest_edge": 16}, crop_size={"height": 16, "width": 16})
    pipe = StableDiffusionPipeline(**{**parts, "safety_checker": checker.eval(), "feature_extractor": reader})
    pipe.set_progress_bar_config(disable=True)
    model, settings = (
        stable_diffusion.model(pipe, "checked", "random", None, {"steps": 3}),
        Settings("a red circle", steps=3),
    )
    trace = record(model, settings)
    theirs = pipe(settings.prompt, num_inference_steps=3, generator=torch.Generator().manual_seed(42))
    assert model.screen
    assert trace.made_by["filtered"] is strict is theirs.nsfw_content_detected[0]
    assert bool(trace.image.any()) is not strict
    assert bool(trace.pictures["x0"].any()) is not strict


def test_tokens_and_notes(model):
    assert [(t.text, t.known) for t in model.tokens("A red, dragon")] == [
        ("A", True), ("red", True), (",", False), ("dragon", False)
    ]  # fmt: skip
    assert model.unknown_words("a red, dragon") == ["dragon"]
    long = "a red circle a blue square red"  # 7 words, 6 fit
    assert 'ignored: "red"' in model.notes(Settings(long))["prompt"]
    noted = model.notes(Settings("a dragon", "x", guidance_scale=0.5, eta=0.1, scheduler="lcm", steps=4, width=32))
    assert set(noted) == {"prompt", "negative_prompt", "guidance_scale", "eta", "scheduler", "schedule", "width"}
    assert model.notes(Settings("a red circle")) == {}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_most_steps(model, row):
    """As many steps as training had: refused before any compute where diffusers' index would run out."""
    many = Settings("x", scheduler=row.name, schedule="uniform", steps=min(1000, row.steps[1]))
    if row.space == "table" and many.steps == 1000:
        with pytest.raises(SettingsError, match="takes at most 999 steps here"):
            model.complete(many)
        many = many.replace(steps=999)
    assert next(iter(denoise(model, many))).index == 0


def test_complete(model):
    done = model.complete(Settings("x"))
    assert (done.steps, done.guidance_scale, done.width, done.height, done.schedule) == (6, 4.0, 16, 16, "karras")


def test_notes_look_only_at_what_the_run_reads():
    model = load("scenes")
    switch = Settings("a red [circle:dragon:30]", steps=40)
    assert "dragon" in model.notes(switch)["prompt"]
    assert "prompt" not in model.notes(switch.replace(steps=10))
