"""`diffuscope train`: the steps in order, each resumable."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

NETWORKS = ("autoencoder", "decoder", "text", "denoiser", "judge")
PARTS = ("data", *NETWORKS, "export", "evaluate", "gallery")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `diffuscope train`."""
    parser.add_argument("part", choices=PARTS, help="which step; each goes on where it stopped")
    parser.add_argument("--config", default="scenes", help="a built-in recipe or a .toml file")
    parser.add_argument("--run", type=Path, help="folder of checkpoints and samples (default: runs/<name>)")
    parser.add_argument("--minutes", type=float, help="stop with a checkpoint after this long")
    parser.add_argument("--threads", type=int, default=1, help="torch threads; more helps only on idle cores")
    parser.add_argument(
        "--out", type=Path, help="export: folder of the built-in model; evaluate, gallery: folder of the result"
    )
    parser.add_argument("--model", help="evaluate, gallery: which model (default: the built-in one of this name)")
    parser.add_argument("--quick", action="store_true", help="evaluate: a minute instead of half an hour")


def run(given: argparse.Namespace) -> int:
    """Do one step. Returns the exit status: 0 done, 3 stopped by --minutes.

    Raises:
        ValueError: something is missing that only training needs.
    """
    try:
        return _step(given)
    except ModuleNotFoundError as error:
        way = "it comes with the train extra: pip install 'diffuscope[train]', or in a clone pip install -e '.[train]'"
        raise ValueError(f"{error.name} is not installed; {way}") from error


def _step(given: argparse.Namespace) -> int:
    import torch

    from diffuscope.families.quiet import quiet

    with quiet():
        from diffuscope.train import data, evaluate, evaluate_emoji, evaluate_scenes
        from diffuscope.train.config import Config
        from diffuscope.train.export import export

    torch.set_num_threads(given.threads)
    config = Config.read(given.config)
    folder = given.run or Path("runs") / config.name
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    if given.part == "data":
        print(data.make(config, folder))
    elif given.part in NETWORKS:
        return 0 if import_module(f"diffuscope.train.{given.part}").train(config, folder, device, given.minutes) else 3
    elif given.part == "export":
        from diffuscope.families.catalogue import WEIGHTS

        export(config, Config.path(given.config), folder, given.out or WEIGHTS / config.name)
    elif given.part == "gallery":
        from diffuscope.families.catalogue import load
        from diffuscope.train.gallery import gallery

        path = (given.out or folder) / "gallery.png"
        path.parent.mkdir(parents=True, exist_ok=True)  # before a minute of drawing, not after it
        gallery(load(given.model or config.name)).save(path, optimize=True)
        print(path)
    else:
        from diffuscope.families.catalogue import load

        exam = {"scenes": evaluate_scenes, "emoji": evaluate_emoji}[config.data.world]
        rows = exam.rows(load(given.model or config.name), folder, given.quick)
        evaluate.write(rows, exam.PARTS, given.out or folder)
        print(evaluate.table(rows, exam.PARTS))
    return 0
