"""The history without a browser: newest first, thirty at most, and what each entry says."""

import dataclasses
import gc
import io
import itertools
import threading
import weakref

import numpy as np
import pytest
from PIL import Image

from diffuscope import Keep, Settings, record
from diffuscope_widgets import History, Studio
from diffuscope_widgets.history import history
from diffuscope_widgets.history.history import changed, thumbnail

RED = Settings("a red circle", steps=3)


@pytest.fixture(scope="module")
def traces(model):
    return record(model, [RED.replace(seed=seed) for seed in range(4)])


def pictures(view):
    """The thumbnails, read by Pillow alone."""
    ends = view.meta["offsets"]
    return [np.asarray(Image.open(io.BytesIO(view.thumbs[a:b]))) for a, b in itertools.pairwise(ends)]


def test_newest_first(traces):
    view = History(traces[:2])
    assert view.current == ""
    key = view.add(traces[2])
    assert view.current == key == traces[2].key
    assert view.traces == [traces[2], traces[1], traces[0]]
    assert [entry["changed"] for entry in view.meta["entries"]] == ["seed 2", "seed 1", ""]
    for shown, trace in zip(pictures(view), view.traces, strict=True):
        np.testing.assert_array_equal(shown, trace.image)


def test_a_run_that_comes_again_moves_to_the_front(traces, model):
    view = History(traces[:3])
    view.add(record(model, traces[0].settings))  # the same recipe, but alone and not in a batch: another run
    assert len(view.traces) == 4
    view.add(traces[0])
    assert len(view.traces) == 4
    assert view.traces[0] is traces[0]


def test_thirty_are_kept(model):
    view = History(record(model, [RED.replace(seed=seed, steps=1) for seed in range(33)], Keep((), ("x0",))))
    assert len(view.traces) == history.MOST == 30
    assert len(view.meta["entries"]) == 30
    assert [trace.settings.seed for trace in view.traces] == list(range(32, 2, -1))
    assert len(view._small) == 30


def test_large_runs_are_kept_by_their_bytes(traces, monkeypatch):
    monkeypatch.setattr(history, "ROOM", int(2.5 * traces[0].nbytes))
    view = History(traces)
    assert view.traces == [traces[3], traces[2]]
    monkeypatch.setattr(history, "ROOM", 1)
    view.add(traces[0])
    assert view.traces == [traces[0]], "the newest stays in any case"


def test_clicks_reach_the_callbacks(traces):
    view, restored, compared = History(traces), [], []
    view.on_restore(restored.append)
    view.on_compare(compared.append)
    view._handle_custom_msg({"type": "restore", "key": traces[1].key}, [])
    view._handle_custom_msg({"type": "compare", "key": traces[0].key}, [])
    assert (restored, compared) == ([traces[1]], [traces[0]])
    assert view.current == traces[1].key
    view._handle_custom_msg({"type": "restore", "key": "gone"}, [])
    assert "no longer kept" in view.error
    view.add(traces[3])
    assert view.error == ""


def test_entries_say_what_differs(model):
    old, new = record(model, RED), record(model, RED.replace(prompt="a blue square", guidance_scale=2.5, steps=4))
    assert changed(old, new) == "other prompt · steps 4 · guidance 2.5"
    assert changed(None, new) == ""
    assert changed(new, new) == "the same recipe"
    turned = record(model, RED.replace(variation_seed=9, variation_strength=0.3))
    (entry,) = History([turned]).meta["entries"]
    assert entry["detail"] == "seed 42 · 30% towards 9 · dpm++ 2m, karras · 3 steps · guidance 4"
    assert entry["title"] == "a red circle"


def test_large_pictures_become_small():
    assert thumbnail(np.zeros((300, 600, 3), np.uint8)).shape == (64, 128, 3)
    assert thumbnail(np.zeros((32, 32, 3), np.uint8)).shape == (32, 32, 3)


def test_a_wide_picture_is_no_pixel_picture(traces):
    assert History(traces[:1]).meta["pixels"]
    for size in ((64, 600, 3), (600, 64, 3)):
        assert not History([dataclasses.replace(traces[0], image=np.zeros(size, np.uint8))]).meta["pixels"]


@pytest.mark.slow
def test_fifty_runs_leave_thirty(model):
    """What a studio no longer keeps is freed: no trace beyond the thirty outlives fifty runs."""
    studio, alive = Studio(model, Settings("a red circle", steps=1)), []
    for seed in range(50):
        studio.form.settings = studio.settings.replace(seed=seed)
        alive.append(weakref.ref(studio.run()))
    idle = threading.Event()
    studio.job.on_done(lambda _: idle.set())
    assert idle.wait(10)
    gc.collect()
    assert len([ref for ref in alive if ref() is not None]) == 30
    assert len(studio.history.traces) == 30
