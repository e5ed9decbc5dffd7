"""The film's rows, two runs beside each other, and films as files. Truth: numpy, Pillow, and the trace itself."""

import io
import threading
import time
from dataclasses import asdict, replace

import numpy as np
import pytest
import traitlets
from PIL import Image

from diffuscope import Keep, Settings, record
from diffuscope.picture.arrays import encode, light, mosaic
from diffuscope.trace.quantities import QUANTITIES
from diffuscope_widgets.film.export import at, gif, shares, sheet
from diffuscope_widgets.film.film import Film
from diffuscope_widgets.form.form import PromptForm
from diffuscope_widgets.parts.frames import ROWS, differences, rows_of

RED = Settings("a red circle", steps=6)


@pytest.fixture(scope="module")
def trace(model):
    return record(model, RED)


@pytest.fixture(scope="module")
def longer(model):
    return record(model, RED.replace(steps=11, seed=7, negative_prompt="blue"))


def opened(data):
    return Image.open(io.BytesIO(data))


# -- rows


def test_channels_are_grey_pictures_on_one_scale():
    latents = np.zeros((2, 3, 2, 4))
    latents[0, 1] = 1.0
    latents[1, 2, 0, 0] = -2.0
    tiles, white = mosaic(latents, least=4)  # each number is 2 x 2 pixels, each channel 4 x 8, a pixel between
    assert tiles.shape == (2, 9, 17)
    assert white == np.quantile(np.abs(latents), 0.995)
    assert (tiles[0, :4, 9:] == round(127.5 + 127.5 / white)).all()
    assert (tiles[1, 5:7, :2] == 0).all(), "beyond the scale"
    assert (tiles[:, :4, :8] == 128).all()
    assert (tiles[:, 4] == 255).all()


def test_channels_of_nothing_but_zeros():
    tiles, white = mosaic(np.zeros((1, 4, 32, 32)))
    assert white == 1.0
    assert np.unique(tiles).tolist() == [128, 255]


def test_a_film_has_the_rows_its_trace_keeps(model, trace):
    assert list(rows_of(trace)[0]) == ["x_t", "x0", "x_t_channels", "x0_channels", "noise_channels"]
    pictures = tuple(name for name, row in QUANTITIES.items() if row.decodable)
    everything = record(model, RED.replace(steps=2), Keep(tuple(QUANTITIES), pictures))
    assert list(rows_of(everything)[0]) == list(ROWS)
    only = record(model, RED.replace(steps=2), Keep(tensors=("noise",), pictures=()))
    film = Film(only)
    assert [row["name"] for row in film.meta["rows"]] == ["noise_channels"]
    assert film.still()
    with pytest.raises(ValueError, match=r"Keep\(pictures="):
        Film(replace(only, tensors={}))


def test_unknown_row_names_the_nearest():
    with pytest.raises(traitlets.TraitError, match=r'x0_chanels.*"x0_channels"'):
        Film(shown=["x0_chanels"])


# -- two runs


def test_two_runs_share_the_playhead(trace, longer):
    film = Film(trace, longer)
    assert film.index == 10
    film.index = 99
    assert film.index == 10
    assert film.other_meta["steps"] == list(range(11))
    assert film.differences == [
        {"field": "negative_prompt", "left": "none", "right": "blue"},
        {"field": "seed", "left": "42", "right": "7"},
        {"field": "steps", "left": "6", "right": "11"},
    ]
    film.show(trace)
    assert (film.other_meta, film.other_frames, film.differences, film.index) == ({}, b"", [], 5)


def test_differences_name_the_model_too(trace):
    assert differences(trace, trace) == []
    other = replace(trace, made_by={**trace.made_by, "model": "scenes"})
    assert differences(trace, other) == [{"field": "model", "left": "tiny", "right": "scenes"}]


def test_runs_with_nothing_in_common(model, trace):
    with pytest.raises(ValueError, match="same Keep"):
        Film(trace, record(model, RED, Keep(tensors=(), pictures=("x0_cond",))))


def test_shares_of_the_way(trace, longer):
    assert shares([trace]).tolist() == [0, 0.2, 0.4, 0.6, 0.8, 1]
    assert shares([trace, longer]).tolist() == [i / 10 for i in range(11)]
    assert shares([trace, longer], 3).tolist() == [0, 0.5, 1]
    for count in range(2, 80):  # rounding must not lose a frame
        assert [at(place / (count - 1), range(count)) for place in range(count)] == list(range(count))
    assert [at(share, range(1)) for share in (0, 1)] == [0, 0]


