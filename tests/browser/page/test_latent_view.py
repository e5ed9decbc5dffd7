"""The latent view in Chromium: channels, round trip, live nudges, dropped files, and nothing left behind."""

import base64
import io

import numpy as np
import pytest
from pagetools import NASTY, pixels
from PIL import Image

from diffuscope import Settings, record
from diffuscope_widgets import LatentView

PICTURE = np.random.default_rng(3).integers(0, 256, (16, 16, 3), np.uint8)
KEEP_BUFFERS = """() => { kit.model.send = async (content, callbacks, buffers) => {
    kit.log.sent.push({ ...content, bytes: [...new Uint8Array(buffers[0])] }); }; }"""
DRAWN = """() => [...document.querySelectorAll('.ds-trip canvas, .ds-decoded canvas')].length > 0 &&
    [...document.querySelectorAll('.ds-trip canvas, .ds-decoded canvas')].every(
        c => c.checkVisibility() ? c.getContext('2d').getImageData(0, 0, 1, 1).data[3] : true)"""


@pytest.fixture
def view(model):
    return LatentView(PICTURE, model)


@pytest.fixture
def replay(model):
    return LatentView.of(record(model, Settings("a red circle", steps=3)))


def channel(view, place, by=0.0):
    latents = np.frombuffer(view.latents, "<f4").reshape(view.meta["shape"])[place].astype(float)
    moved = latents + by * view.meta["std"][place]
    return np.rint(127.5 + 127.5 * np.clip(moved / view.meta["white"], -1, 1))[..., None].repeat(3, -1)


def test_pictures_and_channels(show, view):
    page = show(view)
    page.wait_for_function(DRAWN)
    np.testing.assert_array_equal(pixels(page, ".ds-trip figure:nth-child(1) canvas"), PICTURE)
    back = view.model.decode(view.model.encode(PICTURE[None]))[0]
    np.testing.assert_array_equal(pixels(page, ".ds-trip figure:nth-child(2) canvas"), back)
    np.testing.assert_array_equal(pixels(page, ".ds-decoded canvas"), back)
    for place in range(4):
        drawn = pixels(page, f".ds-channels figure:nth-child({place + 1}) canvas")
        assert np.abs(drawn - channel(view, place)).max() <= 1
    assert f"PSNR {view.meta['psnr']:.1f} dB" in page.locator(".ds-trip").inner_text()


def test_nudge_moves_the_channel_at_once_and_the_picture_when_python_answers(show, view):
    page = show(view)
    slider = page.get_by_label("Nudge channel 2, in standard deviations")
    slider.fill("1.5")
    assert np.abs(pixels(page, ".ds-channels figure:nth-child(2) canvas") - channel(view, 1, 1.5)).max() <= 1
    assert slider.get_attribute("aria-valuetext") == "+1.5 sd"
    page.wait_for_function("kit.log.saved.at(-1)?.nudge?.[1] === 1.5")
    assert "decoding" in page.locator(".ds-decoded").inner_text()
    view.nudge = page.evaluate("kit.state.nudge")
    assert view.lane.wait(60)
    change = {"decoded": base64.b64encode(view.decoded).decode(), "decoded_of": view.decoded_of}
    page.evaluate("change => kit.receive(change, ['decoded'])", change)
    page.wait_for_function("document.querySelector('.ds-decoded').innerText.includes('after the nudge')")
    wanted = np.asarray(Image.open(io.BytesIO(view.decoded)))
    page.wait_for_function(
        """want => [...document.querySelector('.ds-decoded canvas').getContext('2d').getImageData(0, 0, 1, 1).data]
        .slice(0, 3).join() === want""",
        arg=",".join(map(str, wanted[0, 0])),
    )
    np.testing.assert_array_equal(pixels(page, ".ds-decoded canvas"), wanted)
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("kit.log.saved.at(-1).nudge.every(by => by === 0)")


