"""Widgets without a browser: the contract every View keeps, and the film's bytes."""

import base64
import gc
import importlib
import inspect
import io
import itertools
import json
import re
from pathlib import Path
from weakref import ref

import numpy as np
import pytest
from film_bytes import decoded
from ipywidgets import Layout
from ipywidgets.widgets.widget import _instances
from PIL import Image

import diffuscope_widgets
from diffuscope import Settings, SettingsError, record
from diffuscope.picture.arrays import SMALL
from diffuscope.prompt.language import parse
from diffuscope.recipe.fields import FIELDS
from diffuscope_widgets import Film, GuidanceView, PromptForm, SchedulerPicker, ScheduleView
from diffuscope_widgets.base.view import View, explain, guard
from diffuscope_widgets.base.wire import Limits, file_of, pack, pack_rows
from diffuscope_widgets.parts.frames import pack_frames, thin

FOLDER = Path(diffuscope_widgets.__file__).parent
RED = Settings("a red circle", steps=6)


def instances():
    """The keys of all widgets that are open."""
    return list(_instances)


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
    assert {*diffuscope_widgets.__all__, "Placeholder"} - {"Studio"} == found


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
        assert "@param" not in cls._esm, "types stay at home"

    def test_style_ends_at_the_widgets_root(self, cls):
        _, own = cls._css.split("@scope (", 1)
        root, rules = own.split(")", 1)
        assert f'"{root.removeprefix(".ds-")}"' in cls._esm
        assert ":scope" in rules
        assert "@import" not in rules, "a sheet that is imported stands in its place"
        assert not re.search(rf"{re.escape(root)}(?![\w-])", rules), "inside, the class means one further inside"

    def test_root_is_no_field_of_the_form(self, cls):
        """The form names its fields after settings; a widget of that name would style them, too."""
        root = cls._css.split("@scope (.ds-", 1)[1].split(")", 1)[0]
        assert root not in FIELDS

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
                assert re.search(rf'^    {name}(: | = )[^\n]*\n    """', source, re.MULTILINE), (
                    f"{name} has no docstring"
                )


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
    form._handle_custom_msg({"type": "picture", "name": "a.png"}, [b"no picture"])
    assert form.error.startswith('"a.png" is not a readable')
    form._handle_custom_msg({"type": "pictures"}, [])
    assert form.error == (
        "PromptForm knows no message 'pictures'. Did you mean \"picture\"? It knows: draw, picture, push, stop."
    )


def test_a_message_brings_the_traits_it_may_overtake(told):
    form, seen = PromptForm(), []
    states = told(form)
    form.on_draw(seen.append)
    form._handle_custom_msg({"type": "draw", "traits": {"values": {**form.values, "seed": 5}}}, [])
    assert (form.values["seed"], seen[0].seed) == (5, 5)
    form._handle_custom_msg({"type": "push", "traits": {"values": {**form.values, "seed": 6}}}, [])
    assert (form.values["seed"], len(seen)) == (6, 1)
    assert "values" not in states, "it must not echo over newer typing"


# -- closing


def test_a_closed_view_lets_go_of_all(model):
    picker = SchedulerPicker("ddim", model=model)
    left = [ref(ScheduleView(picker)) for _ in range(3)]
    views = [one() for one in left]
    computed = []
    for view in views:
        view.observe(lambda change, view=view: computed.append(view), names="steps")
        view.close()
        assert view.lane.closed
        with pytest.raises(ValueError, match="closed"):
            view.lane.call(lambda job: 1)
    picker.steps = 9
    assert computed == []
    del view, views
    gc.collect()
    assert [one() for one in left] == [None] * 3


def test_closing_leaves_no_widget(trace):
    before = set(instances())
    for make in (Film, lambda: Film(trace), PromptForm, lambda: GuidanceView(trace)):
        make().close()
        assert set(instances()) == before
    shared = Layout()
    Film(layout=shared).close()
    assert set(instances()) == before | {shared.model_id}, "what was given is not ours to close"
    shared.close()


def test_a_view_that_was_never_made_can_be_closed(monkeypatch):
    ignored = []
    monkeypatch.setattr("sys.unraisablehook", lambda about: ignored.append(about.exc_value))
    with pytest.raises(TypeError):
        Film(erorr="x")
    gc.collect()  # its __del__ closes it
    assert ignored == []


def test_limits_are_those_of_the_kit():
    limits = PromptForm().limits
    assert set(limits) == set(Limits.__annotations__)
    for name, most in {
        "seed": limits["seed"],
        "guidance_scale": limits["guidance"],
        "width": limits["side"][1],
    }.items():
        Settings("a", **{name: most})
    for name, above in {"guidance_scale": limits["guidance"] + 1, "width": limits["side"][1] + 8}.items():
        with pytest.raises(SettingsError):
            Settings("a", **{name: above})
    parse(f"(a:{limits['weight']})")
    with pytest.raises(SettingsError):
        parse(f"(a:{limits['weight'] + 0.1})")


# -- the wire


def test_one_rule_says_png_or_jpeg():
    small, large = (np.full((side, side, 3), 90, np.uint8) for side in (SMALL, SMALL + 1))
    for pictures, lossless, kind in (
        ([small], None, "image/png"),
        ([large], None, "image/jpeg"),
        ([small], False, "image/jpeg"),
        ([large], True, "image/png"),
    ):
        data, packed = pack(pictures, lossless, start=10)
        assert packed == {"type": kind, "offsets": [10, 10 + len(data)]}
        assert Image.open(io.BytesIO(data)).get_format_mimetype() == kind
        assert data == file_of(pictures[0], lossless)


def test_rows_lie_one_behind_the_other():
    dark, bright = np.zeros((3, 4, 5, 3), np.uint8), np.full((2, 6, 7), 200, np.uint8)
    data, rows = pack_rows([(list(dark), None), (list(bright), True)])
    assert [(row["width"], row["height"], row["pixels"]) for row in rows] == [(5, 4, True), (7, 6, True)]
    for row, pictures in zip(rows, (dark, bright), strict=True):
        for (begin, end), picture in zip(itertools.pairwise(row["offsets"]), pictures, strict=True):
            np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(data[begin:end]))), picture)
    assert rows[-1]["offsets"][-1] == len(data)


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.py")), ids=lambda p: p.relative_to(FOLDER).as_posix())
def test_pictures_are_packed_in_one_place(path):
    if path.relative_to(FOLDER).as_posix() != "base/wire.py":
        assert not re.search(r'"JPEG"|image/(jpeg|\{)|\bSMALL\b', path.read_text(encoding="utf-8"))


# -- the film


def test_film_carries_every_picture(trace):
    film = Film(trace)
    found = decoded(film.frames, film.meta["rows"])
    assert list(found) == ["x_t", "x0", "x_t_channels", "x0_channels", "noise_channels"]
    for name, shown in trace.pictures.items():
        np.testing.assert_array_equal(found[name], shown)
    assert film.meta["ratio"] == trace.ratio.tolist()
    assert film.meta["timestep"] == trace.t.tolist()
    assert film.meta["steps"] == [0, 1, 2, 3, 4, 5]
    assert film.index == 5


def test_large_pictures_travel_as_jpeg():
    y, x = np.mgrid[:200, :160]
    picture = np.stack([y, x, (x + y) / 2], -1).astype(np.uint8)
    frames, (row,) = pack_frames({"x0": picture[None]})
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
