"""Step, Keep and Trace: what is seen at one step, what to keep of it, and a recorded run. A trace holds no model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from diffuscope import atomic
from diffuscope.noise import spaces
from diffuscope.picture import arrays, sheets
from diffuscope.recipe.settings import Recipe
from diffuscope.text import suggest

if TYPE_CHECKING:
    from torch import Tensor

TENSORS = ("x_t", "noise_uncond", "noise_cond", "noise", "x0")
"""What a step can show, besides its numbers."""

PICTURES = ("x_t", "x0", "noise", "x0_uncond", "x0_cond")
"""What of a step can be decoded into pictures. Decoding is the cost: each name is one more picture a kept step."""


@dataclass(frozen=True)
class Step:
    """Everything seen at one network call, for a batch of B pictures. Tensors have shape (B, C, h, w).

    The quantities are the same for every scheduler and prediction type, with
    x_t * sqrt(1 + sigma^2) = x0 + sigma * noise.
    """

    index: int
    """0 for the first call."""
    calls: int
    """How many calls the run makes."""
    timestep: float
    """Where the network was asked, in training steps: 999 is all noise, 0 none. Some schedulers use fractions."""
    sigma: float
    """Noise-to-signal ratio of x_t, from about 14 down to 0."""
    x_t: Tensor
    """Noisy latents as the network sees them, near unit variance."""
    noise_uncond: Tensor
    """Noise predicted without the prompt (with the negative prompt); NaN for rows that run without guidance."""
    noise_cond: Tensor
    """Noise predicted with the prompt."""
    noise: Tensor
    """The guided prediction, which the scheduler follows."""
    x0: Tensor
    """The clean latents the model expects now."""
    latents: Tensor
    """What the scheduler made of it, as in diffusers' callback: the input of the next step, in the scheduler's own
    scale. After the last step, the result."""

    @property
    def x0_uncond(self) -> Tensor:
        """The clean latents that `noise_uncond` alone would lead to; NaN for rows that run without guidance."""
        return self._expected(self.noise_uncond)

    @property
    def x0_cond(self) -> Tensor:
        """The clean latents that `noise_cond` alone would lead to."""
        return self._expected(self.noise_cond)

    def _expected(self, noise: Tensor) -> Tensor:
        a = (1 + self.sigma**2) ** -0.5
        return spaces.x0("epsilon", self.x_t, noise, a, self.sigma * a)


@dataclass(frozen=True)
class Keep:
    """What `record` keeps of a run."""

    tensors: tuple[str, ...] = TENSORS
    """Which tensors of a Step, out of `TENSORS`."""
    pictures: tuple[str, ...] = ("x_t", "x0")
    """Which of `PICTURES` are decoded, in one batch after the run."""
    every: int = 1
    """Keep each k-th step; the last is always kept."""

    def __post_init__(self) -> None:
        for field_name, known in (("tensors", TENSORS), ("pictures", PICTURES)):
            asked = getattr(self, field_name)
            if isinstance(asked, str):
                raise TypeError(f'Keep({field_name}="{asked}") is one text; write {field_name}=("{asked}",)')
            for name in asked:
                if name not in known:
                    near = suggest(name, list(known))
                    raise ValueError(f"Keep has no {field_name} {name!r}.{near} There are {', '.join(known)}.")
        if self.every < 1:
            raise ValueError(f"every={self.every} is less than 1; 1 keeps every step")


@dataclass(frozen=True, eq=False)
class Trace:
    """A recorded run: numbers and pictures as numpy arrays, S kept steps. Replays without torch or a model."""

    settings: Recipe
    """What was drawn."""
    made_by: Mapping[str, Any]
    """Model name, source and digest, library versions, batch size and row: how the run was made."""
    index: np.ndarray
    """Kept calls, int (S,)."""
    timestep: np.ndarray
    """float (S,)"""
    sigma: np.ndarray
    """Noise-to-signal ratio, float (S,)."""
    image: np.ndarray
    """The finished picture, uint8 (H, W, 3)."""
    latents: np.ndarray
    """The finished latents, float (C, h, w)."""
    tensors: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Kept tensors by name, float (S, C, h, w); `noise_uncond` only where the run was guided."""
    pictures: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Decoded pictures by name, uint8 (S, H, W, 3); `x0_uncond` only where the run was guided."""

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        s = self.settings
        return f"<Trace {s.prompt!r} seed {s.seed}, {s.scheduler}, {len(self)} steps kept>"

    @property
    def key(self) -> str:
        """A name for how the run was made, recipe and maker, 16 hex digits: two runs that agree in it are the same."""
        text = self.settings.to_json() + json.dumps(dict(self.made_by), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = [self.image, self.latents, *self.tensors.values(), *self.pictures.values()]
        return sum(array.nbytes for array in arrays)

    @property
    def pil(self) -> Image.Image:
        """The finished picture."""
        return Image.fromarray(self.image)

    def sheet(self, columns: int = 10, tile: int = 96) -> Image.Image:
        """A contact sheet: a row for each kind of picture, at most `columns` steps evenly chosen, sigma below."""
        if not self.pictures:
            return arrays.enlarge(self.image, tile)
        chosen = np.unique(np.linspace(0, len(self) - 1, min(columns, len(self))).round().astype(int))
        labels = [f"σ {self.sigma[i]:.2g}" for i in chosen]
        rows = [[frames[i] for i in chosen] for frames in self.pictures.values()]
        return sheets.sheet(rows, list(self.pictures), labels, tile)

    def save_gif(self, path: str | Path, of: str = "x0", seconds: float = 2.0) -> None:
        """The run as an animation of one kind of its pictures that ends on the finished picture."""
        if of not in self.pictures:
            raise ValueError(f"this trace keeps no pictures of {of!r}; record it with Keep(pictures=({of!r},))")
        atomic.write(Path(path), sheets.gif([*self.pictures[of], self.image], seconds))

    def _repr_png_(self) -> bytes:
        return arrays.light(arrays.encode(self.sheet()))

    def save(self, path: str | Path) -> Path:
        """Write one safetensors file, whole or not at all; `Trace.load` gives it back.

        Args:
            path: `.trace` is appended to a name that does not end so: `guidance 7.5` becomes `guidance 7.5.trace`.

        Returns:
            The path that was written.
        """
        from safetensors.numpy import save

        path = Path(path)
        if not path.name.endswith(".trace"):  # with_suffix would take the .5 of "guidance 7.5" for a suffix
            path = path.with_name(path.name + ".trace")
        groups = {"tensors": self.tensors, "pictures": self.pictures}
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {f"{group}.{name}": a for group, kept in groups.items() for name, a in kept.items()}
        head = {"schema": "1", "settings": self.settings.to_json(), "made_by": json.dumps(dict(self.made_by))}
        atomic.write(path, save({name: np.ascontiguousarray(a) for name, a in arrays.items()}, head))
        return path

    @classmethod
    def load(cls, path: str | Path) -> Trace:
        """Read what `save` wrote.

        Raises:
            ValueError: the file is not a trace.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "numpy") as stored:
                head = stored.metadata() or {}
                arrays = {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
            groups: Any = {
                group: {name: arrays[f"{group}.{name}"] for name in known if f"{group}.{name}" in arrays}
                for group, known in (("tensors", TENSORS), ("pictures", PICTURES))
            }
            settings, made_by = Recipe.from_json(head["settings"]), json.loads(head["made_by"])
            return cls(settings, made_by, **{name: arrays[name] for name in _ARRAYS}, **groups)
        except (SafetensorError, KeyError, ValueError) as error:
            raise ValueError(
                f'"{Path(path).name}" is not a trace ({error}); traces are written by Trace.save'
            ) from None


_ARRAYS = tuple(f.name for f in fields(Trace) if f.type == "np.ndarray")


def read_traces(path: str | Path, most: int) -> list[Trace]:
    """The runs in a folder, oldest file first and at most the newest `most`, or the one in a file.

    Raises:
        FileNotFoundError: there is no such file or folder, or the folder holds no .trace file.
        ValueError: a file is not a trace.
    """
    path = Path(path)
    if path.is_file():
        return [Trace.load(path)]
    files = sorted(path.glob("*.trace"), key=lambda file: (file.stat().st_mtime, file.name))
    if not files:
        why = "holds no .trace file" if path.is_dir() else "does not exist"
        raise FileNotFoundError(f'"{path.name}" {why}; Trace.save writes them')
    return [Trace.load(file) for file in files[-most:]]