def test_fifty_quick_moves_end_in_the_last(show, view):
    page = show(view)
    slider = page.get_by_label("Nudge channel 1, in standard deviations")
    slider.evaluate(
        """range => { for (let i = 1; i <= 50; i += 1) {
            range.value = (i % 30) / 10; range.dispatchEvent(new Event('input', { bubbles: true })); } }"""
    )
    page.wait_for_function("kit.log.saved.at(-1)?.nudge[0] === 2")
    assert page.evaluate("kit.log.saved.length") <= 3
    slider.focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function("kit.log.saved.at(-1)?.nudge[0] === 1.9")


def test_a_chosen_file_is_sent_whole(show, view):
    page = show(view)
    page.evaluate(KEEP_BUFFERS)
    content = bytes(range(256)) * 3
    page.get_by_label("Choose a picture").set_input_files({"name": NASTY, "mimeType": "image/png", "buffer": content})
    page.wait_for_function("kit.log.sent.length === 1")
    (sent,) = page.evaluate("kit.log.sent")
    assert sent == {"type": "picture", "name": sent["name"], "bytes": list(content)}
    big = {"name": "big.png", "mimeType": "image/png", "buffer": bytes(10 * 2**20)}
    page.get_by_label("Choose a picture").set_input_files(big)
    page.wait_for_function("kit.state.error.includes('larger than 8 MB')")
    assert page.evaluate("kit.log.sent.length") == 1


def test_a_nudge_is_asked_for_by_message_too(show, view):
    page = show(view)
    page.get_by_label("Nudge channel 2, in standard deviations").fill("1.5")
    page.wait_for_function("kit.log.sent.length > 0")
    assert page.evaluate("kit.log.sent.at(-1)") == {"type": "push", "traits": {"nudge": [0, 1.5, 0, 0]}}


def test_a_dropped_file_is_sent(show, view):
    page = show(view)
    page.evaluate(KEEP_BUFFERS)
    data = page.evaluate_handle(
        "() => { const d = new DataTransfer(); d.items.add(new File([new Uint8Array([1, 2, 3])], 'a.png')); return d; }"
    )
    page.dispatch_event(".ds-latents", "dragover", {"dataTransfer": data})
    assert page.locator(".ds-over").count() == 1
    page.dispatch_event(".ds-latents", "drop", {"dataTransfer": data})
    page.wait_for_function("kit.log.sent.length === 1")
    assert page.evaluate("kit.log.sent[0]") == {"type": "picture", "name": "a.png", "bytes": [1, 2, 3]}
    assert page.locator(".ds-over").count() == 0


def test_a_new_picture_takes_the_place(show, view):
    page = show(view)
    view.show(255 - PICTURE)
    change = {name: base64.b64encode(getattr(view, name)).decode() for name in ("pictures", "latents", "decoded")}
    change |= {"meta": view.meta, "nudge": view.nudge, "decoded_of": view.decoded_of}
    page.evaluate("change => kit.receive(change, ['pictures', 'latents', 'decoded'])", change)
    page.wait_for_function(
        """want => document.querySelector('.ds-trip canvas').getContext('2d').getImageData(0, 0, 1, 1).data[0] === want""",
        arg=int(255 - PICTURE[0, 0, 0]),
    )
    np.testing.assert_array_equal(pixels(page, ".ds-trip figure:nth-child(1) canvas"), 255 - PICTURE)


def test_a_recorded_run_cannot_be_nudged_and_says_why(show, replay):
    page = show(replay)
    assert page.get_by_label("Nudge channel 1, in standard deviations").is_disabled()
    assert "without a model" in page.locator(".ds-note").inner_text()
    assert page.get_by_label("Choose a picture").is_hidden()
    assert page.locator(".ds-decoded").is_hidden()
    assert page.locator(".ds-channels canvas").count() == 4


def test_nasty_text_stays_text(show, view):
    page = show(view)
    page.evaluate("text => kit.receive({error: text, note: text})", NASTY)
    assert page.locator("[role=alert]").inner_text() == NASTY
    assert page.locator(".ds-note").inner_text() == NASTY
    assert page.title() == "widget"


def test_narrow(show, page, view):
    show(view)
    page.set_viewport_size({"width": 340, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 340
