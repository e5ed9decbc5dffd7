"""Film: a recorded run to scrub through, or two to compare. All frames cross once; the browser then moves at display rate."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import traitlets
from PIL import Image

from diffuscope import atomic
from diffuscope.listeners import Throttle
from diffuscope.picture.arrays import THUMBNAIL, encode
from diffuscope.text import suggest
from diffuscope.trace.metadata import FORMATS, with_record
from diffuscope.trace.trace import Trace
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.shapes import FilmMeta
from diffuscope_widgets.base.view import View, guard, on_message, wired
from diffuscope_widgets.base.wire import finite
from diffuscope_widgets.film.export import gif, sheet
from diffuscope_widgets.parts.compare import CHOICES, MODES
from diffuscope_widgets.parts.frames import ROWS, differences, pack_film, pack_frames


class Film(View):
    """Every step of a run: noisy latents, the predicted clean picture, and whatever else the trace keeps.

        Film(record(model, Settings("a red circle")))
        Film(trace, record(model, trace.settings.replace(seed=7)), mode="difference")

    Args:
        trace: the run to show, or its .trace file; None waits for `show` or `live`.
        other: a second run, shown at the same share of its way.
        traits: any trait below.
    """

    _esm = script("film/film")
    _css = style("film/film")

    frames = traitlets.Bytes().tag(sync=True)
    """All pictures of the run, packed one after the other, row by row."""
    meta: FilmMeta = wired()
    """How to read `frames`, see `base.shapes.FilmMeta`; {} is no film."""
    other_frames = traitlets.Bytes().tag(sync=True)
    """The same of the second run."""
    other_meta: FilmMeta = wired()
    """The same of the second run; {} is none."""
    index = traitlets.Int(0).tag(sync=True)
    """Which frame is shown, 0 for the first, of the longer run when there are two; equals the kept step of the trace
    unless the film had to skip some."""
    shown: traitlets.List[str] = traitlets.List(["x_t", "x0"]).tag(sync=True)
    """Rows to show, out of `parts.frames.ROWS`. Those the trace does not hold are passed over."""
    mode = traitlets.Enum(MODES, "side").tag(sync=True)
    """How two runs are compared."""
    modes: traitlets.List[Any] = traitlets.List(CHOICES).tag(sync=True)
    """The ways to compare, see `base.wire.Choice`."""
    differences: traitlets.List[Any] = traitlets.List().tag(sync=True)
    """What differs in the settings of two runs, see `base.shapes.Difference`."""
    preview_frames = traitlets.Bytes().tag(sync=True)
    """The pictures of the step a run has reached, packed."""
    preview: FilmMeta = wired()
    """How to read `preview_frames`, as in `meta`; {} is no run."""

    def __init__(
        self, trace: Trace | str | Path | None = None, other: Trace | str | Path | None = None, **traits: Any
    ) -> None:
        self.trace: Trace | None = None
        self.other: Trace | None = None
        self._throttle = Throttle()
        super().__init__(**traits)
        if trace is not None:
            at = traits.get("index")
            self.show(trace, other)
            self.index = self.index if at is None else at

    def show(
        self,
        trace: Trace | str | Path,
        other: Trace | str | Path | None = None,
        packed: tuple[bytes, FilmMeta] | None = None,
    ) -> None:
        """Show a run, or two, in place of whatever was there, at the last step.

        Args:
            trace, other: as for the class.
            packed: what `parts.frames.pack_film` made of the trace, if that is done already.

        Raises:
            TypeError: it is no recorded run.
            FileNotFoundError: there is no such file.
            ValueError: a file is no trace, a trace keeps no pictures, or the two have no row in common.
        """
        trace, other = Trace.of(trace), None if other is None else Trace.of(other)
        films = 1 if other is None else 2
        frames, meta = packed or pack_film(trace, films)
        other_frames, other_meta = (b"", {}) if other is None else pack_film(other, films)
        if other is not None and not _common(meta, other_meta):
            raise ValueError("these traces keep different pictures; record both with the same Keep")
        self.trace, self.other = trace, other
        with self.hold_sync():  # one message: the front end never sees one without the other
            self.frames, self.preview_frames, self.preview = frames, b"", {}
            self.other_frames, self.other_meta = other_frames, other_meta
            self.differences = [] if other is None else differences(trace, other)
            self.meta = meta
            self.index = self._last

    def live(self, step_index: int, calls: int, ratio: float, pictures: Mapping[str, np.ndarray]) -> bool:
        """Show the step a run has reached. At most 20 a second are taken.

        Args:
            step_index, calls: which network call this is, from 0, and how many there will be.
            ratio: noise over signal; infinite where there is no signal.
            pictures: uint8 (H, W, 3) by row name: "x_t", "x0".

        Returns:
            Whether it was taken.
        """
        if not self._throttle.due():
            return False
        frames, rows = pack_frames({name: picture[None] for name, picture in pictures.items()})
        with self.hold_sync():
            self.preview_frames = frames
            self.preview = {"rows": rows, "steps": [step_index], "calls": calls, "ratio": finite(np.array([ratio]))}
        return True

    def rest(self) -> None:
        """No run is under way any more. After a cancelled or failed one, the last finished film is shown again, if there is one."""
        with self.hold_sync():
            self.preview_frames, self.preview = b"", {}

    def save_gif(self, path: str | Path) -> None:
        """Write the rows shown as an animation; two runs stand side by side.

        Raises:
            ValueError: there is no run yet.
        """
        atomic.write(Path(path), gif(self._traces(), self._visible()))

    def save_sheet(self, path: str | Path) -> None:
        """Write the rows shown as a contact sheet, in the format of the path's ending. That of one run carries its record, as
        `save_picture` writes it, in PNG, JPEG and WebP.

        Raises:
            ValueError: there is no run yet, or the ending is none that Pillow writes.
        """
        path = Path(path)
        form = Image.registered_extensions().get(path.suffix.lower())
        if form not in Image.SAVE:
            raise ValueError(f'"{path.name}" must end in .png, or the ending of another picture format')
        atomic.write(path, self._sheet(form))

    def _sheet(self, form: str) -> bytes:
        """A contact sheet; that of one run carries its record where the format can."""
        traces = self._traces()
        picture = sheet(traces, self._visible())
        if len(traces) == 1 and form in FORMATS.values():
            return with_record(traces[0], form, picture)
        out = io.BytesIO()
        picture.save(out, form)
        return out.getvalue()

    def still(self) -> bytes | None:
        """A contact sheet of the rows shown."""
        return encode(sheet(self._traces(), self._visible(), most=THUMBNAIL)) if self.trace else None

    @on_message("save")
    def _save_apart(self, message: dict[str, Any]) -> None:
        """An animation takes seconds: not in the thread that answers messages."""
        threading.Thread(target=self._save, args=(message,), name="saving a film", daemon=True).start()

    @guard
    def _save(self, message: dict[str, Any]) -> None:
        traces, names, form = self._traces(), self._visible(), message["form"]
        if form == "picture":
            self._hand_over(message, "picture.png", with_record(traces[0]))
        elif form == "sheet":
            self._hand_over(message, "film.png", self._sheet("PNG"))
        else:
            self._hand_over(message, "film.gif", gif(traces, names))

    def _traces(self) -> list[Trace]:
        if self.trace is None:
            raise ValueError("this film has no run to save yet; draw one, or call show(trace)")
        return [self.trace] if self.other is None else [self.trace, self.other]

    def _visible(self) -> list[str]:
        names = _common(self.meta, self.other_meta or self.meta)
        return [name for name in names if name in self.shown] or names[:1]

    @property
    def _last(self) -> int:
        return max(len(self.meta.get("steps", ())), len(self.other_meta.get("steps", ()))) - 1

    @traitlets.validate("index")
    def _inside(self, proposal: Any) -> int:
        return max(0, min(proposal["value"], self._last))

    @traitlets.validate("shown")
    def _known(self, proposal: Any) -> list[str]:
        for name in proposal["value"]:
            if name not in ROWS:
                raise traitlets.TraitError(
                    f"a film has no row {name!r}.{suggest(name, list(ROWS))} There are {', '.join(ROWS)}."
                )
        return proposal["value"]


def _common(meta: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Names of the rows both films have, in order."""
    names = {row["name"] for row in other["rows"]}
    return [row["name"] for row in meta["rows"] if row["name"] in names]
