"""Training code on a world small enough for a test: it learns, it resumes, it exports what `load` accepts."""

import json
import shutil
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from diffusers import AutoencoderKL
from torch import nn
from transformers import CLIPTextModel

from diffuscope import Settings, load, record
from diffuscope.cli.main import main
from diffuscope.train import data, evaluate, loop
from diffuscope.train.config import Config, Round
from diffuscope.train.export import export, revision
from diffuscope.train.networks import autoencoder, decoder, denoiser, text
from diffuscope.train.scenes import exam
from diffuscope.worlds import scenes

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def config():
    real = Config.read("scenes")
    small = {"block_out_channels": [8, 16, 16], "norm_num_groups": 4}
    return replace(
        real,
        data=replace(real.data, pictures=64),
        autoencoder=replace(
            real.autoencoder, pictures=160, batch=16, sample_every=5, model={**real.autoencoder.model, **small}
        ),
        decoder=Round(pictures=1600, batch=16, learning_rate=2e-3, warmup=2, ema=0.9, seed=5, sample_every=50),
        denoiser=replace(
            real.denoiser,
            pictures=320,
            batch=16,
            warmup=2,
            sample_every=10,
            model={**real.denoiser.model, "block_out_channels": [16, 16]},
        ),
    )


@pytest.fixture(scope="module")
def encoded(config, tmp_path_factory):
    """A run folder whose autoencoder is trained."""
    run = tmp_path_factory.mktemp("run")
    assert autoencoder.train(config, run, CPU)
    return run


def test_whole_way(config, tmp_path):
    run, folder = tmp_path / "run", tmp_path / "out"
    assert autoencoder.train(config, run, CPU)
    assert denoiser.train(config, run, CPU)
    losses = [json.loads(line)["loss"] for line in (run / "denoiser" / "log.jsonl").read_text().splitlines()]
    assert losses[-1] < losses[0]
    snapshots = {p.name for p in (run / "denoiser" / "snapshots").iterdir()}
    assert snapshots == {"0.05.pt", "0.10.pt", "0.25.pt", "0.50.pt"}  # of 20 steps
    assert list((run / "denoiser").glob("sheet-*.png"))
    export(config, Config.path("scenes"), run, folder)
    model = load(folder)
    assert record(model, Settings("a red circle", steps=2)).image.shape == (32, 32, 3)
    assert str(tmp_path) not in "".join(p.read_text() for p in folder.rglob("*.json"))
    rows = evaluate_two(model, tmp_path)
    assert "| real pictures |" in evaluate.table(rows, scenes.PARTS)


def test_the_decoder_goes_on_and_the_latents_stay(config, encoded, tmp_path):
    run = shutil.copytree(encoded, tmp_path / "run")
    assert decoder.train(config, run, CPU)
    before, after = (AutoencoderKL.from_pretrained(folder / "model" / "vae") for folder in (encoded, run))
    x = data.scaled(data.Source(config, run, 1).at(0).pictures, CPU)
    with torch.inference_mode():
        latents = before.encode(x).latent_dist.mode()
        assert torch.equal(after.encode(x).latent_dist.mode(), latents)
        error = [nn.functional.mse_loss(vae.decode(latents).sample, x).item() for vae in (before, after)]
    assert error[1] < 0.9 * error[0]


def test_a_text_encoder_held_still_is_shipped_to_the_bit(config, encoded, tmp_path):
    reads = replace(config, text=replace(config.text, pictures=64, batch=16))
    run = shutil.copytree(encoded, tmp_path / "run")
    assert text.train(reads, run, CPU)
    learnt = torch.load(run / "text" / "reader.pt", weights_only=True)
    learnt["text.encoder.layers.0.mlp.fc1.weight"][0, :3] = -0.0  # what an average of it no longer is
    torch.save(learnt, run / "text" / "reader.pt")
    assert denoiser.train(reads, run, CPU)
    shipped = CLIPTextModel.from_pretrained(run / "model" / "text_encoder").state_dict()
    assert shipped
    for name, weight in shipped.items():
        assert torch.equal(weight.view(torch.int32), learnt[f"text.{name}"].view(torch.int32)), name


@pytest.mark.parametrize("part", [decoder, denoiser])
def test_what_comes_first_is_named_with_the_way_to_make_it(config, tmp_path, part):
    with pytest.raises(FileNotFoundError, match="diffuscope train autoencoder --config scenes"):
        part.train(config, tmp_path, CPU)


