"""GridView begins, follows and stops the making of a real grid."""

import threading

import numpy as np
from grids import BASE, opened, shown
from waiting import until

from diffuscope.grid import grid, open_grid
from diffuscope_widgets import GridView
from diffuscope_widgets.grid.offline import look


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
