"""`diffuscope grid` as a user types it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from diffuscope.cli.main import main
from diffuscope.grid import command
from diffuscope.grid.store.store import Store

BASE = {"prompt": "a large red circle left of a small blue square", "steps": 4}
AXES = {"seed": "1-3", "guidance_scale": [1, 4]}


@pytest.fixture
def spec(tmp_path):
    count = iter(range(100))

    def write(text=None, **keys):
        path = tmp_path / str(next(count)) / "spec.json"
        path.parent.mkdir()
        path.write_text(text if text is not None else json.dumps({"base": BASE, "axes": AXES, **keys}))
        return str(path)

    return write


def test_from_plan_to_folder(spec, tmp_path, capsys):
    out = tmp_path / "out"
    assert main(["grid", spec(film=2, skip=[{"seed": 2, "guidance_scale": 1}]), "--out", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "5 cells: 3 x 2, 1 hole"
    assert "5 of 5  seed" in "\n".join(said)
    assert said[-1] == f'5 of 5 pictures are finished and safe in "{out}".'
    store = Store(out, new=False)
    plan = store.read_plan()
    assert {cell.key: store.settings(cell.key) for cell in plan.cells} == {
        cell.key: cell.settings for cell in plan.cells
    }
    assert all(store.film(cell.key) for cell in plan.cells)

    assert main(["grid", spec(), "--out", str(out)]) == 2
    assert "holds a grid already; go on with it by --resume" in capsys.readouterr().err
    # a value more makes only its own cells; the hole is filled
    before = {path: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}
    assert main(["grid", spec(axes=AXES | {"seed": "1-4"}), "--out", str(out), "--resume"]) == 0
    assert "8 of 8 pictures" in capsys.readouterr().out
    assert before.items() <= {path: path.stat().st_mtime_ns for path in (out / "cells").iterdir()}.items()


def test_mistakes_are_one_line(spec, tmp_path, capsys):
    for path, words in (
        (str(tmp_path / "gone.json"), "No such file"),
        (spec("{'base'"), '"spec.json" is not JSON'),
        (spec("[]"), "must hold one object with model, base"),
        (spec(axs={}), 'unknown "axs". Did you mean "axes"?'),
        (spec("{}"), 'needs "base"'),
        (spec(axes=[]), 'needs "axes"'),
        (spec(base={"prompt": "a", "steps": 0}), '"spec.json", base: Steps must be 1 to 1000, got 0'),
        (spec(axes={"stepz": "1-4"}), 'Did you mean "steps"'),
        (spec(axes={"steps": "0, 4"}), "must be 1 to 1000, got 0"),
        (spec(model="scens"), 'Did you mean "scenes"'),
        (spec(axes={"seed": "1-65"}), "65 cells are to be made, more than 64; say --yes to go on"),
        (spec(axes={"seed": "1-5000"}), "5,000 cells"),
        (spec(film="4"), '"spec.json": "film" must be a whole number, got "4"'),
        (spec(most=True), '"most" must be a whole number, got true'),
        (spec(model=None), '"model" must be a name or a folder, as text, got null'),
        (spec(seeds=3), '"seeds" must be text, got 3'),
        (spec(skip={"seed": 1}), '"skip" must be a list of objects, got {"seed": 1}'),
        (spec(wildcards={"shape": "circle, star"}), '"wildcards" must be an object of lists'),
    ):
        assert main(["grid", path, "-o", str(tmp_path / "out")]) == 2
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1
    assert not (tmp_path / "out" / "grid.json").exists()
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "sea.jpg").touch()
    assert main(["grid", spec(), "-o", str(tmp_path / "photos")]) == 2
    assert "a grid needs a folder of its own" in capsys.readouterr().err


@pytest.mark.slow
def test_it_asks_at_a_terminal(spec, tmp_path, monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or "n")
    path = spec(base={**BASE, "steps": 1}, axes={"seed": "1-65"})
    assert main(["grid", path, "-o", str(tmp_path / "out")]) == 1
    assert asked == ["Make 65 cells? [y/N] "]
    assert not Store(tmp_path / "out").finished()
    assert main(["grid", path, "-o", str(tmp_path / "out"), "--yes"]) == 0
    assert len(asked) == 1
    assert len(Store(tmp_path / "out").finished()) == 65


def test_ctrl_c_at_any_moment_is_no_traceback(spec, tmp_path, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    out = str(tmp_path / "out")
    monkeypatch.setattr(command.sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", interrupt)
    assert main(["grid", spec(axes={"seed": "1-65"}), "-o", out]) == 130
    assert capsys.readouterr().err.strip().startswith("Stopped. 0 of 65 pictures are finished")
    monkeypatch.setattr(command, "grid", interrupt)  # while the model is loaded
    assert main(["grid", spec(), "-o", out]) == 130
    assert capsys.readouterr().err.strip() == "Stopped. Nothing was begun."


def test_a_spec_with_the_mark_of_a_windows_editor(spec):
    path = spec("\ufeff" + json.dumps({"base": BASE, "axes": AXES}))
    assert command.read_spec(Path(path))["axes"] == AXES


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_says_what_is_safe(spec, tmp_path):
    out = tmp_path / "out"
    # three batches: the first is on disk when the signal comes, and two more are to be drawn
    arguments = ["grid", spec(base={**BASE, "steps": 16}, axes={"seed": "1-48"}), "-o", str(out)]
    # a shell's background job ignores the signal, and so do its children: as at a terminal, whoever runs this test
    code = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
    code += "from diffuscope.cli.main import main; sys.exit(main(sys.argv[1:]))"
    child = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert child.stdout is not None
    for line in child.stdout:
        if line.startswith("1 of 48"):
            break
    child.send_signal(signal.SIGINT)
    _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    done = len(Store(out).finished())
    assert f'{done} of 48 pictures are finished and safe in "{out}". Go on with --resume.' in said
    assert "Traceback" not in said
    assert 1 <= done < 48
    assert main([*arguments, "--resume"]) == 0
    assert len(Store(out).finished()) == 48