@pytest.mark.parametrize(
    ("part", "said"),
    [("decoder", 'recipe "scenes" has no [decoder]'), ("reader", "there is no diffuscope.train.scenes.reader")],
)
def test_a_recipe_without_a_part_says_so(tmp_path, capsys, part, said):
    assert main(["train", part, "--config", "scenes", "--run", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err
    text = Config.path("scenes").read_text(encoding="utf-8").replace('world = "scenes"', 'world = "towns"')
    (tmp_path / "towns.toml").write_text(text, encoding="utf-8")
    assert main(["train", "data", "--config", str(tmp_path / "towns.toml"), "--run", str(tmp_path)]) == 2
    assert '[data] world = "towns": there is no diffuscope.train.towns' in capsys.readouterr().err


def test_what_training_needs_is_named_with_the_way_to_get_it(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert main(["train", "data", "--run", str(tmp_path)]) == 2
    assert "train needs torch, which is not installed; run: pip install" in capsys.readouterr().err


def test_the_revision_is_that_of_the_file(tmp_path):
    def git(*words):
        who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        return subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True, text=True).stdout

    file = tmp_path / "code.py"
    file.write_text("1")
    assert revision(file) == ""
    git("init")
    assert revision(file) == ""  # as in a .venv inside somebody's repository
    git("add", "code.py")
    git("commit", "-m", "a")
    git("tag", "-a", "v1", "-m", "a tag is no revision")
    assert revision(file) == git("rev-parse", "HEAD").strip()
    file.write_text("2")
    assert revision(file) == git("rev-parse", "HEAD").strip() + "-dirty"


def evaluate_two(model, folder):
    rows = exam.rows(model, folder, quick=True)
    evaluate.write(rows, exam.PARTS, folder)
    assert rows[0]["all"] >= 0.98  # the reader on real pictures
    assert json.loads((folder / "evaluation.json").read_text()) == rows
    # an untrained model obeys nobody
    assert all(row["all"] <= 0.1 for row in rows if "guidance" in row)
    return rows


def test_data_is_made_once_and_only_from_the_training_split(config, tmp_path):
    path = data.make(config, tmp_path)
    stamp = path.stat().st_mtime_ns
    assert data.make(config, tmp_path).stat().st_mtime_ns == stamp
    assert data.Source(config, tmp_path, 1).at(0).pictures.shape == (64, 3, 32, 32)
    captions = data.Source(config, tmp_path, 1).at(0).captions
    assert captions.shape == (64, 1)
    assert all(scenes.split_of(scenes.Scene.parse(c)) != "unseen colour-shape pairs" for c in captions[:, 0])


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4))


def fit_line(folder, stop_at=None):
    module, recipe = (
        Line(),
        replace(Config.read("scenes").autoencoder, pictures=400, batch=4, warmup=5, sample_every=10),
    )

    class Stop(Exception):
        pass

    def loss(rng, step):
        x = torch.randn(4, generator=rng)
        return ((module.weight - 1) * x).square().sum()

    def sheet(averaged, path):
        if stop_at and path.name == f"sheet-{stop_at:06d}.png":
            raise Stop

    try:
        return loop.fit(module, loss, recipe, folder, sheet)
    except Stop:
        return None


def test_stopped_and_resumed_equals_never_stopped(tmp_path):
    through = fit_line(tmp_path / "a")
    assert fit_line(tmp_path / "b", stop_at=40) is None
    resumed = fit_line(tmp_path / "b")
    assert torch.equal(through.weight, resumed.weight)
    assert 0.01 < through.weight.mean() < 1


def test_time_limit_leaves_a_checkpoint(tmp_path):
    recipe = replace(Config.read("scenes").autoencoder, pictures=400, batch=4)
    module = Line()
    done = loop.fit(module, lambda rng, step: module.weight.sum(), recipe, tmp_path, lambda *_: None, minutes=0)
    assert done is None
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 1


def test_config_refuses_unknown_keys(tmp_path):
    text = Config.path("scenes").read_text(encoding="utf-8")
    (tmp_path / "x.toml").write_text(text.replace("side = 32", "side = 32\ncolour = 3"))
    with pytest.raises(TypeError, match="unknown keys: colour"):
        Config.read(str(tmp_path / "x.toml"))
    with pytest.raises(FileNotFoundError, match="no training config 'scene'"):
        Config.read("scene")
