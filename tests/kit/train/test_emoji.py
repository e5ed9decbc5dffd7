"""The emoji recipe on a world small enough for a test: it reads, draws, is judged, and loads everywhere."""

import json
import shutil
import sys
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
from diffuscope.cli.main import main
from diffuscope.train import data, evaluate
from diffuscope.train.config import Config
from diffuscope.train.emoji import exam, gallery, judge, sprites
from diffuscope.train.export import export
from diffuscope.train.networks import autoencoder, decoder, denoiser, text, tokenizer
from diffuscope.train.networks.latents import cells
from diffuscope.train.room import room

CPU = torch.device("cpu")


def short(fit, pictures, **model):
    return replace(fit, pictures=pictures, batch=16, warmup=2, sample_every=50, model={**fit.model, **model})


@pytest.fixture(scope="module")
def config():
    real = Config.read("emoji")
    return replace(
        real,
        data=replace(real.data, pictures=512, captions=3, side=emoji_folder.SIDE),
        autoencoder=short(real.autoencoder, 1600, block_out_channels=[8, 16, 16], norm_num_groups=4, sample_size=32),
        decoder=replace(real.decoder, pictures=1600, warmup=2, sample_every=50, ema=0.9),
        text=short(
            real.text, 16000, hidden_size=32, intermediate_size=64, num_hidden_layers=2, max_position_embeddings=40
        ),
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


def test_the_text_encoder_learns_what_captions_say(config, run):
    """Held-out captions: which thing, which ground and which style, from the words alone, in both languages."""
    source = data.Source(config, run, 1)
    words, world = text.tokenizer(config, source), source.world.drawings
    reader = text.reader(config, source, words).eval()
    rng = np.random.default_rng(77)
    scenes = [world.sample(rng) for _ in range(200)]
    ids = tokenizer.ids(words, [world.vary(s, rng) for s in scenes])
    wanted = torch.tensor([world.labels(s) for s in scenes])
    with torch.inference_mode():
        right = float(torch.exp(-reader.loss(reader(ids), ids, wanted)))
        shuffled = float(torch.exp(-reader.loss(reader(ids), ids, wanted.roll(1, 0))))
    assert right > 0.5
    assert right > 1.4 * shuffled


def test_the_text_encoder_is_shown_what_the_recipe_asks_for(config, run, tmp_path, monkeypatch):
    for name in ("data.npz", "sprites.npz", "things.json"):
        shutil.copy(run / name, tmp_path)
    shutil.copytree(run / "model" / "vae", tmp_path / "model" / "vae")
    asked = replace(config, data=replace(config.data, shares={"several": 0.0}), text=replace(config.text, pictures=320))
    source = data.Source(asked, tmp_path, 1)
    tokens = text.Tokens(source, text.tokenizer(asked, source)).at(0)
    one = torch.from_numpy(~source.world.drawings.several(source.at(0).labels.numpy()))
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
    asked = replace(config, data=replace(config.data, shares={"several": 0.5, "unsaid": 0.25, "uncommon": 2**-6}))
    block = data.Source(asked, run, 1).at(0)
    plus = 7  # a symbol, so never among the commonest
    wanted = [
        (0.5 if row[0] else 1) * (1 if row[-2] and row[-1] else 0.25) * (2**-6 if plus in row[1:8:3] else 1)
        for row in block.labels.tolist()
    ]
    assert len({*wanted}) > 5  # of eight
    assert block.shares.tolist() == wanted


def test_cells_are_the_latents_row_by_row():
    z = torch.arange(2 * 4 * 6 * 8.0).view(2, 4, 6, 8)
    told = cells(z)
    assert told.shape == (2, 12, 16)
    for place in range(12):
        y, x = 2 * (place // 4), 2 * (place % 4)
        assert torch.equal(told[:, place], z[:, :, y : y + 2, x : x + 2].flatten(1))


def test_free_positions_learn_to_tell_the_picture(config, run):
    """From unseen captions: half as far from the latents of their picture as the best that could be said of all alike."""
    source = data.Source(config, run, 1)
    words, world = text.tokenizer(config, source), source.world.drawings
    reader = text.reader(config, source, words).eval()
    rng = np.random.default_rng(78)
    scenes = [s for s in (world.sample(rng) for _ in range(400)) if s.style and s.background and s.layout == "one"]
    read = tokenizer.ids(words, [world.caption(s, rng, "en") for s in scenes])
    drawn = torch.from_numpy(np.stack([world.draw(s, rng, emoji_folder.SIDE) for s in scenes])).permute(0, 3, 1, 2)
    vae = AutoencoderKL.from_pretrained(run / "model" / "vae")
    with torch.inference_mode():
        wanted = cells(vae.encode(data.scaled(drawn, CPU)).latent_dist.mode() * vae.config.scaling_factor)
        told = reader.hand(reader(read)[:, -reader.sketch :])
    error, of_the_mean = ((guess - wanted).square().mean() for guess in (told, wanted.mean(0)))
    assert error < 0.5 * of_the_mean


def test_a_text_encoder_held_still_is_shipped_to_the_bit(config, run, tmp_path):
    again = shutil.copytree(run, tmp_path / "again", ignore=shutil.ignore_patterns("denoiser"))
    learnt = torch.load(again / "text" / "reader.pt", weights_only=True)
    learnt["text.encoder.layers.0.mlp.fc1.weight"][0, :3] = -0.0  # what an average of it no longer is
    torch.save(learnt, again / "text" / "reader.pt")
    assert denoiser.train(config, again, CPU)
    shipped = CLIPTextModel.from_pretrained(again / "model" / "text_encoder").state_dict()
    assert shipped
    for name, weight in shipped.items():
        assert torch.equal(weight.view(torch.int32), learnt[f"text.{name}"].view(torch.int32)), name


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


def test_table_has_its_ceiling(config, run, tmp_path, monkeypatch):
    monkeypatch.setattr(exam, "QUICK", 32)
    export(config, Config.path("emoji"), run, tmp_path / "out")
    rows = exam.rows(load(tmp_path / "out"), run, quick=True)
    real = rows[0]
    assert real["what"] == "real pictures"
    assert real["background"] == 1.0
    assert real["size"] >= 0.9
    made = next(row for row in rows if row["what"] == "300 commonest things")
    assert made["background"] < 0.5  # hardly trained
    written = evaluate.table(rows, exam.PARTS)
    assert "dB PSNR" in written


def test_what_is_kept_back_is_written_down_and_travels(config, run, tmp_path):
    listed = json.loads((run / "kept_back.json").read_text(encoding="utf-8"))
    world = room(config).world(config, run).drawings
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
    world = room(config).world(config, run).drawings
    with pytest.raises(FileNotFoundError, match="diffuscope train judge --config emoji"):
        judge.Judge(world, fresh / "judge")
    pictures = np.random.default_rng(0).integers(0, 256, (4, emoji_folder.SIDE, emoji_folder.SIDE, 3), np.uint8)
    features = [judge.Judge(world, folder / "judge").features(pictures) for folder in (run, out)]
    assert torch.equal(*features)

    asked = []
    monkeypatch.setattr(exam, "BUILT_IN", out / "judge")
    monkeypatch.setattr(exam, "Judge", lambda world, folder: asked.append(folder))
    monkeypatch.setattr(exam, "_Exam", lambda *_: 1 / 0)  # before an hour of drawing
    for folder in (fresh, run):
        with pytest.raises(ZeroDivisionError):
            exam.rows(load(out), folder)
    assert asked == [out / "judge", run / "judge"]


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

    same = [exam.kernel_distance(crowd(0), crowd(0)) for _ in range(20)]
    assert abs(np.mean(same)) < 0.005
    assert exam.kernel_distance(crowd(0), crowd(1)) > 0.1


def test_rows_of_few_steps_name_the_scheduler_that_drew_them(config, run, tmp_path, monkeypatch):
    export(config, Config.path("emoji"), run, tmp_path / "out")
    model, asked = load(tmp_path / "out"), []

    def pictures_of(model, settings):
        asked.append((settings[0].scheduler, settings[0].steps, len(settings)))
        return np.zeros((len(settings), emoji_folder.SIDE, emoji_folder.SIDE, 3), np.uint8)

    monkeypatch.setattr(exam, "PROMPTS", 4)
    monkeypatch.setattr(evaluate, "pictures_of", pictures_of)
    rows = exam.rows(model, run)
    few = [row["what"].split(", ")[1] for row in rows if "commonest things, " in row["what"]]
    assert few == ["dpm++ 2m", "dpm++ 2m", "ddim"]
    steps = model.defaults["steps"]
    assert asked[:8] == [("dpm++ 2m", steps, 16)] * 5 + [("dpm++ 2m", 4, 4), ("dpm++ 2m", 10, 4), ("ddim", 4, 4)]
    assert {name for name, *_ in asked[8:]} == {"dpm++ 2m"}


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
