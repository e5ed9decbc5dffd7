"""Variants: four pictures of one recipe, and the way on from each: larger (more steps) or four more like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from diffuscope.picture.arrays import SMALL, encode, pack
from diffuscope.picture.sheets import sheet
from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.recipe.variations import larger
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.view import View

KINDS = ("four", "show", "larger", "vary")


class Variants(View):
    """A sheet of two by two, with U (larger) and V (vary) for each picture, as in Midjourney.

        sheet = Variants(record(model, four(Settings("a red circle"))))
        sheet.on("vary", lambda trace: sheet.show(record(model, vary(trace.settings))))
        sheet

    It draws nothing itself: whoever owns the model listens with `on`.

    Args:
        traces: four runs to show; None waits for `show` or `live`.
        traits: any trait below.
    """

    _esm = script("variants/variants")
    _css = style("variants/variants")

    frames = traitlets.Bytes().tag(sync=True)
    """The four pictures, packed."""
    meta = traitlets.Dict().tag(sync=True)
    """How to read `frames`: type, offsets (bytes), pixels (show them as squares), title, and cells (dicts of label,
    detail, larger: steps it would be drawn with, or None). {} is nothing yet; live: a run is under way."""
    ready = traitlets.Bool(False).tag(sync=True)
    """Somebody draws when asked; without, the buttons that ask are not shown."""

    def __init__(self, traces: Sequence[Trace] | None = None, **traits: Any) -> None:
        self.traces: list[Trace] = []
        """The finished runs: those shown, or shown again if the one under way comes to nothing."""
        self._on: dict[str, list[Callable[..., object]]] = {kind: [] for kind in KINDS}
        super().__init__(**traits)
        if traces:
            self.show(traces)

    def show(self, traces: Sequence[Trace]) -> None:
        """Show finished runs in place of whatever was there."""
        self.traces = list(traces)
        cells = [
            {"label": _label(s), "detail": f"{s.steps} steps", "larger": _more(s)}
            for s in (trace.settings for trace in traces)
        ]
        self._put([trace.image for trace in traces], cells, traces[0].settings.prompt, live=False)

    def live(self, rows: Sequence[Settings], index: int, calls: int, pictures: np.ndarray) -> None:
        """Show the step a run has reached.

        Args:
            rows: the settings drawn.
            index, calls: which network call this is, from 0, and how many there will be.
            pictures: uint8 (B, H, W, 3), one for each of the rows.
        """
        detail = f"step {index + 1} of {calls}"
        cells = [{"label": _label(row), "detail": detail, "larger": None} for row in rows]
        self._put(list(pictures), cells, rows[0].prompt, live=True)

    def rest(self) -> None:
        """No run is under way any more: one that came to nothing leaves the finished sheet before it, if there is one."""
        if not self.meta.get("live"):
            return
        if self.traces:
            self.show(self.traces)
        else:
            with self.hold_sync():
                self.frames, self.meta = b"", {}

    def on(self, kind: str, call: Callable[..., object]) -> None:
        """Call back when a button is pressed. Return fast: start a thread for work.

        Args:
            kind: "four" (a new sheet is wanted; called without arguments), "show" (the picture was clicked), "larger"
                or "vary" (called with the picture's trace).

        Raises:
            ValueError: another kind.
        """
        if kind not in KINDS:
            raise ValueError(f"no button {kind!r}; there are {', '.join(KINDS)}")
        self._on[kind].append(call)
        self.ready = True

    def still(self) -> bytes | None:
        """The sheet."""
        if not self.traces:
            return None
        pictures = [trace.image for trace in self.traces]
        return encode(sheet([pictures[:2], pictures[2:]] if len(pictures) > 2 else [pictures]))

    def _put(self, pictures: list[np.ndarray], cells: list[dict[str, Any]], title: str, live: bool) -> None:
        pixels = max(pictures[0].shape[:2]) <= SMALL
        form = "PNG" if pixels else "JPEG"
        frames, offsets = pack(pictures, form)
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames = frames
            self.meta = {
                "type": f"image/{form.lower()}",
                "offsets": offsets,
                "pixels": pixels,
                "title": title,
                "cells": cells,
                "live": live,
            }

    def _answer(self, message: dict[str, Any]) -> None:
        kind = message.get("type", "")
        if kind not in KINDS:
            return
        chosen = [] if kind == "four" else [self.traces[message["place"]]]
        for call in self._on[kind]:
            call(*chosen)


def _more(settings: Settings) -> int | None:
    try:
        return larger(settings).steps
    except SettingsError:
        return None


def _label(settings: Settings) -> str:
    if not settings.varied:
        return f"seed {settings.seed}"
    return f"seed {settings.seed}, {settings.variation_strength:.0%} towards {settings.variation_seed}"
