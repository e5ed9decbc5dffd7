"""One model's training recipe, read from one TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Data:
    """What is drawn for training."""

    world: str
    """The room under `diffuscope.train` that has the world."""
    pictures: int
    """How many pictures are drawn at a time. Without `uses` they are all there are, and are kept on the disk."""
    captions: int
    """How many captions each of them gets."""
    side: int
    """Width and height in pixels."""
    seed: int
    uses: int = 0
    """How often a picture is used before fresh ones are drawn, on the mean; 0 draws once for the whole training."""
    world_options: dict[str, Any] = field(default_factory=dict)
    """What the room needs to make the world, for example a level to begin with."""


@dataclass(frozen=True)
class Round:
    """How long and how fast a network is fitted."""

    pictures: int
    """Training length in pictures seen, batch times steps."""
    batch: int
    learning_rate: float
    """The highest rate, after the warm-up; AdamW."""
    warmup: int
    """Optimizer steps from zero to the highest rate."""
    ema: float
    """Decay of the moving average of the weights that is shipped, 0 to 1."""
    seed: int
    sample_every: int
    """Optimizer steps between sheets of samples and checkpoints."""
    cycles: int = 1
    """How many times the rate falls as a cosine from its height to zero."""
    falls: float = 1.0
    """Over which last share of the training the rate falls; less than 1 is a plateau before, without cycles."""

    @property
    def steps(self) -> int:
        """Optimizer steps in all."""
        return self.pictures // self.batch


@dataclass(frozen=True)
class Fit(Round):
    """A round from random weights: also what the network is."""

    model: dict[str, Any] = field(default_factory=dict)
    """Arguments of the class of diffusers or transformers, as they stand in its config.json."""


@dataclass(frozen=True)
class Autoencoder(Fit):
    crop: int = 64
    """Side of the piece of each picture that is trained on, in pixels; four quarters teach more than one whole."""
    kl_weight: float = 1e-6
    """Weight of the Kullback-Leibler term that keeps latents near a unit Gaussian."""
    edge_weight: float = 0.0
    """Weight of the L1 error of the differences between neighbouring pixels, which keeps outlines sharp."""
    half_weight: float = 0.0
    """Weight of the round trip at half the size, see `autoencoder.half_size_loss`: smoother latents."""
    linear: float = 0.0
    """Share of the training that teaches the linear code first, see `autoencoder.LinearCode`."""


@dataclass(frozen=True)
class Denoiser(Fit):
    scheduler: dict[str, Any] = field(default_factory=dict)
    """Arguments of DDPMScheduler: the noise that training adds."""
    weight_limit: float = 1.0
    """Cap of the loss weight 1 + sigma^2; 1 weights every noise level alike."""
    timestep_power: float = 1.0
    """Timesteps are drawn as u^power of the run, u uniform: 1 draws all alike, 0.5 more of the noisy ones, where it is
    decided what stands where and how it looks."""
    timestep_share: float = 1.0
    """For how much of the training, from its start, that power holds; afterwards all timesteps are drawn alike."""
    word_loss: float = 0.0
    """Weight of the loss that keeps the text states telling what was said, see `text.Reader`; 0 is none. Only a text
    encoder that learns here needs it."""
    map_loss: float = 0.0
    """Weight of the map head, see `map_head.MapHead`; 0 is none."""
    drop_text: float = 0.1
    """Share of captions replaced by "", for classifier-free guidance."""
    levels: int = 2
    """At how many noise levels a step sees each of its pictures; reading a caption is much of the work."""


@dataclass(frozen=True)
class Config:
    """A whole model: its name and the recipe of each part."""

    name: str
    data: Data
    autoencoder: Autoencoder
    text: Fit
    """The text encoder alone, on captions, held still afterwards; 0 pictures leave it to the denoiser's training."""
    denoiser: Denoiser
    defaults: dict[str, Any]
    """The settings the finished model recommends: steps, guidance_scale."""
    decoder: Round | None = None
    """The autoencoder's decoder alone, after it; the encoder is held still."""
    reader: Fit | None = None
    """The network that reads the pictures of a world, where its room has one."""

    @staticmethod
    def path(name_or_path: str) -> Path:
        """The file of a built-in recipe (`scenes`), or the path itself."""
        path = Path(name_or_path)
        if path.suffix != ".toml":
            path = Path(__file__).parent / name_or_path / "recipe.toml"
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
            "data": Data, "autoencoder": Autoencoder, "decoder": Round, "text": Fit, "denoiser": Denoiser, "reader": Fit,
        }  # fmt: skip
        return cls(**{key: _build(parts[key], value, key) if key in parts else value for key, value in raw.items()})


def _build(kind: type, raw: dict[str, Any], where: str) -> Any:
    unknown = raw.keys() - {f.name for f in fields(kind)}
    missing = {f.name for f in fields(kind) if f.default is MISSING and f.default_factory is MISSING} - raw.keys()
    if unknown or missing:
        raise TypeError(f"[{where}] has missing or unknown keys: {', '.join(sorted(unknown | missing))}")
    return kind(**raw)
