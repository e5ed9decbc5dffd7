"""SchedulerRace: several schedulers from one noise under one playhead, the paths they take, and how close they come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import traitlets

from diffuscope.picture import sheets
from diffuscope.picture.arrays import encode
from diffuscope.trace import trajectories
from diffuscope.trace.trace import Trace, traces_of
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.shapes import LaneMeta, LaneRow, RaceMeta
from diffuscope_widgets.base.view import View, wired
from diffuscope_widgets.base.wire import finite, pack_rows
from diffuscope_widgets.parts.frames import thin

LETTERS = "ABCDEF"
REFERENCE = "R"


class SchedulerRace(View):
    """What each scheduler expects, side by side; their latents in the plane of greatest spread; distances to a reference.

        from diffuscope.run.race import race, reference
        recipe = Settings("a large red circle left of a small blue square", seed=7)
        SchedulerRace(race(model, recipe, ["euler", "dpm++ 2m", "euler a"]), reference(model, recipe))

    The paths are those of x_t, not of x0. All runs leave from the same x_t, the noise they share, and those that solve the
    same equation lie on one curve in strides of their own, while random ones leave it: that is what a race is about. Paths
    of x0 show mostly how each first guess is wrong. What the runs expect, x0, is what the pictures and distances show.

    Args:
        traces: two to six runs of one recipe; `diffuscope.run.race.race` makes them.
        reference: where the distances are measured from, the same recipe in very many steps; None shows none.
        traits: any trait below.

    Raises:
        RaceError: the runs do not share noise, prompt, guidance, size and model, or lack x_t, x0 or pictures.
    """

    _esm = script("race/race")
    _css = style("race/race")

    frames = traitlets.Bytes().tag(sync=True)
    """The pictures of all lanes, packed one after the other."""
    meta: RaceMeta = wired()
    """How to read `frames`, and all numbers: see `base.shapes.RaceMeta`. {} is no race."""
    playhead = traitlets.Float(0.0).tag(sync=True)
    """Share of the way that lies behind, 0 to 1: of each runner's own network calls."""

    def __init__(self, traces: Sequence[Trace] = (), reference: Trace | None = None, **traits: Any) -> None:
        self.traces: list[Trace] = []
        self.reference: Trace | None = None
        super().__init__(**traits)
        if traces not in ((), []):
            self.show(traces, reference)

    def show(self, traces: Sequence[Trace], reference: Trace | None = None) -> None:
        """Show other runs. Arguments and errors as for the class."""
        traces = traces_of(traces)
        if not 2 <= len(traces) <= len(LETTERS):
            raise trajectories.RaceError(f"a race takes 2 to {len(LETTERS)} runs, got {len(traces)}")
        runs = [*traces, *([reference] if reference else [])]
        trajectories.check(runs)
        for trace in runs:
            if "x0" not in trace.pictures:
                raise trajectories.RaceError(
                    f'{trace!r} keeps no pictures of x0; record it with Keep(pictures=("x0",))'
                )
        names = [*LETTERS[: len(traces)], *([REFERENCE] if reference else [])]
        plane = trajectories.plane(np.concatenate([trajectories.points(trace) for trace in runs]))
        lanes = [_lane(name, trace, plane, reference) for name, trace in zip(names, runs, strict=True)]
        frames, rows = _pack(lanes, runs)
        recipe = traces[0].settings
        self.traces, self.reference = list(traces), reference
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames = frames
            self.meta = {
                "rows": rows,
                "steps": [],
                "lanes": lanes,
                "plane": list(plane.share),
                "title": recipe.prompt,
                "seed": recipe.seed,
                "guidance": recipe.guidance_scale,
            }

    @traitlets.validate("playhead")
    def _inside(self, proposal: Any) -> float:
        return max(0.0, min(float(proposal["value"]), 1.0))

    def still(self) -> bytes | None:
        """A row of pictures for each lane, at six places of the way."""
        if not self.traces:
            return None
        places = np.linspace(0, 1, 6)
        runs = [*self.traces, *([self.reference] if self.reference else [])]
        rows = [[_pictures(trace)[_reached(trace, at)] for at in places] for trace in runs]
        labels = [f"{trace.settings.scheduler} {trace.settings.steps}" for trace in runs]
        return encode(sheets.sheet(rows, labels, [f"{at:.0%} of the way" for at in places]))


def _lane(name: str, trace: Trace, plane: trajectories.Plane, reference: Trace | None) -> LaneMeta:
    """The numbers of one runner, S + 1 each: at every kept call, and at the end."""
    settings, calls = trace.settings, int(trace.index[-1]) + 1
    shown = thin(len(trace) + 1, 4 * trace.image.shape[0] * trace.image.shape[1] * (len(LETTERS) + 1))
    return {
        "name": name,
        "scheduler": settings.scheduler,
        "steps": settings.steps,
        "calls": calls,
        "random": trajectories.draws_noise(settings),
        "distilled": settings.scheduler_row.needs_distilled,
        "share": trajectories.share(trace).tolist(),
        "call": [*(trace.index + 1).tolist(), calls],
        "ratio": [*finite(trace.ratio), 0.0],
        "path": plane.project(trajectories.points(trace)).tolist(),
        "distance": trajectories.distance(trace, reference).tolist() if reference else [],
        "pictures": shown.tolist(),
    }


def _pack(lanes: list[LaneMeta], runs: list[Trace]) -> tuple[bytes, list[LaneRow]]:
    """All pictures as one buffer, and a row a lane that says where they lie."""
    pictures = [[_pictures(trace)[at] for at in lane["pictures"]] for lane, trace in zip(lanes, runs, strict=True)]
    buffer, places = pack_rows([(row, None) for row in pictures])
    rows: list[LaneRow] = [{"name": lane["name"], **place} for lane, place in zip(lanes, places, strict=True)]  # type: ignore[typeddict-item]
    return buffer, rows


def _pictures(trace: Trace) -> np.ndarray:
    return np.concatenate([trace.pictures["x0"], trace.image[None]])


def _reached(trace: Trace, at: float) -> int:
    return int(np.searchsorted(trajectories.share(trace), at + 1e-9, side="right")) - 1
