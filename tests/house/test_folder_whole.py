"""Folders change their content as a whole, for writers that take the name of a folder: exported models, parts of a training."""

import os
import signal
import stat
import sys
from pathlib import Path

import pytest
from forked import Server
from grid_cells import FULL, at_write, failing

from diffuscope import atomic

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, and modes of files")
OLD, NEW = ({"a.txt": f"a{number}", "deep/b.txt": f"b{number}", "own.txt": "kept"} for number in (1, 2))
KILL = """
import os, signal, sys
from pathlib import Path
from grid_cells import at_write
from test_folder_whole import fill
with at_write(int(sys.argv[2]), lambda: os.kill(os.getpid(), signal.SIGKILL)):
    fill(Path(sys.argv[1]), 2)
"""


def fill(folder, number):
    with atomic.folder(folder) as new:
        (new / "a.txt").write_text(f"a{number}")
        (new / "a.txt").chmod(0o600)  # as safetensors does
        (new / "deep").mkdir()
        (new / "deep" / "b.txt").write_text(f"b{number}")


def filled(folder):
    """A folder that was written once, and to which somebody added a file."""
    folder.parent.mkdir()
    fill(folder, 1)
    (folder / "own.txt").write_text("kept")
    return folder


def content(folder):
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_what_is_not_made_anew_stays(tmp_path):
    folder = filled(tmp_path / "in" / "model")
    assert content(folder) == OLD
    fill(folder, 2)
    assert content(folder) == NEW
    assert os.listdir(folder.parent) == ["model"]


def test_a_link_goes_on_leading_there(tmp_path):
    folder, link = filled(tmp_path / "in" / "model"), tmp_path / "link"
    link.symlink_to(folder)
    fill(link, 2)
    assert link.is_symlink()
    assert content(folder) == NEW
    assert sorted(os.listdir(tmp_path)) == ["in", "link"]


def test_modes_are_those_the_umask_says(tmp_path):
    before = os.umask(0o027)
    try:
        fill(tmp_path / "model", 1)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*")}
    assert modes == {"model": 0o750, "deep": 0o750, "a.txt": 0o640, "b.txt": 0o640}


def test_an_error_leaves_one_whole_folder(tmp_path):
    for number in range(1, 100):
        folder = filled(tmp_path / str(number) / "model")
        try:
            with at_write(number, failing(FULL)) as seen:
                fill(folder, 2)
        except OSError:
            assert content(folder) == (NEW if seen[number - 1 :] == ["fsync"] and len(seen) > 5 else OLD)
        if len(seen) < number:
            break
        assert not (folder.parent / "model.part").exists()
    assert number > 5


@pytest.mark.slow
def test_a_kill_leaves_one_whole_folder(tmp_path):
    sys.path.append(str(Path(__file__).parent))
    server = Server("grid_cells", "test_folder_whole")
    try:
        for number in range(1, 100):
            folder = filled(tmp_path / str(number) / "model")
            ended = server.run(KILL, folder, number)
            there = folder if folder.exists() else folder.with_name("model.before")
            assert content(there) in (OLD, NEW)
            if ended.returncode == 0:
                break
            assert ended.returncode == -signal.SIGKILL, ended.stderr
            fill(folder, 2)
            assert content(folder) == NEW
            assert os.listdir(folder.parent) == ["model"]
        assert number > 5
    finally:
        server.close()
