"""Waiting for a condition instead of for a time."""

import threading
import time


def until(true, seconds=20):
    """Wait until a function says so."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


class WatchedLock:
    """A lock around another one. `wanted` is set when somebody has to wait for it."""

    def __init__(self, lock):
        self.lock, self.wanted = lock, threading.Event()

    def __enter__(self):
        if not self.lock.acquire(blocking=False):
            self.wanted.set()
            self.lock.acquire()

    def __exit__(self, *_):
        self.lock.release()
