"""The training loop as a generator: every step is told, and whoever leaves early loses nothing."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from diffuscope.train import loop
from diffuscope.train.config import Round

RECIPE = Round(pictures=160, batch=4, learning_rate=0.1, warmup=5, ema=0.9, seed=7, sample_every=10)


class Line(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(4))


def steps(folder, module, recipe=RECIPE, seen=None):
    def loss(rng, step):
        if seen is not None:
            seen.append(step)
        return ((module.weight - 1) * torch.randn(4, generator=rng)).square().sum()

    return loop.fitting(module, loss, recipe, folder)


def test_every_step_is_told(tmp_path):
    seen = []
    done = list(steps(tmp_path, Line(), seen=seen))
    assert [f.step for f in done] == list(range(1, 41))
    assert seen == list(range(40))
    assert all(f.loss >= 0 for f in done)
    rates = [f.rate for f in done]
    assert max(rates) == pytest.approx(0.1)
    assert rates[-1] == pytest.approx(0, abs=1e-6)
    assert rates[3] == pytest.approx(0.08)  # 4 of 5 steps of warm-up


def test_a_closed_generator_goes_on_where_it_was_to_the_bit(tmp_path):
    through = [f.averaged.weight.detach().clone() for f in steps(tmp_path / "a", Line())]
    half = steps(tmp_path / "b", Line())
    for fitted in half:
        if fitted.step == 17:  # no multiple of sample_every
            break
    half.close()
    assert torch.load(tmp_path / "b" / "checkpoint.pt", weights_only=True)["step"] == 17
    rest = [(f.step, f.averaged.weight.detach().clone()) for f in steps(tmp_path / "b", Line())]
    assert [step for step, _ in rest] == list(range(18, 41))
    assert all(torch.equal(weight, through[step - 1]) for step, weight in rest)


def test_an_error_within_a_step_leaves_the_checkpoint_before(tmp_path):
    module = Line()

    def loss(rng, step):
        if step == 15:
            raise RuntimeError("the disk is full")
        return module.weight.sum()

    with pytest.raises(RuntimeError, match="disk is full"):
        list(loop.fitting(module, loss, RECIPE, tmp_path))
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["step"] == 10


def test_a_checkpoint_is_never_older_than_ten_minutes(tmp_path, monkeypatch):
    clock = iter(range(0, 100_000, 250))
    monkeypatch.setattr(loop.time, "monotonic", lambda: next(clock))
    walk = steps(tmp_path, Line(), replace(RECIPE, sample_every=1000))
    ages = []
    for fitted in walk:
        path = tmp_path / "checkpoint.pt"
        ages.append(fitted.step - torch.load(path, weights_only=True)["step"] if path.exists() else fitted.step)
    assert max(ages) == 2  # two steps of 250 seconds; the third is more than ten minutes
    assert ages[-1] == 0


def test_a_plateau_does_not_know_how_long_it_is(tmp_path):
    long = replace(RECIPE, pictures=400, falls=0.25)
    rates = [f.rate for f in steps(tmp_path, Line(), long)]
    assert rates[4:75] == [pytest.approx(0.1)] * 71
    assert rates[74] > rates[85] > rates[98]
    assert rates[-1] == pytest.approx(0.002)  # a fiftieth of the height


def test_a_finished_training_gives_its_weights_again(tmp_path):
    look = lambda module, path: None
    module = Line()
    loss = lambda rng, step: (module.weight - 1).square().sum()
    first = loop.fit(module, loss, RECIPE, tmp_path, look)
    again = Line()
    assert torch.equal(loop.fit(again, None, RECIPE, tmp_path, look).weight, first.weight)
    assert first.weight.mean() > 0.5  # it had learnt something
