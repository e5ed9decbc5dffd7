"""The command line: diffuscope lab | doctor | models | render | grid | train."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path

from diffuscope.extras import MissingExtra


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status; a mistake is one line on stderr and status 2."""
    parser = argparse.ArgumentParser(prog="diffuscope", description="A scope for diffusion.")
    commands = parser.add_subparsers(dest="command", required=True)

    lab = commands.add_parser("lab", help="open JupyterLab on a copy of the notebooks")
    lab.add_argument("--folder", type=Path, default=Path("diffuscope-notebooks"), help="where the copy lives")
    commands.add_parser("doctor", help="say whether everything needed is here")
    commands.add_parser("models", help="list the models that can be loaded by name")
    _render_arguments(commands.add_parser("render", help="draw one picture into a file"))
    from diffuscope.grid import command as grid
    from diffuscope.train import command as train

    grid.add_arguments(commands.add_parser("grid", help="draw a grid of pictures into a folder"))
    train.add_arguments(commands.add_parser("train", help="make a built-in model"))

    given, rest = parser.parse_known_args(arguments)
    if rest and given.command != "lab":  # what lab does not know is JupyterLab's
        parser.error(f"unknown arguments: {' '.join(rest)}")
    runs: dict[str, Callable[[], int]] = {
        "lab": lambda: _lab(given.folder, rest),
        "doctor": _doctor,
        "models": _models,
        "render": lambda: _render(given),
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


def _render_arguments(parser: argparse.ArgumentParser) -> None:
    from diffuscope.recipe.settings import Settings

    parser.add_argument("prompt")
    parser.add_argument("-o", "--out", type=Path, required=True, help=".png, .jpg or .webp; the settings go into it")
    parser.add_argument("--model", default="scenes", help="a name from `diffuscope models`, a repository or a folder")
    parser.add_argument("--gif", type=Path, help="also write the run as an animation")
    parser.add_argument("--trace", type=Path, help="also write the whole run, to be replayed")
    kinds = {"seed": int, "steps": int, "width": int, "height": int, "guidance_scale": float, "eta": float}
    for field in fields(Settings)[1:]:
        option = "--" + field.name.replace("_", "-")
        parser.add_argument(option, dest=field.name, type=kinds.get(field.name, str), default=field.default)


def _render(given: argparse.Namespace) -> int:
    from diffuscope import Keep, Settings, load, record, save_picture

    # settings are checked before the model is loaded, and the model checks them before any compute
    settings = Settings(**{field.name: getattr(given, field.name) for field in fields(Settings)})
    model = load(given.model)
    for note in model.notes(settings).values():
        print(f"note: {note}", file=sys.stderr)
    trace = record(model, settings, Keep() if given.trace or given.gif else Keep((), ()))
    print(save_picture(trace, given.out))
    if given.gif:
        trace.save_gif(given.gif)
    if given.trace:
        trace.save(given.trace)
    return 0
