"""GridView's cells in Chromium: keys, films, stars, comparison, and the page that is exported. Truth: the painted pictures."""

import re

import numpy as np
from gridpage import MAP, click, middle, shows
from pagetools import pixels, text
from playwright.sync_api import expect

from diffuscope_widgets import GridView
from diffuscope_widgets.grid.next import next_code


def test_keys_alone(look, small):
    talk = look(GridView(small))
    page = talk.page
    page.locator(MAP).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert text(page, ".ds-spoken >> nth=-1") == "seed 2 · guidance scale 4.0 · steps 10"
    keys = [cell.key for cell in small.plan.cells if cell.place[2] == 0]
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("c")
    assert page.evaluate("kit.state.picked") == [keys[3], keys[2]]
    page.keyboard.press("s")
    assert text(page, ".ds-spoken >> nth=-1").endswith("steps 10, starred")
    assert page.evaluate("kit.log.sent.at(-1)") == {"type": "rate", "key": keys[2], "mark": "star"}
    page.keyboard.press("x")
    assert page.evaluate("kit.log.sent.at(-1).mark") == "reject"
    page.keyboard.press("x")
    assert page.evaluate("kit.log.sent.at(-1).mark") is None
    page.keyboard.press("Escape")  # the closer look goes first
    page.keyboard.press("Escape")
    assert page.evaluate("kit.state.picked") == []


def test_a_film_plays_where_the_pointer_rests(look, small):
    talk = look(GridView(small))
    page = talk.page
    click(page, 0, 0)
    page.mouse.move(*middle(page, 2, 1, None))
    page.wait_for_selector(".ds-tooltip:not([hidden])")
    assert text(page, ".ds-tooltip p >> nth=0") == "seed 3 · guidance scale 4.0 · steps 10"
    talk.until("/frame [2-6] of 6/.test(document.querySelector('.ds-tooltip').innerText)")
    key = small.plan.cells[-2].key
    frames = [small.store.pixels(key, noise) for noise in np.linspace(1, 0.1, 6)]
    drawn = pixels(page, ".ds-tooltip canvas")
    assert min(np.abs(drawn - frame).max() for frame in frames) <= 2
    page.mouse.click(*middle(page, 2, 1, None))
    page.wait_for_selector(".ds-tooltip", state="hidden")  # the next one to pick may lie below
    page.mouse.move(*middle(page, 1, 1, None))
    page.wait_for_selector(".ds-tooltip:not([hidden])")
    page.mouse.move(5, 5)
    page.wait_for_selector(".ds-tooltip", state="hidden")


def test_a_film_lies_still_where_motion_is_not_wanted(look, page, small):
    page.emulate_media(reduced_motion="reduce")
    talk = look(GridView(small))
    click(page, 0, 0)
    page.mouse.move(*middle(page, 1, 0, None))
    talk.until("document.querySelector('.ds-tooltip').innerText.includes('from noise to picture')")
    assert pixels(page, ".ds-tooltip canvas").shape == (32, 6 * 32, 3)


def test_the_picked_cell_has_its_film_on_a_slider(look, small):
    talk = look(GridView(small))
    page = talk.page
    click(page, 1, 1)
    talk.until("document.querySelector('.ds-film-line')?.checkVisibility()")
    key = page.evaluate("kit.state.picked[0]")
    np.testing.assert_array_equal(pixels(page, ".ds-side .ds-rows canvas"), small.store.pixels(key))
    slider = page.get_by_label("Frame of the film")
    assert slider.get_attribute("aria-valuetext") == "finished"
    slider.press("Home")
    assert slider.get_attribute("aria-valuetext") == "x₀, frame 1 of 6"
    assert np.abs(pixels(page, ".ds-side .ds-rows canvas") - small.store.pixels(key, 1.0)).max() <= 2
    assert re.search(r"seed\s+2", text(page, ".ds-settings"))


def test_stars_become_the_next_grid(look, small):
    talk = look(GridView(small))
    page = talk.page
    expect(page.get_by_role("button", name="Next grid")).to_be_disabled()
    page.set_viewport_size({"width": 1200, "height": 740})  # the code comes below its edge
    click(page, 0, 1)
    page.get_by_role("button", name="Star", exact=True).click()
    page.locator(MAP).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("s")
    page.get_by_role("button", name="Next grid of 2").click()
    talk.until("document.querySelector('.ds-next pre')?.textContent.length > 0")
    keys = [cell.key for cell in small.plan.cells if cell.place[1:] == (1, 0)]
    assert small.store.ratings == {keys[0]: "star", keys[2]: "star"}
    settings = [small.plan.pictures[keys[0]], small.plan.pictures[keys[2]]]
    assert talk.view.starred == settings
    assert page.locator(".ds-next pre").text_content() == next_code(small, settings)
    expect(page.locator(".ds-next pre")).to_be_in_viewport()
    assert talk.view.next_grid()[1] == {"seed": [1, 3]}
    page.get_by_role("button", name="Starred").click()
    page.wait_for_function("document.querySelectorAll('.ds-left > span').length === 2")
    assert page.locator(".ds-labels.ds-left > span").all_inner_texts() == ["1", "3"]
    assert page.locator(".ds-top > span").all_inner_texts() == ["4.0"]
    page.get_by_role("button", name="Rejected", exact=True).click()
    expect(page.locator(".ds-none")).to_have_text("Nothing here is rejected.")
    assert text(page, ".ds-counts") == "12 cells · 2 starred"


