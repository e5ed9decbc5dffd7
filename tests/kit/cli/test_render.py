"""`diffuscope render`: every setting is an option, and what cannot be is refused before anything is computed."""

import argparse
import os
import subprocess
import sys

import pytest

from diffuscope import Model, Settings, read_settings
from diffuscope.cli import render
from diffuscope.cli.main import main
from diffuscope.recipe.fields import FIELDS

VALUES = {
    "negative_prompt": "blue", "seed": 7, "scheduler": "ddim", "schedule": "sgm uniform", "steps": 2, "guidance_scale": 2.5,
    "eta": 0.5, "width": 32, "height": 32, "variation_seed": 5, "variation_strength": 0.3,
}  # fmt: skip


def value_of(field):
    """A value that is not the default."""
    return VALUES.get(field.name, field.type(field.low + field.multiple))


def options():
    return {
        name: ("--" + name.replace("_", "-"), value_of(field)) for name, field in FIELDS.items() if name != "prompt"
    }


@pytest.fixture
def calls(monkeypatch):
    """How often the loop was begun."""
    begun = []
    monkeypatch.setattr("diffuscope.run.collect.denoise", lambda *_: begun.append(1) or iter(()))
    return begun


def test_every_option_of_render_works_together(tmp_path, capsys):
    out = tmp_path / "all.png"
    given = [word for option, value in options().values() for word in (option, str(value))]
    assert main(["render", "a red circle", "--model=scenes", "-o", str(out), *given]) == 0
    wanted = Settings("a red circle", **{name: value for name, (_, value) in options().items()})
    assert read_settings(out) == wanted
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "prompt"])
def test_every_option_is_read_as_its_kind(name):
    parser = argparse.ArgumentParser()
    render.add_arguments(parser)
    option, value = options()[name]
    given = parser.parse_args(["a", "-o", "x.png", option, str(value)])
    assert getattr(given, name) == value
    assert type(getattr(given, name)) is FIELDS[name].type
    plain = parser.parse_args(["a", "-o", "x.png"])
    assert {one: getattr(plain, one) for one in FIELDS} == vars(Settings("a"))


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (["-o", "cfg7.5"], "must end in .png or .jpg or .jpeg or .webp"),
        (["-o", "out.bmp"], "must end in"),
        (["-o", "no/such/a.png"], "there is no folder"),
        (["-o", "a.png", "--gif", "no/a.gif"], '--gif "no/a.gif": there is no folder "no"'),
        (["-o", "a.png", "--gif", "a.png"], '--gif "a.png" must end in .gif'),
        (["-o", "a.png", "--trace", "no/a"], "there is no folder"),
        (["-o", "folder.png"], "is a folder"),
        (["-o", "a.png", "--trace", "folder.png"], "is a folder"),
        (["-o", "a.png", "--trace", "run"], "is a folder"),
        (["-o", "a.png", "--model", "scens"], 'Did you mean "scenes"'),
        (["-o", "a.png", "--steps", "0"], "must be 1 to 1000"),
    ],
)
def test_what_cannot_be_is_refused_before_the_run(rest, words, calls, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "run.trace").mkdir()
    assert main(["render", "a red circle", *rest]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1
    assert not calls


def test_a_folder_without_leave_to_write_is_refused_before_the_run(calls, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)  # root, who may run this, may write anywhere
    assert main(["render", "a red circle", "-o", str(tmp_path / "a.png")]) == 2
    assert "cannot be written to" in capsys.readouterr().err
    assert not calls


def test_settings_are_completed_once(tmp_path, monkeypatch):
    made, complete = [], Model.complete
    monkeypatch.setattr(Model, "complete", lambda self, settings: made.append(1) or complete(self, settings))
    assert main(["render", "a red circle", "--steps", "1", "-o", str(tmp_path / "a.png")]) == 0
    assert len(made) == 1


def test_the_module_is_the_command(tmp_path):
    ran = subprocess.run([sys.executable, "-m", "diffuscope", "--help"], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("usage: diffuscope ")
    bad = subprocess.run(
        [sys.executable, "-m", "diffuscope", "render", "a", "-o", "no/a.png"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (bad.returncode, bad.stdout) == (2, "")
    assert bad.stderr.startswith("diffuscope: -o ")
