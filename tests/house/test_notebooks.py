"""Every notebook runs top to bottom, and is stored the way it should be."""

import json
import os
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_runs(path, tmp_path, monkeypatch):
    import nbformat  # a second of imports that no other test needs
    from nbclient import NotebookClient

    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    notebook = nbformat.read(path, 4)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    ).execute()
    assert len(nbformat.writes(notebook)) < 3_000_000
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    # what a reader sees where no widget can run
    assert any("image/png" in output.get("data", {}) for output in shown)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_stored_form(path):
    raw = json.loads(path.read_text(encoding="utf-8"))
    code = [cell for cell in raw["cells"] if cell["cell_type"] == "code"]
    assert not any(cell["outputs"] or cell["execution_count"] for cell in code)
    assert "widgets" not in raw["metadata"]
    assert len(raw["cells"]) <= 25
    assert all(len(cell["source"]) < 15 for cell in code)
    text = ["".join(cell["source"]) for cell in raw["cells"] if cell["cell_type"] == "markdown"]
    assert "**Question.**" in text[0]
    assert any("Check" in part for part in text)
    assert "CC BY 4.0" in text[-1]


def test_there_are_notebooks():
    assert [path.stem for path in NOTEBOOKS][:2] == ["00_first_picture", "01_step_by_step"]
    assert os.path.getsize(NOTEBOOKS[0]) < 100_000
