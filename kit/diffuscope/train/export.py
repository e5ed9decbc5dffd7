"""From a finished run to a built-in model: float16 safetensors, checksums, defaults, the recipe."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextModel, PreTrainedTokenizerFast

from diffuscope.train.config import Config

NOT_LISTED = ("sha256.json", "README.md", "evaluation.json", "evaluation.md", "vocabulary.json")
"""Files about the weights, not of them; they may change after the digest is taken."""


def export(config: Config, recipe: Path, run: Path, folder: Path) -> None:
    """Write `run/model` as a diffusers folder that `load` accepts.

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
    pipe.to(torch.float16).save_pretrained(folder, safe_serialization=True)
    for path in folder.rglob("config.json"):
        _tidy(path)
    for path in folder.rglob("*.safetensors"):
        path.chmod(0o644)  # some versions write them for their owner alone, and a wheel would keep that
    (folder / "defaults.json").write_text(json.dumps(config.defaults) + "\n", encoding="utf-8")
    shutil.copy(recipe, folder / "recipe.toml")
    code = {"revision": revision(Path(__file__)) or "unknown"}
    (folder / "revision.json").write_text(json.dumps(code) + "\n", encoding="utf-8")
    for name in ("reader/config.json", "reader/model.safetensors"):  # whoever has them can repeat the evaluation
        if (run / name).exists():
            (folder / name).parent.mkdir(exist_ok=True)
            shutil.copy(run / name, folder / name)
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name not in NOT_LISTED)
    digests = {p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}
    (folder / "sha256.json").write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


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
    path.write_text(json.dumps(raw, indent=2) + "\n", encoding="utf-8")
