"""Cells for tests of a grid's folder: pictures without a model, and writes that fail."""

import builtins
import errno
import io
import os
from contextlib import contextmanager

import numpy as np
from PIL import Image

from diffuscope import Settings
from diffuscope.trace.trace import Trace

SETTINGS = Settings("a red circle", "blue", 7, "euler", "karras", 6, 4.5, width=16, height=16)


def trace(seed=7, side=16):
    """A run that no model made, as far as a folder keeps it."""
    image = np.random.default_rng(seed).integers(0, 255, (side, side, 3), np.uint8)
    made_by = {"app": "diffuscope 0", "model": "none", "source": "none"}
    settings = SETTINGS.replace(seed=seed, width=side, height=side)
    return Trace(settings, made_by, np.arange(6), np.arange(6.0), np.zeros(6), np.ones(6), image, np.zeros((4, 2, 2)))


@contextmanager
def at_write(number, do):
    """Call `do` in the place of the number-th thing that could write: open, write, fsync, rename, make a folder.

    None is each of them, 0 none.

    Yields:
        A list that holds, afterwards, what they were.
    """
    real = {name: getattr(os, name) for name in ("open", "replace", "rename", "fsync", "mkdir")} | {
        "file": builtins.open
    }
    seen = []

    def counted(kind, call, *given, **named):
        seen.append(kind)
        return do() if number in (None, len(seen)) else call(*given, **named)

    def low_open(path, flags, *rest, **named):
        call = counted if flags & os.O_CREAT else lambda kind, call, *given, **named: call(*given, **named)
        return call("lock", real["open"], path, flags, *rest, **named)

    def high_open(path, mode="r", *rest, **named):
        if "w" not in mode and "x" not in mode:
            return real["file"](path, mode, *rest, **named)
        file = counted("open", real["file"], path, mode, *rest, **named)
        write = file.write
        file.write = lambda data: counted("write", write, data)
        return file

    os.open, builtins.open = low_open, high_open
    for name in ("replace", "rename", "fsync", "mkdir"):
        setattr(os, name, lambda *given, name=name, **named: counted(name, real[name], *given, **named))
    try:
        yield seen
    finally:
        builtins.open = real.pop("file")
        for name, call in real.items():
            setattr(os, name, call)


def failing(code):
    """What a disk or a folder says: call it, and it raises OSError of that errno."""

    def fail():
        raise OSError(code, os.strerror(code))

    return fail


FULL, CLOSED, READ_ONLY = errno.ENOSPC, errno.EACCES, errno.EROFS


def image(data):
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


class Stub:
    """A plan, as far as the folder knows one."""

    def __init__(self, **raw):
        self.raw = raw

    def to_dict(self):
        return self.raw
