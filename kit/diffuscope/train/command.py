"""`diffuscope train`: the steps in order, each resumable."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import Any

from diffuscope.extras import needed_for

NETWORKS = ("autoencoder", "decoder", "text", "denoiser", "reader")
PARTS = ("data", *NETWORKS, "export", "evaluate", "vocabulary")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `diffuscope train`."""
    parser.add_argument("part", choices=PARTS, help="which step; each goes on where it stopped")
    parser.add_argument("--config", default="scenes", help="a built-in recipe or a .toml file")
    parser.add_argument("--run", type=Path, help="folder of checkpoints and samples (default: runs/<name>)")
    parser.add_argument("--minutes", type=float, help="stop with a checkpoint after this long")
    parser.add_argument("--threads", type=int, default=1, help="torch threads; more helps only on idle cores")
    parser.add_argument(
        "--out", type=Path, help="export: folder of the built-in model; evaluate, vocabulary: folder of the result"
    )
    parser.add_argument("--model", help="evaluate, vocabulary: which model (default: the built-in one of this name)")
    parser.add_argument("--quick", action="store_true", help="evaluate: a minute instead of half an hour")


def run(given: argparse.Namespace) -> int:
    """Do one step. Returns the exit status: 0 done, 3 stopped by --minutes.

    Raises:
        MissingExtra: torch is not installed.
    """
    with needed_for("train"):
        return _step(given)


def _step(given: argparse.Namespace) -> int:
    import torch

    from diffuscope.families.quiet import quiet

    with quiet():
        from diffuscope.train.config import Config

    torch.set_num_threads(given.threads)
    config = Config.read(given.config)
    folder = given.run or Path("runs") / config.name
    if given.part in NETWORKS:
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return 0 if _network(given.part, config).train(config, folder, device, given.minutes) else 3
    OTHERS[given.part](given, config, folder)
    return 0


def _network(part: str, config: Any) -> Any:
    """The module that fits a network. A reader belongs to its world; the others are the same for all."""
    from diffuscope.train import room

    return room.reader(config) if part == "reader" else import_module(f"diffuscope.train.networks.{part}")


def _data(given: argparse.Namespace, config: Any, folder: Path) -> None:
    from diffuscope.train import data

    print(data.make(config, folder))


def _export(given: argparse.Namespace, config: Any, folder: Path) -> None:
    from diffuscope.families.catalogue import WEIGHTS
    from diffuscope.train.export import export

    export(config, config.path(given.config), folder, given.out or WEIGHTS / config.name)


def _evaluate(given: argparse.Namespace, config: Any, folder: Path) -> None:
    from diffuscope.families.catalogue import load
    from diffuscope.train import evaluate
    from diffuscope.train.room import exam

    known = exam(config)
    rows = known.rows(load(given.model or config.name), folder, given.quick, **config.data.world_options)
    evaluate.write(rows, known.PARTS, given.out or folder)
    print(evaluate.table(rows, known.PARTS))


def _vocabulary(given: argparse.Namespace, config: Any, folder: Path) -> None:
    import json

    from diffuscope import atomic
    from diffuscope.families.catalogue import load
    from diffuscope.train.room import exam

    groups = exam(config).vocabulary(load(given.model or config.name), folder, **config.data.world_options)
    path = (given.out or folder) / "vocabulary.json"
    text = json.dumps({"world": config.data.world, "groups": groups}, indent=1) + "\n"
    atomic.write(path, text.encode())
    print(path)


OTHERS = {"data": _data, "export": _export, "evaluate": _evaluate, "vocabulary": _vocabulary}
