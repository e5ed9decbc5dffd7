"""Files that are written whole or not at all, whatever kills the process or the machine."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def write(path: Path, data: bytes) -> None:
    """Write a file so that its name only ever stands for the old or the new content; otherwise as `file`."""
    with file(path) as out:
        out.write(data)


@contextmanager
def file(path: Path) -> Iterator[BinaryIO]:
    """A file to write in a `with` block, whose name stands for the old content until the block ends well.

    The data goes into a `.part` file of the same folder, reaches the disk, and takes the name in one step: rename(2). Its mode
    is what the umask says. Two writers of one path need a lock of their own. A `.part` that a killed process left goes with
    the next write.

    Raises:
        FileNotFoundError: there is no such folder.
        OSError: the disk is full, the folder cannot be written to; the old content is still there.
    """
    if not path.parent.is_dir():
        raise FileNotFoundError(f'There is no folder "{path.parent}" to write "{path.name}" into; make it first.')
    part = path.with_name(path.name + ".part")
    try:
        part.unlink(missing_ok=True)
        with open(part, "xb") as out:  # never through a link that somebody laid there
            yield out
            out.flush()
            os.fsync(out.fileno())  # else a power cut may leave the new name with no content
        os.replace(part, path)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    _keep_names(path.parent)


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """A folder to fill in a `with` block: the old one stands until the block ends well, then both change places.

    For writers that take a folder's name and not an open file. What lay in the old folder and is not made anew stays. The files
    get the mode that the umask says. A kill between the two renames leaves the old folder as `NAME.before`; the next call
    puts it back. What else a killed process left goes with the next call.

    Yields:
        An empty folder beside the one that is meant.

    Raises:
        OSError: as for `file`.
    """
    path = path.resolve()  # a link goes on leading there
    part, before = (path.with_name(path.name + ending) for ending in (".part", ".before"))
    if before.exists() and not path.exists():
        before.rename(path)
    for left in (part, before):
        if left.exists():
            shutil.rmtree(left)
    part.mkdir(parents=True)
    try:
        yield part
        _finish(part)
        if path.exists():
            _take_over(path, part)
            path.rename(before)
        part.rename(path)
    except BaseException:
        if before.exists() and not path.exists():
            before.rename(path)
        shutil.rmtree(part, ignore_errors=True)
        raise
    _keep_names(path.parent)
    shutil.rmtree(before, ignore_errors=True)


def _finish(new: Path) -> None:
    """Bring the files of a new folder to the disk, with the mode that the umask says: some writers make them private."""
    mode = new.stat().st_mode & 0o666
    for one in new.rglob("*"):
        if one.is_file():
            one.chmod(mode)
            with open(one, "rb+") as file:
                os.fsync(file.fileno())


def _take_over(old: Path, new: Path) -> None:
    """Give a new folder what only the old one has; the old one keeps it, too."""
    for one in old.rglob("*"):
        other = new / one.relative_to(old)
        if one.is_dir() or other.exists():
            continue
        other.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(one, other, follow_symlinks=False)
        except OSError:  # not every file system has links
            shutil.copy2(one, other, follow_symlinks=False)


def _keep_names(place: Path) -> None:
    """Bring the names in a folder to the disk: it is the folder that keeps them."""
    if os.name != "posix":
        return
    opened = os.open(place, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network and shared folders have no such call
            raise
    finally:
        os.close(opened)
