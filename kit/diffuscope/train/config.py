"""One model's training recipe, read from one TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Data:
    """What is drawn for training."""

    world: str
    """Module under `diffuscope.worlds` that samples, captions and draws."""
    pictures: int
    """How many pictures are drawn once and kept."""
    captions: int
    """How many captions each of them gets."""
    side: int
    """Width and height in pixels."""
    seed: int
    rare: float
    """How often the text encoder and the denoiser are shown a picture with an uncommon thing, against one without, 0 to 1;
    short runs do well to begin with what will be asked for most."""
    several: float
    """How often they are shown a picture of several things, against one of a single thing, 0 to 1."""
    unsaid: float
    """How often they are shown a picture whose captions leave its style or ground to chance, against one whose captions name
    both, 0 to 1. The model must know such prompts, but chance is noise to whoever learns what the words mean."""


@dataclass(frozen=True)
class Round:
    """How long and how fast a network is fitted."""

    pictures: int
    """Training length in pictures seen, batch times steps."""
    batch: int
    learning_rate: float
    """Peak of a cosine with warm-up; AdamW."""
    warmup: int
    """Optimizer steps from zero to the peak."""
    cycles: int
    """How many times the rate falls from the peak to zero; 1 is the plain cosine."""
    ema: float
    """Decay of the moving average of the weights that is shipped, 0 to 1."""
    seed: int
    sample_every: int
    """Optimizer steps between sheets of samples and checkpoints."""


@dataclass(frozen=True)
class Fit(Round):
    """A round from random weights: also what the network is."""

    model: dict[str, Any]
    """Arguments of the class of diffusers or transformers, as they stand in its config.json."""


@dataclass(frozen=True)
class Autoencoder(Fit):
    crop: int
    """Side of the piece of each picture that is trained on, in pixels; four quarters teach more than one whole."""
    kl_weight: float
    """Weight of the Kullback-Leibler term that keeps latents near a unit Gaussian."""


@dataclass(frozen=True)
class Text(Fit):
    sketch_loss: float
    """Weight of the sketch of the picture, see `text.Reader`; 0 is none."""


@dataclass(frozen=True)
class Denoiser(Fit):
    scheduler: dict[str, Any]
    """Arguments of DDPMScheduler: the noise that training adds."""
    weight_limit: float
    """Cap of the loss weight 1 + sigma^2; 1 weights every noise level alike."""
    timestep_power: float
    """Timesteps are drawn as u^power of the run, u uniform: 1 draws all alike, 0.5 more of the noisy ones, where it is
    decided what stands where and how it looks."""
    word_loss: float
    """Weight of the loss that keeps the text states telling what was said, see `text.Reader`; 0 is none. Only a text
    encoder that learns here needs it."""
    drop_text: float
    """Share of captions replaced by "", for classifier-free guidance."""


@dataclass(frozen=True)
class Config:
    """A whole model: its name and the recipe of each part."""

    name: str
    data: Data
    autoencoder: Autoencoder
    text: Text
    """The text encoder alone, on captions, held still afterwards; 0 pictures leave it to the denoiser's training."""
    denoiser: Denoiser
    defaults: dict[str, Any]
    """The settings the finished model recommends: steps, guidance_scale."""
    decoder: Round | None = None
    """The autoencoder's decoder alone, after it; the encoder is held still."""
    judge: Fit | None = None
    """The network that judges the pictures, for a world that cannot read them itself."""

    @staticmethod
    def path(name_or_path: str) -> Path:
        """The file of a built-in recipe (`scenes`), or the path itself."""
        path = Path(name_or_path)
        if path.suffix != ".toml":
            path = Path(__file__).with_name(f"{name_or_path}.toml")
        if not path.is_file():
            raise FileNotFoundError(f"no training config {name_or_path!r}; give a .toml file or a built-in name")
        return path

    @classmethod
    def read(cls, name_or_path: str) -> Config:
        """Read a config by built-in name (`scenes`) or by path.

        Raises:
            FileNotFoundError: there is no such file.
            TypeError: a key is missing or unknown.
        """
        path = cls.path(name_or_path)
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        parts = {
            "data": Data, "autoencoder": Autoencoder, "decoder": Round, "text": Text, "denoiser": Denoiser, "judge": Fit,
        }  # fmt: skip
        return cls(**{key: _build(parts[key], value, key) if key in parts else value for key, value in raw.items()})


def _build(kind: type, raw: dict[str, Any], where: str) -> Any:
    known = {f.name for f in fields(kind)}
    if raw.keys() != known:
        wrong = ", ".join(sorted(raw.keys() ^ known))
        raise TypeError(f"[{where}] has missing or unknown keys: {wrong}")
    return kind(**raw)
