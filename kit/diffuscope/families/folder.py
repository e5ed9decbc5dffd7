"""What a folder of diffusers must be before anything of it is loaded, and the digest that names it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from diffuscope.recipe.settings import OPEN, Settings, SettingsError

MOST_TRAINING_STEPS = 100_000
MOST_ORDER = 4
"""Of a solver; diffusers' own go to 3."""
SPACINGS = ("linspace", "leading", "trailing")


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
    """Settings recommended by those who made the model; a folder of diffusers alone has none.

    Raises:
        ValueError: `defaults.json` has something else, or values that no settings take.
    """
    path = folder / "defaults.json"
    if not path.is_file():
        return {}
    found = _json(path)
    for name, value in found.items():
        if name not in OPEN or value is None:
            raise ValueError(f'"{folder.name}/defaults.json": {name} {value!r:.40} is none of {", ".join(OPEN)}.')
    try:
        Settings("", **found)
    except SettingsError as error:  # else it is said of settings that nobody has typed
        raise ValueError(f'"{folder.name}/defaults.json": {error}') from None
    return found


def refuse_scheduler(called: str, config: Mapping[str, Any]) -> None:
    """Stop before a scheduler that cannot be made, or not in reasonable time.

    Args:
        config: the content of scheduler_config.json.

    Raises:
        ValueError: naming the file, the entry and its value.
    """
    trained = config.get("num_train_timesteps", 1000)
    ranges = {
        "num_train_timesteps": (1, MOST_TRAINING_STEPS),
        "solver_order": (1, MOST_ORDER),
        "steps_offset": (0, trained),
    }
    for name, (least, most) in ranges.items():
        found = config.get(name, least)
        if type(found) is not int or not least <= found <= most:
            raise ValueError(
                f'"{called}/scheduler_config.json": {name} must be a whole number from {least} to {most}, got {found!r:.40}.'
            )
    given = config.get("trained_betas")
    betas = (
        {name: config.get(name, 0.01) for name in ("beta_start", "beta_end")}
        if given is None
        else {"trained_betas": given}
    )
    if isinstance(given, list):
        betas = {f"trained_betas[{at}]": beta for at, beta in enumerate(given)}
    for name, found in betas.items():
        if type(found) not in (int, float) or not 0 < found <= 1:  # nan is not, either
            raise ValueError(
                f'"{called}/scheduler_config.json": {name} must be above 0 and at most 1, got {found!r:.40}.'
            )
    if (spacing := config.get("timestep_spacing", "leading")) not in SPACINGS:
        raise ValueError(
            f'"{called}/scheduler_config.json": timestep_spacing must be one of {", ".join(SPACINGS)}, got {spacing!r:.40}.'
        )


def refuse_tokenizer(name: str, tokenizer: Any, places: int) -> None:
    """Stop before a tokenizer that reads no word, or more than its text encoder.

    Args:
        places: how many tokens the text encoder takes.

    Raises:
        ValueError: naming what is wrong.
    """
    if not 2 < tokenizer.model_max_length <= places:
        raise ValueError(
            f'"{name}/tokenizer": model_max_length must be 3 to {places}, as its text encoder, got {tokenizer.model_max_length!r:.40}.'
        )


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
