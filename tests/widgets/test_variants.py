"""The sheet of four, without a browser."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image

from diffuscope import Settings, record
from diffuscope.recipe.variations import four
from diffuscope_widgets import Variants

RED = Settings("a red circle", steps=3, seed=7)


@pytest.fixture(scope="module")
def traces(model):
    return record(model, four(RED))


def shown(view):
    ends = view.meta["offsets"]
    return [np.asarray(Image.open(io.BytesIO(view.frames[a:b]))) for a, b in itertools.pairwise(ends)]


def test_the_sheet_carries_the_pictures(traces):
    view = Variants(traces)
    for picture, trace in zip(shown(view), traces, strict=True):
        np.testing.assert_array_equal(picture, trace.image)
    assert [cell["label"] for cell in view.meta["cells"]] == ["seed 7", "seed 8", "seed 9", "seed 10"]
    assert [cell["larger"] for cell in view.meta["cells"]] == [6] * 4
    assert Image.open(io.BytesIO(view.still())).width > 0
    assert Variants().still() is None


def test_a_run_under_way(traces):
    view = Variants()
    view.live(four(RED), 1, 3, np.stack([trace.pictures["x0"][1] for trace in traces]))
    assert view.meta["live"]
    assert view.meta["cells"][3] == {"label": "seed 10", "detail": "step 2 of 3", "larger": None}
    np.testing.assert_array_equal(shown(view)[2], traces[2].pictures["x0"][1])
    view.rest()
    assert (view.meta, view.frames) == ({}, b""), "there was none before"


def test_a_run_that_comes_to_nothing(traces):
    view, heard = Variants(traces), []
    view.on("vary", heard.append)
    meta = view.meta
    view.live(four(RED), 1, 3, np.zeros((4, 16, 16, 3), np.uint8))
    view._handle_custom_msg({"type": "vary", "place": 2}, [])  # pressed before the browser heard of the run
    assert (heard, view.error) == ([traces[2]], "")
    view.rest()
    assert view.meta == meta
    np.testing.assert_array_equal(shown(view)[0], traces[0].image)


def test_buttons_call_back(traces):
    view, heard = Variants(traces), []
    assert not view.ready
    for kind in ("four", "show", "larger", "vary"):
        view.on(kind, lambda *trace, kind=kind: heard.append((kind, *trace)))
    assert view.ready
    view._handle_custom_msg({"type": "four"}, [])
    view._handle_custom_msg({"type": "vary", "place": 2}, [])
    assert heard == [("four",), ("vary", traces[2])]
    with pytest.raises(ValueError, match="no button 'bigger'"):
        view.on("bigger", print)
