"""Exported pages, opened from disk with the network off. Their policy forbids eval, so waiting is done by `expect`."""

import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from pagetools import NASTY, pixels
from playwright.sync_api import expect

from diffuscope import Keep, Settings, record
from diffuscope_widgets import Film, GuidanceView, LatentView, PromptForm, SchedulerPicker, SeedPicker
from diffuscope_widgets.base.page import page as page_of
from diffuscope_widgets.base.page import write_page

LAST = re.compile("^step 6 of 6")


@pytest.fixture(scope="module")
def trace(model):
    return record(model, Settings(NASTY, steps=6))


@pytest.fixture
def visit(page):
    """Open a file; whatever goes wrong or asks for more than the file fails the test."""
    wrong = []
    page.context.set_offline(True)
    page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)

    def go(path):
        page.goto(path.resolve().as_uri())
        page.wait_for_selector(".ds")
        return page

    yield go
    assert wrong == []


def test_a_film_plays_from_disk(visit, trace, tmp_path):
    page = visit(Film(trace).to_html(tmp_path / "film.html", title=NASTY))
    expect(page.locator(".ds-label")).to_have_text(LAST)
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 1), trace.pictures["x0"][5])
    page.get_by_label("Step", exact=True).press("Home")
    np.testing.assert_array_equal(pixels(page, ".ds-rows canvas", 0), trace.pictures["x_t"][0])
    page.get_by_role("button", name="Play").click()
    expect(page.locator(".ds-label")).to_have_text(LAST)
    assert page.title() == NASTY
    assert page.locator("h1").inner_text() == NASTY
    assert NASTY in page.locator(".ds-rows canvas").first.get_attribute("aria-label")


IDS = """() => [...document.querySelectorAll('.ds [id]')].map((one) => one.id)"""
STRAY = """() => ['for', 'aria-labelledby', 'aria-describedby'].flatMap((name) =>
    [...document.querySelectorAll(`.ds [${name}]`)].flatMap((one) => one.getAttribute(name).split(' ')
        .filter((id) => !one.closest('.ds').querySelector(`#${id}`))))"""
"""Ids that an element names and that stand outside of its own widget, or nowhere."""


def test_ids_are_those_of_one_widget(visit, tmp_path):
    views = [PromptForm(), SeedPicker(1), SeedPicker(2), SchedulerPicker(), PromptForm()]
    page = visit(write_page(views, tmp_path / "page.html", "widgets"))
    ids = page.evaluate(IDS)
    assert len(ids) > 100
    assert len(set(ids)) == len(ids)
    assert page.evaluate(STRAY) == []


def test_what_needs_python_says_so(visit, trace, tmp_path):
    page = visit(Film(trace).to_html(tmp_path / "film.html"))
    assert page.locator("[role=status].notice").inner_text() == ""
    page.get_by_role("button", name="GIF").click()
    assert "notebook it came from" in page.locator("[role=status].notice").inner_text()


def test_a_saved_form_offers_no_drawing(visit, tmp_path):
    page = visit(PromptForm(Settings(NASTY), actions=True).to_html(tmp_path / "form.html"))
    assert page.get_by_label("Prompt", exact=True).input_value() == NASTY
    expect(page.get_by_role("button", name="Draw")).to_have_count(0)
    expect(page.locator(".ds-blocked")).to_contain_text("notebook it came from")


def test_several_parts_have_headings(visit, trace, tmp_path):
    path = tmp_path / "both.html"
    path.write_text(page_of([Film(trace), PromptForm(Settings("a"))], "Both"), encoding="utf-8")
    assert visit(path).locator("h2").all_inner_texts() == ["Film", "Prompt form"]


def test_no_page_waits_for_the_model_it_was_made_with(visit, model, tmp_path):
    guided = Settings("a red circle", steps=3, guidance_scale=4.0)
    trace = record(model, guided, Keep(pictures=("x0", "x0_uncond", "x0_cond")))
    page = visit(GuidanceView(trace, model).to_html(tmp_path / "guidance.html"))
    page.get_by_label("Guidance", exact=True).fill("9")
    expect(page.locator(".ds-parts")).to_contain_text("approximation")
    expect(page.locator(".ds-body")).to_contain_text("blended from the recorded pictures")
    expect(page.locator(".ds-run-line")).to_contain_text("No model here")
    page = visit(LatentView(trace.image, model).to_html(tmp_path / "latents.html"))
    page.get_by_label("Nudge channel 1, in standard deviations").fill("1")
    expect(page.locator(".ds-decoded")).to_contain_text("before the nudge")


def test_injected_code_would_not_run(page, trace, tmp_path):
    """The policy is a second wall: even markup that got into the page is dead."""
    path = Film(trace).to_html(tmp_path / "film.html")
    bad = "<main><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"
    path.write_text(path.read_text(encoding="utf-8").replace("<main>", bad), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector(".ds-label span")
    assert page.title() == "Film"


def test_views_of_one_page_move_together(visit, trace, tmp_path):
    path = tmp_path / "two.html"
    path.write_text(page_of([Film(trace), Film(trace, index=2)], "two", shared=["index"]), encoding="utf-8")
    page = visit(path)
    sliders = page.get_by_label("Step", exact=True)
    expect(page.locator(".ds-label span")).to_have_count(2)
    assert sliders.nth(1).input_value() == "2"
    sliders.first.fill("4")
    assert sliders.nth(1).input_value() == "4"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessible(visit, page, trace, tmp_path, theme):
    page.emulate_media(reduced_motion="reduce", color_scheme=theme)
    visit(Film(trace).to_html(tmp_path / "film.html"))
    page.wait_for_selector(".ds-label span")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    ink, paper = page.evaluate(
        "[getComputedStyle(document.body).color, getComputedStyle(document.querySelector('.ds')).backgroundColor]"
    )
    assert (int(ink.split("(")[1].split(",")[0]) > 128) == (theme == "dark")
    assert (int(paper.split("(")[1].split(",")[0]) < 128) == (theme == "dark")


def test_size(model, tmp_path):
    """A film of 50 steps at 64 pixels, of noise that nothing makes smaller."""
    film = Film(record(model, Settings("a red circle", steps=50, width=64, height=64)))
    size = film.to_html(tmp_path / "film.html").stat().st_size
    print(f"\nexported film, 50 steps of 64 pixels: {size / 2**20:.2f} MB")
    assert size < 3 * 2**20
