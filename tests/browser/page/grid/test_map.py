"""GridView's map in Chromium: a thousand cells under one hand, axes and labels. Truth: the painted pictures."""

import numpy as np
import pytest
from gridpage import DRAWN, MAP, click, painted, shows
from grids import PaintedGrid, planned
from pagetools import NASTY, pixels, text

from diffuscope_widgets import GridView

PAN = """async frames => {
  const box = document.querySelector('.ds-window');
  const native = CanvasRenderingContext2D.prototype.drawImage;
  let drawn = 0;
  CanvasRenderingContext2D.prototype.drawImage = function (...all) { drawn += 1; return native.apply(this, all); };
  const beat = () => new Promise(requestAnimationFrame);
  await beat();
  const begin = performance.now();
  for (let i = 0; i < frames; i += 1) {
    const by = 2 * Math.cos(i / 5);
    box.dispatchEvent(new WheelEvent('wheel', { deltaX: by, deltaY: by, bubbles: true, cancelable: true }));
    await beat();
  }
  const rate = 1000 * frames / (performance.now() - begin);
  CanvasRenderingContext2D.prototype.drawImage = native;
  return { rate, drawn: drawn / frames };
}"""
"""Moves a little in every frame; frames a second, and pictures drawn a frame."""

ZOOM = PAN.replace("deltaX: by, deltaY: by", "deltaY: 8 * by, ctrlKey: true")

WIDTHS = """() => { const native = CanvasRenderingContext2D.prototype.drawImage; kit.widths = new Set();
  CanvasRenderingContext2D.prototype.drawImage = function (...all) { kit.widths.add(all[0].width); return native.apply(this, all); }; }"""
"""Keeps in mind how wide the pictures are that are drawn."""


def test_a_thousand_cells_move_at_display_rate(look):
    grid = PaintedGrid(planned({"seed": list(range(40)), "guidance_scale": [1 + i / 4 for i in range(25)]}))
    page = look(GridView(grid)).page
    assert text(page, ".ds-counts") == "1,000 cells"
    page.locator(MAP).focus()
    page.evaluate(
        "() => document.querySelector('.ds-window').dispatchEvent(new WheelEvent('wheel', {deltaY: -12, ctrlKey: true, bubbles: true, cancelable: true}))"
    )
    page.evaluate(PAN, 10)
    found = page.evaluate(PAN, 90)
    print(f"\n{found['drawn']:.0f} pictures a frame, {found['rate']:.0f} frames a second")
    assert found["drawn"] < 50, "moving copies what is painted"
    assert found["rate"] >= 30
    for _ in range(5):
        page.keyboard.press("+")
    painted(page)
    found = page.evaluate(PAN, 60)
    print(f"near: {found['drawn']:.0f} pictures a frame, {found['rate']:.0f} frames a second")
    assert 1 < found["drawn"] < 400, "what is out of view is not drawn"
    assert found["rate"] >= 30
    found = page.evaluate(ZOOM, 60)
    print(f"zoom: {found['rate']:.0f} frames a second")
    assert found["rate"] >= 30
    assert page.evaluate("kit.log.errors") == []


def test_the_page_scrolls_on_where_the_map_ends(look, small):
    page = look(GridView(small)).page
    wheel = """by => { const event = new WheelEvent('wheel', {deltaY: by, bubbles: true, cancelable: true});
        document.querySelector('.ds-window').dispatchEvent(event); return event.defaultPrevented; }"""
    assert page.evaluate(wheel, 40) is False
    page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate(wheel, 40) is True
    assert page.evaluate(wheel, 4000) is True
    assert page.evaluate(wheel, 40) is False
    page.get_by_role("button", name="See all").click()
    page.wait_for_function("!document.querySelector('.ds-near')")


def test_a_drag_moves_and_picks_nothing(look, small):
    page = look(GridView(small)).page
    for _ in range(3):
        page.get_by_role("button", name="Zoom in").click()
    painted(page)
    before = pixels(page, MAP)
    box = page.locator(".ds-window").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 120, steps=4)
    page.mouse.up()
    painted(page)
    after = pixels(page, MAP)
    np.testing.assert_array_equal(after[20:100, 20:100], before[100:180, 80:160])
    assert page.evaluate("kit.state.picked") == []


def test_pictures_stand_at_their_values(look, small):
    page = look(GridView(small)).page
    click(page, 0, 0)
    for cell in small.plan.cells:
        if cell.place[2] == 0:
            assert shows(page, *cell.place[:2], small.store.pixels(cell.key)), cell.place
    assert page.locator(".ds-labels.ds-left > span").all_inner_texts() == ["1", "2", "3"]
    assert page.locator(".ds-top > span").all_inner_texts() == ["1.0", "4.0"]
    assert page.locator(".ds-corner span").all_inner_texts() == ["guidance scale\xa0→", "seed\xa0↓"]


