"""What a film can show of a trace, row by row, and how rows cross to the browser."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from diffuscope.picture import arrays
from diffuscope.trace.quantities import QUANTITIES
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.shapes import Difference, FilmMeta, RowMeta
from diffuscope_widgets.base.wire import ROOM, finite, pack_rows

CHANNELS = {f"{row.name}_channels": row.name for row in QUANTITIES.values() if row.channels}
"""Rows that show the channels of a kept tensor, and which tensor."""
ROWS = {row.name: (row.symbol, row.short, row.label) for row in QUANTITIES.values() if row.decodable} | {
    name: (QUANTITIES[of].symbol, "channels", f"channels of the {QUANTITIES[of].label}")
    for name, of in CHANNELS.items()
}
"""Every row there can be, in the order they are shown: symbol, name on its button, label."""


def rows_of(trace: Trace) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """The rows a trace can show, in order.

    Returns:
        uint8 (S, H, W, 3) by row name, or grey (S, H, W) for channels; and for channels the number that is white.

    Raises:
        ValueError: it keeps neither pictures nor latents.
    """
    frames = {name: trace.pictures[name] for name in ROWS if name in trace.pictures}
    whites = {}
    for name, tensor in CHANNELS.items():
        if tensor in trace.tensors and trace.tensors[tensor].ndim == 4:
            frames[name], whites[name] = arrays.mosaic(trace.tensors[tensor])
    if not frames:
        raise ValueError('this trace keeps no pictures; record it with Keep(pictures=("x_t", "x0"))')
    return frames, whites


def thin(steps: int, step_bytes: int) -> np.ndarray:
    """Which steps to show when all would not fit into the browser's memory: evenly chosen, first and last included."""
    most = max(2, ROOM // step_bytes)
    return np.unique(np.linspace(0, steps - 1, min(steps, most)).round().astype(int))


def pack_film(trace: Trace, films: int = 1) -> tuple[bytes, FilmMeta]:
    """A trace as the front end takes it: the buffer, and how to read it.

    Args:
        films: how many of its size share the browser's memory.

    Raises:
        ValueError: it keeps neither pictures nor latents.
    """
    frames, whites = rows_of(trace)
    chosen = thin(len(trace), films * sum(4 * shown.shape[1] * shown.shape[2] for shown in frames.values()))
    buffer, rows = pack_frames({name: shown[chosen] for name, shown in frames.items()}, whites)
    return buffer, {
        "rows": rows,
        "steps": trace.index[chosen].tolist(),
        "calls": int(trace.index[-1]) + 1,
        "ratio": finite(trace.ratio[chosen]),
        "timestep": trace.t[chosen].tolist(),
        "title": trace.settings.prompt,
    }


def pack_frames(
    frames: Mapping[str, np.ndarray], whites: Mapping[str, float] | None = None
) -> tuple[bytes, list[RowMeta]]:
    """Rows, uint8 (S, H, W, 3) or grey (S, H, W) by name, as one buffer, and how to read it.

    Args:
        whites: the number that is white, of rows that show channels.
    """
    # channels are numbers to be read, and JPEG would change them
    buffer, places = pack_rows([(list(shown), True if name in CHANNELS else None) for name, shown in frames.items()])
    rows: list[RowMeta] = []
    for name, place in zip(frames, places, strict=True):
        symbol, short, label = ROWS[name]
        white = (whites or {}).get(name)
        rows.append({"name": name, "symbol": symbol, "short": short, "label": label, "white": white, **place})  # type: ignore[typeddict-item]
    return buffer, rows


def differences(one: Trace, other: Trace) -> list[Difference]:
    """What differs in how two traces were made, as text: field, left, right."""
    models = [trace.made_by.get("model", "") for trace in (one, other)]
    pairs = {"model": models} if models[0] != models[1] else {}
    for name in one.settings.changed(other.settings):
        pairs[name] = [getattr(trace.settings, name) for trace in (one, other)]
    return [{"field": name, "left": plain(left), "right": plain(right)} for name, (left, right) in pairs.items()]


def plain(value: object) -> str:
    """A setting as people read it."""
    return "none" if value is None or value == "" else f"{value:g}" if isinstance(value, float) else str(value)
