"""LatentView: the numbers a picture becomes, its way through the autoencoder and back, and what each channel does."""

from __future__ import annotations

import io
import itertools
import math
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets
from PIL import Image

import diffuscope
from diffuscope.picture.arrays import SMALL, encode, error_map, grey, pack, psnr, whitest
from diffuscope.picture.opened import fitted, opened
from diffuscope.picture.sheets import sheet
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.checked import Checked, Refused
from diffuscope_widgets.base.view import guard

if TYPE_CHECKING:
    from torch import Tensor

    from diffuscope import Job, Model, Trace

FAR = 3.0  # standard deviations a channel can be nudged
REPLAY = "A recorded run without a model: its channels can be seen, but not nudged."
_numbers = itertools.count(1)


class LatentView(Checked):
    """The latent channels of a picture, the round trip through the autoencoder, and the picture after a nudge.

        LatentView("scenes", "photo.png")     # or drop another picture on it
        LatentView.of(trace)                  # the channels of a recorded run

    Args:
        model: a model, or a name for `diffuscope.load`; None is none, see `of`.
        picture: a file, a PIL image or uint8 (H, W, 3); it is cropped and scaled to the model's size. None waits for
            `show` or a drop.
        traits: any trait below.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: the picture cannot be read, or there is no model to read it with; or a wrong `nudge`, when it is set.
    """

    _esm = script("latents/view")
    _css = style("latents/view")

    meta = traitlets.Dict().tag(sync=True)
    """What is shown: shape (C, h, w), white (the latent number that is white; black is its negative), std (of each
    channel), rows (labels of `pictures`), offsets, type, psnr (decibels; null without a round trip, or when it is without
    loss), lossless. {} is no picture."""
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
        model: str | Model | None = "scenes",
        picture: str | Path | Image.Image | np.ndarray | None = None,
        **traits: Any,
    ) -> None:
        self.model: Model | None = diffuscope.load(model) if isinstance(model, str) else model
        self._latents: Tensor | None = None
        self._lane = f"latents {next(_numbers)}"
        super().__init__(**traits)
        self.observe(self._decode, names="nudge")
        if picture is not None:
            self.show(picture)

    @classmethod
    def of(cls, trace: Trace) -> LatentView:
        """The latents a recorded run ended in; needs neither model nor torch."""
        view = cls(None, note=REPLAY)
        view._take(trace.latents, {"the run's picture": trace.image})
        return view

    def show(self, picture: str | Path | Image.Image | np.ndarray) -> None:
        """Send a picture through the autoencoder, wait, and show it.

        Raises:
            FileNotFoundError: there is no such file.
            ValueError: it cannot be read, or this view has no model.
        """
        name = Path(picture).name if isinstance(picture, str | Path) else "this picture"
        self._arrived(self._travel(picture, name))

    def begin(self, picture: Path | Image.Image | np.ndarray) -> None:
        """As `show`, but return at once: the picture appears when the model's worker is done with it.

        Raises:
            ValueError: this view has no model. What else may go wrong is shown in the view.
        """
        self._begin(picture, "this picture")

    # -- through the autoencoder, in the model's worker

    def _begin(self, picture: Any, name: str) -> None:
        job = self._travel(picture, name)
        self.busy = True
        job.on_done(self._dropped)

    def _travel(self, picture: Any, name: str) -> Job[tuple[Tensor, np.ndarray, np.ndarray]]:
        model = self.model
        if model is None:
            raise ValueError('this view has no model; make one with LatentView("scenes")')

        def there_and_back() -> tuple[Tensor, np.ndarray, np.ndarray]:
            pixels = fitted(_image(picture, name), model.defaults["width"], model.defaults["height"])
            latents = model.encode_pictures(pixels[None])
            return latents, pixels, _shown(model, latents)

        return diffuscope.worker(model).call(there_and_back, f"{self._lane} picture")

    def _arrived(self, job: Job[tuple[Tensor, np.ndarray, np.ndarray]]) -> None:
        try:
            latents, pixels, back = job.result()
            self._latents = latents
            rows = {"the picture": pixels, "there and back": back, "what was lost": error_map(pixels, back)}
            self._take(latents[0].float().cpu().numpy(), rows, psnr(pixels, back), back)
        finally:
            self.busy = False

    @guard
    def _dropped(self, job: Job[Any]) -> None:
        if not job.cancelled:  # else a newer one is on its way, and still keeps us busy
            self._arrived(job)

    def _take(
        self,
        latents: np.ndarray,
        rows: dict[str, np.ndarray],
        decibels: float | None = None,
        back: np.ndarray | None = None,
    ) -> None:
        form = _form(next(iter(rows.values())))
        pictures, offsets = pack(list(rows.values()), form)
        finite = decibels is not None and math.isfinite(decibels)
        with self.hold_sync():
            self.pictures = pictures
            self.latents = latents.astype("<f4").tobytes()
            self.decoded = b"" if back is None else encode(back, form)
            self.meta = {
                "shape": list(latents.shape),
                "white": whitest(latents),
                "std": latents.std((1, 2)).tolist(),
                "rows": list(rows),
                "offsets": offsets,
                "type": f"image/{form.lower()}",
                "psnr": decibels if finite else None,
                "lossless": decibels is not None and not finite,
            }
            self.decoded_of = self.nudge = [0.0] * len(latents)
            self.error = ""

    @guard
    def _decode(self, _change: Any = None) -> None:
        model, latents, nudge = self.model, self._latents, list(self.nudge)
        if model is None or latents is None or nudge == self.decoded_of:
            return
        step = [by * std for by, std in zip(nudge, self.meta["std"], strict=True)]
        moved = latents + latents.new_tensor(step).view(1, -1, 1, 1)
        job = diffuscope.worker(model).call(lambda: _shown(model, moved), f"{self._lane} nudge")
        job.on_done(lambda job: self._decoded(job, latents, nudge))

    @guard
    def _decoded(self, job: Job[np.ndarray], latents: Tensor, nudge: list[float]) -> None:
        try:
            picture = job.result(0)
        except CancelledError:
            return
        if latents is self._latents and nudge == list(self.nudge):  # neither has changed meanwhile
            with self.hold_sync():
                self.decoded = encode(picture, _form(picture))
                self.decoded_of = nudge
            self._decode()  # if it was nudged back in this very moment, nobody else would

    @traitlets.validate("nudge")
    def _inside(self, proposal: Any) -> list[float]:
        wanted = len(self.meta.get("std", ()))
        nudge = [float(by) for by in proposal["value"]]
        if len(nudge) != wanted or not all(abs(by) <= FAR for by in nudge):
            raise Refused("nudge", f"nudge must be {wanted} numbers from -{FAR:g} to {FAR:g}, got {nudge}")
        return nudge

    def _answer(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "nudge":  # as if the trait had arrived, which it may overtake
            self.set_state({"nudge": message["nudge"]})
        elif kind == "picture":
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


def _shown(model: Model, latents: Tensor) -> np.ndarray:
    """One picture of latents, black where the model's own safety checker refuses it."""
    pictures = model.decode(latents)
    pictures[model.flagged(pictures)] = 0
    return pictures[0]


def _image(picture: Any, name: str) -> Image.Image:
    if isinstance(picture, Image.Image):
        return picture
    if not isinstance(picture, np.ndarray):
        return opened(picture, name)
    try:
        return Image.fromarray(picture)
    except TypeError:
        kind = f"{picture.dtype} {picture.shape}"
        raise ValueError(f"An array of {kind} is no picture; give uint8 (H, W, 3).") from None


def _form(picture: np.ndarray) -> str:
    return "PNG" if max(picture.shape[:2]) <= SMALL else "JPEG"
