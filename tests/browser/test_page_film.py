"""The film's rows, comparison, enlargement and files in Chromium. Truth: the trace's own pixels and numpy."""

import base64
import io

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

from diffuscope import Settings, record
from diffuscope.picture import mosaic
from diffuscope_widgets import Film

READY = "() => document.querySelector('.ds-label')?.textContent"
NASTY = (
    "<img src=x onerror=\"document.title='owned'\"></script><script>document.title='owned'</script> \u202eאבג $\\foo{"
)


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


def pixels(page, place=0):
    url = page.evaluate("n => document.querySelectorAll('.ds-stage canvas')[n].toDataURL()", place)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")).astype(int)


def row(page, name):
    return page.get_by_role("group", name="Rows").get_by_role("button", name=name, exact=True)


def test_rows_are_switched(open_film, traces):
    trace = traces[0]
    page = open_film(trace, index=2)
    row(page, "xₜ noisy").click()
    row(page, "ε channels").click()
    assert page.evaluate("kit.log.saved.at(-1).shown") == ["x0", "noise_channels"]
    page.wait_for_function("document.querySelectorAll('.ds-stage canvas').length === 2")
    np.testing.assert_array_equal(pixels(page, 0), trace.pictures["x0"][2])
    tiles, white = mosaic(trace.tensors["noise"])
    np.testing.assert_array_equal(pixels(page, 1)[..., 1], tiles[2])
    assert f"white +{white:.1f}" in page.locator("figcaption").nth(1).inner_text()
    row(page, "x₀ expected").click()
    page.wait_for_function("document.querySelectorAll('.ds-stage canvas').length === 1")
    row(page, "ε channels").click()  # the last one stays
    assert page.evaluate("kit.state.shown") == ["noise_channels"]
    page.evaluate("kit.receive({shown: ['x_t']})")
    page.wait_for_function("document.querySelector('.ds-stage figcaption').textContent.includes('noisy')")
    np.testing.assert_array_equal(pixels(page), trace.pictures["x_t"][2])
    assert page.evaluate("kit.log.errors") == []


def test_rows_switched_while_playing(open_film, traces):
    page = open_film(traces[0])
    page.get_by_role("button", name="Play").click()
    for name in ("x₀ channels", "xₜ noisy", "x₀ expected", "xₜ noisy", "x₀ expected"):
        row(page, name).click()
    page.wait_for_function("kit.state.index === 5 && document.querySelector('.ds-play').ariaLabel === 'Play'")
    assert page.evaluate("kit.log.errors") == []
    np.testing.assert_array_equal(pixels(page, 0), traces[0].pictures["x_t"][5])


def test_two_runs_at_the_same_share_of_the_way(open_film, traces):
    page = open_film(*traces, shown=["x0"])
    left, right = (trace.pictures["x0"] for trace in traces)
    slider = page.get_by_label("Step", exact=True)
    for place, at in ((4, 2), (10, 5), (5, 2), (0, 0)):
        slider.fill(str(place))
        shown = pixels(page)
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
    np.testing.assert_array_equal(pixels(page), np.hstack([left[:, :8], right[:, 8:]]))
    seam = page.get_by_label("Seam")
    seam.press("Home")
    np.testing.assert_array_equal(pixels(page), right)
    seam.press("End")
    np.testing.assert_array_equal(pixels(page), left)
    box = page.locator(".ds-picture").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 4, box["y"] + 20, steps=3)
    page.mouse.up()
    np.testing.assert_array_equal(pixels(page), np.hstack([left[:, :4], right[:, 4:]]))
    assert seam.input_value() == "25"


