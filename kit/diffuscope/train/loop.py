"""The training loop every network shares, as a generator: optimizer, moving average, checkpoints, a log, sheets of samples.

A step draws its randomness from (seed, step), so a run that stopped and went on is the run that never stopped.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from diffusers.optimization import get_cosine_with_hard_restarts_schedule_with_warmup
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from transformers import get_wsd_schedule

from diffuscope import atomic
from diffuscope.train.config import Round

SNAPSHOTS = (0.02, 0.05, 0.10, 0.25, 0.50)
"""Shares of training at which the averaged weights are set aside, for lessons on how a model learns."""

_APART = 600.0
"""At most this many seconds lie between two checkpoints."""

Loss = Callable[[torch.Generator, int], Tensor]
"""Draws the batch of a step with a CPU generator that belongs to this step and returns the scalar to minimise. The number
of the step tells which pictures are at hand; nothing else may be random."""


@dataclass(frozen=True)
class Fitted:
    """One optimizer step, done."""

    step: int
    """Steps done so far, those before an interruption included."""
    loss: float
    rate: float
    """The learning rate of the step that comes next."""
    averaged: Any
    """The moving average of the weights. The same object each time: what it holds moves on with the next step."""


def fitting(module: Any, loss: Loss, recipe: Round, folder: Path) -> Generator[Fitted]:
    """Train `module`, one step at a time; goes on from `folder/checkpoint.pt` where there is one.

    A checkpoint is written every `recipe.sample_every` steps, after ten minutes without one, at the end, and when the
    generator is closed, so that whoever leaves early loses nothing. It holds everything, the optimizer too.

    Args:
        module: what is trained, on the device where it shall run.
        loss: the loss of one step.
        recipe: lengths and rates.
        folder: gets checkpoint.pt and snapshots/.
    """
    total = recipe.steps
    device = next(module.parameters()).device
    averaged = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema))
    optimizer = torch.optim.AdamW(module.parameters(), lr=recipe.learning_rate, weight_decay=0.01, fused=True)
    rate = schedule(optimizer, recipe)
    parts = {"module": module, "averaged": averaged, "optimizer": optimizer, "rate": rate}
    marks = {max(1, round(total * share)): share for share in SNAPSHOTS}
    done = saved = _resume(folder, parts, device)
    before = time.monotonic()

    def save() -> None:
        _save(folder / "checkpoint.pt", {"step": done, **{k: p.state_dict() for k, p in parts.items()}})

    try:
        while done < total:
            rng = torch.Generator().manual_seed(recipe.seed * 1_000_003 + done)
            with torch.autocast(device.type, torch.bfloat16, enabled=mixed(device)):
                value = loss(rng, done)
            optimizer.zero_grad(set_to_none=True)
            value.backward()
            nn.utils.clip_grad_norm_(module.parameters(), 1.0)
            optimizer.step()
            rate.step()
            averaged.update_parameters(module)
            done += 1
            if done in marks:
                _save(folder / "snapshots" / f"{marks[done]:.2f}.pt", {"averaged": averaged.module.state_dict()})
            if done % recipe.sample_every == 0 or done == total or time.monotonic() - before > _APART:
                save()
                saved, before = done, time.monotonic()
            yield Fitted(done, value.item(), float(rate.get_last_lr()[0]), averaged.module)
    except GeneratorExit:  # closed between two steps; an error within one leaves the checkpoint before
        if saved < done:
            save()
        raise


def fit(
    module: Any,
    loss: Loss,
    recipe: Round,
    folder: Path,
    sheet: Callable[[Any, Path], None],
    minutes: float | None = None,
) -> Any | None:
    """Walk through `fitting`, with a log and sheets of samples.

    Args:
        folder: gets log.jsonl and sheet-*.png beside what `fitting` writes.
        sheet: draws samples of the averaged module into a file.
        minutes: stop after this long, with a checkpoint; call again to go on.

    Returns:
        The averaged module, or None when time ran out before the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total = recipe.steps
    began, recent = time.monotonic(), []
    with closing(fitting(module, loss, recipe, folder)) as steps:
        for fitted in steps:
            recent.append(fitted.loss)
            late = minutes is not None and time.monotonic() - began > 60 * minutes
            if fitted.step % recipe.sample_every == 0 or fitted.step == total or late:
                mean = sum(recent) / len(recent)
                _log(folder, fitted.step, recipe.batch, mean, fitted.rate, time.monotonic() - began)
                recent = []
                sheet(fitted.averaged, folder / f"sheet-{fitted.step:06d}.png")
            if fitted.step == total:
                return fitted.averaged
            if late:
                return None
    return finished(module, folder)


def finished(module: Any, folder: Path) -> Any:
    """The averaged weights of a training that had ended before, loaded into `module`."""
    saved = torch.load(folder / "checkpoint.pt", map_location=next(module.parameters()).device, weights_only=True)
    averaged = {k.removeprefix("module."): v for k, v in saved["averaged"].items() if k != "n_averaged"}
    module.load_state_dict(averaged)
    return module


def schedule(optimizer: torch.optim.Optimizer, recipe: Round) -> LambdaLR:
    """The learning rate over a run: warm-up, then one or more cosines, or a plateau that falls at the end.

    A plateau (Hu et al. 2024, arXiv:2404.06395) suits a run whose length is not known: until it falls, its weights are
    those of any longer run.
    """
    total = recipe.steps
    if recipe.falls < 1:
        falling = round(total * recipe.falls)
        return get_wsd_schedule(
            optimizer,
            recipe.warmup,
            falling,
            num_stable_steps=max(0, total - recipe.warmup - falling),
            min_lr_ratio=0.02,
        )
    return get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, recipe.warmup, total, recipe.cycles)


def mixed(device: torch.device) -> bool:
    """Whether training computes in bfloat16 there: on a GPU, and on a CPU that can. On others it would be slower."""
    known: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # older torch does not tell
    return device.type == "cuda" or known.get("avx512_bf16", False)


def plain_attention(device: torch.device) -> bool:
    """Whether attention trains faster unfused there: in bfloat16 on a CPU the way back through the fused one makes a step a
    quarter (text encoder) to nearly half (UNet) longer (measured)."""
    return device.type == "cpu" and mixed(device)


def _resume(folder: Path, parts: dict[str, Any], device: torch.device) -> int:
    path = folder / "checkpoint.pt"
    if not path.exists():
        return 0
    saved = torch.load(path, map_location=device, weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(saved[name])
    return saved["step"]


def _save(path: Path, state: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic.file(path) as file:
        torch.save(state, file)


def _log(folder: Path, step: int, batch: int, loss: float, rate: float, seconds: float) -> None:
    row = {"step": step, "pictures": step * batch, "loss": round(loss, 5), "rate": rate, "seconds": round(seconds, 1)}
    print(json.dumps(row), flush=True)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(row) + "\n")
