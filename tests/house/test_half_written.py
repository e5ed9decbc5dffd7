"""What a full disk, an error or a kill leaves of a file that is written: the old one or the new one, and nothing else."""

import os
import signal
import stat
import sys

import pytest
from forked import Server
from grid_cells import FULL, at_write, failing
from writers import WRITERS

from diffuscope import Trace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="forks, and modes of files")
KILL = "import sys, writers; writers.killed(sys.argv[1], sys.argv[2], int(sys.argv[3]))"
FAILED = (OSError, RuntimeError)  # torch closes what it could not write with an error of its own


def content(folder):
    """Every file but locks: its name and its bytes, or of a recorded run, whose header has no order, what it holds."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.name.endswith("lock")]
    return {path.relative_to(folder).as_posix(): held(path) for path in files}


def held(path):
    if path.suffix != ".trace":
        return path.read_bytes()
    trace = Trace.load(path)
    return (
        repr(trace.settings),
        trace.image.tobytes(),
        [(name, array.tobytes()) for name, array in trace.tensors.items()],
    )


def whole(folder, old, new):
    """Whether there is nothing but what was there, whole, and what should come, whole. Half a file that has not taken its
    name is none, as long as the next write removes it."""
    found = {name: data for name, data in content(folder).items() if not name.endswith(".part")}
    for name, data in found.items():
        assert data in (old.get(name), new.get(name)), f"{name} is half written"
    assert old.keys() <= found.keys() <= new.keys()


def written(folder, name, *numbers):
    """A folder after some writes."""
    folder.mkdir(parents=True)
    for number in numbers:
        WRITERS[name](folder, number)
    return folder


@pytest.fixture
def old_and_new(name, tmp_path):
    old, new = content(written(tmp_path / "a/grid", name, 1)), content(written(tmp_path / "b/grid", name, 1, 2))
    assert old != new
    return old, new


@pytest.fixture(scope="module")
def server():
    made = Server("writers")
    yield made
    made.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_an_error_leaves_whole_files_and_no_others(name, tmp_path, old_and_new):
    old, new = old_and_new
    for number in range(1, 100):
        folder = written(tmp_path / str(number) / "grid", name, 1)
        assert content(folder) == old, "the same again gives the same bytes"
        try:
            with at_write(number, failing(FULL)) as seen:
                WRITERS[name](folder, 2)
        except FAILED:
            whole(folder, old, new)
            assert not list(folder.rglob("*.part"))
        else:  # a folder that is there already may fail to be made
            assert content(folder) == new
        if len(seen) < number:
            break
    assert number > 3


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_a_kill_leaves_whole_files_and_the_next_write_tidies_up(name, tmp_path, server, old_and_new):
    old, new = old_and_new
    for number in (2, 3, 4, 7, 12):
        folder = written(tmp_path / str(number) / "grid", name, 1)
        ended = server.run(KILL, name, folder, number)
        whole(folder, old, new)
        if ended.returncode == 0:
            break
        assert ended.returncode == -signal.SIGKILL, ended.stderr
        WRITERS[name](folder, 2)
        assert content(folder) == new, "nothing half written is left"
    assert number > 2


@pytest.mark.parametrize("name", WRITERS)
def test_files_have_the_mode_the_umask_says(name, tmp_path):
    before = os.umask(0o027)
    try:
        folder = written(tmp_path / "grid", name, 1)
    finally:
        os.umask(before)
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o750 if path.is_dir() else 0o640), path.name
