"""The picture book's recipe, cut down to a test: fresh pictures, a text encoder that reads, maps, a folder that loads."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline

from diffuscope import Settings, load, record
from diffuscope.train import data, loop
from diffuscope.train.config import Config
from diffuscope.train.export import export
from diffuscope.train.networks import autoencoder, denoiser, text, tokenizer
from diffuscope.train.networks.map_head import MapHead, at_cells
from diffuscope.train.storybook import exam, reader
from diffuscope.train.storybook.grade import PARTS, distance, grade, nearest, variety
from diffuscope.worlds.base import UNKNOWN
from diffuscope.worlds.storybook import LEVELS
from diffuscope.worlds.storybook.reader import Read, StorybookReader, as_input
from diffuscope.worlds.storybook.world import StorybookWorld

CPU = torch.device("cpu")


def short(fit, pictures, batch=8, **model):
    return replace(fit, pictures=pictures, batch=batch, warmup=2, sample_every=50, model={**fit.model, **model})


@pytest.fixture(scope="module")
def config():
    real = Config.read("storybook")
    return replace(
        real,
        data=replace(real.data, pictures=64, uses=4),
        autoencoder=short(real.autoencoder, 160, block_out_channels=[8, 8, 8, 16], norm_num_groups=4),
        text=replace(
            short(real.text, 38_400, 48, hidden_size=64, intermediate_size=128, num_hidden_layers=1), learning_rate=4e-3
        ),
        denoiser=short(
            real.denoiser, 128, block_out_channels=[16, 16, 16], cross_attention_dim=64, attention_head_dim=2
        ),
        reader=short(real.reader, 128, channels=[8, 8, 16, 16]),
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    run = tmp_path_factory.mktemp("run")
    for part in (autoencoder, text, denoiser):
        assert part.train(config, run, CPU)
    return run


def test_the_folder_loads_in_diffusers_and_here(config, run, tmp_path):
    export(config, Config.path("storybook"), run, tmp_path)
    pipe = StableDiffusionPipeline.from_pretrained(tmp_path, safety_checker=None)
    pipe.set_progress_bar_config(disable=True)
    rng = torch.Generator().manual_seed(3)
    theirs = pipe("a cat", num_inference_steps=4, guidance_scale=3.0, output_type="np", generator=rng).images[0]
    assert pipe.scheduler.config.prediction_type == "v_prediction"
    assert pipe.scheduler.config.timestep_spacing == "trailing"
    assert pipe.scheduler.alphas_cumprod[-1] < 1e-6  # ends in pure noise
    model = load(tmp_path)
    ours = record(model, Settings("a cat", seed=3, steps=4, guidance_scale=3.0, scheduler="ddim")).image
    # one level: diffusers scales to 0..1 first, and a value between two levels may round the other way
    np.testing.assert_allclose(ours.astype(float), (theirs * 255).round(), atol=1)
    assert model.unknown_words("a cat on a zeppelin") == ["zeppelin"]
    assert model.complete(Settings("a cat")).schedule == "uniform"  # what the recipe recommends; steps and guidance too
    assert model.complete(Settings("a cat")).steps == 20
    assert model.complete(Settings("a cat", schedule="karras")).schedule == "karras"
    assert record(model, Settings("a cat", steps=25)).image.shape == (128, 128, 3)
    assert record(model, Settings("夜里,一座红色的房子", steps=2)).image.shape == (128, 128, 3)
    assert sum(p.stat().st_size for p in tmp_path.rglob("*")) < 40e6


def test_the_text_encoder_learns_the_scene_graph(config, run):
    source = data.Source(config, run, 1, pictures=False)
    words = text.tokenizer(config, source)
    known = text.reader(config, source, words).eval()
    world, rng = source.world, np.random.default_rng(9)
    scenes = [world.sample(rng) for _ in range(200)]
    tokens = tokenizer.ids(words, [s.caption(rng, "en", 1.0) for s in scenes])
    labels = torch.tensor([world.labels(s) for s in scenes])
    with torch.inference_mode():
        states, others = known(tokens), labels.roll(1, 0)
        right, shuffled = known.right(states, tokens, labels), known.right(states, tokens, others)
        assert known.loss(states, tokens, labels) < 0.8 * known.loss(states, tokens, others)
    assert right[3] > shuffled[3] + 0.15  # the style
    assert right[5] > shuffled[5] + 0.15  # the colour of the kinds that are there


def test_every_word_of_a_caption_is_known(config, run):
    source = data.Source(config, run, 1, pictures=False)
    words = text.tokenizer(config, source)
    world, rng = StorybookWorld(), np.random.default_rng(11)
    scenes = [world.sample(rng) for _ in range(500)]
    said = [s.caption(rng, language, 1.0) for s in scenes for language in ("en", "zh")]
    rows = words(said).input_ids
    marks = {"，", ",", "：", ":", "。", "-", "、"}
    unknown = {
        word
        for row, text_ in zip(rows, said, strict=True)
        if words.unk_token_id in row
        for word in words.tokenize(text_)
        if word not in words.get_vocab() and word not in marks
    }
    assert not unknown


def test_chinese_is_cut_into_the_longest_words():
    made = tokenizer.word_tokenizer(["雪", "雪地", "雪地里", "红", "红色", "猫", "a", "cat"], 12)
    assert made.tokenize("雪地里红色的猫") == ["雪地里", "红色", "<unk>", "猫"] or made.tokenize("雪地里红色的猫") == [
        "雪地里", "红色", "的", "猫",
    ]  # fmt: skip
    assert made("A Cat, 雪地").input_ids[1:4] == [*made.convert_tokens_to_ids(["a", "cat"]), made.unk_token_id]


def test_fresh_pictures_come_from_seed_and_block_alone(config, tmp_path):
    one, other = (data.Source(config, tmp_path, 8) for _ in range(2))
    per_block = 64 * 4 // 8
    first = one.at(0)
    assert one.at(per_block - 1) is first
    second = one.at(per_block)
    assert not torch.equal(first.pictures, second.pictures)
    assert torch.equal(other.at(per_block + 3).pictures, second.pictures)  # without ever having drawn the first
    assert (other.at(per_block).captions == second.captions).all()
    assert not (tmp_path / "data.npz").exists()


def test_stopped_within_a_block_and_resumed_equals_never_stopped(config, tmp_path, monkeypatch):
    short_text = replace(config, text=replace(config.text, pictures=256, batch=8, sample_every=1000))

    def weights(run):
        return torch.load(run / "text" / "reader.pt", weights_only=True)

    assert text.train(short_text, tmp_path / "a", CPU)
    walk, real = iter(range(1000)), loop.time.monotonic
    monkeypatch.setattr(loop.time, "monotonic", lambda: real() + (120 if next(walk) > 20 else 0))
    assert not text.train(short_text, tmp_path / "b", CPU, minutes=1)
    monkeypatch.undo()
    assert 0 < torch.load(tmp_path / "b" / "text" / "checkpoint.pt", weights_only=True)["step"] < 32
    assert text.train(short_text, tmp_path / "b", CPU)
    assert all(torch.equal(a, weights(tmp_path / "b")[name]) for name, a in weights(tmp_path / "a").items())


def test_the_linear_code_is_the_best_one(config, tmp_path):
    pictures = data.Source(config, tmp_path, 8).at(0).pictures
    model = autoencoder.AutoencoderKL(**config.autoencoder.model)
    code = autoencoder.LinearCode(pictures, model)
    x = data.scaled(pictures, CPU)
    z = code(x)
    assert z.shape == (64, 8, 16, 16)
    flat = z.transpose(0, 1).flatten(1)
    assert flat.mean(1).abs().max() < 1e-3
    assert torch.allclose(flat @ flat.T / flat.shape[1], torch.eye(8), atol=0.02)
    # its cell 3, 5 is that patch of the picture, by another way: least squares over all pixels
    patch = x[:, :, 24:32, 40:48].flatten(1) - code.mean
    assert torch.allclose(patch @ code.axes, z[:, :, 3, 5], atol=1e-4)


def test_half_the_size_wants_large_shapes_in_neighbouring_latents():
    class Squares:  # a decoder that paints each latent as a square of 8 x 8 pixels
        def decode(self, z):
            return SimpleNamespace(sample=z.repeat_interleave(8, -1).repeat_interleave(8, -2))

    checks = torch.tensor([[1.0, -1.0], [-1.0, 1.0]]).repeat(1, 3, 2, 2)
    large = checks.repeat_interleave(2, -1).repeat_interleave(2, -2)
    for latents, wanted in [(large, 0.0), (checks, 2.0)]:  # checks vanish in the mean of four: |1| + 1^2 are missing
        picture = Squares().decode(latents).sample
        assert autoencoder.half_size_loss(Squares(), latents, picture, 0.0).item() == wanted


def test_the_map_head_learns_from_the_middle_of_the_unet(config):
    unet = denoiser.UNet2DConditionModel(**config.denoiser.model)
    head = MapHead(unet, (3, 2))
    maps = torch.zeros(2, 2, 128, 128, dtype=torch.uint8)
    maps[:, 0, 40:80, 40:80] = 2
    maps[:, 1] = UNKNOWN
    x, t, states = torch.randn(2, 8, 16, 16), torch.tensor([500, 900]), torch.randn(2, 28, 64)
    unet(x, t, states)
    value = head.loss(maps)
    value.backward()
    assert torch.isfinite(value)  # though the second map says nothing
    assert unet.conv_in.weight.grad.abs().sum() > 0  # what it teaches reaches the whole way down
    assert torch.equal(at_cells(maps[0, 0], 16)[6], maps[0, 0, 52, 4::8])


def test_the_reader_learns_and_is_made_of_real_pictures_alone(config, tmp_path):
    assert reader.train(config, tmp_path, CPU)
    assert {p.name for p in (tmp_path / "reader").glob("*.*")} >= {"model.safetensors", "config.json", "log.jsonl"}
    drawn = replace(config.data, seed=config.reader.seed)
    mine = data.Source(config, tmp_path, 8).at(0).captions
    other = data.Source(replace(config, data=drawn), tmp_path, 8).at(0).captions
    assert not {*mine.ravel()} & {*other.ravel()} or (mine != other).any()


def test_the_reader_can_learn_a_few_pictures_by_heart(config, tmp_path):
    source = data.Source(replace(config, data=replace(config.data, pictures=12)), tmp_path, 1)
    block = source.at(0)
    torch.manual_seed(0)
    net = reader.ReaderNetwork((16, 24, 32, 32))
    x = as_input(block.pictures.permute(0, 2, 3, 1).numpy())
    optimizer = torch.optim.AdamW(net.parameters(), lr=5e-3)
    for _ in range(80):
        value = reader.reader_loss(net(x), block.labels, block.maps)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
    sights = StorybookReader(net).read(block.pictures.permute(0, 2, 3, 1).numpy())
    labels = block.labels.numpy()
    wanted = [{k for k in range(len(reader.KINDS)) if row[4 + 7 * k] == 1} for row in labels]
    seen = [{list(reader.KINDS).index(o.kind) for o in s.scene.objects} for s in sights]
    assert sum(a == b for a, b in zip(wanted, seen, strict=True)) >= 10
    times = [list(reader.ATTRIBUTES["time"]).index(s.scene.time) for s in sights]
    assert sum(a == b for a, b in zip(times, labels[:, 1], strict=True)) >= 11
    assert all(0 <= chance <= 1 for s in sights for chance in s.sure.values())


def test_grades_know_right_from_wrong():
    """A reader that says what the labels say finds everything right, and each part that is turned is found wrong."""
    world, rng = StorybookWorld(), np.random.default_rng(21)
    scenes = [world.sample(rng) for _ in range(80)]
    labels = torch.tensor([world.labels(s) for s in scenes])
    about = labels[:, 4:].unflatten(1, (len(reader.KINDS), len(reader.FIELDS)))
    whole = tuple(
        torch.nn.functional.one_hot(labels[:, i], len(table)).float()
        for i, table in enumerate(reader.ATTRIBUTES.values())
    )
    colour = torch.nn.functional.one_hot(about[..., 1].clamp(max=7), 8).float()
    x = torch.zeros(80, len(reader.KINDS))
    for row, scene in enumerate(scenes):
        for rank, o in enumerate(scene.objects):
            x[row, list(reader.KINDS).index(o.kind)] = 0.2 + 0.3 * rank
    seen = Read(whole, about[..., 0] - 0.5, (colour, colour, colour), x, torch.empty(80, 1, 1, 1), torch.empty(80, 1))
    assert set(grade(seen, scenes)) == {*PARTS}
    assert all(share == 1 for share in grade(seen, scenes).values())
    turned = {
        "time": replace(seen, whole=(whole[0], whole[1].roll(1, 1), *whole[2:])),
        "objects": replace(seen, present=seen.present.roll(1, 1)),
        "order": replace(seen, x=-x),
        "colours": replace(seen, about=(-colour, colour, colour)),
    }
    one_more = seen.present.clone()
    one_more[range(80), (seen.present < 0).float().argmax(1)] = 0.5  # all that was asked for, and a stranger
    assert grade(replace(seen, present=one_more), scenes)["objects"] == 0
    for part, wrong in turned.items():
        shares = grade(wrong, scenes)
        assert shares[part] < 0.2, part
        assert shares["all"] < 0.7
        assert all(shares[other] == 1 for other in PARTS if other not in (part, "all")), part


def test_variety_is_the_entropy_of_what_is_read():
    def reads(*counts):
        logits = torch.cat([torch.eye(4)[i].expand(n, 4) for i, n in enumerate(counts)])
        none = torch.empty(len(logits), 1)
        return Read((logits,) * 4, none, (none,) * 3, none, none, none)

    assert variety(reads(25, 25, 25, 25), reads(10, 10, 10, 10))["time"] == 1
    assert variety(reads(50, 50, 0, 0), reads(10, 10, 10, 10))["time"] == 0.5  # ln 2 of ln 4
    assert variety(reads(100, 0, 0, 0), reads(10, 10, 10, 10))["time"] == 0


def test_the_exam_asks_the_levels_own_scenes(config, run, tmp_path, monkeypatch):
    with_reader, out = shutil.copytree(run, tmp_path / "run"), tmp_path / "out"
    assert reader.train(config, with_reader, CPU)
    export(config, Config.path("storybook"), with_reader, out)
    assert "reader/model.safetensors" in json.loads((out / "sha256.json").read_text(encoding="utf-8"))
    monkeypatch.setattr(exam, "QUICK", 3)
    rows = exam.rows(load(out), with_reader, quick=True, level=1)
    assert [row["what"] for row in rows] == ["real pictures", "real, after the autoencoder", "captions"]
    assert all(0 <= row[part] <= 1 for row in rows for part in ("place", "time", "objects", "all"))
    asked = exam._Exam(None, None, 300, 1).scenes("train")
    assert {o.kind for s in asked for o in s.objects} <= {*LEVELS[1].kinds}


def test_the_distance_is_frechets():
    scipy = pytest.importorskip("scipy.linalg")
    rng = torch.Generator().manual_seed(0)
    one, other = (
        torch.randn(300, 5, generator=rng),
        torch.randn(200, 5, generator=rng) @ torch.randn(5, 5, generator=rng) + 1,
    )
    a, b = np.cov(one.numpy(), rowvar=False), np.cov(other.numpy(), rowvar=False)
    apart = ((one.mean(0) - other.mean(0)) ** 2).sum().item()
    expected = apart + np.trace(a + b - 2 * scipy.sqrtm(a @ b).real)
    assert distance(one, other) == pytest.approx(expected, rel=1e-4)
    assert distance(one, one) == pytest.approx(0, abs=1e-6)


def test_the_nearest_of_known_pictures():
    known = np.zeros((2, 4, 4, 3), np.uint8)
    known[1] = 100
    assert nearest(known[1:] - 30, known) == pytest.approx(30)
    assert nearest(known[:1] + 7, known) == pytest.approx(7)
