"""GuidanceView in Chromium: bends at once, blends or waits for the model, asks Python with the last value, cleans up."""

import base64

import numpy as np
import pytest
from pagetools import NASTY, pixels, text
from playwright.sync_api import expect

from diffuscope import Keep, Settings, record
from diffuscope.run.guided_pictures import guided_pictures
from diffuscope.trace import guidance
from diffuscope_widgets import GuidanceView
from diffuscope_widgets.parts.frames import pack_frames

SETTINGS = Settings("a red circle", seed=3, steps=6, guidance_scale=4.0)
KEEP = Keep(pictures=("x0", "x0_uncond", "x0_cond"))
PLACE = {"uncond": 0, "cond": 1, "step": 2, "result": 3}
READY = "document.querySelector('.ds-says').textContent !== ''"


@pytest.fixture(scope="module")
def trace(model):
    return record(model, SETTINGS, KEEP)


@pytest.fixture
def views(trace):
    return {"view": GuidanceView(trace), "empty": GuidanceView()}


def opened(show, view):
    page = show(view)
    page.wait_for_function(READY)
    return page


def test_shows_the_recorded_pictures_of_a_step(show, trace):
    page = opened(show, GuidanceView(trace))
    page.get_by_label("Step", exact=True).fill("3")
    for part, name in (("uncond", "x0_uncond"), ("cond", "x0_cond"), ("result", "x0")):
        np.testing.assert_array_equal(pixels(page, ".ds-parts .ds-shown canvas", PLACE[part]), trace.pictures[name][3])
    assert text(page, ".ds-label").startswith("step 4 of 6")
    assert "leads to · recorded" in page.locator(".ds-parts").inner_text()
    assert page.evaluate("kit.state.index") == 3


def test_bending_tells_true_numbers_and_blends_without_a_model(show, trace):
    page = opened(show, GuidanceView(trace))
    page.get_by_label("Guidance", exact=True).fill("9")
    plane = guidance.plane(trace)
    length = np.hypot(*plane.guided(9).T)[0]
    assert f"the result is {length / plane.uncond[0, 0]:#.3g} times as long" in text(page, ".ds-says")
    assert f"length {length:#.3g}" in page.locator(".ds-parts").inner_text()
    tip = page.locator(".ds-arrow.ds-is-result").get_attribute("d").split("M")[2].split("L")[0]
    along = page.locator(".ds-arrow.ds-is-uncond").get_attribute("d").split("M")
    origin, end = (np.array(point.split("L")[0].split(), float) for point in along[1:3])
    drawn = (np.array(tip.split(), float) - origin) * [1, -1] / np.hypot(*(end - origin)) * plane.uncond[0, 0]
    np.testing.assert_allclose(drawn, plane.guided(9)[0], atol=0.01 * length)
    uncond, cond = (trace.pictures[name][0].astype(float) for name in ("x0_uncond", "x0_cond"))
    assert (
        np.abs(
            pixels(page, ".ds-parts .ds-shown canvas", PLACE["result"]) - np.clip(uncond + 9 * (cond - uncond), 0, 255)
        ).max()
        <= 1
    )
    assert "approximation" in page.locator(".ds-parts").inner_text()
    assert "no model here" in page.locator(".ds-body").inner_text()


def test_the_models_picture_takes_the_place_of_the_blend(show, model, trace):
    page = opened(show, GuidanceView(trace, model))
    page.get_by_label("Guidance", exact=True).fill("9")
    assert "leads to · blend" in page.locator(".ds-parts").inner_text()
    picture = guided_pictures(model, trace, 0, [9.0])
    frames, rows = pack_frames({"x0": picture})
    for scale in (5.0, 9.0):  # what comes late, for a value left behind, is not shown
        look = {"rows": rows, "index": 0, "guidance": scale}
        change = {"look_frames": base64.b64encode(frames).decode(), "look": look}
        page.evaluate("change => kit.receive(change, ['look_frames'])", change)
        if scale == 9.0:
            expect(page.locator(".ds-parts")).to_contain_text("decoded")
        else:
            page.wait_for_timeout(200)
            assert "decoded" not in page.locator(".ds-parts").inner_text()
    np.testing.assert_array_equal(pixels(page, ".ds-parts .ds-shown canvas", PLACE["result"]), picture[0])


