"""History: the runs of a session as thumbnails. A click restores a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import traitlets
from PIL import Image

from diffuscope.listeners import Listeners
from diffuscope.picture.arrays import THUMBNAIL, encode
from diffuscope.picture.sheets import sheet
from diffuscope.recipe import in_words
from diffuscope.trace.trace import Trace, traces_of
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.shapes import HistoryEntry, HistoryMeta
from diffuscope_widgets.base.view import View, on_message, wired
from diffuscope_widgets.base.wire import is_small, pack

MOST = 30
"""Runs kept."""
ROOM = 2**30
"""Bytes kept: thirty runs of 512 pixels with every tensor would be more than a laptop should give."""


class History(View):
    """Finished runs, newest first; a click on one asks for it back.

        history = History([record(model, Settings("a red circle", seed=seed)) for seed in range(3)])
        history.on_restore(print)
        history

    At most `MOST` runs and `ROOM` bytes are kept, the oldest go first; the newest stays in any case. A run that comes
    again takes the place of the earlier one.

    Args:
        traces: runs, oldest first.
        traits: any trait below.
    """

    _esm = script("history/history")
    _css = style("history/history")

    thumbs = traitlets.Bytes().tag(sync=True)
    """The finished pictures, packed in the order of `meta.entries`."""
    meta: HistoryMeta = wired()
    """How to read `thumbs`, and what stands beside them: see `base.shapes.HistoryMeta`."""
    current = traitlets.Unicode().tag(sync=True)
    """Key of the run that is shown elsewhere; "" is none."""

    def __init__(self, traces: list[Trace] | None = None, **traits: Any) -> None:
        self._traces: dict[str, Trace] = {}  # oldest first
        self._small: dict[str, np.ndarray] = {}
        self._restored, self._compared = Listeners(), Listeners()
        super().__init__(**traits)
        for trace in traces_of(traces or []):
            self._keep(trace)
        self._refresh()

    @property
    def traces(self) -> list[Trace]:
        """The runs kept, newest first."""
        return list(self._traces.values())[::-1]

    def add(self, trace: Trace) -> str:
        """Put a run in front and make it the current one; the oldest may go. Returns its key."""
        key = self._keep(trace)
        with self.hold_sync():
            self._refresh()
            self.current = key
        return key

    def on_restore(self, call: Callable[[Trace], object]) -> Callable[[], None]:
        """Call back with the run that was clicked. Return fast. Returns the undo."""
        return self._restored.add(call)

    def on_compare(self, call: Callable[[Trace], object]) -> Callable[[], None]:
        """Call back with the run whose Compare button was pressed. Return fast. Returns the undo."""
        return self._compared.add(call)

    def still(self) -> bytes | None:
        """The newest eight as one row."""
        newest = [self._small[key] for key in self._traces][::-1][:8]
        return encode(sheet([newest])) if newest else None

    @on_message("restore")
    def _restore(self, message: dict[str, Any]) -> None:
        trace = self._of(message)
        self.current = message["key"]
        self._restored(trace)

    @on_message("compare")
    def _compare(self, message: dict[str, Any]) -> None:
        self._compared(self._of(message))

    def _of(self, message: dict[str, Any]) -> Trace:
        trace = self._traces.get(message.get("key", ""))
        if trace is None:  # it went while the click was on its way
            raise LookupError("This run is no longer kept.")
        return trace

    def _keep(self, trace: Trace) -> str:
        key = trace.key
        self._traces.pop(key, None)
        self._traces[key] = trace
        self._small[key] = thumbnail(trace.image)
        sizes = {one: kept.nbytes for one, kept in self._traces.items()}
        for one in [*sizes][:-1]:  # never the newest
            if len(sizes) <= MOST and sum(sizes.values()) <= ROOM:
                break
            del sizes[one], self._traces[one], self._small[one]
        return key

    def _refresh(self) -> None:
        keys = [*self._traces]
        before = [None, *keys][:-1]
        entries = [
            HistoryEntry(
                key=key,
                title=self._traces[key].settings.prompt,
                detail=in_words.in_a_line(self._traces[key].settings),
                changed=changed(self._traces[old] if old else None, self._traces[key]),
            )
            for old, key in zip(before, keys, strict=True)
        ][::-1]
        pictures = [self._small[key] for key in keys][::-1]
        pixels = all(is_small(*trace.image.shape[:2]) for trace in self._traces.values())
        thumbs, packed = pack(pictures, lossless=pixels)
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.thumbs = thumbs
            self.meta = {**packed, "pixels": pixels, "entries": entries}
            self.error = ""
            if self.current not in self._traces:
                self.current = ""


def thumbnail(image: np.ndarray) -> np.ndarray:
    """A picture of at most `THUMBNAIL` pixels a side, uint8 (H, W, 3); small ones stay as they are."""
    small = Image.fromarray(image)
    small.thumbnail((THUMBNAIL, THUMBNAIL))
    return np.asarray(small)


def changed(before: Trace | None, trace: Trace) -> str:
    """What a run has otherwise than the one before it, in a few words; "" for the first."""
    if before is None:
        return ""
    return in_words.changed(before.settings, trace.settings) or "the same recipe"
