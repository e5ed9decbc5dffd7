"""The emoji recipe's judge and the table it fills."""

import json
import shutil

import emoji_folder
import numpy as np
import pytest
import torch

from diffuscope import load
from diffuscope.train import evaluate
from diffuscope.train.config import Config
from diffuscope.train.emoji import exam, judge
from diffuscope.train.export import export
from diffuscope.train.room import room

CPU = torch.device("cpu")


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
