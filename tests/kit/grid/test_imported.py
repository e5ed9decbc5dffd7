"""Grids out of pictures that are there already: laid out by their records, and none lost without a word."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from foreign_records import picture
from PIL import Image

from diffuscope import Settings, record, save_picture
from diffuscope.grid.contact import contact_sheet
from diffuscope.grid.imported import COPY, from_files
from diffuscope.grid.make import grid
from diffuscope.prompt.a1111 import for_a1111
from diffuscope.trace.trace import Keep

BASE = Settings("a red circle", "blue", seed=7, steps=2, width=16, height=16, guidance_scale=2.0, scheduler="ddim")


@pytest.fixture(scope="module")
def trace(model):
    return record(model, BASE, Keep((), ()))


def ours(trace, folder, name, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    save_picture(replace(trace, settings=trace.settings.replace(**changes)), folder / name)


def theirs(folder, name, shade=0, **texts):
    picture(folder, texts, name, (24, 16), shade)


def a1111(prompt="a cat", steps=20, seed=5, cfg=7, sampler="Euler"):
    return f"{for_a1111(prompt)}\nNegative prompt: dog\nSteps: {steps}, Sampler: {sampler}, Schedule type: Uniform, CFG scale: {cfg}, Seed: {seed}, Size: 24x16"


def invoke(**record):
    base = {"positive_prompt": "a cat", "negative_prompt": "dog", "steps": 20, "scheduler": "euler", "cfg_scale": 7}
    return json.dumps({**base, "width": 24, "height": 16, "seed": 5, **record})


def laid(grid):
    return {axis.name: [value.label for value in axis.values] for axis in grid.plan.axes}


def test_pictures_of_three_tools(trace, tmp_path):
    for shade, (seed, cfg) in enumerate([(5, 7), (5, 9), (6, 7), (6, 9)]):
        theirs(tmp_path / "2024-01-01", f"{shade}.png", shade, parameters=a1111(seed=seed, cfg=cfg))
    theirs(tmp_path, "in.png", 4, invokeai_metadata=invoke(seed=7, cfg_scale=7))
    ours(
        trace, tmp_path, "ours.webp", prompt="a cat", negative_prompt="dog", steps=20, guidance_scale=9.0, seed=7,
        scheduler="euler", schedule="uniform", width=24, height=16,
    )  # fmt: skip
    found = from_files(tmp_path)
    assert laid(found) == {"guidance_scale": ["7", "9"], "seed": ["5", "6", "7"]}
    assert len(found.plan.cells) == 6
    assert found.done == set(found.plan.pictures)
    shades = {cell.place: np.asarray(found.store.picture(cell.key))[0, 0, 0] for cell in found.plan.cells}
    assert {place: shade for place, shade in shades.items() if place != (1, 2)} == {
        (0, 0): 0, (1, 0): 1, (0, 1): 2, (1, 1): 3, (0, 2): 4,
    }  # fmt: skip
    for cell in found.plan.cells:
        assert found.store.settings(cell.key) == cell.settings
        assert Image.open(io.BytesIO(found.store.thumb(cell.key))).size in ((24, 16), (16, 16))
        assert found.store.film(cell.key) is None
        assert found.store.check(cell.key)


def test_x_and_y_are_the_last_axes(tmp_path):
    for n, (seed, cfg, steps) in enumerate([(1, 5, 10), (2, 5, 10), (3, 5, 20), (1, 6, 20), (4, 6, 10)]):
        theirs(tmp_path, f"{n}.png", n, parameters=a1111(seed=seed, cfg=cfg, steps=steps))
    assert [*laid(from_files(tmp_path))] == ["steps", "guidance_scale", "seed"]
    assert [*laid(from_files(tmp_path, "steps"))] == ["guidance_scale", "seed", "steps"]
    assert [*laid(from_files(tmp_path, y="steps"))] == ["guidance_scale", "steps", "seed"]
    assert [*laid(from_files(tmp_path, "steps", "seed"))] == ["guidance_scale", "seed", "steps"]
    assert [*laid(from_files(tmp_path, "width"))][-1] == "width"


def test_what_changes_together_is_one_axis(tmp_path):
    for n, (prompt, seed) in enumerate([("a cat", 1), ("a dog", 2), ("a fish", 3)]):
        theirs(tmp_path, f"{n}.png", parameters=a1111(prompt, seed=seed))
    assert laid(from_files(tmp_path)) == {"prompt seed": ["a cat x 1", "a dog x 2", "a fish x 3"]}
    assert laid(from_files(tmp_path, "seed")) == {"prompt": ["a cat", "a dog", "a fish"], "seed": ["1", "2", "3"]}
    assert len(from_files(tmp_path, "seed").plan.cells) == 3  # the rest are holes


def test_a_schedule_goes_with_its_scheduler(tmp_path):
    """Three schedulers with two schedules between them are three columns, not six with holes."""
    kinds = [("Euler", "Uniform"), ("DPM++ 2M", "Karras"), ("DPM2", "Karras")]
    for n, (sampler, kind) in enumerate(kinds):
        for seed in (1, 2):
            theirs(tmp_path, f"{n}{seed}.png", parameters=a1111(sampler=sampler, seed=seed).replace("Uniform", kind))
    found = from_files(tmp_path)
    columns = ["euler x uniform", "dpm++ 2m x karras", "dpm2 x karras"]
    assert laid(found) == {"seed": ["1", "2"], "scheduler schedule": columns}
    assert len(found.plan.cells) == 6
    assert [*laid(from_files(tmp_path, "schedule"))] == ["seed", "scheduler", "schedule"]  # asked for, it stands alone


def test_the_same_recipe_twice(tmp_path):
    for n, seed in enumerate([1, 1, 2, 1]):
        theirs(tmp_path, f"{n}.png", n, parameters=a1111(seed=seed))
    found = from_files(tmp_path)
    assert list(laid(found).items()) == [(COPY, ["1", "2", "3"]), ("seed", ["1", "2"])]
    assert [cell.place for cell in found.plan.cells] == [(0, 0), (0, 1), (1, 0), (2, 0)]
    assert len(found.plan.pictures) == 4


def test_records_that_say_little(tmp_path):
    theirs(tmp_path, "a.png", parameters="a cat\nSteps: 20, Sampler: Euler, Seed: 1")
    theirs(
        tmp_path,
        "b.png",
        parameters="a cat\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 3, Seed: 1",
    )
    found = from_files(tmp_path)
    assert laid(found) == {"scheduler schedule guidance_scale": ["euler x default x default", "dpm++ 2m x karras x 3"]}
    assert contact_sheet(found, tmp_path / "sheet.png").size > (96, 96)
    assert "2 cells: 2" in str(found)


def test_none_is_lost_without_a_word(tmp_path):
    theirs(tmp_path, "good.png", parameters=a1111())
    theirs(tmp_path / "sub", "plain.png")
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    (tmp_path / "link.png").symlink_to(tmp_path / "nowhere.png")
    theirs(tmp_path, "odd.png", parameters="x\nSteps: 999999, Sampler: Euler, Seed: 1")
    theirs(tmp_path, ".hidden.png", parameters=a1111())
    (tmp_path / "notes.txt").write_text("no picture either")
    with pytest.warns(UserWarning, match="3 of 5 pictures are left out.*1 of 5 pictures say"):
        found = from_files(tmp_path)
    assert len(found.plan.cells) == 2
    assert set(found.store.unread) == {"sub/plain.png", "broken.jpg", "link.png", "odd.png"}
    assert "no readable record" in found.store.unread["sub/plain.png"]
    assert 'Steps "999999"' in found.store.unread["odd.png"]


def test_nothing_is_written_there(tmp_path):
    theirs(tmp_path, "a.png", parameters=a1111())
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    found = from_files(tmp_path)
    (key,) = found.plan.pictures
    found.store.rate(key, "star")
    assert found.store.ratings == {key: "star"}
    found.store.rate(key, None)
    assert found.store.ratings == {}
    with pytest.raises(ValueError, match="cannot be rated 'good'"):
        found.store.rate(key, "good")
    with pytest.raises(ValueError, match="opened to look at"):
        found.run()
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before
    (tmp_path / "a.png").unlink()
    assert found.done == set()
    assert found.store.picture(key) is None


def test_our_own_cells_come_back_as_the_grid_they_were(model, tmp_path):
    made = grid(model, BASE, {"guidance_scale": [1.0, 3.0], "seed": "1-3"}, folder=tmp_path / "grid").run()
    again = from_files(tmp_path / "grid" / "cells", "seed", "guidance_scale")
    assert laid(again) == laid(made)
    assert [cell.settings for cell in again.plan.cells] == [cell.settings for cell in made.plan.cells]
    # all but the record, which has another model's name
    np.testing.assert_array_equal(np.asarray(contact_sheet(again)), np.asarray(contact_sheet(made)))


def test_refused(tmp_path):
    with pytest.raises(NotADirectoryError, match='"nothing" is no folder'):
        from_files(tmp_path / "nothing")
    with pytest.raises(ValueError, match="holds no picture with a readable record"):
        from_files(tmp_path)
    theirs(tmp_path, "a.png")
    with pytest.raises(ValueError, match=r'"a\.png" has no readable record'):
        from_files(tmp_path)
    with pytest.raises(ValueError, match=r"no setting 'sed'\. Did you mean \"seed\""):
        from_files(tmp_path, "sed")
    with pytest.raises(ValueError, match="x and y are both 'seed'"):
        from_files(tmp_path, "seed", "seed")
    theirs(tmp_path, "b.png", parameters=a1111())
    with pytest.raises(ValueError, match="holds 2 pictures; at most 1"):
        from_files(tmp_path, most=1)
