"""LatentView: the numbers a picture becomes, its way through the autoencoder and back, and what each channel does."""

from __future__ import annotations

import io
import itertools
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from PIL import Image

from diffuscope.picture.arrays import encode, error_map, grey, psnr, whitest
from diffuscope.picture.sheets import sheet
from diffuscope.run.round_trip import RoundTrip, nudged, round_trip
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.checked import Checked, Refused
from diffuscope_widgets.base.shapes import LatentsMeta
from diffuscope_widgets.base.view import guard, on_message, wired
from diffuscope_widgets.base.wire import LIMITS, file_of, pack

if TYPE_CHECKING:
    from diffuscope import Job, Model, Trace

FAR = LIMITS["deviations"]  # a channel can be nudged
REPLAY = "A recorded run without a model: its channels can be seen, but not nudged."


class LatentView(Checked):
    """The latent channels of a picture, the round trip through the autoencoder, and the picture after a nudge.

        LatentView("photo.png", "scenes")     # or drop another picture on it
        LatentView.of(trace)                  # the channels of a recorded run

    Args:
        picture: a file, a PIL image or uint8 (H, W, 3); it is cropped and scaled to the model's size. None waits for
            `show` or a drop.
        model: a model, or a name for `diffuscope.load`, which is loaded in the background; None is none, see `of`.
        traits: any trait below.

    Raises:
        FileNotFoundError: there is no such file.
        TypeError: it is no picture.
        ValueError: the picture cannot be read, or there is no model to read it with; or a wrong `nudge`, when it is set.
    """

    _esm = script("latents/view")
    _css = style("latents/view")

    meta: LatentsMeta = wired()
    """What is shown, and how to read it: see `base.shapes.LatentsMeta`. {} is no picture."""
    pictures = traitlets.Bytes().tag(sync=True)
    """The picture, and with a model the round trip and the error map, packed."""
    latents = traitlets.Bytes().tag(sync=True)
    """The latents, little-endian float32 (C, h, w)."""
    nudge: traitlets.List[float] = traitlets.List(traitlets.Float()).tag(sync=True)
    """What is added to every place of a channel before decoding, in standard deviations of that channel, -3 to 3."""
    decoded = traitlets.Bytes().tag(sync=True)
    """The nudged latents decoded, one picture file."""
    decoded_of: traitlets.List[float] = traitlets.List(traitlets.Float()).tag(sync=True)
    """The nudge `decoded` shows; not `nudge` as long as the model is at work."""
    note = traitlets.Unicode().tag(sync=True)
    """Why something cannot be done here; "" is nothing."""
    busy = traitlets.Bool(False).tag(sync=True)
    """A dropped picture is on its way through the autoencoder."""

    def __init__(
        self,
        picture: str | Path | Image.Image | np.ndarray | None = None,
        model: str | Model | None = None,
        **traits: Any,
    ) -> None:
        if not isinstance(picture, str | Path | Image.Image | np.ndarray | None):
            raise TypeError(
                f"a picture comes first, got {picture!r:.60}; write LatentView(picture, model), with trace.image for that of a run"
            )
        self._waiting: tuple[Any, str] | None = None  # a picture, and what it is called, while the model is loading
        super().__init__(model, **traits)
        self._nudges = self.lane.beside()  # for nudged pictures, while `lane` is for round trips
        self.observe(self._decode, names="nudge")
        if picture is not None and self.lane.name:
            self._waiting, self.busy = (picture, _name(picture)), True
        elif picture is not None:
            self.show(picture)
        self.lane.on_ready(self._join)

    @classmethod
    def of(cls, trace: Trace) -> LatentView:
        """The latents a recorded run ended in; needs neither model nor torch."""
        view = cls(note=REPLAY)
        view._take(trace.latents, {"the run's picture": trace.image})
        return view

    def show(self, picture: str | Path | Image.Image | np.ndarray) -> None:
        """Send a picture through the autoencoder, wait, and show it.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it cannot be read, or this view has no model.
        """
        self.lane.ready.wait()
        job = self._begin(picture, _name(picture))
        if job:
            job.result()
        self.lane.wait()

    def begin(self, picture: Path | Image.Image | np.ndarray) -> None:
        """As `show`, but return at once: the picture appears when the model's worker is done with it.

        Raises:
            ValueError: this view has no model. What else may go wrong is shown in the view.
        """
        self._begin(picture, "this picture")

    # -- through the autoencoder, in the model's worker

    def _begin(self, picture: Any, name: str) -> Job[RoundTrip] | None:
        with self.lane.lock:
            model = self.model
            if model is None and self.lane.ready.is_set():
                raise self.lane.failure or ValueError(
                    'this view has no model; make one with LatentView(picture, "scenes")'
                )
            self.busy = True
            if model is None:
                self._waiting = picture, name
                return None
            return self.lane.call(lambda job: round_trip(model, picture, name), self._arrived)

    @guard
    def _join(self, _lane: Any) -> None:
        """The model is there, or will never be."""
        waiting, self._waiting = self._waiting, None
        self.busy = bool(waiting and self.model)
        if waiting and self.model:
            self._begin(*waiting)

    @guard
    def _arrived(self, job: Job[RoundTrip]) -> None:
        self.busy = False
        trip = job.result()
        pixels, back = trip.picture, trip.back
        rows = {"the picture": pixels, "round trip": back, "reconstruction error": error_map(pixels, back)}
        self._take(trip.latents, rows, psnr(pixels, back), back)

    def _take(
        self,
        latents: np.ndarray,
        rows: dict[str, np.ndarray],
        decibels: float | None = None,
        back: np.ndarray | None = None,
    ) -> None:
        pictures, packed = pack(list(rows.values()))
        finite = decibels is not None and math.isfinite(decibels)
        meta: LatentsMeta = {
            "type": packed["type"],
            "offsets": packed["offsets"],
            "shape": list(latents.shape),
            "white": whitest(latents),
            "std": latents.std((1, 2)).tolist(),
            "rows": list(rows),
            "psnr": decibels if finite else None,
            "lossless": decibels is not None and not finite,
        }
        with self._nudges.lock, self.hold_sync():
            self._nudges.forget()  # it is about the picture before
            self._latents = latents
            self.pictures = pictures
            self.latents = latents.astype("<f4").tobytes()
            self.decoded = b"" if back is None else file_of(back)
            self.meta = meta
            self.decoded_of = self.nudge = [0.0] * len(latents)
            self.error = ""

    @guard
    def _decode(self, _change: Any = None) -> None:
        model = self.model
        if model is None or not self.meta:
            return
        with self._nudges.lock:
            nudge, latents = list(self.nudge), self._latents
            if nudge == self.decoded_of:
                return self._nudges.forget()  # nudged back before it was decoded
            self._nudges.call(lambda job: nudged(model, latents, nudge), lambda job: self._decoded(job, nudge))

    @guard
    def _decoded(self, job: Job[np.ndarray], nudge: list[float]) -> None:
        picture = job.result()
        with self.hold_sync():
            self.decoded = file_of(picture)
            self.decoded_of = nudge

    @traitlets.validate("nudge")
    def _inside(self, proposal: Any) -> list[float]:
        channels = len(self.meta.get("std", ()))
        nudge = [float(by) for by in proposal["value"]]
        if len(nudge) != channels or not all(abs(by) <= FAR for by in nudge):
            raise Refused("nudge", f"nudge must be {channels} numbers from -{FAR:g} to {FAR:g}, got {nudge}")
        return nudge

    @on_message("picture")
    def _dropped(self, message: dict[str, Any]) -> None:
        name = str(message.get("name", "")) or "this file"
        self._begin(io.BytesIO(bytes(message["buffers"][0])), name)

    def still(self) -> bytes | None:
        """Picture, round trip and error map, and the channels below."""
        if not self.meta:
            return None
        ends = self.meta["offsets"]
        files = [Image.open(io.BytesIO(self.pictures[a:b])).convert("RGB") for a, b in itertools.pairwise(ends)]
        latents = np.frombuffer(self.latents, "<f4").reshape(self.meta["shape"])
        return encode(sheet([[np.asarray(file) for file in files], list(grey(latents, self.meta["white"]))]))


def _name(picture: Any) -> str:
    return Path(picture).name if isinstance(picture, str | Path) else "this picture"
