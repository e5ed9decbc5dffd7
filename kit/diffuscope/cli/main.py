"""The command line: diffuscope render | grid | train | lab | doctor | models."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

from diffuscope.cli import render
from diffuscope.extras import MissingExtra
from diffuscope.grid import command as grid
from diffuscope.train import command as train

_FIRST = """A scope for diffusion. To begin:

    diffuscope lab                                          JupyterLab with the notebooks; 00 is the first
    diffuscope render "a red house in the snow" -o a.png    one picture
    diffuscope doctor                                       whether everything needed is here

diffuscope --help names all commands."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; a mistake is one line on stderr and status 2."""
    parser = argparse.ArgumentParser(prog="diffuscope", description="A scope for diffusion.")
    parser.add_argument("--version", action="version", version=f"diffuscope {version('diffuscope')}")
    commands = parser.add_subparsers(dest="command")

    lab = commands.add_parser("lab", help="open JupyterLab on a copy of the notebooks")
    lab.add_argument("--folder", type=Path, default=Path("diffuscope-notebooks"), help="where the copy lives")
    commands.add_parser("doctor", help="say whether everything needed is here")
    commands.add_parser("models", help="list the models that can be loaded by name")
    render.add_arguments(commands.add_parser("render", help="draw one picture into a file"))
    grid.add_arguments(commands.add_parser("grid", help="draw a grid of pictures into a folder"))
    train.add_arguments(commands.add_parser("train", help="make a built-in model"))

    given, rest = parser.parse_known_args(arguments)
    if given.command is None:
        if rest:
            parser.error(f"unknown arguments: {' '.join(rest)}")
        print(_FIRST)
        return 0
    if rest and given.command != "lab":  # what lab does not know is JupyterLab's
        parser.error(f"unknown arguments: {' '.join(rest)}")
    runs: dict[str, Callable[[], int]] = {
        "lab": lambda: _lab(given.folder, rest),
        "doctor": _doctor,
        "models": _models,
        "render": lambda: render.run(given),
        "grid": lambda: grid.run(given),
        "train": lambda: train.run(given),
    }
    try:
        return runs[given.command]()
    except (ValueError, LookupError, OSError, MissingExtra) as error:
        print(f"diffuscope: {error.args[0] if isinstance(error, LookupError) else error}", file=sys.stderr)
        return 2


def _lab(folder: Path, rest: list[str]) -> int:
    from diffuscope.cli.lab import serve

    return serve(folder, rest)


def _doctor() -> int:
    from diffuscope.cli.doctor import examine

    return examine()


def _models() -> int:
    from diffuscope.families.catalogue import models

    for card in models():
        print(f"{card.name:10} {card.megabytes:>6} MB  {card.source:48} {card.note}")
    return 0
