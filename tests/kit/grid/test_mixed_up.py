"""Folders of grids that other tools have been at: pictures under each other's names, a plan that is cut off."""

import numpy as np
import pytest
from PIL import Image

from diffuscope import Settings
from diffuscope.grid import grid, open_grid
from diffuscope.grid.store.store import DamagedPlan

RED = Settings("a red circle", steps=1, guidance_scale=1.0)


def made(model, folder):
    return grid(model, RED, {"seed": "1-4", "negative_prompt": ["", "blue"]}, folder=folder)


@pytest.fixture
def folder(model, tmp_path):
    """Four pictures for eight cells: without guidance a negative prompt changes nothing."""
    assert len(made(model, tmp_path / "grid").run().done) == 4
    return tmp_path / "grid"


def pictures(grid):
    return {cell.key: np.asarray(grid.store.picture(cell.key)) for cell in grid.plan.cells}


def test_pictures_in_the_place_of_others_are_made_again(model, folder):
    truth = pictures(made(model, folder))
    one, two, three, four = sorted((folder / "cells").glob("*.png"))
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    Image.new("RGB", (7, 9), "red").save(three)
    four.unlink()
    four.symlink_to(folder / "nothing.png")
    again = made(model, folder)
    assert len(again.done) == 3, "a link to nothing is no picture"
    found = pictures(again.run())
    for key, picture in truth.items():
        np.testing.assert_allclose(found[key], picture, atol=2)
    assert {path.name for path in (folder / "damaged").iterdir()} >= {
        f"cells-{path.name}" for path in (one, two, three)
    }


def test_pictures_of_the_grid_itself_stay(model, folder):
    before = {path: path.stat().st_mtime_ns for path in (folder / "cells").glob("*.png")}
    made(model, folder).run()
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize("left", [b"", b"{", b"[" * 100_000, b"[]"])
def test_a_damaged_plan_is_written_anew(model, folder, left):
    plan = (folder / "grid.json").read_bytes()
    (folder / "grid.json").write_bytes(left)
    with pytest.raises(DamagedPlan, match="make the same grid in it again"):
        open_grid(folder)
    assert len(made(model, folder).done) == 4
    assert (folder / "damaged" / "grid.json").read_bytes() == left
    made(model, folder).run()
    assert (folder / "grid.json").read_bytes() == plan


def test_a_file_of_another_tool_is_left_alone(model, tmp_path):
    (tmp_path / "grid.json").write_text("")
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(DamagedPlan, match="choose another folder"):
        made(model, tmp_path)
    assert (tmp_path / "grid.json").exists()
