"""The emoji recipe on a world small enough for a test: it reads, draws, is judged, and loads everywhere."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import emoji_folder
import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline
from PIL import Image
from transformers import CLIPTextModel

from diffuscope import Settings, load, record
from diffuscope.cli import main
from diffuscope.train import (
    autoencoder,
    data,
    decoder,
    denoiser,
    evaluate,
    evaluate_emoji,
    gallery,
    judge,
    sprites,
    text,
)
from diffuscope.train.config import Config
from diffuscope.train.export import export
from diffuscope.worlds.emoji import Item, Scene

CPU = torch.device("cpu")


def short(fit, pictures, **model):
    return replace(fit, pictures=pictures, batch=16, warmup=2, sample_every=50, model={**fit.model, **model})


@pytest.fixture(scope="module")
def config():
    real = Config.read("emoji")
    return replace(
        real,
        data=replace(real.data, pictures=128, captions=3, side=emoji_folder.SIDE),
        autoencoder=short(real.autoencoder, 160, block_out_channels=[8, 16, 16], norm_num_groups=4, sample_size=32),
        decoder=replace(real.decoder, pictures=1600, warmup=2, sample_every=50, ema=0.9),
        text=short(real.text, 16000, hidden_size=32, intermediate_size=64, num_hidden_layers=2),
        denoiser=short(real.denoiser, 160, block_out_channels=[16, 16, 16], sample_size=8, cross_attention_dim=32),
        judge=short(
            real.judge,
            1600,
            width=32,
            text={**real.judge.model["text"], "hidden_size": 32},
            vision={**real.judge.model["vision"], "embedding_size": 16, "hidden_sizes": [16, 16, 32, 32]},
        ),
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    run = emoji_folder.make(tmp_path_factory.mktemp("run"))
    for part in (autoencoder, text, denoiser, judge):
        assert part.train(config, run, CPU)
    return run


def test_the_decoder_goes_on_and_the_latents_stay(config, run, tmp_path):
    shutil.copytree(run / "model" / "vae", tmp_path / "model" / "vae")
    for name in ("data.npz", "sprites.npz", "things.json"):
        shutil.copy(run / name, tmp_path)
    x = data.scaled(data.pictures(config, run), CPU)
    before = AutoencoderKL.from_pretrained(run / "model" / "vae")
    assert decoder.train(config, tmp_path, CPU)
    after = AutoencoderKL.from_pretrained(tmp_path / "model" / "vae")
    with torch.inference_mode():
        latents = before.encode(x).latent_dist.mode()
        assert torch.equal(after.encode(x).latent_dist.mode(), latents)
        error = [torch.nn.functional.mse_loss(vae.decode(latents).sample, x).item() for vae in (before, after)]
    assert error[1] < 0.9 * error[0]


def test_a_recipe_without_decoder_step_says_so(tmp_path):
    with pytest.raises(ValueError, match=r'"scenes" has no \[decoder\]'):
        decoder.train(Config.read("scenes"), tmp_path, CPU)


def test_the_text_encoder_learns_what_captions_say(config, run):
    """Held-out captions: which thing, which ground and which style, from the words alone, in both languages."""
    tokenizer, _ = text.tokenized(config, run)
    reader, world = text.reader(config, run, tokenizer).eval(), data.world(config, run)
    rng = np.random.default_rng(77)
    scenes = [world.sample(rng) for _ in range(200)]
    ids = tokenizer(
        [world.vary(s, rng) for s in scenes], padding="max_length", truncation=True, return_tensors="pt"
    ).input_ids
    wanted = torch.tensor([world.labels(s) for s in scenes])
    with torch.inference_mode():
        right = float(torch.exp(-reader.loss(reader(ids), ids, wanted)))
        shuffled = float(torch.exp(-reader.loss(reader(ids), ids, wanted.roll(1, 0))))
    assert right > 0.5
    assert right > 1.4 * shuffled


def test_the_text_encoder_is_shown_what_the_recipe_asks_for(config, run, tmp_path, monkeypatch):
    for name in ("data.npz", "sprites.npz", "things.json"):
        shutil.copy(run / name, tmp_path)
    asked = replace(config, data=replace(config.data, several=0.0), text=replace(config.text, pictures=320))
    _, tokens = text.tokenized(asked, tmp_path)
    one = torch.from_numpy(~data.world(asked, tmp_path).several(data.labels(asked, tmp_path).numpy()))
    read, forward = [], text.Reader.forward
    monkeypatch.setattr(text.Reader, "forward", lambda self, ids: (read.append(ids), forward(self, ids))[1])
    assert text.train(asked, tmp_path, CPU)
    rows = {
        name: {tuple(row) for row in part.flatten(0, 1).tolist()}
        for name, part in (("one", tokens[one]), ("more", tokens[~one]))
    }
    assert rows["more"] - rows["one"]  # there was something to leave out
    assert {tuple(row) for row in torch.cat(read).tolist()} <= rows["one"]


def test_what_is_shown_less_often_is_what_the_recipe_says(config, run):
    asked = replace(config, data=replace(config.data, several=0.5, unsaid=0.25, rare=2**-6))
    plus = 7  # a symbol, so never among the commonest
    wanted = [
        (0.5 if row[0] else 1) * (1 if row[-2] and row[-1] else 0.25) * (2**-6 if plus in row[1:8:3] else 1)
        for row in data.labels(asked, run).tolist()
    ]
    assert len({*wanted}) > 5  # of eight
    assert data.shares(asked, run).tolist() == wanted


def test_portraits_are_the_drawings_alone_and_upright(config, run):
    world = data.world(config, run)
    scene = Scene((Item(2), Item(1)), "row", style="twemoji")
    patches = world.portraits(np.array([world.labels(scene)]))[0]
    for number, thing in enumerate((2, 1)):
        rows = patches[16 * number :][:16].reshape(4, 4, 8, 8, 4)  # patches down and across, pixels down and across
        sharp = np.concatenate([np.concatenate(list(row), 1) for row in rows], 0).astype(float)
        coarse = sharp.reshape(16, 2, 16, 2, 4).mean((1, 3)).repeat(2, 0).repeat(2, 1)
        on_black = Image.new("RGBA", (emoji_folder.SIDE,) * 2, (0, 0, 0, 255))
        on_black.alpha_composite(world.sprite(thing, 0, "twemoji"))
        portrait = (sharp + coarse) / 2  # what is finer than two pixels counts twice
        np.testing.assert_allclose(portrait[..., :3] * 255, np.asarray(on_black.resize((32, 32)))[..., :3], atol=1.5)
    alone = world.portraits(np.array([world.labels(Scene((Item(2),), style="twemoji"))]))[0]
    np.testing.assert_array_equal(alone[:16], patches[:16])
    assert not alone[16:].any()


def test_free_positions_learn_to_show_the_named_thing(config, run):
    """From unseen captions: nearer to its portrait than to any other thing's."""
    tokenizer, _ = text.tokenized(config, run)
    reader, world = text.reader(config, run, tokenizer).eval(), data.world(config, run)
    rng = np.random.default_rng(78)
    scenes = [world.sample(rng) for _ in range(200)]
    ids = text.ids(tokenizer, [world.caption(s, rng, "en") for s in scenes])
    scale = world.portraits(data.labels(config, run).numpy()).astype(np.float32).std()
    things = world.portraits(np.array([world.labels(Scene((Item(i),))) for i in range(len(world.things))]))
    first = torch.from_numpy(things).float()[:, :16].flatten(1) / float(scale)
    with torch.inference_mode():
        drawn = reader.hand(reader(ids)[:, -reader.sketch :])[:, :16].flatten(1)
    nearest = torch.cdist(drawn, first).argmin(1)
    right = np.mean([int(n) == s.items[0].thing for n, s in zip(nearest, scenes, strict=True)])
    assert right > 0.4  # by chance 1 in 8


