"""Files that are written whole or not at all, whatever kills the process or the machine."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Write a file so that its name only ever stands for the old or the new content.

    The data goes into a `.part` file of the same folder, reaches the disk, and takes the name in one step: rename(2).
    Two writers of one path need a lock of their own. A `.part` that a killed process left goes with the next write.

    Raises:
        OSError: the disk is full, the folder cannot be written to; the old content is still there.
    """
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with open(part, "xb") as file:  # never through a link that somebody laid there
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # else a power cut may leave the new name with no content
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    if os.name == "posix":  # the name itself is kept by the folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        except OSError as error:
            if error.errno != errno.EINVAL:  # some network and shared folders have no such call
                raise
        finally:
            os.close(folder)
