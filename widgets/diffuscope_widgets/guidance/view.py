"""GuidanceView: guidance taken apart at every step, and bent by hand."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import CancelledError
from typing import TYPE_CHECKING, Any

import numpy as np
import traitlets

import diffuscope
from diffuscope.recipe.settings import MAX_GUIDANCE
from diffuscope.trace import guidance
from diffuscope.trace.trace import Keep, Trace
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.view import PAUSE, View, explain, guard
from diffuscope_widgets.parts.frames import thin, wire

if TYPE_CHECKING:
    from diffuscope import Job, Model, Step

ENDS = {"x0_uncond": 0.0, "x0_cond": 1.0}
"""The pictures of the two predictions alone, and the guidance that gives each."""
_numbers = itertools.count(1)


class GuidanceView(View):
    """The two predictions of every step, their difference and the result: as vectors, lengths, numbers and pictures.

        GuidanceView(record(model, Settings("a red circle"), Keep(pictures=("x0", "x0_uncond", "x0_cond"))), model)

    The guidance slider bends the vectors at once, in the browser. With a model, the picture this step would then expect
    is decoded and the whole run is drawn again, both in the model's worker, in the order they were asked for; a newer
    wish ends the older one of its kind. Without one, the picture is blended from the recorded ones.

    Args:
        trace: a guided run to take apart; None waits for `show`.
        model: the model the run was made with; None replays what was recorded, without torch.
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
    meta = traitlets.Dict().tag(sync=True)
    """How to read `frames`: rows (see `parts.frames.wire`), steps (call number from 0), calls, sigma, timestep, title; and
    `image`: finished, its rows. uncond (a length) and cond (x, y): each frame in the plane of the two. shape (C, h, w)
    and peaks (frames, 2) of `maps`. guidance and negative: the run's. live: a model is there. {} is no run."""
    index = traitlets.Int(0).tag(sync=True)
    """Which frame is shown, 0 for the first."""
    guidance = traitlets.Float(1.0).tag(sync=True)
    """Where the guidance slider stands, 0 to 50."""
    look_frames = traitlets.Bytes().tag(sync=True)
    """What the model decoded for one frame and one guidance, packed."""
    look = traitlets.Dict().tag(sync=True)
    """How to read `look_frames`: rows; and of which index and guidance they are. {} is nothing yet."""
    run_image = traitlets.Bytes().tag(sync=True)
    """The finished picture of the newest whole run, packed."""
    run = traitlets.Dict().tag(sync=True)
    """The newest whole run: guidance, state ("running", "done", "stopped"); seconds when done; rows and drawn: how to
    read `run_image`, and its guidance. {} is none: the slider stands where the run was recorded."""
    progress = traitlets.List([0, 0]).tag(sync=True)
    """Network calls of the whole run made, and to make."""

    def __init__(self, trace: Trace | None = None, model: Model | None = None, **traits: Any) -> None:
        self.trace: Trace | None = None
        """The run taken apart."""
        self.rerun: Trace | None = None
        """The last whole run drawn at another guidance."""
        self.job: Job[Trace] | None = None
        """The whole run asked for last."""
        self.model = model
        self._places = np.arange(0)
        self._lane = f"guidance {next(_numbers)}"
        self._lock = threading.RLock()  # between a slider and the worker, who both write `run`
        self._wish = object()  # stands for the newest wish: what older ones still say is ignored
        super().__init__(**traits)
        if trace is not None:
            self.show(trace)
            with self.hold_sync():
                self.index, self.guidance = traits.get("index", self.index), traits.get("guidance", self.guidance)

    def show(self, trace: Trace) -> None:
        """Take another run apart: its first step, at its own guidance.

        Raises:
            ValueError: the run had no guidance, its trace lacks what `diffuscope.trace.guidance` needs, or another model
                made it.
        """
        plane = guidance.plane(trace)
        _check_maker(trace, self.model)
        shown = {name: trace.pictures[name] for name in (*ENDS, "x0") if name in trace.pictures}
        step_bytes = trace.image.size // 3 * 4 * max(1, len(shown)) + 2 * trace.latents.size
        self._places = places = thin(len(trace), step_bytes)
        image, finished = wire({"x0": trace.image[None]})
        frames, rows = wire({name: row[places] for name, row in shown.items()})
        maps, peaks = _maps(trace, places)
        meta = {
            "rows": rows,
            "finished": finished,
            "steps": trace.index[places].tolist(),
            "calls": int(trace.index[-1]) + 1,
            "sigma": trace.sigma[places].tolist(),
            "timestep": trace.timestep[places].tolist(),
            "uncond": plane.uncond[places, 0].tolist(),
            "cond": plane.cond[places].tolist(),
            "shape": list(trace.latents.shape),
            "peaks": peaks,
            "guidance": trace.settings.guidance_scale,
            "negative": trace.settings.negative_prompt,
            "title": trace.settings.prompt,
            "live": self.model is not None,
        }  # fmt: skip
        self.trace = self.rerun = None  # nothing is asked of the worker before all is in place
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames, self.maps, self.image, self.meta = frames, maps, image, meta
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
        if self.job:
            self.job.cancel()

    @traitlets.validate("index")
    def _inside(self, proposal: Any) -> int:
        return max(0, min(proposal["value"], len(self._places) - 1))

    @traitlets.validate("guidance")
    def _possible(self, proposal: Any) -> float:
        return max(0.0, min(proposal["value"], MAX_GUIDANCE))

    def _answer(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "bend":  # as if the traits had arrived, which it may overtake
            self.set_state({"index": message["index"], "guidance": message["guidance"]})
        elif kind == "stop":
            self.stop()
        elif kind == "apart" and self.rerun:
            self.show(self.rerun)

    # -- one step, decoded

    @traitlets.observe("index", "guidance")
    @guard
    def _moved(self, change: Any) -> None:
        self._decode()
        if change["name"] == "guidance":
            self._redraw()

    def _decode(self) -> None:
        """Ask the worker for the pictures of this frame that were not recorded."""
        trace, model, index, scale = self.trace, self.model, self.index, self.guidance
        if trace is None or model is None:
            return
        wanted = {name: at for name, at in ENDS.items() if name not in trace.pictures}
        if scale != trace.settings.guidance_scale or "x0" not in trace.pictures:
            wanted["x0"] = scale
        if not wanted:
            return
        place = int(self._places[index])
        job = diffuscope.worker(model).call(
            lambda: guidance.pictures(model, trace, place, list(wanted.values())), f"{self._lane} step"
        )
        job.on_done(lambda job: self._decoded(job, list(wanted), trace, {"index": index, "guidance": scale}))

    @guard
    def _decoded(self, job: Job[np.ndarray], names: list[str], trace: Trace, about: dict[str, Any]) -> None:
        try:
            shown = job.result(0)
        except CancelledError:
            return
        if trace is self.trace and (about["index"], about["guidance"]) == (self.index, self.guidance):
            frames, rows = wire({name: picture[None] for name, picture in zip(names, shown, strict=True)})
            with self.hold_sync():
                self.look_frames, self.look = frames, {"rows": rows, **about}

    # -- the whole run, drawn again

    def _redraw(self) -> None:
        """Draw the run again at the slider's guidance; the run before it is of no use any more."""
        if self.trace is None or self.model is None:
            return
        with self._lock:
            self._wish = wish = object()
            self.stop()
            scale = self.guidance
            if scale == self.trace.settings.guidance_scale:
                with self.hold_sync():
                    self.run, self.run_image = {}, b""
                return
            watch = [time.monotonic()] * 2  # when it began, when it last told
            self.job = job = diffuscope.worker(self.model).submit(
                self.trace.settings.replace(guidance_scale=scale),
                Keep(guidance.NEEDED, ()),
                lambda step: self._saw(step, wish, watch),
                f"{self._lane} run",
            )
            before: dict[str, Any] = {name: self.run[name] for name in ("rows", "drawn") if name in self.run}
            self.run = {"guidance": scale, "state": "running", **before}
            self.progress = [0, 0]
        job.on_done(lambda job: self._ended(job, wish, watch[0]))

    def _saw(self, step: Step, wish: object, watch: list[float]) -> None:
        now = time.monotonic()
        if wish is self._wish and (now - watch[1] >= PAUSE or step.index + 1 == step.calls):
            watch[1] = now
            self.progress = [step.index + 1, step.calls]

    @guard
    def _ended(self, job: Job[Trace], wish: object, begin: float) -> None:
        with self._lock:
            if wish is not self._wish:
                return
            run = self.run
            try:
                trace = job.result(0)
            except Exception as error:  # noqa: BLE001 - shown, whatever it is
                self.run = run | {"state": "stopped"}
                if not isinstance(error, CancelledError):
                    self.error = explain(error)
                return
            self.rerun = trace
            image, rows = wire({"x0": trace.image[None]})
            seconds = round(time.monotonic() - begin, 2)
            with self.hold_sync():
                self.run_image = image
                self.run = run | {"state": "done", "seconds": seconds, "rows": rows, "drawn": run["guidance"]}


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
    uncond, cond = trace.tensors["noise_uncond"][places], trace.tensors["noise_cond"][places]
    pair = np.stack([uncond, cond - uncond], 1)  # (frames, 2, C, h, w)
    peaks = np.maximum(np.abs(pair).max((2, 3, 4)), 1e-6)
    whole = np.round(pair / peaks[:, :, None, None, None] * 127).astype(np.int8)
    return whole.tobytes(), peaks.tolist()
