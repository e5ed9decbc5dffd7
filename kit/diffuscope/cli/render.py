"""`diffuscope render`: one picture into a file, and its run as an animation or to be replayed."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `diffuscope render`: the files, the model, and every setting."""
    from diffuscope.recipe.fields import FIELDS

    parser.add_argument("prompt", help=FIELDS["prompt"].help.replace("%", "%%"))
    parser.add_argument("-o", "--out", type=Path, required=True, help=".png, .jpg or .webp; the settings go into it")
    parser.add_argument(
        "--model", default="storybook", help="a name from `diffuscope models`, a repository or a folder"
    )
    parser.add_argument("--gif", type=Path, help="also write the run as an animation")
    parser.add_argument("--trace", type=Path, help="also write the whole run, to be replayed")
    for name, field in FIELDS.items():
        if name != "prompt":
            parser.add_argument(
                "--" + name.replace("_", "-"),
                dest=name,
                type=_value if field.kind in ("int", "float") else str,
                default=field.default,
                metavar={"int": "N", "float": "X"}.get(field.kind, "TEXT"),
                help=field.help.replace("%", "%%"),
            )


def _value(text: str) -> int | float | str:
    """A number as it is written; what is none stays text, for the settings to refuse in their own words."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def run(given: argparse.Namespace) -> int:
    """Draw. What cannot be, in settings, files or model, is refused before anything is computed.

    Raises:
        ValueError: a setting or a file name that cannot be.
        OSError: a folder that is not there, or cannot be written to.
        LookupError: no such model.
    """
    from diffuscope.recipe.fields import FIELDS
    from diffuscope.recipe.settings import Settings
    from diffuscope.trace.metadata import FORMATS

    settings = Settings(**{name: getattr(given, name) for name in FIELDS})
    for option, path, suffixes in _files(given, tuple(FORMATS)):
        writable(option, path, suffixes)

    from diffuscope import Keep, load, record, save_picture

    model = load(given.model)
    recipe = model.complete(settings)
    for note in model.notes(recipe).values():
        print(f"note: {note}", file=sys.stderr)
    trace = record(model, recipe, Keep() if given.trace or given.gif else Keep((), ()))
    print(save_picture(trace, given.out))
    if given.gif:
        trace.save_gif(given.gif)
    if given.trace:
        trace.save(given.trace)
    return 0


def _files(given: argparse.Namespace, pictures: tuple[str, ...]) -> Iterator[tuple[str, Path, tuple[str, ...]]]:
    yield "-o", given.out, pictures
    if given.gif:
        yield "--gif", given.gif, (".gif",)
    if given.trace:
        yield "--trace", given.trace, ()
        yield "--trace", given.trace.with_name(given.trace.name.removesuffix(".trace") + ".trace"), ()


def writable(option: str, path: Path, suffixes: tuple[str, ...] = ()) -> None:
    """Refuse a file that could not be written later.

    Args:
        option: who asks, for the message.
        suffixes: endings it may have; none is any.

    Raises:
        ValueError: another ending.
        OSError: it is a folder; its folder is not there, or cannot be written to.
    """
    if suffixes and path.suffix.lower() not in suffixes:
        raise ValueError(f'{option} "{path.name}" must end in {" or ".join(suffixes)}')
    if path.is_dir():
        raise IsADirectoryError(f'{option} "{path}" is a folder; add the name of a file')
    if not path.parent.is_dir():
        raise FileNotFoundError(f'{option} "{path}": there is no folder "{path.parent}"; make it first')
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise PermissionError(f'{option} "{path}" cannot be written to; choose another folder')
