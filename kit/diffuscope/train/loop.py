"""The training loop both networks share: optimizer, moving average, checkpoints, a log, sheets of samples.

A step draws its randomness from (seed, step), so a run that stopped and went on is the run that never stopped.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from diffusers.optimization import get_cosine_with_hard_restarts_schedule_with_warmup
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from diffuscope.train.config import Round

SNAPSHOTS = (0.02, 0.05, 0.10, 0.25, 0.50)
"""Shares of training at which the averaged weights are set aside, for lessons on how a model learns."""


def fit(
    module: Any,
    loss: Callable[[torch.Generator], Tensor],
    recipe: Round,
    folder: Path,
    sheet: Callable[[Any, Path], None],
    minutes: float | None = None,
) -> Any | None:
    """Train `module` until `recipe.pictures` have been seen.

    Args:
        module: what is trained, on the device where it shall run.
        loss: draws one batch with the given CPU generator and returns the scalar to minimise.
        recipe: lengths and rates.
        folder: gets checkpoint.pt, log.jsonl, sheet-*.png and snapshots/.
        sheet: draws samples of the averaged module into a file.
        minutes: stop after this long, with a checkpoint; call again to go on.

    Returns:
        The averaged module, or None when time ran out before the end.
    """
    folder.mkdir(parents=True, exist_ok=True)
    total = recipe.pictures // recipe.batch
    device = next(module.parameters()).device
    averaged = AveragedModel(module, multi_avg_fn=get_ema_multi_avg_fn(recipe.ema))
    optimizer = torch.optim.AdamW(module.parameters(), lr=recipe.learning_rate, weight_decay=0.01, fused=True)
    rate = get_cosine_with_hard_restarts_schedule_with_warmup(optimizer, recipe.warmup, total, recipe.cycles)
    parts = {"module": module, "averaged": averaged, "optimizer": optimizer, "rate": rate}
    first = _resume(folder, parts, device)
    marks = {max(1, round(total * share)): share for share in SNAPSHOTS}
    began, recent = time.monotonic(), []
    for step in range(first, total):
        rng = torch.Generator().manual_seed(recipe.seed * 1_000_003 + step)
        with torch.autocast(device.type, torch.bfloat16, enabled=mixed(device)):
            value = loss(rng)
        optimizer.zero_grad(set_to_none=True)
        value.backward()
        nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
        rate.step()
        averaged.update_parameters(module)
        recent.append(value.item())
        done = step + 1
        if done in marks:
            _save(folder / "snapshots" / f"{marks[done]:.2f}.pt", {"averaged": averaged.module.state_dict()})
        late = minutes is not None and time.monotonic() - began > 60 * minutes
        if done % recipe.sample_every == 0 or done == total or late:
            _save(folder / "checkpoint.pt", {"step": done, **{k: p.state_dict() for k, p in parts.items()}})
            _log(folder, done, recipe.batch, sum(recent) / len(recent), rate.get_last_lr()[0], time.monotonic() - began)
            recent = []
            sheet(averaged.module, folder / f"sheet-{done:06d}.png")
        if late and done < total:
            return None
    return averaged.module


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
    """Write whole or not at all: a kill in the middle leaves the checkpoint before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)


def _log(folder: Path, step: int, batch: int, loss: float, rate: float, seconds: float) -> None:
    row = {"step": step, "pictures": step * batch, "loss": round(loss, 5), "rate": rate, "seconds": round(seconds, 1)}
    print(json.dumps(row), flush=True)
    with (folder / "log.jsonl").open("a", encoding="utf-8") as log:
        log.write(json.dumps(row) + "\n")
