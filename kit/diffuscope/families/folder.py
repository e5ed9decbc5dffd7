"""What a folder of diffusers must be before anything of it is loaded, and the digest that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def entries(folder: Path) -> dict[str, Any]:
    """What `model_index.json` lists.

    Raises:
        ValueError: it is missing or not an object of JSON.
    """
    index = folder / "model_index.json"
    if not index.is_file():
        raise ValueError(f'"{folder.name}" is not a diffusers folder: it has no model_index.json.')
    return _json(index)


def refuse_unsafe(folder: Path, parts: Sequence[str]) -> None:
    """Stop before a folder whose weights are pickles, or that brings its own code.

    Raises:
        ValueError: naming the file.
    """
    if not isinstance(entries(folder).get("_class_name"), str) or any(folder.rglob("*.py")):
        raise ValueError(f'"{folder.name}" needs its own code. diffuscope never runs model code.')
    for part in parts:
        if not list((folder / part).glob("*.safetensors")):
            raise ValueError(f'"{folder.name}/{part}" holds no .safetensors file; pickles are not loaded.')


def recommended(folder: Path) -> dict[str, Any]:
    """Settings recommended by those who made the model; a folder of diffusers alone has none."""
    path = folder / "defaults.json"
    return _json(path) if path.is_file() else {}


def digest(folder: Path) -> str:
    """A digest over the files that decide what a model draws: two folders of one name may hold different weights."""
    files = (file for file in folder.rglob("*") if file.suffix in (".safetensors", ".json", ".txt") and file.is_file())
    return _digest({file.relative_to(folder).as_posix(): _sha256(file) for file in files})


def verify(folder: Path) -> str:
    """Check every file named in `sha256.json` and return a digest over all of them.

    safetensors itself loads a flipped bit without complaint.

    Raises:
        ValueError: a file is missing or differs, or weights lie there that are not named.
    """
    listed = _json(folder / "sha256.json")
    for weights in folder.rglob("*.safetensors"):
        if weights.relative_to(folder).as_posix() not in listed:
            raise ValueError(f'"{folder.name}/sha256.json" is damaged: it lacks {weights.name}; reinstall diffuscope.')
    for name, expected in listed.items():
        file = folder / name
        found = _sha256(file) if file.is_file() else "missing"
        if found != expected:
            raise ValueError(
                f'"{folder.name}/{name}" is damaged ({found[:12]} is not {expected[:12]}); reinstall diffuscope.'
            )
    return _digest(listed)


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:  # brackets in brackets, thousands deep
        raise ValueError(f'"{file.parent.name}/{file.name}" is not JSON: {str(error)[:120]}.') from None
    if not isinstance(found, dict):
        raise ValueError(f'"{file.parent.name}/{file.name}" is not an object of names and values.')  # noqa: TRY004
    return found


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _digest(listed: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()
