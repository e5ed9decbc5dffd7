"""Keep and Trace: what to keep of the steps of a run, and a recorded run. A trace holds no model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from PIL import Image

from diffuscope import atomic
from diffuscope.picture import arrays, sheets
from diffuscope.recipe.settings import OPEN, Recipe, Settings, SettingsError
from diffuscope.text import suggest
from diffuscope.trace.fits import misfit
from diffuscope.trace.quantities import QUANTITIES, derived

SCHEMA = 2
"""The form of a trace file. Another one is refused, never guessed at."""

TENSORS = tuple(row.name for row in QUANTITIES.values() if row.kept)
"""What a trace keeps of a step by default."""
DECODABLE = tuple(row.name for row in QUANTITIES.values() if row.decodable)


@dataclass(frozen=True)
class Keep:
    """What `record` keeps of a run."""

    tensors: tuple[str, ...] = TENSORS
    """Which tensors of a Step, by the names of `trace.quantities`."""
    pictures: tuple[str, ...] = ("x_t", "x0")
    """Which of the decodable ones are decoded, in one batch after the run. Decoding is the cost: each name is one more
    picture a kept step."""
    every: int = 1
    """Keep each k-th step; the last is always kept."""

    def __post_init__(self) -> None:
        for field_name, known in (("tensors", tuple(QUANTITIES)), ("pictures", DECODABLE)):
            names = getattr(self, field_name)
            if isinstance(names, str):
                raise TypeError(
                    f'Keep({field_name}="{names}") must be a tuple, not a string: {field_name}=("{names}",)'
                )
            for name in names:
                if name not in known:
                    near = suggest(name, list(known))
                    raise ValueError(f"Keep has no {field_name} {name!r}.{near} There are {', '.join(known)}.")
        if self.every < 1:
            raise ValueError(f"every={self.every} is less than 1; 1 keeps every step")


@dataclass(frozen=True, eq=False)
class Trace:
    """A recorded run: numbers and pictures as numpy arrays, S kept steps. Replays without torch or a model."""

    settings: Recipe
    """What was drawn. In a trace of another system some of it may be left open."""
    made_by: Mapping[str, Any]
    """Model name, source and digest, library versions, batch size and row: how the run was made."""
    index: np.ndarray
    """Kept calls, int (S,)."""
    t: np.ndarray
    """Timestep of each, float (S,)."""
    alpha: np.ndarray
    """Scale of the clean signal in x_t, float (S,): x_t = alpha * x0 + sigma * noise."""
    sigma: np.ndarray
    """Scale of the noise in x_t, float (S,)."""
    image: np.ndarray
    """The finished picture, uint8 (H, W, 3); empty, (0, 0, 3), where no model decoded it."""
    latents: np.ndarray
    """The finished latents, float (C, h, w); empty where the steps had none."""
    tensors: Mapping[str, np.ndarray] = field(default_factory=dict)
    """Kept tensors by name, float (S, ...); those without the prompt only where the run was guided."""
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
    def ratio(self) -> np.ndarray:
        """Noise over signal at every kept call, float (S,): the sigma of k-diffusion; infinite where there is no signal."""
        with np.errstate(divide="ignore"):
            return self.sigma / self.alpha

    @property
    def snr(self) -> np.ndarray:
        """Signal-to-noise ratio at every kept call, float (S,)."""
        return (self.alpha / self.sigma) ** 2

    def tensor(self, name: str) -> np.ndarray:
        """A quantity of every kept step, float (S, ...): kept, or computed from others that are.

        Raises:
            KeyError: it is neither; the message says what to keep.
        """
        if name in self.tensors:
            return self.tensors[name]
        sources = QUANTITIES[name].derived_from if name in QUANTITIES else ()
        known = {source: self.tensors[source] for source in sources if source in self.tensors}
        shape = (-1, *[1] * (max((kept.ndim for kept in known.values()), default=1) - 1))
        found = derived(name, known, self.alpha.reshape(shape), self.sigma.reshape(shape))
        if found is None:
            near = "" if name in QUANTITIES else suggest(name, list(QUANTITIES))
            raise KeyError(f"this trace keeps no {name!r}.{near} Record it with Keep(tensors=({name!r},)).")
        return found.astype(np.float32)

    @property
    def nbytes(self) -> int:
        """Bytes of all arrays."""
        arrays = [self.image, self.latents, *self.tensors.values(), *self.pictures.values()]
        return sum(array.nbytes for array in arrays)

    @property
    def pil(self) -> Image.Image:
        """The finished picture.

        Raises:
            ValueError: this trace has none.
        """
        if not self.image.size:
            raise ValueError("this trace has no finished picture: it was collected without a model to decode it")
        return Image.fromarray(self.image)

    def sheet(self, columns: int = 10, tile: int = 96) -> Image.Image:
        """A contact sheet: a row for each kind of picture, at most `columns` steps evenly chosen, noise over signal below.

        Without pictures the kept latents stand in for them, channel by channel.

        Raises:
            ValueError: there are neither, as in a run of points.
        """
        frames = dict(self.pictures)
        if not frames and self.image.size:
            return arrays.enlarge(self.image, tile)
        if not frames:
            frames = {name: arrays.mosaic(kept)[0] for name, kept in self.tensors.items() if kept.ndim == 4}
        if not frames:
            raise ValueError(
                f"this trace keeps nothing that a sheet can show, only {', '.join(self.tensors) or 'numbers'}"
            )
        chosen = np.unique(np.linspace(0, len(self) - 1, min(columns, len(self))).round().astype(int))
        labels = [f"σ/α {ratio_label(self.ratio[i])}" for i in chosen]
        rows = [[shown[i] for i in chosen] for shown in frames.values()]
        return sheets.sheet(rows, list(frames), labels, tile)

    def save_gif(self, path: str | Path, of: str = "x0", seconds: float = 2.0) -> None:
        """The run as an animation of one kind of its pictures that ends on the finished picture."""
        if of not in self.pictures:
            raise ValueError(f"this trace keeps no pictures of {of!r}; record it with Keep(pictures=({of!r},))")
        atomic.write(Path(path), sheets.gif([*self.pictures[of], self.image], seconds))

    def _repr_png_(self) -> bytes | None:
        try:
            return arrays.light(arrays.encode(self.sheet()))
        except ValueError:  # points, video: a notebook then shows the text
            return None

    def save(self, path: str | Path) -> Path:
        """Write one safetensors file, whole or not at all; `Trace.load` reads it.

        Args:
            path: `.trace` is appended to a name that does not end so: `guidance 7.5` becomes `guidance 7.5.trace`.

        Returns:
            The path that was written.
        """
        from safetensors.numpy import save

        path = Path(path)
        if not path.name.endswith(".trace"):  # with_suffix would mistake the .5 of "guidance 7.5" for a suffix
            path = path.with_name(path.name + ".trace")
        groups = {"tensors": self.tensors, "pictures": self.pictures}
        arrays = {name: getattr(self, name) for name in _ARRAYS}
        arrays |= {f"{group}.{name}": a for group, kept in groups.items() for name, a in kept.items()}
        made_by = json.dumps(dict(self.made_by), allow_nan=False)
        head = {"schema": str(SCHEMA), "settings": self.settings.to_json(), "made_by": made_by}
        atomic.write(path, save({name: np.ascontiguousarray(a) for name, a in arrays.items()}, head))
        return path

    @classmethod
    def of(cls, given: Trace | str | Path) -> Trace:
        """A trace as it is, or the one in a file.

        Raises:
            TypeError: it is something else.
            FileNotFoundError, ValueError: as `load`.
        """
        if isinstance(given, Trace):
            return given
        if isinstance(given, str | Path):
            return cls.load(given)
        raise TypeError(f"a recorded run is shown, got {given!r:.60}; record one with record(model, settings)")

    @classmethod
    def load(cls, path: str | Path) -> Trace:
        """Read what `save` wrote.

        Raises:
            ValueError: the file is not a trace, or one of another form.
        """
        name = Path(path).name
        try:
            head, arrays = _read(path)
            schema = int(head["schema"])
            settings, made_by = _recipe(head["settings"]), dict(json.loads(head["made_by"]))
        except (SettingsError, KeyError, TypeError, ValueError, RecursionError) as error:
            raise ValueError(f'"{name}" is not a trace ({error}); traces are written by Trace.save') from None
        if schema != SCHEMA:
            raise ValueError(
                f'"{name}" is a trace of form {schema}, written by {made_by.get("app", "another version")}; this version '
                f"reads form {SCHEMA}. Record it again: {settings.to_json()}"
            )
        groups: dict[str, dict[str, np.ndarray]] = {"": {}, "tensors": {}, "pictures": {}}
        order = list(QUANTITIES)  # the file has them by letters; rows of a film come in the table's order
        for key, array in sorted(arrays.items(), key=lambda kept: _place(order, kept[0].partition(".")[2])):
            group, dot, kept = key.partition(".")  # the name of a tensor may have dots, too
            groups.setdefault(group if dot else "", {})[kept if dot else key] = array
        own, tensors, pictures, *others = groups.values()
        if others or own.keys() != set(_ARRAYS):
            wrong = ", ".join(sorted({*own} ^ {*_ARRAYS} | {*groups} - {"", "tensors", "pictures"}))
            raise ValueError(f'"{name}" is not a whole trace: wrong or missing {wrong}')
        if wrong := misfit(made_by, own, {key: array for key, array in arrays.items() if key not in own}):
            raise ValueError(f'"{name}" is not a whole trace: {wrong}')
        return cls(settings, made_by, **own, tensors=tensors, pictures=pictures)


def _place(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


def _recipe(text: str) -> Recipe:
    """The recipe of a run; steps of other systems may leave some of it open."""
    found = Settings.from_json(text)
    left_open = any(getattr(found, name) is None for name in OPEN)
    return cast(Recipe, found) if left_open else Recipe(**vars(found))


def _read(path: str | Path) -> tuple[dict[str, str], dict[str, np.ndarray]]:
    from safetensors import SafetensorError, safe_open

    if Path(path).exists() and not Path(path).is_file():  # opening a pipe would wait for ever
        raise ValueError(f'"{Path(path).name}" is a folder or a device, not a trace')
    try:
        with safe_open(path, "numpy") as stored:
            return stored.metadata() or {}, {name: stored.get_tensor(name) for name in stored.keys()}  # noqa: SIM118
    except (SafetensorError, TypeError, AttributeError) as error:  # the last two: a type of number that numpy lacks
        raise ValueError(str(error)) from None


def ratio_label(ratio: float) -> str:
    """Noise over signal as a label: two digits, or the sign of infinity."""
    return f"{ratio:.2g}" if np.isfinite(ratio) else "∞"


_ARRAYS = tuple(f.name for f in fields(Trace) if str(f.type).startswith("np.ndarray"))


def traces_of(given: Sequence[Trace | str | Path]) -> list[Trace]:
    """Recorded runs as they are, or those in files.

    Raises:
        TypeError: no list of them.
        FileNotFoundError, ValueError: as `Trace.load`.
    """
    if isinstance(given, str | Path | Trace) or not isinstance(given, Iterable):
        raise TypeError(f"recorded runs are shown as a list, got {given!r:.60}; write [run]")
    return [Trace.of(one) for one in given]


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
