"""The command line as a user types it."""

import json
import os
import sys
from importlib.metadata import version

import pytest
from readers import others_read

from diffuscope import Trace, read_settings
from diffuscope.cli.lab import copy_notebooks, notebooks
from diffuscope.cli.main import main


def test_render_and_read_back_by_others(tmp_path, capsys):
    out = tmp_path / "out.png"
    prompt = "a large red circle left of a small blue square"
    assert (
        main(
            [
                "render",
                prompt,
                "--seed",
                "7",
                "-o",
                str(out),
                "--gif",
                str(tmp_path / "o.gif"),
                "--trace",
                str(tmp_path / "o"),
            ]
        )
        == 0
    )
    assert capsys.readouterr().out.strip() == str(out)
    found = others_read(out)
    assert found.full_prompt == prompt
    assert str(found.samplers[0].parameters["seed"]) == "7"
    assert read_settings(out) == Trace.load(tmp_path / "o.trace").settings
    assert (tmp_path / "o.gif").read_bytes()[:6] == b"GIF89a"


def test_mistakes_are_one_line(tmp_path, capsys):
    for wrong, words in (
        (["--steps", "0"], "must be 1 to 1000, got 0"),
        (["--scheduler", "eulr"], 'Did you mean "euler"'),
        (["--model", "scens"], 'Did you mean "scenes"'),
    ):
        assert main(["render", "a red circle", "-o", str(tmp_path / "x.png"), *wrong]) == 2
        said = capsys.readouterr().err
        assert words in said
        assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())
    with pytest.raises(SystemExit):
        main(["render", "a red circle", "-o", "x.png", "--sed", "3"])


def test_models_and_doctor(capsys):
    assert main(["models"]) == 0
    assert "built-in" in capsys.readouterr().out
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "FAILED" not in said
    assert "first picture: drawn in" in said


def test_module_entry_is_light(light_server):
    code = "import sys; from diffuscope.cli.main import main; main(['models']); print('torch' in sys.modules)"
    assert light_server.run(code).stdout.endswith("False\n")


def test_notebooks_are_copied_and_edits_kept(tmp_path):
    folder = tmp_path / "work"
    assert copy_notebooks(folder) == []
    names = {path.name for path in notebooks().glob("*.ipynb")}
    assert {path.name for path in folder.glob("*.ipynb")} == names
    first, second = sorted(folder.glob("*.ipynb"))[:2]
    first.write_text("my edits")
    # the second is an untouched copy of an older shipped one: it is renewed
    second.write_text("old")
    record = json.loads((folder / ".shipped.json").read_text())
    from diffuscope.cli.lab import _digest

    record[second.name] = _digest(second)
    (folder / ".shipped.json").write_text(json.dumps(record))
    assert copy_notebooks(folder) == [first.name]
    assert first.read_text() == "my edits"
    assert second.read_bytes() == (notebooks() / second.name).read_bytes()
    first.unlink()
    assert copy_notebooks(folder) == []
    assert first.exists()


def test_lab_starts_jupyter_with_the_options(monkeypatch, tmp_path):
    started = []
    monkeypatch.setattr("diffuscope.cli.lab._become", lambda command: started.append(command) or 0)
    assert main(["lab", "--folder", str(tmp_path / "n"), "--no-browser", "--port=9"]) == 0
    assert started[0][:3] == [sys.executable, "-m", "jupyterlab"]
    assert started[0][-2:] == ["--no-browser", "--port=9"]
    assert os.path.isdir(tmp_path / "n")


def test_without_a_command_it_says_what_to_do_first(capsys):
    assert main([]) == 0
    said = capsys.readouterr().out
    assert "diffuscope lab" in said
    assert "diffuscope render" in said
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"diffuscope {version('diffuscope')}\n"
