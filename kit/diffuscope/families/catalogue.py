"""The model catalogue: `load(name)` and `models()`. A model family is one file beside this one and one row of FAMILIES."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.extras import needed_for
from diffuscope.text import suggest

if TYPE_CHECKING:
    from diffuscope.families.base import Model

FAMILIES: Mapping[str, str] = {
    "StableDiffusionPipeline": "stable_diffusion",
    "DDPMPipeline": "unconditional",
}
"""Class of a diffusers pipeline to the module of the family that knows it: one row a family. Such a module has PARTS, its
folders that hold weights, and `load(where, name, source, sha256, defaults)`."""

WEIGHTS = Path(__file__).parent.parent / "weights"
"""Where the built-in models lie."""


@dataclass(frozen=True)
class Card:
    """One row of the catalogue."""

    name: str
    source: str
    """"built-in", or the hub repository."""
    megabytes: int
    """Size of the download, or on disk when built in."""
    note: str
    example: str
    """A prompt this model draws well."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Settings recommended by those who made it."""
    pipeline: str = "StableDiffusionPipeline"
    """The class of diffusers pipeline it is saved as: a key of FAMILIES."""


_ROWS = (
    Card("scenes", "built-in", 10, "one or two flat shapes with exact captions, 32 px; two cores suffice",
         "a large red circle left of a small blue square"),
    Card("emoji", "built-in", 37, "1,644 things in four styles, English and Chinese, 64 px; early, often wrong",
         "a guitar, teal background, fluent style"),
    Card("sd15", "stable-diffusion-v1-5/stable-diffusion-v1-5", 4300, "Stable Diffusion 1.5, 512 px", "a lighthouse at dusk",
         {"steps": 25, "guidance_scale": 7.0}),
    Card("sd14", "CompVis/stable-diffusion-v1-4", 4300, "Stable Diffusion 1.4, 512 px", "a lighthouse at dusk",
         {"steps": 25, "guidance_scale": 7.0}),
    Card("tiny-sd", "segmind/tiny-sd", 1200, "half the size of 1.5, distilled; usable without a GPU", "a lighthouse at dusk",
         {"steps": 25, "guidance_scale": 7.0}),
)  # fmt: skip

CATALOGUE: Mapping[str, Card] = {card.name: card for card in _ROWS}


def models() -> list[Card]:
    """What can be loaded by name: built-in models first."""
    return list(_ROWS)


def load(name: str | os.PathLike[str] = "scenes") -> Model:
    """Load a model by catalogue name, by hub repository (`owner/name`), or from a diffusers folder (a path).

    Only safetensors files are read and no code from a repository is run. A loaded model is shared: the same name gives
    the same object.

    Raises:
        MissingExtra: torch or diffusers is not installed.
        LookupError: no such model, or it is not on this computer and cannot be downloaded.
        ValueError: the files are not what they should be (a flipped bit, a pickle, custom code).
    """
    with needed_for("load"):
        return _load(os.fspath(name))


@lru_cache(maxsize=2)
def _load(name: str) -> Model:
    from diffuscope.families.quiet import quiet

    with quiet():
        return _open(name)


def _open(name: str) -> Model:
    card, folder = CATALOGUE.get(name), Path(name)
    if card and card.source == "built-in":
        checked = verify(WEIGHTS / name)
        return _family(card.pipeline).load(WEIGHTS / name, name, "built-in", checked, _recommended(WEIGHTS / name))
    if folder.is_dir():
        family = refuse_unsafe(folder)
        return family.load(folder, folder.name, "folder", digest(folder), _recommended(folder))
    if name.endswith((".ckpt", ".pt", ".pth", ".bin")):
        raise ValueError(f'"{folder.name}" is a pickle file, which can run code. Only .safetensors folders are loaded.')
    repository = card.source if card else name
    if not card and (name.count("/") != 1 or name.startswith((".", "/", "~")) or "\\" in name or ":" in name):
        known = list(CATALOGUE)
        raise LookupError(f'No model "{name[:60]}".{suggest(name, known)} There are: {", ".join(known)}.')
    try:
        # the class of a repository that is not in the catalogue is known once its index is fetched
        family = _family(card.pipeline if card else _pipeline_of(repository))
        return family.load(repository, name, repository, None, dict(card.defaults) if card else {})
    except OSError as error:
        size = f" ({card.megabytes / 1000:.1f} GB)" if card else ""
        raise LookupError(
            f'Model "{name}"{size} is not on this computer and could not be fetched: {str(error)[:200]} '
            'The built-in model always works: load("scenes").'
        ) from None


def _recommended(folder: Path) -> dict[str, Any]:
    """Settings recommended by those who made the model; a folder of diffusers alone has none."""
    path = folder / "defaults.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _family(pipeline: str) -> Any:
    return import_module(f"diffuscope.families.{FAMILIES[pipeline]}")


def _pipeline_of(repository: str) -> str:
    """The pipeline class a hub repository names.

    Raises:
        OSError: it cannot be fetched.
        ValueError: a class that no family knows.
    """
    from diffusers import DiffusionPipeline

    kind = DiffusionPipeline.load_config(repository).get("_class_name")
    if kind not in FAMILIES:
        raise ValueError(f'"{repository}" is a {kind}; so far these are known: {", ".join(FAMILIES)}.')
    return kind


def refuse_unsafe(folder: Path) -> Any:
    """Stop before a folder whose weights are pickles or that brings its own code.

    Returns:
        The module of its family.

    Raises:
        ValueError: naming the file.
    """
    index = folder / "model_index.json"
    if not index.is_file():
        raise ValueError(f'"{folder.name}" is not a diffusers folder: it has no model_index.json.')
    entries = json.loads(index.read_text(encoding="utf-8"))
    kind = entries.get("_class_name")
    if not isinstance(kind, str) or any(folder.rglob("*.py")):
        raise ValueError(f'"{folder.name}" needs its own code. diffuscope never runs model code.')
    if kind not in FAMILIES:
        raise ValueError(f'"{folder.name}" is a {kind}; so far these are known: {", ".join(FAMILIES)}.')
    family = _family(kind)
    for part in family.PARTS:
        if not list((folder / part).glob("*.safetensors")):
            raise ValueError(f'"{folder.name}/{part}" holds no .safetensors file; pickles are not loaded.')
    return family


def digest(folder: Path) -> str:
    """A digest over the files that decide what a model draws: two folders of one name may hold different weights."""
    files = (file for file in folder.rglob("*") if file.suffix in (".safetensors", ".json", ".txt") and file.is_file())
    return _digest({file.relative_to(folder).as_posix(): _sha256(file) for file in files})


def verify(folder: Path) -> str:
    """Check every file named in `sha256.json` and return a digest over all of them.

    safetensors itself loads a flipped bit without complaint.

    Raises:
        ValueError: a file is missing or differs.
    """
    listed: dict[str, str] = json.loads((folder / "sha256.json").read_text(encoding="utf-8"))
    for name, expected in listed.items():
        file = folder / name
        found = _sha256(file) if file.is_file() else "missing"
        if found != expected:
            raise ValueError(
                f'"{folder.name}/{name}" is damaged ({found[:12]} is not {expected[:12]}); reinstall diffuscope.'
            )
    return _digest(listed)


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _digest(listed: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(listed, sort_keys=True).encode()).hexdigest()