def test_a_text_encoder_held_still_is_shipped_to_the_bit(config, run):
    learnt = torch.load(run / "text" / "reader.pt", weights_only=True)
    shipped = CLIPTextModel.from_pretrained(run / "model" / "text_encoder").state_dict()
    assert shipped
    assert all(torch.equal(weight, learnt[f"text.{name}"]) for name, weight in shipped.items())


def test_velocity_is_what_diffusers_calls_velocity(config, run, tmp_path):
    folder = tmp_path / "out"
    export(config, Config.path("emoji"), run, folder)
    model = load(folder)
    assert model.prediction_type == "v_prediction"
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


def test_table_has_its_ceiling(config, run, tmp_path):
    export(config, Config.path("emoji"), run, tmp_path / "out")
    rows = evaluate_emoji.rows(load(tmp_path / "out"), run, quick=True)
    real = rows[0]
    assert real["what"] == "real pictures"
    assert real["background"] == 1.0
    assert real["size"] >= 0.9
    made = next(row for row in rows if row["what"] == "300 commonest things")
    assert made["background"] < 0.5  # hardly trained
    written = evaluate.table(rows, evaluate_emoji.PARTS)
    assert "dB PSNR" in written


def test_what_is_kept_back_is_written_down_and_travels(config, run, tmp_path):
    listed = json.loads((run / "kept_back.json").read_text(encoding="utf-8"))
    world = data.world(config, run)
    assert listed == {code: style for code, style in zip(world.hexcodes, world.kept_back, strict=True) if style}
    export(config, Config.path("emoji"), run, tmp_path / "out")
    assert json.loads((tmp_path / "out" / "kept_back.json").read_text(encoding="utf-8")) == listed
    load(tmp_path / "out")


