"""The film's rows, comparison, enlargement and files in Chromium. Truth: the trace's own pixels and numpy."""

import numpy as np
import pytest
from pagetools import NASTY, pixels
from playwright.sync_api import expect

from diffuscope import Settings, record
from diffuscope.picture.arrays import mosaic
from diffuscope_widgets import Film

READY = "() => document.querySelector('.ds-label')?.textContent"


@pytest.fixture(scope="module")
def traces(model):
    left = Settings("a red circle", steps=6)
    return [record(model, one) for one in (left, left.replace(steps=11, seed=7, negative_prompt=NASTY))]


@pytest.fixture
def open_film(show):
    def put(*args, **traits):
        page = show(Film(*args, **traits))
        page.wait_for_function(READY)
        return page

    return put


def row(page, name):
    return page.get_by_role("group", name="Rows").get_by_role("button", name=name, exact=True)


def test_rows_are_switched(open_film, traces):
    trace = traces[0]
    page = open_film(trace, index=2)
    row(page, "xₜ noisy").click()
    row(page, "ε channels").click()
    assert page.evaluate("kit.log.saved.at(-1).shown") == ["x0", "noise_channels"]
    page.wait_for_function("document.querySelectorAll('.ds-rows canvas').length === 2")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 0), trace.pictures["x0"][2])
    tiles, white = mosaic(trace.tensors["noise"])
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1)[..., 1], tiles[2])
    assert f"white +{white:.1f}" in page.locator("figcaption").nth(1).inner_text()
    row(page, "x₀ predicted").click()
    page.wait_for_function("document.querySelectorAll('.ds-rows canvas').length === 1")
    row(page, "ε channels").click()  # the last one stays
    assert page.evaluate("kit.state.shown") == ["noise_channels"]
    page.evaluate("kit.receive({shown: ['x_t']})")
    page.wait_for_function("document.querySelector('.ds-rows figcaption').textContent.includes('noisy')")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas"), trace.pictures["x_t"][2])
    assert page.evaluate("kit.log.errors") == []


def test_rows_switched_while_playing(open_film, traces):
    page = open_film(traces[0])
    page.get_by_role("button", name="Play").click()
    for name in ("x₀ channels", "xₜ noisy", "x₀ predicted", "xₜ noisy", "x₀ predicted"):
        row(page, name).click()
    page.wait_for_function("kit.state.index === 5 && document.querySelector('.ds-play').ariaLabel === 'Play'")
    assert page.evaluate("kit.log.errors") == []
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 0), traces[0].pictures["x_t"][5])


def test_two_runs_at_the_same_share_of_the_way(open_film, traces):
    page = open_film(*traces, shown=["x0"])
    left, right = (trace.pictures["x0"] for trace in traces)
    slider = page.get_by_label("Step", exact=True)
    for place, at in ((4, 2), (10, 5), (5, 2), (0, 0)):
        slider.fill(str(place))
        shown = pixels(page, ".ds-rows canvas")
        assert shown.shape == (16, 33, 3)
        np.testing.assert_array_equal(shown[:, :16], left[at])
        np.testing.assert_array_equal(shown[:, 17:], right[place])
    spoken = slider.get_attribute("aria-valuetext")
    assert spoken.startswith("left step 1 of 6")
    assert "right step 1 of 11" in spoken
    assert page.evaluate("kit.state.index") == 0


def test_wipe(open_film, traces):
    page = open_film(*traces, shown=["x0"], index=10)
    left, right = (trace.pictures["x0"][-1] for trace in traces)
    page.get_by_role("button", name="Wipe").click()
    assert page.evaluate("kit.log.saved.at(-1).mode") == "wipe"
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas"), np.hstack([left[:, :8], right[:, 8:]]))
    seam = page.get_by_label("Seam")
    seam.press("Home")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas"), right)
    seam.press("End")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas"), left)
    box = page.locator(".ds-picture").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 20, steps=3)
    page.mouse.up()
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas"), np.hstack([left[:, :4], right[:, 4:]]))
    assert seam.input_value() == "25"


def test_difference(open_film, traces):
    page = open_film(*traces, shown=["x0"], index=10, mode="difference")
    left, right = (trace.pictures["x0"][-1].astype(int) for trace in traces)
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas"), np.minimum(255, 3 * abs(left - right)))
    assert f"mean {abs(left - right).mean():.1f} of 255" in page.locator(".ds-sides").inner_text()


def test_a_film_without_a_run_offers_nothing_to_play_or_save(show, traces):
    page = show(Film())
    expect(page.get_by_text("No picture yet")).to_be_visible()
    for name in ("Play", "Picture", "Sheet", "GIF"):
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)  # neither seen nor reached by Tab
    expect(page.get_by_role("slider", name="Step")).to_have_count(0)
    expect(show(Film(traces[0])).get_by_role("button", name="Play")).to_be_visible()


def test_no_word_of_the_differences_is_broken(open_film, model):
    left = Settings("a cat face, sky blue background", steps=2)
    page = open_film(*(record(model, one) for one in (left, left.replace(prompt="a pizza, sky blue background"))))
    page.set_viewport_size({"width": 300, "height": 800})
    lines = """() => { const text = document.querySelector('.ds-differences td:last-child').firstChild, word = new Range();
        const at = text.data.indexOf('background');
        word.setStart(text, at); word.setEnd(text, at + 10);
        return word.getClientRects().length; }"""
    assert page.evaluate(lines) == 1
