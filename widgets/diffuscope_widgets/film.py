"""Film: a recorded run to scrub through. All frames cross once; the browser then moves at display rate."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import traitlets

from diffuscope.picture import pack
from diffuscope.trace import Trace
from diffuscope_widgets.base import View, script, style

LABELS = {"x_t": "noisy latents", "x0": "what the model expects"}
PAUSE = 1 / 20  # seconds between live updates; faster ones would be lost on the way
ROOM = 256 * 2**20  # bytes of decoded pictures a browser tab should hold


class Film(View):
    """Noisy latents and the expected picture of every step, side by side.

    Args:
        trace: the run to show; None waits for `show` or `live`.
        traits: any trait below.
    """

    _esm = script("film")
    _css = style("film")

    frames = traitlets.Bytes().tag(sync=True)
    """All pictures of the run, packed one after the other, row by row."""
    meta = traitlets.Dict().tag(sync=True)
    """How to read `frames`: type, offsets (bytes), rows (name, label), steps (call number from 0), calls, sigma,
    timestep, width and height (pixels), title. {} is no film."""
    index = traitlets.Int(0).tag(sync=True)
    """Which frame is shown, 0 for the first; equals the kept step of the trace unless the film had to skip some."""
    preview_frames = traitlets.Bytes().tag(sync=True)
    """The pictures of the step a run has reached, packed."""
    preview = traitlets.Dict().tag(sync=True)
    """How to read `preview_frames`, as in `meta`; {} is no run."""

    def __init__(self, trace: Trace | None = None, **traits: Any) -> None:
        self.trace: Trace | None = None
        self._live_at = 0.0
        super().__init__(**traits)
        if trace is not None:
            at = traits.get("index")
            self.show(trace)
            self.index = self.index if at is None else at

    def show(self, trace: Trace) -> None:
        """Show a run in place of whatever was there, at its last step.

        Raises:
            ValueError: the trace keeps no pictures.
        """
        if not trace.pictures:
            raise ValueError('this trace keeps no pictures; record it with Keep(pictures=("x_t", "x0"))')
        chosen = thin(len(trace), trace.image.shape[0] * trace.image.shape[1] * 4 * len(trace.pictures))
        frames, meta = wire({name: shown[chosen] for name, shown in trace.pictures.items()})
        meta |= {
            "steps": trace.index[chosen].tolist(),
            "calls": int(trace.index[-1]) + 1,
            "sigma": trace.sigma[chosen].tolist(),
            "timestep": trace.timestep[chosen].tolist(),
            "title": trace.settings.prompt,
        }
        self.trace = trace
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames, self.preview_frames, self.preview = frames, b"", {}
            self.meta = meta
            self.index = len(chosen) - 1

    def live(self, step_index: int, calls: int, sigma: float, pictures: Mapping[str, np.ndarray]) -> bool:
        """Show the step a run has reached. At most 20 a second are taken.

        Args:
            step_index, calls: which network call this is, from 0, and how many there will be.
            sigma: noise-to-signal ratio, no unit.
            pictures: uint8 (H, W, 3) by name: "x_t", "x0".

        Returns:
            Whether it was taken.
        """
        now = time.monotonic()
        if now - self._live_at < PAUSE:
            return False
        self._live_at = now
        frames, meta = wire({name: picture[None] for name, picture in pictures.items()})
        with self.hold_sync():
            self.preview_frames = frames
            self.preview = meta | {"steps": [step_index], "calls": calls, "sigma": [sigma]}
        return True

    @traitlets.validate("index")
    def _inside(self, proposal: Any) -> int:
        last = len(self.meta.get("steps", ())) - 1
        return max(0, min(proposal["value"], last))

    def still(self) -> bytes | None:
        """A contact sheet of the run."""
        return self.trace._repr_png_() if self.trace else None


def thin(steps: int, step_bytes: int) -> np.ndarray:
    """Which steps to show when all would not fit into the browser's memory: evenly chosen, first and last included."""
    most = max(2, ROOM // step_bytes)
    return np.unique(np.linspace(0, steps - 1, min(steps, most)).round().astype(int))


def wire(pictures: Mapping[str, np.ndarray]) -> tuple[bytes, dict[str, Any]]:
    """Rows of pictures (S, H, W, 3) as one buffer, and how to read it."""
    height, width = next(iter(pictures.values())).shape[1:3]
    form = "PNG" if height * width <= 128 * 128 else "JPEG"  # enlarged, JPEG's own blocks would be seen as the model's
    frames, offsets = pack([picture for row in pictures.values() for picture in row], form)
    rows = [{"name": name, "label": LABELS.get(name, name)} for name in pictures]
    return frames, {
        "type": f"image/{form.lower()}",
        "offsets": offsets,
        "rows": rows,
        "width": int(width),
        "height": int(height),
    }
