"""The model catalogue: `load(name)` and `models()`. A model family is one file beside this one and one row of FAMILIES."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diffuscope.extras import needed_for
from diffuscope.families.folder import digest, entries, recommended, refuse_unsafe, verify
from diffuscope.families.hub import pipeline_of, unreachable
from diffuscope.text import suggest
from diffuscope.worlds.vocabulary import Vocabulary

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
_PICKLES = (".ckpt", ".pt", ".pth", ".bin")


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
    Card("storybook", "built-in", 33, "picture-book landscapes, English and Chinese, 128 px; the one to begin with",
         "a red house in the snow at night"),
    Card("scenes", "built-in", 10, "one or two flat shapes with exact captions, 32 px; exact and fast",
         "a large red circle left of a small blue square"),
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


def load(name: str | os.PathLike[str] = "storybook") -> Model:
    """Load a model by catalogue name, by hub repository (`owner/name`), or from a diffusers folder (a path).

    Only safetensors files are read and no code from a repository is run. A loaded model is shared: the same name gives
    the same object.

    Raises:
        MissingExtra: torch or diffusers is not installed.
        LookupError: no such model, one whose licence is not yet accepted, or no way to the hub.
        ValueError: the files are not what they should be (a flipped bit, tensors that lack, a pickle, custom code).
    """
    if not isinstance(name, (str, os.PathLike)):
        raise LookupError(f"a model is loaded by its name or folder, got {name!r:.60}")  # noqa: TRY004
    with needed_for("load"):
        return _load(os.fspath(name))


@lru_cache(maxsize=2)
def _load(name: str) -> Model:
    from diffuscope.families.quiet import quiet

    with quiet():
        return _open(name)


def _open(name: str) -> Model:
    card = CATALOGUE.get(name)
    if card and card.source == "built-in":
        folder = WEIGHTS / name
        model = _family(card.pipeline).load(folder, name, "built-in", verify(folder), recommended(folder))
        return replace(model, words=Vocabulary.of(folder))
    if _is_folder(name):
        return _from_folder(Path(name))
    if name.endswith(_PICKLES):
        raise ValueError(
            f'"{Path(name).name}" is a pickle file, which can run code. Only .safetensors folders are loaded.'
        )
    if name.endswith((".safetensors", ".gguf")):
        raise ValueError(
            f'"{Path(name).name}" is a single file, not a folder of diffusers. If it is a checkpoint, make one of it: '
            'StableDiffusionPipeline.from_single_file("FILE.safetensors").save_pretrained("FOLDER"), then load("FOLDER").'
        )
    repository = card.source if card else name
    if not card and (name.count("/") != 1 or name.startswith((".", "/", "~")) or "\\" in name or ":" in name):
        known = list(CATALOGUE)
        no_folder = ", and no folder of that name" if "/" in name and ":" not in name else ""
        raise LookupError(
            f'No model "{name[:60]}"{no_folder}.{suggest(name[:60], known)} There are: {", ".join(known)}.'
        )
    called = f'"{name}"' + (f" ({card.megabytes / 1000:.1f} GB)" if card else "")
    family = _family_of(pipeline_of(repository, called), repository)
    try:
        return family.load(repository, name, repository, None, dict(card.defaults) if card else {})
    except OSError as error:
        raise unreachable(called, error) from None


def _is_folder(name: str) -> bool:
    try:
        return Path(name).is_dir()
    except OSError:  # too long for a path
        return False


def _from_folder(folder: Path) -> Model:
    family = _family_of(entries(folder).get("_class_name"), folder.name)
    refuse_unsafe(folder, family.PARTS)
    try:
        model = family.load(folder, folder.name, "folder", digest(folder), recommended(folder))
        return replace(model, words=Vocabulary.of(folder))
    except MemoryError:
        raise
    except Exception as error:  # the libraries raise anything where files are not what they expect
        if isinstance(error, ValueError) and folder.name in str(error):
            raise
        why = " ".join(str(error).split())[:300]
        raise ValueError(f'"{folder.name}" could not be loaded: {type(error).__name__}: {why}') from error


def _family(pipeline: str) -> Any:
    return import_module(f"diffuscope.families.{FAMILIES[pipeline]}")


def _family_of(pipeline: Any, name: str) -> Any:
    """The module of a family.

    Raises:
        ValueError: a class that no family knows.
    """
    if not isinstance(pipeline, str):
        raise ValueError(f'"{name}" needs its own code. diffuscope never runs model code.')  # noqa: TRY004
    if pipeline not in FAMILIES:
        raise ValueError(f'"{name}" is a {pipeline}; so far these are known: {", ".join(FAMILIES)}.')
    return _family(pipeline)
