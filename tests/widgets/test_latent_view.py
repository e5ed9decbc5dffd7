"""The latent view without a browser: channels, round trip, nudges, dropped files, recorded runs."""

import io
import itertools
import math
import threading

import numpy as np
import pytest
import torch
from PIL import Image

from diffuscope import Settings, load, record, worker
from diffuscope.worlds.scenes import Scene, draw
from diffuscope_widgets import LatentView

rng = np.random.default_rng(3)
NOISE = rng.integers(0, 256, (16, 16, 3), np.uint8)  # of the tiny model's size


def file_of(image, form="PNG", **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def pictures(view):
    ends = view.meta["offsets"]
    opened = [Image.open(io.BytesIO(view.pictures[a:b])) for a, b in itertools.pairwise(ends)]
    return {name: np.asarray(one) for name, one in zip(view.meta["rows"], opened, strict=True)}


def settle(view):
    """Until everything asked for so far is there."""
    assert view.lane.wait(60)


@pytest.fixture
def view(model):
    return LatentView(NOISE, model)


def test_there_and_back(view, model):
    latents = model.encode(NOISE[None])
    found = np.frombuffer(view.latents, "<f4").reshape(view.meta["shape"])
    np.testing.assert_array_equal(found, latents[0].numpy())
    shown = pictures(view)
    back = model.decode(latents)[0]
    assert list(shown) == ["the picture", "round trip", "reconstruction error"]
    np.testing.assert_array_equal(shown["the picture"], NOISE)
    np.testing.assert_array_equal(shown["round trip"], back)
    mse = torch.nn.functional.mse_loss(torch.tensor(NOISE).float(), torch.tensor(back).float())
    assert view.meta["psnr"] == pytest.approx(float(10 * torch.log10(255**2 / mse)), abs=1e-4)


def test_the_built_in_autoencoder_is_good_at_its_own_world():
    picture = draw(Scene.parse("a large red triangle left of a small blue square"), np.random.default_rng(5))
    view = LatentView(picture, load("scenes"))
    assert view.meta["shape"] == [4, 8, 8]
    assert 30 < view.meta["psnr"] < 50
    assert Image.open(io.BytesIO(view.still())).size == (4 * 100, 2 * 100)


def test_no_loss_is_said_without_infinity(model, monkeypatch):
    monkeypatch.setattr(model, "decode", lambda latents: NOISE[None].copy())
    view = LatentView(NOISE, model)
    assert (view.meta["psnr"], view.meta["lossless"]) == (None, True)


def test_nudge(view, model):
    view.nudge = [0.0, 1.5, 0.0, -2.0]
    settle(view)
    latents = model.encode(NOISE[None])[0]
    by = torch.tensor([0.0, 1.5, 0.0, -2.0]) * latents.std((1, 2), correction=0)
    wanted = model.decode((latents + by[:, None, None])[None])[0]
    assert view.decoded_of == [0.0, 1.5, 0.0, -2.0]
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(view.decoded))), wanted)
    assert view.error == ""
    for wrong in ([0.0], [9.0, 0, 0, 0], [math.nan, 0, 0, 0]):
        with pytest.raises(ValueError, match="4 numbers from -3 to 3"):
            view.nudge = wrong


def test_a_wrong_nudge_of_the_front_end_is_taken_back(view, told):
    states = told(view)
    view.set_state({"nudge": [9.0, 0.0, 0.0, 0.0]})
    assert view.nudge == states["nudge"] == [0.0] * 4
    assert "4 numbers from -3 to 3" in view.error


def test_the_message_alone_is_enough(view):
    view._handle_custom_msg({"type": "push", "traits": {"nudge": [1.0, 0.0, 0.0, 0.0]}}, [])
    settle(view)
    assert view.nudge == view.decoded_of == [1.0, 0.0, 0.0, 0.0]


def test_a_nudge_taken_back_before_it_is_decoded(view, model):
    before, may_go_on = view.decoded, threading.Event()
    worker(model).call(lambda _: may_go_on.wait(60))
    view.nudge = [1.0, 0.0, 0.0, 0.0]
    view.nudge = [0.0] * 4
    may_go_on.set()
    settle(view)
    assert (view.decoded_of, view.decoded) == ([0.0] * 4, before)


def test_busy_until_the_newest_picture_is_there(view, model):
    begun, may_go_on, other = threading.Event(), threading.Event(), threading.Event()
    worker(model).call(lambda _: may_go_on.wait(60))
    view.begin(NOISE)
    view.begin(255 - NOISE)
    encode = model.encode
    model.encode = lambda pixels: begun.set() or other.wait(60) or 0 or encode(pixels)
    try:
        may_go_on.set()
        assert begun.wait(60)
        assert view.busy, "only the first one has given way"
        view.begin(NOISE)
        other.set()
    finally:
        del model.encode
    view.show(255 - NOISE)
    settle(view)
    assert not view.busy