def test_difference(open_film, traces):
    page = open_film(*traces, shown=["x0"], index=10, mode="difference")
    left, right = (trace.pictures["x0"][-1].astype(int) for trace in traces)
    np.testing.assert_array_equal(pixels(page), np.minimum(255, 3 * abs(left - right)))
    assert f"mean {abs(left - right).mean():.1f} of 255" in page.locator(".ds-sides").inner_text()


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_blink(page, open_film, traces, motion):
    page.emulate_media(reduced_motion=motion)
    open_film(*traces, shown=["x0"], index=10, mode="blink")
    turn = "() => [...document.querySelectorAll('.ds-sides span')].findIndex(s => !s.classList.contains('ds-off'))"
    if motion == "no-preference":
        page.wait_for_function(f"({turn})() === 1")
    else:
        page.wait_for_timeout(1000)
        assert page.evaluate(turn) == 0
    before = page.evaluate(turn)
    page.get_by_role("button", name="Flip").click()
    after = page.evaluate(turn)
    page.wait_for_timeout(1000)
    assert page.evaluate(turn) == after != before, "Flip ends the blinking"
    np.testing.assert_array_equal(pixels(page), traces[after].pictures["x0"][-1])


def test_what_differs_is_listed_as_text(open_film, traces):
    page = open_film(*traces)
    rows = [line.split("\t") for line in page.locator("table").inner_text().splitlines()]
    assert rows == [
        ["differs", "left", "right"],
        ["negative prompt", "none", NASTY],
        ["seed", "42", "7"],
        ["steps", "6", "11"],
    ]
    assert page.title() == "widget"
    page.evaluate("kit.receive({other_meta: {}, differences: []})")
    page.wait_for_function("document.querySelector('.ds-differences').hidden")
    np.testing.assert_array_equal(pixels(page, 1), traces[0].pictures["x0"][-1])


def test_enlarge_by_keyboard(open_film, traces):
    page = open_film(traces[0])
    button = page.get_by_role("button", name="Enlarge: noisy latents")
    before = page.locator(".ds-picture").first.bounding_box()["width"]
    button.focus()
    page.keyboard.press("Enter")
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator(".ds-picture").first.bounding_box()["width"] > 1.8 * before
    page.keyboard.press("Escape")
    assert page.locator(".ds-picture").first.bounding_box()["width"] == before


def test_hover_enlarges_a_frame_of_the_strip(open_film, traces):
    page = open_film(traces[0])
    box = page.locator(".ds-strip").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 1.5 / 6, box["y"] + 5)
    assert page.locator(".ds-peek").inner_text().startswith("step 2 of 6")
    url = page.evaluate("document.querySelector('.ds-peek canvas').toDataURL()")
    shown = Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGB")
    np.testing.assert_array_equal(np.asarray(shown), traces[0].pictures["x0"][1])
    assert page.get_by_label("Step", exact=True).input_value() == "5", "the playhead stays"
    page.mouse.move(5, 5)
    assert page.locator(".ds-peek").is_hidden()


def test_a_file_of_python_is_saved_once(open_film, traces):
    page = open_film(traces[0])
    page.evaluate("kit.open()")
    page.get_by_role("button", name="GIF").nth(1).click()
    (asked,) = page.evaluate("kit.log.sent")
    assert (asked["type"], asked["form"]) == ("save", "gif")
    every = []
    page.on("download", lambda download: every.append(download))
    with page.expect_download() as saved:
        page.evaluate(
            """ask => kit.model.message({type: 'file', ask, name: 'film.gif'},
            [new DataView(Uint8Array.of(71, 73, 70).buffer)])""",
            asked["ask"],
        )
    assert saved.value.suggested_filename == "film.gif"
    assert saved.value.path().read_bytes() == b"GIF"
    page.wait_for_timeout(500)
    assert len(every) == 1, "the other view did not ask"


@pytest.mark.parametrize("mode", ["side", "wipe", "blink", "difference"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(page, open_film, traces, mode, theme):
    page.emulate_media(reduced_motion="reduce")
    open_film(*traces, mode=mode, shown=["x_t", "x0", "noise_channels"])
    page.evaluate("dark => document.body.classList.toggle('dark', dark)", theme == "dark")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_cleans_up(open_film, traces):
    page = open_film(*traces, mode="blink")
    assert page.evaluate("kit.close()") == [0]
    assert page.evaluate("kit.listening()") == 0
    page.wait_for_timeout(900)
    assert page.evaluate("kit.log.errors") == []


def test_fits_when_narrow(page, open_film, traces):
    page.set_viewport_size({"width": 340, "height": 700})
    open_film(*traces, mode="wipe", shown=["x_t", "x0", "noise_channels"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 340
