"""docs/grids.md is true: its Python runs, its spec is taken, its tables name what is there."""

import json
import re
from pathlib import Path

import pytest

from diffuscope.grid import command
from diffuscope.grid.axes.values import read_values
from diffuscope.grid.store.store import _FILES, _FOLDERS

TEXT = (Path(__file__).parents[3] / "docs" / "grids.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_python_runs(tmp_path, monkeypatch):
    import distributed

    monkeypatch.chdir(tmp_path)
    asked, client = [], distributed.Client
    # workers in threads stand for those on other machines; tests of executors have real processes
    monkeypatch.setattr(
        distributed,
        "Client",
        lambda address: asked.append(address) or client(processes=False, n_workers=1, dashboard_address=None),
    )
    space: dict = {}
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(block, space)  # noqa: S102  our own page
    assert asked == ["tcp://head:8786"]
    assert (len(space["mine"].done), len(space["made"].done)) == (12, 12)
    assert list(space["kept"].store.ratings.values()) == ["star"]
    assert (tmp_path / "theirs.png").exists()


def test_the_spec_is_one(tmp_path):
    path = tmp_path / "spec.json"
    path.write_text(re.search(r"```json\n(.*?)```", TEXT, re.DOTALL)[1])
    assert tuple(json.loads(path.read_text())) == command.KEYS, "every key is shown, in order"
    assert command.read_spec(path)["base"].steps == 8


def test_tables():
    assert all(f"| `{name}" in TEXT for name in (*_FOLDERS, *_FILES))
    for text, number in (("3, 5, 7", 3), ("1-10", 10), ("1-10 (+3)", 4), ("1-10 [4]", 4), ("1, 2, ..., 10", 10)):
        assert f"| `{text}` |" in TEXT
        assert len(read_values(text, "int")) == number
    for text in ('a cat, "a cat, asleep"', "a cat, asleep || a dog"):
        assert f"| `{text.replace('|', chr(92) + '|')}` |" in TEXT
        assert len(read_values(text, "str")) == 2
