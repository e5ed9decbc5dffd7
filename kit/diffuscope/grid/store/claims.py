"""Who is making which cell, so that two processes filling one folder share the work and never do it twice."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout


class Claims:
    """The cells this process has taken; one lock file each, which other processes and machines see.

    The lock is the operating system's (flock, or its like): it goes with the process that holds it, however that ends, so
    a lock file that was left behind claims nothing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, FileLock] = {}
        self._guard = threading.Lock()

    def take(self, key: str) -> bool:
        """Claim a cell; False where another process, or another thread of this one, has it.

        Raises:
            OSError: the lock file cannot be made.
        """
        with self._guard:
            if key in self._held:
                return False
            lock = FileLock(self._folder / f"{key}.lock", thread_local=False)  # any thread may let go
            try:
                lock.acquire(blocking=False)
            except Timeout:
                return False
            self._held[key] = lock
            return True

    def drop(self, key: str, finished: bool) -> None:
        """Let a cell go; of one that is finished the lock file goes too. Nothing happens where it is not held."""
        with self._guard:
            if lock := self._held.pop(key, None):
                if finished:
                    # whoever waits at the removed file finds the picture; without one, two could hold two files
                    with suppress(OSError):
                        Path(lock.lock_file).unlink(missing_ok=True)
                lock.release()
