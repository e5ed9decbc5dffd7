"""SeedPicker: the noise a picture begins with, chosen by eye."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from diffuscope.picture import arrays, sheets
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import COMMON_SEED, Settings
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.checked import Checked, Refused, refusing
from diffuscope_widgets.base.recipe_shapes import SeedsMeta
from diffuscope_widgets.base.view import guard, wired
from diffuscope_widgets.base.wire import LIMITS

if TYPE_CHECKING:
    from diffuscope.families.base import Model

COUNT = LIMITS["strip"]  # noise pictures in the strip
REMEMBERED = LIMITS["remembered"]  # seeds in the history
SHAPE = (4, 8, 8)  # of the latents of the smallest built-in model
LIMIT = LIMITS["deviations"]  # standard deviations that are black or white; 0.3 % of the numbers lie beyond


class SeedPicker(Checked):
    """A seed, the noise it stands for, and a second seed to turn that noise towards.

        picker = SeedPicker(7)
        picker                                                        # look, roll, turn
        record(load("scenes"), picker.apply(Settings("a red circle")))

    The pictures are the very numbers a run starts from. Without torch there are none, and everything else works.

    Args:
        model: whose latents give the noise its shape: a model, or a name for `diffuscope.load`, which is loaded in the
            background; None takes (4, 8, 8).
        traits: any trait below; the first argument is `seed`.

    Raises:
        SettingsError: a seed or strength outside its range, at once or when it is set later.
    """

    _esm = script("seeds/picker")
    _css = style("seeds/picker")

    seed = traitlets.Int(42).tag(sync=True)
    """Seed of the noise, 0 to 2^32 - 1."""
    locked = traitlets.Bool(True).tag(sync=True)
    """Keep the seed; otherwise each `apply` picks a new one."""
    variation_seed = traitlets.Int(None, allow_none=True).tag(sync=True)
    """Seed of the noise that is mixed in, 0 to 2^32 - 1; None is none."""
    variation_strength = traitlets.Float(0.0).tag(sync=True)
    """How far the noise is turned from that of `seed` (0) to that of `variation_seed` (1)."""
    history: traitlets.List[int] = traitlets.List(traitlets.Int()).tag(sync=True)
    """Seeds that were applied, or left by the dice or a click; newest first, at most 12."""
    first = traitlets.Int(42).tag(sync=True)
    """The first seed of the strip; it follows a seed that lies outside."""
    shape: traitlets.List[int] = traitlets.List(traitlets.Int(), list(SHAPE), 3, 3).tag(sync=True)
    """(C, h, w) of the latents whose noise is shown: another size is another noise."""
    strip = traitlets.Bytes().tag(sync=True)
    """The pictures of the strip, raw RGB: noise is as small raw as packed, and can be drawn without waiting."""
    pair = traitlets.Bytes().tag(sync=True)
    """The noise of `seed`, then that of `variation_seed` if there is one: little-endian float32 (1 or 2, C, h, w)."""
    meta: SeedsMeta = wired()
    """What `strip` and `pair` hold, see `base.recipe_shapes.SeedsMeta`; {} is nothing."""

    def __init__(self, seed: int = 42, model: Model | str | None = None, **traits: Any) -> None:
        super().__init__(model, seed=seed, **{"first": seed, **traits})
        self.lane.on_ready(lambda _: self._fit("shape" in traits))
        self.observe(self._follow, names="seed")
        self.observe(self._show_noise, names=["variation_seed", "first", "shape"])
        self._follow()

    def apply(self, settings: Settings) -> Settings:
        """The settings with what is picked here. An unlocked picker first picks another seed.

        Raises:
            SettingsError: as `Settings.replace`.
        """
        if not self.locked:
            self.roll()
        self._remember()
        names = ("seed", "variation_seed", "variation_strength")
        return settings.replace(**{name: getattr(self, name) for name in names})

    def roll(self) -> int:
        """Pick another seed by chance; the old one goes into the history. Returns the new one."""
        self._remember()
        self.seed = secrets.randbelow(COMMON_SEED + 1)
        return self.seed

    def noise(self, seed: int) -> np.ndarray:
        """The noise of one seed, float32 (C, h, w).

        Raises:
            ImportError: torch is not installed.
        """
        from diffuscope.noise.initial import noise_of

        return noise_of(seed, self.shape, self.model.dtype if self.model else None)

    @guard
    def _fit(self, shaped: bool) -> None:
        """The model is there: its latents give the shape, unless one was given."""
        if self.model and not shaped:
            self.shape = list(self.model.codec.shape(self.model.complete(Settings(""))))

    def _remember(self) -> None:
        self.history = [self.seed, *(seed for seed in self.history if seed != self.seed)][:REMEMBERED]

    @traitlets.validate("seed", "variation_seed", "variation_strength")
    def _checked(self, proposal: Any) -> Any:
        name, value = proposal["trait"].name, proposal["value"]
        if value is not None:
            with refusing():
                value = FIELDS[name].check(value)
            if value > COMMON_SEED:
                raise Refused(name, f"{value} is above {COMMON_SEED}, what a browser and other tools hold exactly.")
        return value

    def _follow(self, _change: Any = None) -> None:
        if self.first <= self.seed < self.first + COUNT:
            self._show_noise()
        else:
            self.first = self.seed  # which shows the noise

    @guard
    def _show_noise(self, _change: Any = None) -> None:
        seeds = list(range(self.first, min(self.first + COUNT, COMMON_SEED + 1)))
        try:
            pictures = [portrait(self.noise(seed)) for seed in seeds]
        except ImportError:
            return
        chosen = [self.seed] if self.variation_seed is None else [self.seed, self.variation_seed]
        with self.hold_sync():
            self.strip = b"".join(picture.tobytes() for picture in pictures)
            self.pair = np.stack([self.noise(seed) for seed in chosen]).astype("<f4").tobytes()
            meta: SeedsMeta = {
                "seeds": seeds,
                "seed": self.seed,
                "variation_seed": self.variation_seed,
                "shape": list(self.shape),
            }
            self.meta = meta
        self.error = ""

    def still(self) -> bytes | None:
        """The strip as one picture."""
        if not self.meta:
            return None
        _, high, wide = self.meta["shape"]
        pictures = np.frombuffer(self.strip, np.uint8).reshape(-1, high, wide, 3)
        return arrays.encode(sheets.sheet([list(pictures)], column_labels=[str(s) for s in self.meta["seeds"]]))


def portrait(noise: np.ndarray) -> np.ndarray:
    """Noise (C, h, w) as a picture, uint8 (h, w, 3): its first three channels as red, green and blue, -3 to 3 standard
    deviations as 0 to 255; grey when it has fewer channels."""
    shown = noise[:3] if len(noise) >= 3 else noise[[0, 0, 0]]
    return np.floor(np.clip(shown.astype(float) / LIMIT, -1, 1) * 127.5 + 128).astype(np.uint8).transpose(1, 2, 0)
