"""A grid whose writers are killed at random moments, again and again, while somebody reads it."""

import threading
import time
from dataclasses import dataclass

from grid_children import drawn, fill, planned

from diffuscope.grid.store import pictures
from diffuscope.grid.store.store import Store

AXES = {"seed": "1-20", "steps": [2, 3, 4]}
"""60 cells. Two of them share all network rows of a call or none, so that each rounds alike in whatever order they come."""
FOLDERS = ("cells", "thumbs", "films")
TWO_WRITERS = 0.25
"""How often two processes fill the folder at once."""
MOST = 12
"""Kills of one grid: where nearly all is finished, a writer would seldom be killed at its work."""


@dataclass
class Tally:
    """What was done."""

    kills: int = 0
    grids: int = 0
    two_writers: int = 0
    """Kills of one of two writers, or of both."""
    half_written: int = 0
    """Kills that left a file that had not taken its name yet."""
    reads: int = 0
    """Cells that were read whole while a writer lived."""


def files(store):
    """Every file of the finished cells: its name and its bytes."""
    return {
        path.relative_to(store.folder).as_posix(): path.read_bytes()
        for folder in FOLDERS
        for path in (store.folder / folder).iterdir()
    }


def stamps(store):
    """What tells that a finished cell was written again."""
    found = {key: (store.folder / "cells" / f"{key}.png").stat() for key in store.finished()}
    return {key: (file.st_ino, file.st_mtime_ns) for key, file in found.items()}


def start(forks, folder):
    """A process that fills the folder, when it has begun."""
    ready = forks.Event()
    child = forks.Process(target=fill, args=(folder, ready, 1, AXES))
    child.start()
    assert ready.wait(120)
    return child


def whole(forks, folder):
    """The grid, filled without a break: its files, and the seconds that took."""
    child = start(forks, folder)
    begin = time.perf_counter()
    child.join()
    assert child.exitcode == 0
    store = Store(folder)
    assert len(store.finished()) == 60
    return files(store), time.perf_counter() - begin


class Reader(threading.Thread):
    """Reads whatever is finished, all the time. What it finds torn is its `fault`."""

    def __init__(self, folder, plan, tally):
        super().__init__(daemon=True)
        self._folder, self._plan, self._tally = folder, plan, tally
        self.seen, self.fault, self.ended = set(), "", threading.Event()

    def run(self):
        try:
            while not self.ended.wait(0.005):
                self._read()
        except Exception as error:  # noqa: BLE001  shown by whoever joins it
            self.fault = f"{type(error).__name__}: {error}"

    def _read(self):
        if not (self._folder / "grid.json").exists():
            return
        store = Store(self._folder, new=False)
        assert store.read_plan() == self._plan, "another plan"
        assert set(store.ratings) <= set(self._plan.pictures)
        for key in store.finished() - self.seen:
            cell, thumb, film = (self._folder / folder / f"{key}.{end}" for folder, end in zip(FOLDERS, ("png", "webp", "webp"), strict=True))  # fmt: skip
            assert pictures.sound(cell, "PNG"), f"cells/{key} is torn"
            assert pictures.is_thumb(thumb), f"thumbs/{key} is torn"
            assert pictures.sound(film, "WEBP"), f"films/{key} is torn"
            assert store.settings(key) == self._plan.pictures[key], f"{key} has another's record"
            self.seen.add(key)
            self._tally.reads += 1


def killed(forks, folder, kills, dice, expected, seconds):
    """Fill grids, each in a folder of its own, until `kills` writers were killed; each is brought to its end.

    Args:
        expected: the files of a grid that nobody killed.
        seconds: how long that one took.

    Raises:
        AssertionError: something finished is lost, computed or written again, torn, or not what it should be.
    """
    tally = Tally()
    while tally.kills < kills:
        tally.grids += 1
        store = Store(folder / str(tally.grids))
        plan, rated, ended, enough = planned(store.folder, AXES).plan, {}, False, min(kills, tally.kills + MOST)
        while not ended:
            ended = _round(forks, store, plan, tally, dice, seconds / 4 if tally.kills < enough else None)
            assert store.ratings == rated, "a rating is lost"
            if done := sorted(store.finished() - rated.keys()):
                key = dice.choice(done)
                store.rate(key, "star")
                rated[key] = "star"
        assert files(store) == expected, "the files are those of a grid that nobody killed"
        assert not list((store.folder / "damaged").iterdir()), "something was set aside"
        assert not list(store.folder.rglob("*.part")), "a half written file is left"
    return tally


def _round(forks, store, plan, tally, dice, longest):
    """One or two writers until they end or are killed. Returns whether the grid is finished."""
    before, begun = stamps(store), len(drawn(store.folder))
    reader = Reader(store.folder, plan, tally)
    reader.start()
    children = [start(forks, store.folder) for _ in range(2 if dice.random() < TWO_WRITERS else 1)]
    for child in children:
        child.join(None if longest is None else dice.uniform(0, longest))
        if child.exitcode is None:
            child.kill()
            child.join()
            tally.kills += 1
            tally.two_writers += len(children) > 1
            tally.half_written += any(store.folder.rglob("*.part"))
        else:
            assert child.exitcode == 0, "a writer failed"
    reader.ended.set()
    reader.join()
    assert not reader.fault, reader.fault
    now, log = stamps(store), drawn(store.folder)[begun:]
    assert before.items() <= now.items(), "a finished cell is gone, or was written again"
    assert reader.seen <= now.keys(), "a cell that was seen finished is gone"
    assert not before.keys() & set(log), "a finished cell was computed again"
    assert len(log) - len(set(log)) <= sum(child.exitcode != 0 for child in children), "two writers drew one cell"
    return now.keys() >= plan.pictures.keys() and all(child.exitcode == 0 for child in children)