def test_a_refused_star_goes_again(look, small):
    talk = look(GridView(small))
    page = talk.page
    small.store.rate = lambda key, mark: (_ for _ in ()).throw(OSError("No space left"))
    click(page, 0, 0)
    page.keyboard.press("s")
    assert "1 starred" in text(page, ".ds-counts")
    talk.turn()
    expect(page.locator("[role=alert]")).to_contain_text("No space left")
    assert text(page, ".ds-counts") == "12 cells"


def test_two_cells_are_compared(look, small):
    talk = look(GridView(small))
    page = talk.page
    click(page, 0, 0)
    click(page, 2, 1, modifiers=["Shift"])
    talk.turn()
    left, right = (small.store.pixels(key).astype(int) for key in page.evaluate("kit.state.picked"))
    canvas = ".ds-side .ds-rows canvas"
    page.wait_for_function(f"document.querySelector('{canvas}').width === 65")
    np.testing.assert_array_equal(pixels(page, canvas)[:, :32], left)
    np.testing.assert_array_equal(pixels(page, canvas)[:, 33:], right)
    assert page.locator(".ds-differences td").all_inner_texts() == ["seed", "1", "3", "guidance scale", "1", "4"]
    page.get_by_role("button", name="Wipe").click()
    np.testing.assert_array_equal(pixels(page, canvas), np.hstack([left[:, :16], right[:, 16:]]))
    page.get_by_role("button", name="Difference").click()
    np.testing.assert_array_equal(pixels(page, canvas), np.minimum(255, 3 * abs(left - right)))
    assert f"mean {abs(left - right).mean():.1f} of 255" in text(page, ".ds-sides")
    page.get_by_role("button", name="Blink").click()
    first = pixels(page, canvas)
    page.get_by_role("button", name="Flip").click()
    assert {first.tobytes(), pixels(page, canvas).tobytes()} == {left.tobytes(), right.tobytes()}
    page.get_by_role("button", name="Compare", exact=True).click()
    click(page, 1, 0)
    assert page.evaluate("kit.state.picked[0]") == small.plan.cells[0].key, "the first one stays"
    page.get_by_role("button", name="Close").click()
    assert page.evaluate("kit.state.picked") == []
    assert page.evaluate("kit.log.errors") == []


def test_cells_appear_while_they_are_made(look, small):
    missing = [cell for cell in small.plan.cells if cell.place[0] == 2]
    small.store.done -= {cell.key for cell in missing}
    small.model = object()
    view = GridView(small)
    talk = look(view)
    page = talk.page
    click(page, 2, 0)
    expect(page.locator(".ds-side .ds-rows")).to_have_text("Not finished yet.")
    assert text(page, ".ds-counts") == "12 cells · 8 finished"
    page.get_by_role("button", name="Make the other 4").click()
    assert page.evaluate("kit.log.sent.at(-1)") == {"type": "start"}
    page.evaluate("() => { kit.log.sent.pop(); kit.receive({run: {ready: true, running: true}}); }")
    assert text(page, ".ds-counts") == "12 cells · 8 finished · working", (
        "it may be long before the first one is finished"
    )
    page.get_by_role("button", name="Stop").click()
    assert page.evaluate("kit.log.sent.at(-1)") == {"type": "stop"}
    for cell in missing:
        small.finish(cell.key)
    talk.until("document.querySelector('.ds-counts').textContent === '12 cells'")
    page.wait_for_function("document.querySelector('.ds-side .ds-rows canvas')")
    assert shows(page, 2, 0, small.store.pixels(missing[0].key))
    assert shows(page, 2, 1, small.store.pixels(missing[2].key))


def test_the_exported_page_is_the_same_view_without_a_network(page, small, tmp_path):
    wrong = []
    page.context.set_offline(True)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
    small.store.done.remove(small.plan.cells[-1].key)
    small.model = object()
    view = GridView(small)
    view.rate(small.plan.cells[0].key, "star")
    page.goto(view.to_html(tmp_path / "grid.html", title="My grid").resolve().as_uri())
    expect(page.locator(".ds-counts")).to_have_text("12 cells · 11 finished · 1 starred")
    expect(page.get_by_role("button", name="Make the other")).to_have_count(0)  # no model is there
    click(page, 0, 0)
    assert shows(page, 1, 1, small.store.pixels(small.plan.cells[6].key))
    click(page, 1, 1, modifiers=["Shift"])
    expect(page.locator(".ds-differences td")).to_have_count(6)
    expect(page.locator(".ds-film-line")).to_be_visible()
    page.get_by_label("Frame of the film").press("Home")
    left, right = (small.store.pixels(small.plan.cells[i].key, 1.0) for i in (0, 6))
    assert np.abs(pixels(page, ".ds-side .ds-rows canvas")[:, 33:] - right).max() <= 2
    assert np.abs(pixels(page, ".ds-side .ds-rows canvas")[:, :32] - left).max() <= 2
    page.mouse.move(*middle(page, 2, 0, None))
    expect(page.locator(".ds-tooltip")).to_contain_text("of 6")
    page.locator(MAP).focus()
    page.keyboard.press("s")
    page.get_by_role("button", name="Next grid of 2").click()
    keys = [small.plan.cells[i].key for i in (0, 6)]
    expect(page.locator(".ds-next pre")).to_have_text(f'view.star("{keys[0]}", "{keys[1]}")')
    expect(page.locator(".notice")).to_have_text("")  # the page keeps stars by itself
    page.get_by_label("steps leads").select_option("rows")
    expect(page.locator(".ds-left > .ds-group")).to_have_count(3)
    assert wrong == []
