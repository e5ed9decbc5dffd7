"""GridView without a browser: what crosses to it, what comes back, and the grid that follows. Truth: Pillow and the plan."""

import gc
import threading
import time
import weakref

import numpy as np
import pytest
import traitlets
from grids import BASE, PaintedGrid, opened, painted, planned

from diffuscope.grid import grid, open_grid
from diffuscope.grid.refine import next_axes
from diffuscope_widgets import GridView
from diffuscope_widgets.grid.atlas import BLOCK, LEAST, ROOM, SIDE, atlas, side_for
from diffuscope_widgets.grid.next import next_code
from diffuscope_widgets.grid.offline import keep, look
from diffuscope_widgets.grid.tiles import MOST
from diffuscope_widgets.grid.wire import arrangement, plan_meta


@pytest.fixture
def small():
    return PaintedGrid(planned({"seed": [1, 2, 3], "guidance_scale": [1.0, 4.0]}, holes=[(2, 0)]))


def shown(data, meta, key):
    """The pixels of a cell in an atlas."""
    x, y, wide, high = meta["rects"][meta["keys"].index(key)]
    return opened(data)[y : y + high, x : x + wide]


def until(true, seconds=20):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


# -- pictures


def test_every_finished_cell_is_in_the_atlas(small):
    keys = [cell.key for cell in small.plan.cells]
    small.store.done.remove(keys[3])
    view = GridView(small)
    assert view.tiles_meta["type"] == "image/png"
    assert view.tiles_meta["keys"] == [key for key in keys if key != keys[3]]
    for key in view.tiles_meta["keys"]:
        np.testing.assert_array_equal(shown(view.tiles, view.tiles_meta, key), small.store.pixels(key))


def test_large_pictures_become_small_jpeg_tiles_that_do_not_bleed():
    sizes = [(304, 200), (200, 304)]
    plans = [planned({"seed": [1]}, BASE.replace(width=w, height=h)) for w, h in sizes]
    pictures = {str(i): look(PaintedGrid(plan).store, plan.cells[0].key, "picture") for i, plan in enumerate(plans)}
    data, meta = atlas(pictures, 64, lossless=False)
    assert meta["type"] == "image/jpeg"
    assert [rect[2:] for rect in meta["rects"]] == [[64, 42], [42, 64]]
    assert all(side % BLOCK == 0 for rect in meta["rects"] for side in rect[:2])
    for name, file in pictures.items():
        error = shown(data, meta, name).mean((0, 1)) - opened(file).mean((0, 1))
        assert np.abs(error).max() < 2, name


def test_a_thousand_tiles_fit_into_one_bitmap():
    for count in (1, 64, 1000, 4096, 100_000):
        side = side_for(count)
        assert LEAST <= side <= SIDE
        assert count * side**2 <= ROOM or side == LEAST
    assert side_for(1000) == 64
    assert atlas({}, 64, True) == (b"", {})


def test_cells_that_come_later(small, told):
    keys = [cell.key for cell in small.plan.cells]
    small.store.done = {keys[0]}
    view = GridView(small)
    listened = told(view)
    for key in keys[1:3]:
        threading.Thread(target=small.finish, args=(key,)).start()
    until(lambda: set(view.late_meta.get("keys", ())) == {*keys[1:3]})
    assert view.tiles_meta["keys"] == keys[:1], "what was there is not sent again"
    assert "tiles" not in listened
    np.testing.assert_array_equal(shown(view.late, view.late_meta, keys[2]), small.store.pixels(keys[2]))
    small.finish("another grid's")
    small.finish(keys[3])
    until(lambda: keys[3] in view.late_meta["keys"])
    assert len(view.late_meta["keys"]) == 3


def test_many_that_come_later_become_part_of_the_whole():
    grid = PaintedGrid(planned({"seed": list(range(MOST + 10))}), finished=[])
    view = GridView(grid)
    for cell in grid.plan.cells[: MOST + 1]:
        grid.store.done.add(cell.key)
    view._finished([cell.key for cell in grid.plan.cells[: MOST + 1]])
    assert (len(view.tiles_meta["keys"]), view.late_meta) == (MOST + 1, {})
    last = grid.plan.cells[-1].key
    grid.store.done.add(last)
    view._finished([last])
    assert view.late_meta["keys"] == [last]


def test_a_grid_does_not_keep_its_views_alive(small):
    view = GridView(small)
    gone = weakref.ref(view)
    view.close()
    del view
    gc.collect()
    assert gone() is None
    small.finish(small.plan.cells[0].key)