def test_a_view_without_a_model_is_never_busy():
    view = LatentView()
    with pytest.raises(ValueError, match="no model"):
        view.begin(NOISE)
    assert not view.busy
    view._handle_custom_msg({"type": "picture", "name": "a.png"}, [file_of(Image.fromarray(NOISE))])
    assert "no model" in view.error
    assert not view.busy


def test_the_newest_nudge_wins(view, model, monkeypatch):
    seen, decode = [], model.decode
    monkeypatch.setattr(model, "decode", lambda latents: seen.append(1) or decode(latents))
    begun, may_go_on = threading.Event(), threading.Event()
    worker(model).call(lambda _: begun.set() or may_go_on.wait(60))
    assert begun.wait(60)
    for i in range(30):
        view.nudge = [i / 10, 0.0, 0.0, 0.0]
    may_go_on.set()
    settle(view)
    assert view.decoded_of == [2.9, 0.0, 0.0, 0.0]
    assert len(seen) == 1


def test_a_nudge_of_the_picture_before_is_not_shown(view, model):
    may_go_on = threading.Event()
    worker(model).call(lambda _: may_go_on.wait(60))
    view._handle_custom_msg({"type": "picture", "name": "new.png"}, [file_of(Image.fromarray(255 - NOISE))])
    view.nudge = [1.0, 0.0, 0.0, 0.0]
    assert view.busy
    may_go_on.set()
    settle(view)
    assert (view.nudge, view.decoded_of, view.busy) == ([0.0] * 4, [0.0] * 4, False)
    np.testing.assert_array_equal(pictures(view)["the picture"], 255 - NOISE)
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(view.decoded))), pictures(view)["round trip"])


def test_a_dropped_file_that_is_no_picture(view):
    before = view.pictures
    for content in (b"", b"<html>no</html>", file_of(Image.fromarray(NOISE))[:60]):
        view._handle_custom_msg({"type": "picture", "name": "<b>notes</b>.txt"}, [memoryview(content)])
        settle(view)
        assert view.error.startswith('"<b>notes</b>.txt" is not a readable PNG, JPEG, WEBP, AVIF, GIF or BMP picture')
        assert not view.busy
        view.error = ""
    assert view.pictures == before
    view._handle_custom_msg({"type": "else"}, [])
    assert view.error == "LatentView knows no message 'else'. It knows: picture, push."


def test_what_cannot_be_read(tmp_path, model):
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        LatentView(tmp_path / "missing.png", model)
    with pytest.raises(ValueError, match="is no picture"):
        LatentView(np.zeros((2, 2), complex), model)
    with pytest.raises(ValueError, match="no model"):
        LatentView(NOISE)


def test_what_a_safety_checker_refuses_is_black(model, monkeypatch):
    monkeypatch.setattr(model, "flagged", lambda pictures: np.ones(len(pictures), bool))
    view = LatentView(NOISE, model)
    assert pictures(view)["round trip"].max() == 0
    view.nudge = [1.0, 0.0, 0.0, 0.0]
    settle(view)
    assert np.asarray(Image.open(io.BytesIO(view.decoded))).max() == 0


def test_a_recorded_run_needs_no_torch(model, light_server, tmp_path):
    trace = record(model, Settings("a red circle", steps=4))
    path = trace.save(tmp_path / "run")
    code = f"""
import sys
for name in ("torch", "diffusers", "transformers"): sys.modules[name] = None
import numpy as np
from diffuscope import Trace
from diffuscope_widgets import LatentView
trace = Trace.load({str(path)!r})
view = LatentView.of(trace)
assert (np.frombuffer(view.latents, "<f4").reshape(view.meta["shape"]) == trace.latents).all()
view.nudge = [1.0, 0.0, 0.0, 0.0]
print(view.meta["rows"], "not nudged" in view.note, view.error, view.decoded, len(view.still()) > 100)"""
    done = light_server.run(code)
    assert done.stdout == "[\"the run's picture\"] True  b'' True\n", done.stderr


@pytest.mark.slow
def test_large_pictures_travel_as_jpeg(model, monkeypatch):
    monkeypatch.setattr(model, "defaults", {**model.defaults, "width": 256, "height": 256})
    view = LatentView(NOISE, model)
    assert view.meta["type"] == "image/jpeg"
    assert pictures(view)["the picture"].shape == (256, 256, 3)


def test_a_model_by_name_is_loaded_in_the_background(model, monkeypatch):
    may_load = threading.Event()
    monkeypatch.setattr("diffuscope.run.lane.load", lambda name: may_load.wait(60) and model)
    view = LatentView(NOISE, "slow")
    assert (view.model, view.busy, view.meta, view.still()) == (None, True, {}, None)
    may_load.set()
    assert view.lane.ready.wait(60)
    settle(view)
    assert view.model is model
    assert not view.busy
    np.testing.assert_array_equal(pictures(view)["the picture"], NOISE)


def test_a_model_that_cannot_be_loaded_is_told():
    view = LatentView(NOISE, "no such model")
    assert view.lane.ready.wait(60)
    assert view.error.startswith('No model "no such model".')
    assert not view.busy