def test_the_judge_travels_with_the_weights(config, run, tmp_path, monkeypatch):
    """Whoever has the weights can repeat the table: a run folder without a judge of its own asks the one beside them."""
    out, fresh = tmp_path / "out", tmp_path / "fresh"
    export(config, Config.path("emoji"), run, out)
    assert "judge/model.safetensors" in json.loads((out / "sha256.json").read_text(encoding="utf-8"))
    fresh.mkdir()
    for name in ("sprites.npz", "things.json"):
        shutil.copy(run / name, fresh)
    model = load(out)
    world = data.world(config, run)
    with pytest.raises(FileNotFoundError, match="diffuscope train judge --config emoji"):
        judge.Judge(world, fresh / "judge")
    monkeypatch.setattr(evaluate_emoji, "BUILT_IN", out / "judge")
    assert evaluate_emoji.rows(model, fresh, quick=True)[0] == evaluate_emoji.rows(model, run, quick=True)[0]


def test_the_judge_is_shown_things_beside_their_places():
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[4, 4] = 255
    rng = np.random.default_rng(0)
    seen = {tuple(np.argwhere(judge._moved(picture, rng)[..., 0])[0].tolist()) for _ in range(300)}
    assert seen == {(y, x) for y in range(2, 7) for x in range(2, 7)}


def test_a_world_that_reads_needs_no_judge(tmp_path):
    with pytest.raises(ValueError, match=r'"scenes" has no \[judge\]'):
        judge.train(Config.read("scenes"), tmp_path, CPU)


def test_kernel_distance_is_zero_in_the_mean_for_one_crowd_and_not_for_two():
    rng = torch.Generator().manual_seed(0)

    def crowd(shift):
        return torch.nn.functional.normalize(torch.randn(300, 8, generator=rng) + shift, dim=-1)

    same = [evaluate_emoji.kernel_distance(crowd(0), crowd(0)) for _ in range(20)]
    assert abs(np.mean(same)) < 0.005
    assert evaluate_emoji.kernel_distance(crowd(0), crowd(1)) > 0.1


def test_rows_of_few_steps_name_the_scheduler_that_drew_them(config, run, tmp_path, monkeypatch):
    export(config, Config.path("emoji"), run, tmp_path / "out")
    model, asked = load(tmp_path / "out"), []

    def pictures_of(model, settings):
        asked.append((settings[0].scheduler, settings[0].steps, len(settings)))
        return np.zeros((len(settings), emoji_folder.SIDE, emoji_folder.SIDE, 3), np.uint8)

    monkeypatch.setattr(evaluate_emoji, "PROMPTS", 4)
    monkeypatch.setattr(evaluate, "pictures_of", pictures_of)
    rows = evaluate_emoji.rows(model, run)
    few = [row["what"].split(", ")[1] for row in rows if "commonest things, " in row["what"]]
    assert few == ["dpm++ 2m", "dpm++ 2m", "ddim"]
    steps = model.defaults["steps"]
    assert asked[:7] == [("dpm++ 2m", steps, 16)] * 4 + [("dpm++ 2m", 4, 4), ("dpm++ 2m", 10, 4), ("ddim", 4, 4)]
    assert {name for name, *_ in asked[7:]} == {"dpm++ 2m"}


def test_gallery_goes_into_a_new_folder(tmp_path, monkeypatch):
    for name, one in (("PROMPTS", ("a dog face",)), ("STYLES", ("noto",)), ("SEEDS", (3,))):
        monkeypatch.setattr(gallery, name, one)
    assert main(["train", "gallery", "--config", "emoji", "--out", str(tmp_path / "new")]) == 0
    drawn = np.asarray(Image.open(tmp_path / "new" / "gallery.png").convert("RGB")).astype(int)
    # recorded with its film it may differ by a level; drawn as the gallery draws, by nothing
    alone = evaluate.pictures_of(load("emoji"), [Settings("a dog face, noto style", seed=3)])[0].astype(int)
    places = np.lib.stride_tricks.sliding_window_view(drawn, alone.shape)[:, :, 0]
    assert np.abs(places - alone).max((-3, -2, -1)).min() == 0  # the very picture stands somewhere on the sheet


def test_a_changed_package_is_refused(monkeypatch):
    source = replace(sprites.WORDS, sha256="0" * 64)

    def pack(command, cwd, **_):
        Path(cwd, "x.tgz").write_bytes(b"not what was pinned")

    monkeypatch.setattr(sprites.subprocess, "run", pack)
    with pytest.raises(ValueError, match=r"emojibase-data@17.0.0 has sha256"):
        sprites._fetch(source)
