"""The README is true: its Python runs, its lists are complete, its links lead somewhere."""

import re
from pathlib import Path

import pytest

import diffuscope_widgets
from diffuscope import SCHEDULERS, SCHEDULES

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.slow
def test_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space: dict = {}
    for block in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL):
        exec(block, space)  # noqa: S102  our own README
    assert (tmp_path / "out.png").exists()
    assert (tmp_path / "run.trace").exists()


@pytest.mark.slow
def test_every_widget_has_an_example_that_runs():
    text = (ROOT / "docs" / "widgets.md").read_text(encoding="utf-8")
    first, *examples = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    space: dict = {}
    exec(first, space)  # noqa: S102  our own page
    shown = []
    for example in examples:
        *before, last = example.strip().splitlines()
        exec("\n".join(before), space)  # noqa: S102
        shown.append(type(eval(last, space)).__name__)
    assert {*shown} | {"Studio"} == {*diffuscope_widgets.__all__}  # the studio is in the README
    for name in re.findall(r'"(widgets/\w[\w-]*\.png)"', text):
        assert (ROOT / "docs" / name).exists(), name


def test_scheduler_lists_are_complete():
    for group in ("deterministic", "random", "few-step"):
        row = re.search(rf"^\| {group} \| (.*) \|$", TEXT, re.MULTILINE)
        assert re.findall(r"`([^`]+)`", row[1]) == [s.name for s in SCHEDULERS.values() if s.group == group]
    assert all(f"`{name}`" in TEXT for name in SCHEDULES)


def test_links_lead_somewhere():
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert target.startswith("http") or (ROOT / target).exists(), target


def test_every_notebook_and_widget_is_listed():
    for path in (ROOT / "notebooks").glob("*.ipynb"):
        assert f"notebooks/{path.name}" in TEXT
    for path in (ROOT / "kit" / "diffuscope").glob("*"):
        if path.name not in ("__pycache__", "__init__.py", "__main__.py", "py.typed"):
            assert path.name in TEXT, path.name