def test_quick_moves_send_few_messages_and_the_last_value(show, model, trace):
    page = opened(show, GuidanceView(trace, model))
    page.evaluate("""() => { const range = document.querySelector('.ds-controls input[type=range]');
        for (let i = 1; i <= 50; i += 1) { range.value = 5 + i / 10; range.dispatchEvent(new Event('input')); }
        range.dispatchEvent(new Event('change')); }""")
    page.wait_for_function("kit.log.sent.at(-1)?.traits.guidance === 10")
    sent = page.evaluate("kit.log.sent")
    assert len(sent) <= 3
    assert sent[-1] == {"type": "push", "traits": {"index": 0, "guidance": 10}}
    assert page.evaluate("kit.state.guidance") == 10
    assert page.get_by_label("Guidance, as a number").input_value() == "10"


def test_whole_run(show, model, trace):
    page = opened(show, GuidanceView(trace, model))
    line = ".ds-run-line"
    assert "Move guidance away from 4" in text(page, line)
    page.evaluate("kit.receive({run: {guidance: 9, state: 'running'}, progress: [3, 6]})")
    assert "drawing: step 3 of 6" in text(page, line)
    page.get_by_role("button", name="Stop").click()
    frames, rows = pack_frames({"x0": trace.image[None]})
    run = {"guidance": 9, "drawn": 9, "state": "done", "seconds": 1.25, "rows": rows}
    change = {"run": run, "run_image": base64.b64encode(frames).decode()}
    page.evaluate("change => kit.receive(change, ['run_image'])", change)
    page.get_by_text("whole run, guidance 9").wait_for()
    page.get_by_role("button", name="Take this run apart").click()
    assert [one["type"] for one in page.evaluate("kit.log.sent")] == ["stop", "apart"]


def test_keyboard_and_two_views(show, trace):
    page = opened(show, GuidanceView(trace))
    page.evaluate("kit.open()")
    page.wait_for_function("[...document.querySelectorAll('.ds-says')].every(p => p.textContent)")
    page.keyboard.press("Tab")  # the slider comes first, then its number, then the step
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("End")
    assert page.evaluate("kit.state.index") == 5
    page.wait_for_function("[...document.querySelectorAll('.ds-label')].every(p => p.textContent.startsWith('step 6'))")
    number = page.get_by_label("Guidance, as a number").first
    number.fill("33.5")
    assert "At guidance 33.5" in page.locator(".ds-says").first.inner_text()
    number.fill("99")
    number.blur()
    assert number.input_value() == "33.5"
    page.evaluate("kit.receive({guidance: 2, index: 1})")
    assert "At guidance 2 " in page.locator(".ds-says").nth(1).inner_text()


def test_without_pictures_vectors_remain(show, model):
    page = opened(show, GuidanceView(record(model, SETTINGS, Keep(pictures=()))))
    assert page.locator(".ds-parts .ds-shown:visible").count() == 0
    assert page.locator(".ds-latent:visible").count() == 4
    assert "keeps no pictures of the two predictions" in text(page, ".ds-body")


def test_nasty_text_stays_text(show, model):
    page = opened(show, GuidanceView(record(model, Settings(NASTY, NASTY, steps=2), KEEP)))
    assert NASTY in page.locator(".ds-parts .ds-shown canvas").first.get_attribute("aria-label")
    assert page.locator(".ds-part-head").first.get_attribute("title") == NASTY
    assert page.title() == "widget"
    assert page.evaluate("kit.log.errors") == []
