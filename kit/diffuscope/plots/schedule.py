"""The schedule of a run: how much noise is left at each step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from diffuscope.trace.trace import Trace

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw(trace: Trace, ax: Axes | None = None) -> Axes:
    """Noise over signal at the kept steps, on a logarithmic axis, with the share of signal in x_t beside it.

    Args:
        trace: a recorded run.
        ax: where to draw; without it a new figure is made that pyplot knows nothing of, safe in any thread.

    Returns:
        The axes. The share of signal is alpha^2, its variance in latents of unit variance. A call without any signal has
        no place on the logarithmic axis and is left out there.
    """
    ax = ax or Figure(figsize=(6, 3), layout="constrained").subplots()
    steps = trace.index + 1
    ax.plot(steps, np.where(np.isfinite(trace.ratio), trace.ratio, np.nan), "o-", color="tab:blue", markersize=4)
    ax.set(yscale="log", xlabel="network call", ylabel="σ/α (noise over signal)")
    ax.set_title(f"{trace.settings.scheduler}, {trace.settings.schedule}", parse_math=False, fontsize="medium")
    share = ax.twinx()
    share.plot(steps, trace.alpha**2, "s--", color="tab:orange", markersize=3)
    share.set(ylim=(-0.02, 1.02), ylabel="share of signal in x_t")
    for side, colour in ((ax, "tab:blue"), (share, "tab:orange")):
        side.yaxis.label.set_color(colour)
    return ax
