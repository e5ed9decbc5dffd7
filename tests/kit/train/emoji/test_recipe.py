"""The emoji recipe's steps and what they need; what it exports loads everywhere."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from PIL import Image

from diffuscope import Settings, load, record
from diffuscope.cli.main import main
from diffuscope.train import data, evaluate
from diffuscope.train.config import Config
from diffuscope.train.emoji import gallery, sprites
from diffuscope.train.export import export
from diffuscope.train.networks import decoder, denoiser, text
from diffuscope.train.room import room

CPU = torch.device("cpu")


def test_the_decoder_goes_on_and_the_latents_stay(config, run, tmp_path):
    shutil.copytree(run / "model" / "vae", tmp_path / "model" / "vae")
    for name in ("data.npz", "sprites.npz", "things.json"):
        shutil.copy(run / name, tmp_path)
    x = data.scaled(data.Source(config, run, 1).at(0).pictures, CPU)
    before = AutoencoderKL.from_pretrained(run / "model" / "vae")
    assert decoder.train(config, tmp_path, CPU)
    after = AutoencoderKL.from_pretrained(tmp_path / "model" / "vae")
    with torch.inference_mode():
        latents = before.encode(x).latent_dist.mode()
        assert torch.equal(after.encode(x).latent_dist.mode(), latents)
        error = [torch.nn.functional.mse_loss(vae.decode(latents).sample, x).item() for vae in (before, after)]
    assert error[1] < 0.9 * error[0]


@pytest.mark.parametrize("part", [decoder, text, denoiser])
def test_what_comes_first_is_named_with_the_way_to_make_it(config, run, tmp_path, part):
    for name in ("data.npz", "sprites.npz", "things.json"):
        shutil.copy(run / name, tmp_path)
    with pytest.raises(FileNotFoundError, match="diffuscope train autoencoder --config emoji"):
        part.train(config, tmp_path, CPU)


def test_a_recipe_without_decoder_step_says_so(tmp_path):
    with pytest.raises(ValueError, match=r'"scenes" has no \[decoder\]'):
        decoder.train(Config.read("scenes"), tmp_path, CPU)


def test_velocity_is_what_diffusers_calls_velocity(config, run, tmp_path):
    folder = tmp_path / "out"
    export(config, Config.path("emoji"), run, folder)
    model = load(folder)
    assert model.denoiser.prediction == "v_prediction"
    ours = record(model, Settings("a cat on teal", seed=3, steps=4, guidance_scale=3.0, scheduler="ddim"))
    pipe = StableDiffusionPipeline.from_pretrained(folder)
    theirs = pipe(
        "a cat on teal", num_inference_steps=4, guidance_scale=3.0, output_type="np",
        generator=torch.Generator().manual_seed(3),
    ).images[0]  # fmt: skip
    # one level: diffusers scales to 0..1 first, and a value between two levels may round the other way
    np.testing.assert_allclose(ours.image.astype(float), (theirs * 255).round(), atol=1)
    assert model.unknown_words("a cat on a zeppelin") == ["zeppelin"]
    assert model.unknown_words("红苹果背景龙") == ["龙"]


def test_what_is_kept_back_is_written_down_and_travels(config, run, tmp_path):
    listed = json.loads((run / "kept_back.json").read_text(encoding="utf-8"))
    world = room(config).world(config, run).drawings
    assert listed == {code: style for code, style in zip(world.hexcodes, world.kept_back, strict=True) if style}
    export(config, Config.path("emoji"), run, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "kept_back.json").read_text(encoding="utf-8")) == listed
    load(tmp_path / "out")


def test_gallery_goes_into_a_new_folder(tmp_path, monkeypatch):
    for name, one in (("PROMPTS", ("a dog face",)), ("STYLES", ("noto",)), ("SEEDS", (3,))):
        monkeypatch.setattr(gallery, name, one)
    assert main(["train", "gallery", "--config", "emoji", "--out", str(tmp_path / "new")]) == 0
    drawn = np.asarray(Image.open(tmp_path / "new" / "gallery.png").convert("RGB")).astype(int)
    # recorded with its film it may differ by a level; drawn as the gallery draws, by nothing
    alone = evaluate.pictures_of(load("emoji"), [Settings("a dog face, noto style", seed=3)])[0].astype(int)
    places = np.lib.stride_tricks.sliding_window_view(drawn, alone.shape)[:, :, 0]
    assert np.abs(places - alone).max((-3, -2, -1)).min() == 0  # the very picture stands somewhere on the sheet


def test_what_only_training_needs_is_named_with_the_way_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    assert main(["train", "evaluate", "--config", "emoji", "--run", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert "resvg_py is not installed" in said
    assert "pip install 'diffuscope[train]'" in said


def test_a_changed_package_is_refused(monkeypatch):
    source = replace(sprites.WORDS, sha256="0" * 64)

    def pack(command, cwd, **_):
        Path(cwd, "x.tgz").write_bytes(b"not what was pinned")

    monkeypatch.setattr(sprites.subprocess, "run", pack)
    with pytest.raises(ValueError, match=r"emojibase-data@17.0.0 has sha256"):
        sprites._fetch(source)
