"""GridView without a browser: its plan, its axes, its stars and the grid that follows from them."""

import numpy as np
import pytest
import traitlets
from grids import BASE, PaintedGrid, opened, planned

from diffuscope.grid import grid
from diffuscope.grid.refine import next_axes
from diffuscope_widgets import GridView
from diffuscope_widgets.grid.next import next_code
from diffuscope_widgets.grid.offline import keep
from diffuscope_widgets.grid.wire import arrangement, plan_meta


def test_the_plan_as_text(small):
    found = plan_meta(small.plan)
    assert found["axes"] == [
        {"name": "seed", "labels": ["1", "2", "3"]},
        {"name": "guidance_scale", "labels": ["1.0", "4.0"]},
    ]
    assert [cell["place"] for cell in found["cells"]] == [[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]]
    assert found["cells"][4]["changed"] == {"seed": "3", "guidance_scale": "4"}
    assert found["common"]["seed"] == "1"
    assert found["box"] == [32, 32]
    assert found["pixels"] is True
    big = plan_meta(planned({"seed": [2**53 + 1]}))
    assert big["common"]["seed"] == "9007199254740993", "a browser's number would end in 2"


def test_axes_go_where_they_are_sent(small):
    assert arrangement(["a", "b", "c"], [], []) == (["a"], ["b"])
    assert arrangement(["a"], [], []) == ([], ["a"])
    assert arrangement(["a", "b", "c"], ["c"], []) == (["c"], ["a"])
    assert arrangement(["a", "b"], [], ["a", "b"]) == ([], ["a", "b"])
    assert arrangement(["a", "b"], ["gone"], []) == (["a"], ["b"])
    assert arrangement([], [], []) == ([], [])
    view = GridView(small, columns=["seed"])
    assert (view.rows, view.columns) == (["guidance_scale"], ["seed"])
    view.rows = ["seed", "guidance_scale"]
    assert view.columns == []
    with pytest.raises(traitlets.TraitError, match=r"no axis 'sed'.*\"seed\""):
        view.rows = ["sed"]
    assert view.rows == ["seed", "guidance_scale"]
    with pytest.raises(traitlets.TraitError, match="no cell"):
        view.picked = ["0"]
    with pytest.raises(traitlets.TraitError, match=r"no axis 'stepz'.*It has: seed, guidance_scale"):
        view.page = {"stepz": 1}
    with pytest.raises(traitlets.TraitError, match="'seed' has pages 0 to 2, not 3"):
        view.page = {"seed": 3}
    with pytest.raises(TypeError, match=r"got str 'my-grid'; a folder is opened by open_grid"):
        GridView("my-grid")


def test_another_grid_takes_the_place(small, monkeypatch):
    view = GridView(small, rows=["guidance_scale"], columns=["seed"], picked=[small.plan.cells[0].key])
    plan = planned({"seed": [5, 6], "guidance_scale": [2.0], "steps": [10, 20]})
    *early, last = [cell.key for cell in plan.cells]
    other = PaintedGrid(plan, finished=early)
    view.show(other)
    assert (view.rows, view.columns, view.picked) == (["guidance_scale"], ["seed"], [])
    assert view.tiles_meta["keys"] == early
    heard = []
    monkeypatch.setattr(view._gather, "add", heard.append)
    small.finish(early[0])  # both grids have a cell of that name
    other.finish(last)
    assert heard == [last], "the earlier grid is not listened to"


def test_stars_are_kept_by_the_store(small):
    keys = [cell.key for cell in small.plan.cells]
    view = GridView(small)
    view._handle_custom_msg({"type": "rate", "key": keys[4], "mark": "star"}, [])
    view.rate(keys[1], "reject")
    view.star(keys[0])
    assert small.store.ratings == view.ratings == {keys[4]: "star", keys[1]: "reject", keys[0]: "star"}
    assert view.starred == [small.plan.cells[0].settings, small.plan.cells[4].settings]
    view._handle_custom_msg({"type": "rate", "key": keys[4], "mark": None}, [])
    assert view.starred == [small.plan.cells[0].settings]
    with pytest.raises(LookupError, match="no cell 'x'"):
        view.rate("x", "star")


def test_a_mark_the_store_refuses_is_taken_back(small, told):
    view = GridView(small)
    listened = told(view)

    def refuse(key, mark):
        raise OSError("could not write ratings.json: No space left on device")

    small.store.rate = refuse
    view._handle_custom_msg({"type": "rate", "key": small.plan.cells[0].key, "mark": "star"}, [])
    assert "No space left" in view.error
    assert listened["ratings"] == {}


def test_what_differs_among_the_starred_becomes_one_axis():
    one = BASE.replace(seed=1, guidance_scale=4.0)
    assert next_axes([one]) == (one, {})
    assert next_axes([one, one.replace(seed=7)]) == (one, {"seed": [1, 7]})
    base, axes = next_axes([one, one.replace(seed=7, prompt="a, || b")])
    assert base == one
    assert axes == {"prompt seed": [["a red circle", 1], ["a, || b", 7]]}
    with pytest.raises(ValueError, match="no cell is starred"):
        next_axes([])
    with pytest.raises(ValueError, match="no cell is starred"):
        GridView().next_grid()


def test_the_next_grid_has_exactly_the_starred_pictures(model):
    first = grid(model, BASE.replace(width=16, height=16, steps=2), {"seed": "1-3", "guidance_scale": "1, 4"}, film=2)
    first.run()
    view = GridView(first)
    keys = [cell.key for cell in first.plan.cells]
    view.star(keys[1], keys[4])
    again = grid(model, *view.next_grid())
    assert [cell.key for cell in again.plan.cells] == [keys[1], keys[4]]
    space = {"load": lambda name: model}
    code = next_code(first, view.starred)
    code = code.replace(", load", "").replace("\nGridView(", "\nresult = GridView(")
    exec(code, space)  # noqa: S102  our own code
    assert list(space["result"].grid.plan.pictures) == [keys[1], keys[4]]
    assert space["result"].run == {"ready": True, "running": False}, "it can be begun from there"
    first.plan.model["source"] = "folder"
    assert "load('tiny')  # write the path" in next_code(first, view.starred), "a plan keeps no path"
    first.name = "models/tiny"
    assert "load('models/tiny')\n" in next_code(first, view.starred)


def test_a_page_keeps_the_starred_first(small):
    keys = [cell.key for cell in small.plan.cells]
    data, places = keep(small.store, keys)
    assert list(places["film"]) == list(places["picture"]) == keys
    begin, end = places["picture"][keys[2]]
    np.testing.assert_array_equal(opened(data[begin:end]), small.store.pixels(keys[2]))
    data, places = keep(small.store, keys[::-1], room=len(data) // 2)
    assert len(data) <= len(keep(small.store, keys)[0]) // 2
    assert keys[-1] in places["film"]
    assert keys[0] not in places["film"]


def test_a_page_is_as_the_view_stands(small, tmp_path, monkeypatch):
    pages = []
    monkeypatch.setattr("diffuscope_widgets.grid.view.write_page", lambda views, *_: pages.extend(views))
    view = GridView(small, rows=[], columns=["guidance_scale", "seed"], filter="starred", mode="wipe")
    view.rows = []
    view.to_html(tmp_path / "a.html")
    (page,) = pages
    assert (page.rows, page.columns, page.filter, page.mode) == ([], ["guidance_scale", "seed"], "starred", "wipe")
    assert page.kept_meta["film"].keys() == small.plan.pictures.keys()
    assert view.kept == b"", "nothing of it crosses to the notebook"
    assert page.run["ready"] is False
