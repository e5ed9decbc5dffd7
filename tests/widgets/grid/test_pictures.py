"""What pictures cross to GridView, and when. Truth: Pillow and the painted pictures."""

import gc
import threading
import weakref

import numpy as np
from grids import BASE, PaintedGrid, opened, painted, planned, shown
from waiting import until

from diffuscope_widgets import GridView
from diffuscope_widgets.grid.atlas import BLOCK, LEAST, ROOM, SIDE, atlas, side_for
from diffuscope_widgets.grid.offline import look
from diffuscope_widgets.grid.tiles import MOST


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


def test_painted_pictures_differ():
    plan = planned({"seed": [1, 2, 3], "guidance_scale": [1.0, 4.0], "steps": [10, 20]})
    assert len({painted(cell.settings, cell.place).tobytes() for cell in plan.cells}) == 12
