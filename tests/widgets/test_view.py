"""Widgets without a browser: the contract every View keeps, and the film's bytes."""

import base64
import importlib
import inspect
import io
import json
import re
from pathlib import Path

import numpy as np
import pytest
from film_bytes import decoded
from PIL import Image

import diffuscope_widgets
from diffuscope import Settings, record
from diffuscope_widgets import Film, PromptForm
from diffuscope_widgets.base.view import View, explain, guard
from diffuscope_widgets.parts.frames import thin, wire

FOLDER = Path(diffuscope_widgets.__file__).parent
RED = Settings("a red circle", steps=6)


def views():
    files = [file.relative_to(FOLDER).with_suffix("") for file in FOLDER.rglob("[a-z]*.py")]
    modules = [importlib.import_module(".".join(("diffuscope_widgets", *file.parts))) for file in files]
    found = {cls for m in modules for _, cls in inspect.getmembers(m, inspect.isclass) if issubclass(cls, View)}
    return sorted(
        (cls for cls in found if "_esm" in vars(cls)), key=lambda cls: cls.__name__
    )  # bases have no front end


@pytest.fixture(scope="module")
def trace(model):
    return record(model, RED)


# -- the contract


def test_views_are_found():
    found = {cls.__name__ for cls in views()}
    assert {*diffuscope_widgets.__all__, "Curtain"} - {"Studio"} == found


@pytest.mark.parametrize("cls", views())
class TestContract:
    def test_three_files_of_one_stem(self, cls):
        stem = FOLDER.joinpath(*cls.__module__.split(".")[1:])
        assert stem.with_suffix(".js").is_file()
        assert stem.with_suffix(".css").is_file()

    def test_script_is_one_module_of_text(self, cls):
        assert type(cls._esm) is str, "a path would never let go of the widget"
        assert "import {" not in cls._esm
        assert cls._esm.count("function h(") == 1
        assert "http" not in cls._esm.replace("http://www.w3.org/2000/svg", "")
        assert "innerHTML" not in cls._esm

    def test_style_ends_at_the_widgets_root(self, cls):
        _, own = cls._css.split("@scope (", 1)
        root, rules = own.split(")", 1)
        assert f'"{root.removeprefix(".ds-")}"' in cls._esm
        assert ":scope" in rules
        assert "@import" not in rules, "a sheet that is imported stands in its place"
        assert not re.search(rf"{re.escape(root)}(?![\w-])", rules), "inside, the class means one further inside"

    def test_unknown_keyword(self, cls):
        with pytest.raises(TypeError, match=r'no .erorr.*"error"'):
            cls(erorr="x")

    def test_state_is_plain(self, cls):
        view = cls()
        for name in view.keys:
            value = getattr(view, name)
            if name not in ("layout", "_esm", "_css") and not isinstance(value, bytes):
                json.dumps(value)

    def test_public_traits_are_documented(self, cls):
        source = inspect.getsource(cls)
        for name in cls.class_own_traits():
            if not name.startswith("_"):
                after = source.split(f"    {name}")[1].split("\n")[1]
                assert after.strip().startswith('"""'), f"{name} has no docstring"


def test_guard_shows_what_went_wrong():
    class Careless(View):
        @guard
        def press(self):
            raise KeyError("kite")

    view = Careless()
    view.press()
    assert view.error == "KeyError: 'kite'"
    assert explain(ValueError("Too small.")) == "Too small."


def test_a_message_that_breaks_is_shown():
    form = PromptForm()
    form._handle_custom_msg({"type": "draw"}, [])
    assert "values" in form.error


# -- the film


def test_film_carries_every_picture(trace):
    film = Film(trace)
    found = decoded(film.frames, film.meta["rows"])
    assert list(found) == ["x_t", "x0", "x_t_channels", "x0_channels", "noise_channels"]
    for name, shown in trace.pictures.items():
        np.testing.assert_array_equal(found[name], shown)
    assert film.meta["sigma"] == trace.sigma.tolist()
    assert film.meta["timestep"] == trace.timestep.tolist()
    assert film.meta["steps"] == [0, 1, 2, 3, 4, 5]
    assert film.index == 5


def test_large_pictures_travel_as_jpeg():
    y, x = np.mgrid[:200, :160]
    picture = np.stack([y, x, (x + y) / 2], -1).astype(np.uint8)
    frames, (row,) = wire({"x0": picture[None]})
    assert (row["type"], row["width"], row["height"], row["pixels"]) == ("image/jpeg", 160, 200, False)
    assert np.abs(decoded(frames, [row])["x0"][0].astype(int) - picture).mean() < 2


def test_a_long_film_is_thinned():
    assert thin(20, 512 * 512 * 8).tolist() == list(range(20))
    kept = thin(1000, 512 * 512 * 8)
    assert (kept[0], kept[-1], len(kept)) == (0, 999, 128)


def test_buffer_and_meta_are_one_message(trace):
    film = Film()
    sent = []
    film.comm.send = lambda data=None, buffers=None, **_: sent.append((data, buffers))
    film.show(trace)
    ((data, buffers),) = sent
    assert {"meta", "index"} <= set(data["state"])
    assert data["buffer_paths"] == [["frames"]]
    assert [bytes(b) for b in buffers] == [film.frames]


def test_index_stays_inside(trace):
    film = Film(trace, index=2)
    assert film.index == 2
    film.index = 99
    assert film.index == 5
    film.index = -3
    assert film.index == 0


def test_live_takes_twenty_a_second(trace):
    film = Film()
    step = {name: shown[0] for name, shown in trace.pictures.items()}
    taken = [film.live(i, 6, 1.0, step) for i in range(3)]
    assert taken == [True, False, False]
    assert film.preview["steps"] == [0]
    np.testing.assert_array_equal(decoded(film.preview_frames, film.preview["rows"])["x0"][0], step["x0"])
    film.show(trace)
    assert film.preview == {}


def test_saved_notebook_has_a_picture(trace):
    data = Film(trace)._repr_mimebundle_()[0]
    assert "application/vnd.jupyter.widget-view+json" in data
    assert Image.open(io.BytesIO(base64.b64decode(data["image/png"]))).size == trace.sheet().size
    assert "image/png" not in Film()._repr_mimebundle_()[0]