# -- files


def test_animation_shows_every_step(trace, longer, tmp_path):
    film = Film(trace, shown=["x0"])
    film.save_gif(tmp_path / "film.gif")
    with Image.open(tmp_path / "film.gif") as found:
        assert found.n_frames == 6
        assert found.size == (260, 260)  # 16 pixels, 16-fold, and the gap of a sheet
        found.seek(5)
        colours = np.asarray(found.convert("RGB"))[8:256:16, 8:256:16]
    assert np.abs(colours.astype(int) - trace.pictures["x0"][5]).mean() < 6  # GIF has 256 colours
    both = opened(gif([trace, longer], ["x0", "x_t"]))
    assert both.n_frames == 11
    assert both.size == (4 * 260, 260)


def test_sheet_is_that_of_the_trace(trace, longer, tmp_path):
    Film(trace).save_sheet(tmp_path / "film.png")
    with Image.open(tmp_path / "film.png") as found:
        np.testing.assert_array_equal(np.asarray(found), np.asarray(trace.sheet()))
    for name in ("film", "film.v1.5", "film.txt"):
        with pytest.raises(ValueError, match=rf'"{name}" must end in \.png'):
            Film(trace).save_sheet(tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == ["film.png"]
    two = sheet([trace, longer], ["x0", "x0_channels"], columns=4)
    assert two.height == 4 * 100 + 18


def test_a_file_goes_to_the_view_that_asked(trace):
    film, sent, arrived = Film(trace), [], threading.Event()
    film.send = lambda content, buffers: (sent.append((content, buffers)), arrived.set())
    for form, name, kind in (
        ("gif", "film.gif", "GIF"),
        ("sheet", "film.png", "PNG"),
        ("picture", "picture.png", "PNG"),
    ):
        arrived.clear()
        film._handle_custom_msg({"type": "save", "form": form, "ask": "a7"}, [])
        assert arrived.wait(60)
        content, (data,) = sent.pop()
        assert content == {"type": "file", "ask": "a7", "name": name}
        assert opened(data).format == kind
    np.testing.assert_array_equal(np.asarray(opened(data)), trace.image)


@pytest.mark.parametrize("form", ["picture", "sheet"])
def test_a_saved_picture_brings_its_settings_back(trace, form):
    film, sent, arrived = Film(trace), [], threading.Event()
    film.send = lambda content, buffers: (sent.append(buffers[0]), arrived.set())
    film._handle_custom_msg({"type": "save", "form": form, "ask": "a7"}, [])
    assert arrived.wait(60)
    shown = PromptForm()
    shown.restore(io.BytesIO(sent.pop()))
    assert shown.values == asdict(trace.settings)


def test_nothing_to_save_yet():
    film = Film()
    with pytest.raises(ValueError, match="draw one"):
        film.save_gif("film.gif")
    film._handle_custom_msg({"type": "save", "form": "gif", "ask": "a7"}, [])
    end = time.monotonic() + 20
    while not film.error and time.monotonic() < end:
        time.sleep(0.01)
    assert "draw one" in film.error


# -- saved notebooks


def test_a_light_picture_is_left_alone():
    png = encode(np.zeros((8, 8, 3), np.uint8))
    assert light(png) is png


def test_a_heavy_picture_is_made_light():
    noise = np.random.default_rng(0).integers(0, 256, (600, 3000, 3), np.uint8)
    found = light(encode(noise))
    assert len(found) <= 64 * 1024
    assert opened(found).format == "PNG"
    assert opened(found).width / opened(found).height == pytest.approx(5, rel=0.02)


@pytest.mark.slow
def test_a_notebook_with_twenty_films_stays_below_two_megabytes(model):
    film = Film(record(model, RED.replace(steps=50, width=64, height=64)))  # random weights: nothing compresses
    data = film._repr_mimebundle_()[0]
    assert 20 * len(data["image/png"]) < 2 * 2**20


def test_a_film_opens_a_file(trace, tmp_path):
    path = trace.save(tmp_path / "cfg7.5")
    assert Film(path).frames == Film(str(path)).frames == Film(trace).frames
    with pytest.raises(TypeError, match=r"a recorded run is shown, got Recipe"):
        Film(trace.settings)
