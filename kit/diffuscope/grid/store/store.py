"""A grid's results: a folder that anyone can read, and in which no file is ever half written.

grid.json            schema and plan
cells/<key>.png      the finished pictures, each with its record
thumbs/<key>.webp    the same, at most 128 pixels a side
films/<key>.webp     x0 at chosen steps, side by side, each as large as the thumb
ratings.json         key to "star" or "reject"
claims/<key>.lock    cells that are being made
damaged/             what could not be read
"""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from PIL import Image

from diffuscope import atomic
from diffuscope.grid.plan.plan import Plan
from diffuscope.grid.store import pictures as picture_files
from diffuscope.grid.store import ratings
from diffuscope.grid.store.claims import Claims
from diffuscope.picture.opened import opened
from diffuscope.recipe.settings import Settings
from diffuscope.records.read import read
from diffuscope.trace.metadata import with_record
from diffuscope.trace.trace import Trace

SCHEMA = 1

_SUFFIX = {"cells": ".png", "thumbs": ".webp", "films": ".webp"}
_FOLDERS = (*_SUFFIX, "claims", "damaged")
_FILES = ("grid.json", "ratings.json")
_WAYS: dict[int | None, str] = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "Free some space"),
    **dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "Make the folder writable"),
    errno.ENOENT: "Put the folder back where it was",
}


class DamagedPlan(ValueError):
    """grid.json was cut off or overwritten. The pictures do not depend on it."""


class StoreError(OSError):
    """The folder could not be written to. The message says what is safe, and how to go on."""


