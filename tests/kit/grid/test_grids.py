"""Grids are planned, opened again and refused."""

import gc
from pathlib import Path

import pytest

from diffuscope import Settings
from diffuscope.grid import Grid, grid, open_grid

BASE = Settings("a red circle", steps=4, guidance_scale=3.0, scheduler="ddim")

SEEDS = {"seed": "1-4"}

SQUARE = {"seed": "1-3", "guidance_scale": "2, 3, 4"}


def test_planning_computes_and_writes_nothing(model, calls, tmp_path):
    made = grid(model, BASE, SQUARE, folder=tmp_path / "g")
    assert calls == []
    assert made.done == set()
    assert not (tmp_path / "g" / "grid.json").exists()
    assert repr(made) == "<Grid 3 x 3, 0 of 9 pictures finished>"
    assert repr(grid(model, Settings("a"), {})) == "<Grid without axes, 0 of 1 pictures finished>"
    assert "0 of 9 finished; the rest takes about" in str(made)
    assert calls == [2, 18], "one call to warm up, one measured"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"base": "a cat"}, "base must be Settings, got str 'a cat'"),
        ({"axes": ["seed"]}, r"axes must be Mapping, got list \['seed'\]"),
        ({"film": "5"}, "film must be int, got str '5'"),
    ],
)
def test_a_slip_of_the_pen_is_named(given, message):
    with pytest.raises(TypeError, match=message):
        grid(**{"model": "no such model", "base": BASE, "axes": {"seed": "1-2"}, **given})


def test_over_64_cells_it_asks(model, calls):
    made = grid(model, BASE, {"seed": "1-65"})
    with pytest.raises(ValueError, match=r"65 cells are to be computed, more than 64. To go on: run\(most=65\)"):
        made.run()
    with pytest.raises(ValueError, match="65 cells"):
        made.submit()
    assert calls == []
    assert len(made.run(most=65, batch=65).done) == 65
    with pytest.raises(ValueError, match="batch=0"):
        made.run(batch=0)


def test_open_grid_without_a_model_and_with_it(model, tmp_path):
    grid(model, BASE, SEEDS, folder=tmp_path).run(cancel=None, batch=4)
    wider = grid(model, BASE, {"seed": "1-5"}, folder=tmp_path)
    wider.store.write_plan(wider.plan)
    shown = open_grid(tmp_path)
    assert isinstance(shown, Grid)
    assert shown.plan == wider.plan
    assert len(shown.done) == 4
    assert "4 of 5 finished" in str(shown)
    for compute in (shown.run, shown.submit, lambda: shown.trace(shown.plan.cells[0])):
        with pytest.raises(ValueError, match=r'opened to look at.* To compute, open it with its model, "tiny"'):
            compute()
    assert len(open_grid(tmp_path, model).run().done) == 5
    with pytest.raises(FileNotFoundError):
        open_grid(tmp_path / "none")


def test_a_folder_that_lost_its_empty_folders_goes_on(model, tmp_path):
    """Archives and repositories keep no empty folders."""
    grid(model, BASE, SEEDS, folder=tmp_path).run(batch=4)
    wider = grid(model, BASE, {"seed": "1-5"}, folder=tmp_path)
    wider.store.write_plan(wider.plan)
    for name in ("claims", "films", "damaged"):
        (tmp_path / name).rmdir()
    assert len(open_grid(tmp_path, model, film=2).run().done) == 5


def test_a_grid_of_another_model_is_refused(model, monkeypatch, tmp_path):
    grid(model, BASE, SEEDS, folder=tmp_path).run()
    monkeypatch.setattr(model, "source", "elsewhere")
    with pytest.raises(ValueError, match=r"is a grid of tiny \(random, .*and this is tiny \(elsewhere"):
        open_grid(tmp_path, model)


def test_a_cell_again_with_all_its_steps(model):
    made = grid(model, BASE, SEEDS)
    trace = made.trace(made.plan.cells[2])
    assert trace.settings == made.plan.cells[2].settings
    assert len(trace.pictures["x0"]) == 4


def test_the_folder_of_a_grid_without_one_goes_with_it(model):
    made = grid(model, BASE, SEEDS)
    folder = Path(made.store.folder)
    assert folder.exists()
    del made
    gc.collect()
    assert not folder.exists()


def test_a_kept_grid_opens_where_there_is_no_torch(model, light_server, tmp_path):
    grid(model, BASE, SEEDS, folder=tmp_path).run()
    code = f"""
import sys
for name in ("torch", "diffusers", "transformers"): sys.modules[name] = None
from diffuscope.grid import open_grid
made = open_grid({str(tmp_path)!r})
key = sorted(made.done)[0]
made.store.rate(key, "star")
assert made.store.picture(key).size == (16, 16) and made.store.thumb(key)
print(made); print(repr(made))
"""
    done = light_server.run(code)
    assert done.returncode == 0, done.stderr
    assert "4 of 4 finished" in done.stdout