def test_films_and_pictures_are_sent_when_asked_for(small):
    view, sent = GridView(small), []
    view.send = lambda content, buffers=None: sent.append((content, buffers))
    key = small.plan.cells[1].key
    view._handle_custom_msg({"type": "look", "key": key, "what": "picture"}, [])
    view._handle_custom_msg({"type": "look", "key": key, "what": "film"}, [])
    (picture, (png,)), (film, (webp,)) = sent
    assert picture == {"type": "look", "key": key, "what": "picture"}
    assert film["what"] == "film"
    np.testing.assert_array_equal(opened(png), small.store.pixels(key))
    assert opened(webp).shape == (32, 6 * 32, 3)
    view._handle_custom_msg({"type": "look", "key": "../../etc/passwd", "what": "picture"}, [])
    assert "no cell '../../etc/passwd'" in view.error
    view._handle_custom_msg({"type": "look", "key": key, "what": "folder"}, [])
    assert "no 'folder'" in view.error
    assert len(sent) == 2


# -- the plan


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


def test_another_grid_takes_the_place(small):
    view = GridView(small, rows=["guidance_scale"], columns=["seed"], picked=[small.plan.cells[0].key])
    other = PaintedGrid(planned({"seed": [5, 6], "guidance_scale": [2.0], "steps": [10, 20]}))
    view.show(other)
    assert (view.rows, view.columns, view.picked) == (["guidance_scale"], ["seed"], [])
    assert len(view.tiles_meta["keys"]) == 4
    late = dict(view.late_meta)
    small.finish(small.plan.cells[0].key)
    time.sleep(0.5)
    assert view.late_meta == late, "the earlier grid is not listened to"


# -- stars


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


# -- the real thing


def test_a_real_grid_is_made_while_it_is_looked_at(model, tmp_path):
    made = grid(model, BASE.replace(width=16, height=16, steps=2), {"seed": "1-4"}, folder=tmp_path / "g", film=2)
    view = GridView(made)
    assert view.run == {"ready": True, "running": False}
    view._handle_custom_msg({"type": "start"}, [])
    assert view.error == ""
    until(lambda: not view.run["running"])
    keys = [cell.key for cell in made.plan.cells]
    assert set(view.late_meta["keys"]) | set(view.tiles_meta.get("keys", ())) == {*keys}
    np.testing.assert_array_equal(shown(view.late, view.late_meta, keys[2]), np.asarray(made.store.picture(keys[2])))
    assert view.error == ""
    replayed = GridView(open_grid(tmp_path / "g"))
    assert replayed.run == {"ready": False, "running": False}
    assert replayed.tiles_meta["keys"] == keys
    assert opened(look(made.store, keys[0], "film")).shape == (16, 32, 3)
    assert opened(replayed.still()).shape[1] > 64


def test_stop_and_failure_are_told(model, tmp_path, monkeypatch):
    made = grid(model, BASE.replace(width=16, height=16, steps=2), {"seed": "1-4"}, folder=tmp_path / "g")
    view = GridView(made)
    monkeypatch.setattr(made.store, "save", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    view.start()
    until(lambda: not view.run["running"])
    assert "disk full" in view.error
    monkeypatch.undo()
    view.error = ""
    view.start()
    view._handle_custom_msg({"type": "stop"}, [])
    until(lambda: not view.run["running"])
    assert view.error == ""


def test_the_job_of_a_cell_is_stopped_from_the_view(model, monkeypatch):
    made = grid(model, BASE.replace(width=16, height=16, steps=2), {"seed": "1-4"})
    views = [GridView(made)]
    go_on, save = threading.Event(), made.store.save
    monkeypatch.setattr(made.store, "save", lambda *all: go_on.wait(20) and save(*all))
    assert made.job is None
    job = made.submit()
    assert made.job is job
    views.append(GridView(made))  # made while it runs
    assert [view.run["running"] for view in views] == [True, True]
    views[0]._handle_custom_msg({"type": "stop"}, [])
    assert job.cancelled
    go_on.set()
    until(lambda: not any(view.run["running"] for view in views))
    assert [view.error for view in views] == ["", ""]
    assert made.submit() is not job
    until(lambda: made.job.done and not any(view.run["running"] for view in views))
    assert len(made.done) == 4


# -- pages


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


def test_painted_pictures_differ():
    plan = planned({"seed": [1, 2, 3], "guidance_scale": [1.0, 4.0], "steps": [10, 20]})
    assert len({painted(cell.settings, cell.place).tobytes() for cell in plan.cells}) == 12
