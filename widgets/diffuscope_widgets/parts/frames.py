"""What a film can show of a trace, row by row, and how rows cross to the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from diffuscope.picture import arrays
from diffuscope.trace.trace import Trace

ROWS = {  # symbol, name on its button, label
    "x_t": ("xₜ", "noisy", "noisy latents"),
    "x0": ("x₀", "expected", "what the model expects"),
    "noise": ("ε", "noise", "noise the model predicts"),
    "x0_uncond": ("x₀", "without prompt", "expected without the prompt"),
    "x0_cond": ("x₀", "prompt alone", "expected with the prompt alone"),
    "x_t_channels": ("xₜ", "channels", "channels of the noisy latents"),
    "x0_channels": ("x₀", "channels", "channels of the expected latents"),
    "noise_channels": ("ε", "channels", "channels of the predicted noise"),
}
"""Every row there can be, in the order they are shown."""
CHANNELS = {"x_t_channels": "x_t", "x0_channels": "x0", "noise_channels": "noise"}
"""Rows that show the channels of a kept tensor, and which tensor."""
ROOM = 256 * 2**20  # bytes of decoded pictures a browser tab should hold


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
        if tensor in trace.tensors:
            frames[name], whites[name] = arrays.mosaic(trace.tensors[tensor])
    if not frames:
        raise ValueError('this trace keeps no pictures; record it with Keep(pictures=("x_t", "x0"))')
    return frames, whites


def thin(steps: int, step_bytes: int) -> np.ndarray:
    """Which steps to show when all would not fit into the browser's memory: evenly chosen, first and last included."""
    most = max(2, ROOM // step_bytes)
    return np.unique(np.linspace(0, steps - 1, min(steps, most)).round().astype(int))


def reel(trace: Trace, films: int = 1) -> tuple[bytes, dict[str, Any]]:
    """A trace as the front end takes it: the buffer and its `meta`, see `Film`.

    Args:
        films: how many of its size share the browser's memory.
    """
    frames, whites = rows_of(trace)
    chosen = thin(len(trace), films * sum(4 * shown.shape[1] * shown.shape[2] for shown in frames.values()))
    buffer, rows = wire({name: shown[chosen] for name, shown in frames.items()}, whites)
    return buffer, {
        "rows": rows,
        "steps": trace.index[chosen].tolist(),
        "calls": int(trace.index[-1]) + 1,
        "sigma": trace.sigma[chosen].tolist(),
        "timestep": trace.timestep[chosen].tolist(),
        "title": trace.settings.prompt,
    }


def wire(
    frames: Mapping[str, np.ndarray], whites: Mapping[str, float] | None = None
) -> tuple[bytes, list[dict[str, Any]]]:
    """Rows as one buffer, and how to read it.

    Returns:
        The buffer, and a dict a row: name, symbol, short (its button), label, type, offsets (bytes, one more than
        pictures), width, height, pixels (show single pixels as squares), white (of channels, else None).
    """
    parts: list[bytes] = []
    rows = []
    for name, shown in frames.items():
        height, width = shown.shape[1:3]
        # JPEG's own blocks, enlarged, would be seen as the model's; and channels are numbers to be read
        pixels = name in CHANNELS or max(height, width) <= arrays.SMALL
        form = "PNG" if pixels else "JPEG"
        start = sum(map(len, parts))
        packed, offsets = arrays.pack(list(shown), form)
        parts.append(packed)
        symbol, short, label = ROWS[name]
        sizes = {"offsets": [start + at for at in offsets], "width": int(width), "height": int(height)}
        told = {"name": name, "symbol": symbol, "short": short, "label": label, "type": f"image/{form.lower()}"}
        rows.append(told | sizes | {"pixels": pixels, "white": (whites or {}).get(name)})
    return b"".join(parts), rows


def differences(one: Trace, other: Trace) -> list[dict[str, str]]:
    """What differs in how two traces were made, as text: field, left, right."""
    models = [trace.made_by.get("model", "") for trace in (one, other)]
    pairs = {"model": models} if models[0] != models[1] else {}
    for name in one.settings.changed(other.settings):
        pairs[name] = [getattr(trace.settings, name) for trace in (one, other)]
    return [{"field": name, "left": plain(left), "right": plain(right)} for name, (left, right) in pairs.items()]


def plain(value: object) -> str:
    """A setting as people read it."""
    return "none" if value is None or value == "" else f"{value:g}" if isinstance(value, float) else str(value)