class Store:
    """The folder of a grid. Reading it needs no model and no torch, and changes nothing.

    Any number of processes may read and fill one folder. A cell is finished when its picture is there, which is written
    last.

    Args:
        folder: made where it does not exist.
        new: whether it may be one that holds no grid yet.

    Raises:
        ValueError: a folder of something else, or a grid of another schema.
        DamagedPlan: grid.json is damaged, and `new` is False or other files lie there; else it is set aside, and the same
            grid writes it anew.
        FileNotFoundError: no grid there, and `new` is False.
        StoreError: it cannot be made.
    """

    def __init__(self, folder: str | Path, new: bool = True) -> None:
        self.folder = Path(folder)
        self._plan, self._ratings = (self.folder / name for name in _FILES)
        self._claims = Claims(self.folder / "claims")
        if self._plan.exists():
            try:
                self._read()
            except DamagedPlan:
                if not new or self._others():
                    raise
                self._set_plan_aside()
        elif not new:
            raise FileNotFoundError(f'"{self.folder.name}" holds no grid.json; it is not the folder of a grid')
        elif others := self._others():
            raise ValueError(
                f'"{self.folder.name}" holds other files ({", ".join(others[:3])}); a grid needs a folder of its own'
            )
        if new:
            self._make_folders()

    def _make_folders(self) -> None:
        with self._writing("its folders"):
            for name in _FOLDERS:
                (self.folder / name).mkdir(parents=True, exist_ok=True)

    def _others(self) -> list[str]:
        """What is not a grid's, as far as it is not hidden."""
        if not self.folder.exists():
            return []
        if not self.folder.is_dir():
            raise ValueError(f'"{self.folder.name}" is a file; a grid needs a folder of its own')
        names = sorted(path.name for path in self.folder.iterdir())
        return [name for name in names if name.removesuffix(".part") not in _FOLDERS + _FILES and name[0] != "."]

    def _read(self) -> dict[str, Any]:
        who = f'"{self.folder.name}/grid.json"'
        try:
            raw = json.loads(self._plan.read_text(encoding="utf-8"))
            schema = raw["schema"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise DamagedPlan(
                f"{who} is not the plan of a grid ({error}). If the folder held one, its finished cells are whole: make the "
                "same grid in it again, and they are found. Else choose another folder."
            ) from None
        if schema != SCHEMA:
            raise ValueError(f"{who} has schema {schema!r}, and this version reads {SCHEMA}; open it with a newer one")
        return raw

    def _set_plan_aside(self) -> None:
        with self._writing("grid.json"):
            (self.folder / "damaged").mkdir(exist_ok=True)
            self._plan.replace(self.folder / "damaged" / "grid.json")

    def read_plan(self) -> Plan:
        """What the grid holds: all its cells, finished or not.

        Raises:
            FileNotFoundError: no plan was written yet.
            ValueError: grid.json cannot be understood.
        """
        try:
            return Plan.from_dict(self._read()["plan"])
        except (LookupError, TypeError, ValueError) as error:
            raise ValueError(f'"{self.folder.name}/grid.json" holds no readable plan: {error}') from None

    def write_plan(self, plan: Plan) -> None:
        """Keep a plan in the place of the one before; finished cells stay, also those that are no longer in it."""
        self._make_folders()  # an archive may have lost the empty ones
        text = json.dumps({"schema": SCHEMA, "plan": plan.to_dict()}, indent=1, ensure_ascii=False) + "\n"
        # the same again is not written: a finished grid opens from a folder that is read-only
        if not self._plan.exists() or self._plan.read_text(encoding="utf-8") != text:
            with self._writing("grid.json"), self._alone():
                atomic.write(self._plan, text.encode())

    def finished(self) -> set[str]:
        """The keys of the cells whose pictures are there."""
        return {path.stem for path in (self.folder / "cells").glob("*.png") if path.exists()}  # no link to nothing

    def save(self, key: str, trace: Trace, frames: Sequence[np.ndarray] = ()) -> None:
        """Write a finished cell and let go of it.

        Args:
            key: a cell that this process has claimed.
            trace: the run; its picture and record are kept.
            frames: the pictures of its film, uint8 (H, W, 3).

        Raises:
            StoreError: the disk is full, or the folder cannot be written to. This cell is not there, all others are.
        """
        with self._writing(f"cell {key}"):
            atomic.write(self._path("thumbs", key), picture_files.thumb(trace.pil))
            if len(frames):
                atomic.write(self._path("films", key), picture_files.film(frames))
            atomic.write(self._path("cells", key), with_record(trace))
        self.release(key)

    def picture(self, key: str) -> Image.Image | None:
        """The picture of a cell; None while it is not finished, and where it does not decode."""
        path = self._path("cells", key)
        try:
            return opened(path, path.name, ("PNG",))
        except (FileNotFoundError, ValueError):
            return None

    def thumb(self, key: str) -> bytes | None:
        """WebP of at most 128 pixels a side; None while the cell is not finished."""
        stored = self._bytes("thumbs", key)
        if stored is not None and picture_files.is_thumb(io.BytesIO(stored)):
            return stored
        picture = self.picture(key)
        return picture_files.thumb(picture) if picture else None

    def film(self, key: str) -> bytes | None:
        """WebP of x0 at chosen steps, side by side, each as large as the thumb; None where none was kept."""
        return self._bytes("films", key)

    def settings(self, key: str) -> Settings:
        """The recipe in the record of a finished cell.

        Raises:
            FileNotFoundError: it is not finished.
            ValueError: it has no readable record.
        """
        return read(self._path("cells", key))

    def check(self, key: str, fits: Callable[[Settings], bool] = lambda record: True) -> bool:
        """Whether a cell is finished and undamaged; its files are read whole.

        A damaged one is moved to damaged/, so that it is no longer finished; a thumb alone is made anew.

        Args:
            fits: whether the record in a picture is that of this cell; another picture in its place counts as damage.
        """
        png, thumb, _ = (self._path(folder, key) for folder in _SUFFIX)
        if self._whole(key, fits) and picture_files.is_thumb(thumb):
            return True
        with self._writing(f"what is damaged of cell {key}"):
            # whoever mends or makes a cell has its claim: two at once would move each other's new files away
            if png.exists() and self._claims.take(key):
                try:
                    self._mend(key, fits)
                finally:
                    self.release(key)
        return png.exists()

    def _whole(self, key: str, fits: Callable[[Settings], bool]) -> bool:
        """Whether picture and film, which cannot be made without the model, are undamaged and the cell's own."""
        png, _, film = (self._path(folder, key) for folder in _SUFFIX)
        if not picture_files.sound(png, "PNG") or (film.exists() and not picture_files.sound(film, "WEBP")):
            return False
        try:
            return fits(self.settings(key))
        except ValueError:  # no record
            return False

    def _mend(self, key: str, fits: Callable[[Settings], bool]) -> None:
        if self._whole(key, fits):
            if picture := self.picture(key):
                atomic.write(self._path("thumbs", key), picture_files.thumb(picture))
            return
        for folder in _SUFFIX:  # the picture first: without it the cell is not finished
            path = self._path(folder, key)
            with suppress(FileNotFoundError):
                path.replace(self.folder / "damaged" / f"{folder}-{path.name}")

    def rate(self, key: str, mark: str | None) -> None:
        """Star or reject a cell, or take that back.

        Args:
            mark: "star", "reject" or None.
        """
        self._path("cells", key)
        with self._writing("ratings.json"), self._alone():
            ratings.write(self._ratings, ratings.marked(self.ratings, key, mark))

    @property
    def ratings(self) -> dict[str, str]:
        """Key to "star" or "reject", of the rated cells."""
        return ratings.read(self._ratings)

    def claim(self, key: str) -> bool:
        """Take a cell in order to make it; False where it is finished or someone else makes it.

        Hold few at a time. What a killed process held is free again.
        """
        picture = self._path("cells", key)
        with self._writing(f"claims/{key}.lock"):
            if picture.exists() or not self._claims.take(key):
                return False
        if picture.exists():  # someone else finished it just before
            self.release(key)
            return False
        return True

    def release(self, key: str) -> None:
        """Let go of a claimed cell; nothing happens where it is not ours."""
        self._claims.drop(key, finished=self._path("cells", key).exists())

    def _path(self, folder: str, key: str) -> Path:
        if not (key.isascii() and key.isalnum()):  # it becomes a file name, and may come from a page
            raise ValueError(f"{key!r} is not the key of a cell; it must be of letters and digits")
        return self.folder / folder / (key + _SUFFIX[folder])

    def _bytes(self, folder: str, key: str) -> bytes | None:
        """A finished cell's file, where it is there."""
        try:
            return self._path(folder, key).read_bytes() if self._path("cells", key).exists() else None
        except FileNotFoundError:
            return None

    def _alone(self) -> FileLock:
        return FileLock(self.folder / ".lock", timeout=10)

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        try:
            yield
        except StoreError:
            raise
        except OSError as error:
            raise StoreError(
                f'could not write {what} in "{self.folder.name}": {error.strerror or error}. The {len(self.finished())} '
                f"finished cells there are safe. {_WAYS.get(error.errno, 'Look at the folder')}, and run again: they are "
                "not made anew."
            ) from error
