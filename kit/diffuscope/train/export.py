"""From a finished run to a built-in model: float16 safetensors, checksums, defaults, the recipe."""

from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from diffuscope import atomic
from diffuscope.train.config import Config

NOT_LISTED = ("sha256.json", "README.md", "evaluation.json", "evaluation.md", "vocabulary.json")
"""Files about the weights, not of them; they may change after the digest is taken."""


def export(config: Config, recipe: Path, run: Path, folder: Path) -> None:
    """Write `run/model` as a diffusers folder that `load` accepts. Until it is whole, the folder before stands.

    Args:
        recipe: the config file; a copy travels with the weights.
        folder: where it goes, usually `kit/diffuscope/weights/<name>`.
    """
    made = run / "model"
    pipe = StableDiffusionPipeline(
        vae=AutoencoderKL.from_pretrained(made / "vae"),
        text_encoder=CLIPTextModel.from_pretrained(made / "text_encoder"),
        tokenizer=PreTrainedTokenizerFast.from_pretrained(made / "tokenizer"),
        unet=UNet2DConditionModel.from_pretrained(made / "unet"),
        scheduler=DDIMScheduler.from_pretrained(made / "scheduler"),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )
    with atomic.folder(folder) as new:
        pipe.to(torch.float16).save_pretrained(new, safe_serialization=True)
        for path in new.rglob("config.json"):
            _tidy(path)
        atomic.write(new / "defaults.json", (json.dumps(config.defaults) + "\n").encode())
        atomic.write(new / "recipe.toml", recipe.read_bytes())
        code = {"revision": revision(Path(__file__)) or "unknown"}
        atomic.write(new / "revision.json", (json.dumps(code) + "\n").encode())
        for name in ("reader/config.json", "reader/model.safetensors"):  # whoever has them can repeat the evaluation
            if (run / name).exists():
                (new / name).parent.mkdir(exist_ok=True)
                atomic.write(new / name, (run / name).read_bytes())
        files = _files(folder) | _files(new)  # of the old ones stays what is not made anew
        digests = {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in sorted(files)}
        atomic.write(new / "sha256.json", (json.dumps(digests, indent=1) + "\n").encode())


def _files(folder: Path) -> dict[str, Path]:
    """What the digest is over, by name."""
    found = [path for path in folder.rglob("*") if path.is_file() and path.name not in NOT_LISTED]
    return {path.relative_to(folder).as_posix(): path for path in found}


def revision(file: Path) -> str:
    """The git revision a file belongs to, ending in "-dirty" where something was changed since; "" where git does not
    keep the file, as in an installed package."""
    git = ["git", "-C", str(file.parent)]
    try:
        subprocess.run([*git, "ls-files", "--error-unmatch", file.name], capture_output=True, check=True)
        told = subprocess.run(
            [*git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            check=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return told.stdout.strip()


def _tidy(path: Path) -> None:
    """Forget the folder a part was loaded from, and let it load in float32 whoever loads it.

    Left alone, transformers would load the text encoder as it is stored, in float16, and diffusers the rest in float32.
    """
    raw = json.loads(path.read_text(encoding="utf-8"))
    raw.pop("_name_or_path", None)
    if "dtype" in raw:
        raw["dtype"] = "float32"
    atomic.write(path, (json.dumps(raw, indent=2) + "\n").encode())
