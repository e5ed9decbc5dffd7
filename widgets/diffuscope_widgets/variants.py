"""Variants: four pictures of one recipe, and the way on from each: larger (more steps) or four more like it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import traitlets

from diffuscope.picture import encode, pack, sheet
from diffuscope.settings import MAX_SEED, Settings, SettingsError
from diffuscope.trace import Trace
from diffuscope_widgets.base import View, script, style
from diffuscope_widgets.prompt_form import MAX_SEED as FORM_SEEDS

MOST_STEPS = 150
"""`larger` goes no further: by then every scheduler of the catalogue has settled."""
SMALL = 128  # pixels; up to this side, pictures are sent and shown with their pixels intact
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

    _esm = script("variants")
    _css = style("variants")

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


def four(settings: Settings) -> list[Settings]:
    """The recipe with four seeds in a row, its own first."""
    end = (FORM_SEEDS if settings.seed <= FORM_SEEDS else MAX_SEED) + 1  # past the largest, go on at 0
    return [settings.replace(seed=(settings.seed + i) % end) for i in range(4)]


def vary(settings: Settings, strength: float = 0.3) -> list[Settings]:
    """Four recipes whose noise lies around that of the seed: turned by `strength` towards four other seeds.

    The four follow from the recipe alone, so that they can be had again. A recipe that is a variation already is varied
    around its own seed: settings mix two noises, not three.

    Args:
        strength: above 0, up to 1. At 0.3 the noises lie 27 degrees from the seed's: things stay, details change.

    Raises:
        SettingsError: a strength out of range.
    """
    if not strength:
        raise SettingsError("variation_strength", "Variation strength 0 would give one picture four times; raise it.")
    start = int(settings.key[:4], 16)
    seeds = [seed for seed in range(start, start + 5) if seed != settings.seed][:4]
    return [settings.replace(variation_seed=seed, variation_strength=strength) for seed in seeds]


def larger(settings: Settings) -> Settings:
    """The recipe with twice the steps, as far as scheduler and `MOST_STEPS` allow.

    With a deterministic scheduler this is the same picture, nearer to where many steps would lead; a random one draws
    other noise in other steps, and may change its mind.

    Raises:
        SettingsError: steps is None, which only a model can fill in (`model.complete`), or cannot be raised.
    """
    if settings.steps is None:
        raise SettingsError("steps", "Steps are not set; complete the settings first: model.complete(settings).")
    most = min(MOST_STEPS, settings.scheduler_row.steps[1])
    if settings.steps >= most:
        raise SettingsError("steps", f"Steps are {settings.steps} already; beyond {most} there is nothing to gain.")
    return settings.replace(steps=min(2 * settings.steps, most))


def _more(settings: Settings) -> int | None:
    try:
        return larger(settings).steps
    except SettingsError:
        return None


def _label(settings: Settings) -> str:
    if settings.variation_seed is None or not settings.variation_strength:
        return f"seed {settings.seed}"
    return f"seed {settings.seed}, {settings.variation_strength:.0%} towards {settings.variation_seed}"