def test_axes_are_sent_elsewhere(look, small):
    talk = look(GridView(small))
    page = talk.page
    page.get_by_label("steps, page after").click()
    assert page.evaluate("kit.state.page") == {"steps": 1}
    click(page, 0, 0)
    assert shows(page, 2, 1, small.store.pixels(small.plan.cells[-1].key))
    page.get_by_label("steps leads").select_option("columns")
    assert page.evaluate("kit.state.columns") == ["guidance_scale", "steps"]
    page.wait_for_function("document.querySelectorAll('.ds-top .ds-group').length === 2")
    assert page.locator(".ds-top > span:not(.ds-group)").all_inner_texts() == ["10", "20", "10", "20"]
    page.get_by_role("button", name="Swap").click()
    assert page.evaluate("[kit.state.rows, kit.state.columns]") == [["guidance_scale", "steps"], ["seed"]]
    talk.turn()
    assert (talk.view.rows, talk.view.columns) == (["guidance_scale", "steps"], ["seed"])
    page.evaluate("kit.receive({rows: [], columns: [], page: {seed: 2, guidance_scale: 1, steps: 0}})")
    page.wait_for_function("document.querySelectorAll('.ds-labels > span').length === 0")
    click(page, 0, 0)
    assert shows(page, 0, 0, small.store.pixels(small.plan.cells[-2].key))
    page.keyboard.press("PageDown")
    assert page.evaluate("kit.state.page.seed") == 0
    assert page.evaluate("kit.log.errors") == []


def test_no_label_is_cut(look):
    prompts = [
        "a heart of glass and stone",
        "a large red circle left of a small blue square, seen from far away on a rainy day in autumn",
    ]
    grid = PaintedGrid(planned({"prompt": prompts, "seed": [1, 2, 3, 4, 5, 6, 7, 8]}))
    page = look(GridView(grid, columns=["prompt"], rows=["seed"])).page
    cut = """() => [...document.querySelectorAll('.ds-labels > span > span')].filter(one => {
        const box = one.closest('.ds-labels').getBoundingClientRect(), mine = one.getBoundingClientRect();
        return mine.left < box.left - 1 || mine.right > box.right + 1 || mine.top < box.top - 1 || one.scrollHeight > one.clientHeight + 1;
    }).map(one => one.textContent)"""
    over = """() => { const all = [...document.querySelectorAll('.ds-labels > span > span')].map(one => one.getBoundingClientRect());
        return all.some((a, i) => all.some((b, j) => i < j && a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)); }"""
    assert page.evaluate(cut) == []
    assert page.evaluate(over) is False
    assert page.locator(".ds-top > span").all_inner_texts() == prompts
    page.get_by_role("button", name="Swap").click()
    page.wait_for_function("document.querySelectorAll('.ds-left > span').length === 2")
    assert page.evaluate(cut) == []
    assert page.evaluate(over) is False
    assert page.locator(".ds-labels.ds-left > span").all_inner_texts() == prompts


def test_a_label_keeps_its_lines_under_the_cursor(look):
    """It is bolder there, and so wider: "yellow" once became "yello" and "w"."""
    grid = PaintedGrid(planned({"prompt": ["red", "yellow", "green", "purple"], "seed": [1, 2]}))
    page = look(GridView(grid, rows=["prompt"], columns=["seed"])).page
    label = page.locator(".ds-left > span > span", has_text="yellow")
    before = label.bounding_box()["height"]
    page.locator(MAP).focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(".ds-left .ds-here:has-text('yellow')")
    assert label.bounding_box()["height"] == before


@pytest.mark.parametrize("columns", [["seed"], ["steps", "seed"]])
def test_the_names_of_the_axes_are_whole(look, small, columns):
    page = look(GridView(small, rows=["guidance_scale"], columns=columns)).page
    corner = page.locator(".ds-corner")
    assert corner.locator("span").last.inner_text() == "guidance scale\xa0↓"
    low, high = (corner.evaluate(f"one => one.{name}Height") for name in ("client", "scroll"))
    assert high <= low
    labels, window = (page.locator(one).bounding_box() for one in (".ds-top", ".ds-window"))
    assert abs(labels["y"] + labels["height"] - window["y"]) < 1, "labels stand at their pictures"
    labels = page.locator(".ds-labels.ds-left").bounding_box()
    assert abs(labels["x"] + labels["width"] - window["x"]) < 1


def test_it_may_be_opened_where_it_is_not_seen(show, small):
    page = show(GridView(small))
    page.evaluate("() => { kit.close(); document.querySelector('main').hidden = true; return kit.open(); }")
    page.evaluate("() => kit.receive({ picked: [kit.state.plan.cells[0].key] })")
    page.wait_for_timeout(200)
    assert page.evaluate("kit.log.errors") == []
    page.evaluate("() => (document.querySelector('main').hidden = false)")
    page.wait_for_function(DRAWN)


def test_large_pictures_come_when_the_map_is_near_enough(look):
    base = planned({"seed": [1]}).base.replace(width=512, height=512)
    grid = PaintedGrid(planned({"seed": [1, 2], "guidance_scale": [1.0, 2.0]}, base))
    talk = look(GridView(grid))
    page = talk.page
    page.evaluate(WIDTHS)
    page.get_by_role("button", name="Zoom in").click()
    talk.until("kit.widths.has(512)")


def test_nasty_text_stays_text(look):
    grid = PaintedGrid(planned({"prompt": [NASTY, "b"], "seed": [1, 2]}))
    view = GridView(grid)
    talk = look(view)
    click(talk.page, 0, 0)
    assert NASTY in talk.page.locator(".ds-labels.ds-left > span").first.text_content()
    assert NASTY in talk.page.locator(".ds-settings").text_content()
    assert talk.page.title() == "widget"
    assert talk.page.locator(".ds [onerror], .ds script").count() == 0
