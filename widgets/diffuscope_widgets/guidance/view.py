"""GuidanceView: guidance taken apart at every step, and bent by hand."""

from __future__ import annotations

import time
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

from diffuscope.recipe.settings import MAX_GUIDANCE
from diffuscope.run.guided_pictures import guided_pictures
from diffuscope.trace import guidance
from diffuscope.trace.trace import Keep, Trace
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.shapes import GuidanceMeta, Look, WholeRun
from diffuscope_widgets.base.view import View, explain, guard, on_message, wired
from diffuscope_widgets.base.wire import finite
from diffuscope_widgets.parts.frames import pack_frames, thin

if TYPE_CHECKING:
    from diffuscope import Job, Model

ENDS = {"x0_uncond": 0.0, "x0_cond": 1.0}
"""The pictures of the two predictions alone, and the guidance that gives each."""


class GuidanceView(View):
    """The two predictions of every step, their difference and the result: as vectors, lengths, numbers and pictures.

        GuidanceView(record(model, Settings("a red circle"), Keep(pictures=("x0", "x0_uncond", "x0_cond"))), model)

    The guidance slider bends the vectors at once, in the browser. With a model, the picture this step would then expect
    is decoded and the whole run is drawn again, both in the model's worker, in the order they were requested; a newer
    wish ends the older one of its kind. Without one, the picture is blended from the recorded ones.

    Args:
        trace: a guided run to take apart; None waits for `show`.
        model: the model the run was made with, or a name for `diffuscope.load`, which is loaded in the background; None
            replays what was recorded, without torch.
        traits: any trait below.

    Raises:
        ValueError: as in `show`.
    """

    _esm = script("guidance/view")
    _css = style("guidance/view")

    frames = traitlets.Bytes().tag(sync=True)
    """The recorded pictures x0_uncond, x0_cond and x0, as far as there are any, packed row by row."""
    maps = traitlets.Bytes().tag(sync=True)
    """The unconditional prediction and the difference as int8 (frames, 2, C, h, w); 127 stands for `meta.peaks`."""
    image = traitlets.Bytes().tag(sync=True)
    """The finished picture of the recorded run, packed."""
    meta: GuidanceMeta = wired()
    """How to read `frames`, `maps` and `image`, and the vectors: see `base.shapes.GuidanceMeta`. {} is no run."""
    index = traitlets.Int(0).tag(sync=True)
    """Which frame is shown, 0 for the first."""
    guidance = traitlets.Float(1.0).tag(sync=True)
    """Where the guidance slider stands, 0 to 50."""
    look_frames = traitlets.Bytes().tag(sync=True)
    """What the model decoded for one frame and one guidance, packed."""
    look: Look = wired()
    """How to read `look_frames`, see `base.shapes.Look`; {} is nothing yet."""
    run_image = traitlets.Bytes().tag(sync=True)
    """The finished picture of the newest whole run, packed."""
    run: WholeRun = wired()
    """The newest whole run, and how to read `run_image`: see `base.shapes.WholeRun`. {} is none: the slider stands where
    the run was recorded."""
    progress = traitlets.List([0, 0]).tag(sync=True)
    """Network calls of the whole run made, and to make."""

    def __init__(
        self, trace: Trace | str | Path | None = None, model: Model | str | None = None, **traits: Any
    ) -> None:
        self.trace: Trace | None = None
        """The run taken apart."""
        self.rerun: Trace | None = None
        """The last whole run drawn at another guidance."""
        self.job: Job[Trace] | None = None
        """The last whole run that was requested."""
        self._places = np.arange(0)
        super().__init__(model, **traits)
        self._steps = self.lane.beside()  # for the pictures of one step, while `lane` draws the whole run
        if trace is not None:
            self.show(trace)
            with self.hold_sync():
                self.index, self.guidance = traits.get("index", self.index), traits.get("guidance", self.guidance)
        self.lane.on_ready(self._join)

    def show(self, trace: Trace | str | Path) -> None:
        """Take another run apart: its first step, at its own guidance.

        Raises:
            ValueError: the run had no guidance, its trace lacks what `diffuscope.trace.guidance` needs, or another model
                made it.
        """
        trace = Trace.of(trace)
        plane = guidance.plane(trace)
        _check_maker(trace, self.model)
        shown = {name: trace.pictures[name] for name in (*ENDS, "x0") if name in trace.pictures}
        step_bytes = trace.image.size // 3 * 4 * max(1, len(shown)) + 2 * trace.latents.size
        self._places = places = thin(len(trace), step_bytes)
        image, finished = pack_frames({"x0": trace.image[None]})
        frames, rows = pack_frames({name: row[places] for name, row in shown.items()})
        maps, peaks = _maps(trace, places)
        meta: GuidanceMeta = {
            "rows": rows,
            "finished": finished,
            "steps": trace.index[places].tolist(),
            "calls": int(trace.index[-1]) + 1,
            "ratio": finite(trace.ratio[places]),
            "timestep": trace.t[places].tolist(),
            "uncond": plane.uncond[places, 0].tolist(),
            "cond": plane.cond[places].tolist(),
            "shape": list(trace.latents.shape),
            "peaks": peaks,
            "guidance": trace.settings.guidance_scale or 1.0,
            "negative": trace.settings.negative_prompt,
            "title": trace.settings.prompt,
            "live": self.model is not None,
        }  # fmt: skip
        self.trace = self.rerun = None  # nothing is requested before all is in place
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames, self.maps, self.image, self.meta = frames, maps, image, {**meta}
            self.look_frames, self.look, self.error = b"", {}, ""
            self.index, self.guidance = 0, meta["guidance"]
        self.trace = trace
        self._decode()
        self._redraw()

    def still(self) -> bytes | None:
        """A contact sheet of the recorded pictures."""
        return self.trace._repr_png_() if self.trace else None

    def stop(self) -> None:
        """End the whole run before its next network call."""
        self.lane.cancel()

    @traitlets.validate("index")
    def _inside(self, proposal: Any) -> int:
        return max(0, min(proposal["value"], len(self._places) - 1))

    @traitlets.validate("guidance")
    def _possible(self, proposal: Any) -> float:
        return max(0.0, min(proposal["value"], MAX_GUIDANCE))

    @on_message("stop")
    def _stop(self, _message: dict[str, Any]) -> None:
        self.stop()

    @on_message("apart")
    def _apart(self, _message: dict[str, Any]) -> None:
        if self.rerun:
            self.show(self.rerun)

    @guard
    def _join(self, _lane: Any) -> None:
        """The model is there: what is shown can be decoded and drawn again."""
        if self.model and self.trace and not self.meta["live"]:
            _check_maker(self.trace, self.model)
            self.meta = {**self.meta, "live": True}
            self._decode()
            self._redraw()

    # -- one step, decoded

    @traitlets.observe("index", "guidance")
    @guard
    def _moved(self, change: Any) -> None:
        self._decode()
        if change["name"] == "guidance":
            self._redraw()

    def _decode(self) -> None:
        """Ask for the pictures of this frame that were not recorded."""
        trace, model = self.trace, self.model
        if trace is None or model is None:
            return
        scales = {name: at for name, at in ENDS.items() if name not in trace.pictures}
        if self.guidance != trace.settings.guidance_scale or "x0" not in trace.pictures:
            scales["x0"] = self.guidance
        if not scales:
            return self._steps.forget()
        place = int(self._places[self.index])
        look: Look = {"index": self.index, "guidance": self.guidance}
        self._steps.call(
            lambda job: guided_pictures(model, trace, place, list(scales.values())),
            lambda job: self._decoded(job, list(scales), look),
        )

    @guard
    def _decoded(self, job: Job[np.ndarray], names: list[str], look: Look) -> None:
        pictures = dict(zip(names, job.result()[:, None], strict=True))
        frames, rows = pack_frames(pictures)
        with self.hold_sync():
            self.look_frames, self.look = frames, {**look, "rows": rows}

    # -- the whole run, drawn again

    def _redraw(self) -> None:
        """Draw the run again at the slider's guidance; the run before it is of no use any more."""
        if self.trace is None or self.model is None:
            return
        with self.lane.lock:  # nothing is delivered of a run meanwhile
            scale, begin = self.guidance, time.monotonic()
            if scale == self.trace.settings.guidance_scale:
                self.lane.forget()
                with self.hold_sync():
                    self.run, self.run_image = {}, b""
                return
            self.job = self.lane.record(
                self.trace.settings.replace(guidance_scale=scale),
                Keep(guidance.NEEDED, ()),
                lambda job: self._ended(job, begin),
                self._progressed,
            )
            run: WholeRun = {"guidance": scale, "state": "running"}
            if "rows" in self.run:
                run["rows"], run["drawn"] = self.run["rows"], self.run["drawn"]
            self.run = run
            self.progress = [0, 0]

    def _progressed(self, done: int, calls: int) -> None:
        self.progress = [done, calls]

    @guard
    def _ended(self, job: Job[Trace], begin: float) -> None:
        try:
            trace = job.result()
        except Exception as error:  # noqa: BLE001 - shown, whatever it is
            self.run = {**self.run, "state": "stopped"}
            if not isinstance(error, CancelledError):
                self.error = explain(error)
            return
        self.rerun = trace
        image, rows = pack_frames({"x0": trace.image[None]})
        seconds, scale = round(time.monotonic() - begin, 2), self.run["guidance"]
        run: WholeRun = {"state": "done", "guidance": scale, "seconds": seconds, "rows": rows, "drawn": scale}
        with self.hold_sync():
            self.run_image, self.run = image, run


def _check_maker(trace: Trace, model: Model | None) -> None:
    if model is None:
        return
    made, sha = trace.made_by["model"], trace.made_by["model_sha256"]
    if (sha != model.sha256) if model.sha256 else (made != model.name):
        one, other = (
            f'"{name}" (weights {(of or "unknown")[:8]})' for name, of in ((made, sha), (model.name, model.sha256))
        )
        raise ValueError(f"this trace was made by {one}, not by {other}; give that model, or none")


def _maps(trace: Trace, places: np.ndarray) -> tuple[bytes, list[list[float]]]:
    """The unconditional prediction and the difference in one byte a number, and what 127 stands for in each frame."""
    uncond, cond = trace.tensor("noise_uncond")[places], trace.tensor("noise_cond")[places]
    pair = np.stack([uncond, cond - uncond], 1)  # (frames, 2, C, h, w)
    peaks = np.maximum(np.abs(pair).max((2, 3, 4)), 1e-6)
    whole = np.round(pair / peaks[:, :, None, None, None] * 127).astype(np.int8)
    return whole.tobytes(), peaks.tolist()
