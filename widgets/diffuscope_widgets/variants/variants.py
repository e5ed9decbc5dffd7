"""Variants: four pictures of one recipe, and the way on from each: larger (more steps) or four more like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from diffuscope.listeners import Listeners
from diffuscope.picture.arrays import encode
from diffuscope.picture.sheets import sheet
from diffuscope.recipe.settings import Settings, SettingsError
from diffuscope.recipe.variations import larger
from diffuscope.trace.trace import Trace, traces_of
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.shapes import VariantCell, VariantsMeta
from diffuscope_widgets.base.view import View, on_message, wired
from diffuscope_widgets.base.wire import Packed, is_small, pack

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
    meta: VariantsMeta = wired()
    """How to read `frames`, see `base.shapes.VariantsMeta`; {} is nothing yet."""
    ready = traitlets.Bool(False).tag(sync=True)
    """Somebody draws when a button is pressed; without, those buttons are not shown."""

    def __init__(self, traces: Sequence[Trace] | None = None, **traits: Any) -> None:
        self.traces: list[Trace] = []
        """The finished runs: those shown, or shown again if the one under way comes to nothing."""
        self._listeners = {kind: Listeners() for kind in KINDS}
        super().__init__(**traits)
        if traces:
            self.show(traces)

    def show(self, traces: Sequence[Trace], packed: tuple[bytes, Packed] | None = None) -> None:
        """Show finished runs in place of whatever was there.

        Args:
            packed: what `base.wire.pack` made of their pictures, if that is done already.
        """
        self.traces = traces_of(traces)
        cells: list[VariantCell] = [
            {"label": _label(s), "detail": f"{s.steps} steps", "larger": _more(s)}
            for s in (trace.settings for trace in self.traces)
        ]
        self._put(
            [trace.image for trace in self.traces], cells, self.traces[0].settings.prompt, live=False, packed=packed
        )

    def live(self, rows: Sequence[Settings], index: int, calls: int, pictures: np.ndarray) -> None:
        """Show the step a run has reached.

        Args:
            rows: the settings drawn.
            index, calls: which network call this is, from 0, and how many there will be.
            pictures: uint8 (B, H, W, 3), one for each of the rows.
        """
        detail = f"step {index + 1} of {calls}"
        cells: list[VariantCell] = [{"label": _label(row), "detail": detail, "larger": None} for row in rows]
        self._put(list(pictures), cells, rows[0].prompt, live=True)

    def rest(self) -> None:
        """No run is under way any more. After a cancelled or failed one, the last finished sheet is shown again, if any."""
        if not self.meta.get("live"):
            return
        if self.traces:
            self.show(self.traces)
        else:
            with self.hold_sync():
                self.frames, self.meta = b"", {}

    def on(self, kind: str, call: Callable[..., object]) -> Callable[[], None]:
        """Call back when a button is pressed. Return fast: start a thread for work.

        Args:
            kind: "four" (draw a new sheet; called without arguments), "show" (the picture was clicked), "larger"
                or "vary" (called with the picture's trace).

        Returns:
            The undo: a function that ends it.

        Raises:
            ValueError: another kind.
        """
        if kind not in KINDS:
            raise ValueError(f"no button {kind!r}; there are {', '.join(KINDS)}")
        self.ready = True
        return self._listeners[kind].add(call)

    def still(self) -> bytes | None:
        """The sheet."""
        if not self.traces:
            return None
        pictures = [trace.image for trace in self.traces]
        return encode(sheet([pictures[:2], pictures[2:]] if len(pictures) > 2 else [pictures]))

    def _put(
        self,
        pictures: list[np.ndarray],
        cells: list[VariantCell],
        title: str,
        live: bool,
        packed: tuple[bytes, Packed] | None = None,
    ) -> None:
        frames, files = packed or pack(pictures)
        pixels = is_small(*pictures[0].shape[:2])
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames = frames
            self.meta = {**files, "pixels": pixels, "title": title, "cells": cells, "live": live}

    @on_message("four")
    def _four(self, _message: dict[str, Any]) -> None:
        self._listeners["four"]()

    @on_message("show", "larger", "vary")
    def _chosen(self, message: dict[str, Any]) -> None:
        self._listeners[message["type"]](self.traces[message["place"]])


def _more(settings: Settings) -> int | None:
    try:
        return larger(settings).steps
    except SettingsError:
        return None


def _label(settings: Settings) -> str:
    if not settings.varied:
        return f"seed {settings.seed}"
    return f"seed {settings.seed}, {settings.variation_strength:.0%} towards {settings.variation_seed}"
