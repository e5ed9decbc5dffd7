"""Step: everything seen at one evaluation of the network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diffuscope.trace.quantities import QUANTITIES, derived

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True)
class Step:
    """Everything seen at one evaluation of the network, for a batch of B pictures.

    The quantities are the same for every scheduler, prediction type and kind of diffusion, with

        x_t = alpha * x0 + sigma * noise

    for variance-preserving models (alpha^2 + sigma^2 = 1), for variance-exploding schedulers as the network sees their
    latents (scaled to the same), and for flow matching (alpha = 1 - sigma).
    """

    index: int
    """0 for the first call."""
    calls: int
    """How many calls the run makes."""
    t: float
    """The timestep the network was given: 999 is all noise in a model of 1000 steps. Some schedulers use fractions."""
    alpha: float
    """Scale of the clean signal in x_t, 0 to 1; 0 at the first step of a zero-terminal-SNR or a flow model."""
    sigma: float
    """Scale of the noise in x_t, above 0 and at most 1."""
    seen: Mapping[str, Tensor]
    """Tensors (B, ...) by the names of `diffuscope.trace.quantities`."""
    only: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Quantities that only some rows of the batch have: which rows, in the order of the tensor. A row without guidance
    has no prediction without its prompt."""

    @property
    def ratio(self) -> float:
        """Noise over signal, sigma / alpha: the sigma of k-diffusion. Infinite where there is no signal."""
        return self.sigma / self.alpha if self.alpha else math.inf

    @property
    def snr(self) -> float:
        """Signal-to-noise ratio, (alpha / sigma)^2."""
        return (self.alpha / self.sigma) ** 2 if self.sigma else math.inf

    @property
    def x_t(self) -> Tensor:
        """Noisy latents as the network sees them, near unit variance."""
        return self.seen["x_t"]

    @property
    def x0(self) -> Tensor:
        """The clean latents the model predicts now, with guidance."""
        return self.seen["x0"]

    @property
    def noise(self) -> Tensor:
        """The predicted noise, with guidance."""
        return self.seen["noise"]

    @property
    def latents(self) -> Tensor:
        """The scheduler's output, as in diffusers' callback: the input of the next step, in the scheduler's own scale.
        After the last step, the result."""
        return self.seen["latents"]

    @property
    def x0_cond(self) -> Tensor:
        """The clean latents predicted with the prompt alone."""
        return self.seen["x0_cond"]

    @property
    def x0_uncond(self) -> Tensor:
        """The clean latents predicted without the prompt (with the negative prompt), for the rows in `only`."""
        return self.seen["x0_uncond"]

    @property
    def noise_cond(self) -> Tensor:
        """The noise predicted with the prompt alone."""
        return self.seen["noise_cond"]

    @property
    def noise_uncond(self) -> Tensor:
        """The noise predicted without the prompt (with the negative prompt), for the rows in `only`."""
        return self.seen["noise_uncond"]

    def row(self, name: str, row: int) -> Tensor | None:
        """A quantity of one picture of the batch, without the batch axis: seen, or computed from others that were.

        None where that picture has none.
        """
        if name in self.seen:
            rows = self.only.get(name)
            if rows is None:
                return self.seen[name][row]
            return self.seen[name][rows.index(row)] if row in rows else None
        sources = QUANTITIES[name].derived_from if name in QUANTITIES else ()
        known = {source: tensor for source in sources if (tensor := self.row(source, row)) is not None}
        return derived(name, known, self.alpha, self.sigma)
