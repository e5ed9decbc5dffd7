"""A film as a file: contact sheet and animation, of one trace or of two beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from diffuscope.picture import sheets
from diffuscope.trace.trace import Trace, ratio_label
from diffuscope_widgets.parts.frames import rows_of


def shares(traces: Sequence[Trace], most: int | None = None) -> np.ndarray:
    """The places of a common playhead, 0 to 1: one for each step of the longest trace, or `most` of them."""
    last = max(map(len, traces)) - 1
    places = np.unique(np.linspace(0, last, min(last + 1, most or last + 1)).round())
    return places / last if last else np.ones(1)


def at(share: float, frames: Any) -> Any:
    """What stands at a share of the way, 0 to 1; between two steps the earlier one, as in frames.js."""
    return frames[int(share * (len(frames) - 1) + 1e-9)]


def _shrunk(frame: np.ndarray, most: int) -> np.ndarray:
    return np.asarray(Image.fromarray(frame).reduce(max(1, -(-len(frame) // most))))


def sheet(
    traces: Sequence[Trace], names: Sequence[str], columns: int = 10, tile: int = 96, most: int = 4096
) -> Image.Image:
    """The rows named, of both traces, at most `columns` steps evenly chosen. Below: noise over signal, or for two the share of the way.

    Pictures are at least `tile` pixels high; those higher than `most` are made smaller by a whole factor.
    """
    every = [rows_of(trace)[0] for trace in traces]
    sides = ("",) if len(traces) == 1 else ("left ", "right ")
    places = shares(traces, columns)
    rows = [[_shrunk(at(place, rows[name]), most) for place in places] for name in names for rows in every]
    labels = [f"{side}{name}" for name in names for side in sides]
    below = [f"{p:.0%}" if len(traces) > 1 else f"σ/α {ratio_label(at(p, traces[0].ratio))}" for p in places]
    return sheets.sheet(rows, labels, below, tile)


def gif(traces: Sequence[Trace], names: Sequence[str], tile: int = 256) -> bytes:
    """An endless animation of the rows named, side by side, `tile` pixels high or a little more.

    Larger pictures are made smaller: a GIF of 20 steps at 512 pixels has 10 MB.
    """
    every = [rows_of(trace)[0] for trace in traces]
    one_step = [[_shrunk(at(place, rows[name]), tile) for name in names for rows in every] for place in shares(traces)]
    return sheets.gif([sheets.sheet([pictures], tile=tile) for pictures in one_step])
