"""GridView in Chromium: a thousand cells under one hand, axes, films, stars, comparison, and the page that is exported.
Truth: the painted pictures themselves."""

import base64
import re

import numpy as np
import pytest
from grids import PaintedGrid, planned
from pagetools import NASTY, pixels, text
from playwright.sync_api import expect

from diffuscope_widgets import GridView
from diffuscope_widgets.grid.next import next_code

TILES = "() => document.querySelector('.ds-counts')?.textContent.length > 0"
MAP = ".ds-window canvas"
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


class Talk:
    """A page and the view behind it, which answers when it is told to."""

    def __init__(self, page, view):
        self.page, self.view, self.replies, self.states = page, view, [], {}
        view.send = lambda content, buffers=(): self.replies.append((content, buffers))
        view.send_state = lambda key=None: self.states.update(view.get_state(key))

    def turn(self):
        """Python hears what was said and written so far, and answers."""
        for state in self.page.evaluate("kit.log.saved.splice(0)"):
            for name in ("rows", "columns", "page", "filter", "picked", "mode"):
                setattr(self.view, name, state[name])
        for message in self.page.evaluate("kit.log.sent.splice(0)"):
            self.view._handle_custom_msg(message, [])
        for content, buffers in self.replies:
            data = [base64.b64encode(one).decode() for one in buffers or ()]
            self.page.evaluate(
                """([content, data]) => kit.model.message(content,
                    data.map(one => new DataView(Uint8Array.from(atob(one), c => c.charCodeAt(0)).buffer)))""",
                [content, data],
            )
        packed = {
            name: base64.b64encode(value).decode() for name, value in self.states.items() if isinstance(value, bytes)
        }
        self.page.evaluate("([state, names]) => kit.receive(state, names)", [self.states | packed, list(packed)])
        self.replies, self.states = [], {}

    def until(self, condition):
        """Turn until the page agrees."""
        for _ in range(100):
            self.turn()
            if self.page.evaluate(condition):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it never came to: {condition}")


@pytest.fixture
def small():
    return PaintedGrid(planned({"seed": [1, 2, 3], "guidance_scale": [1.0, 4.0], "steps": [10, 20]}))


@pytest.fixture
def look(show):
    def put(view):
        page = show(view)
        page.wait_for_function(DRAWN)
        return Talk(page, view)

    return put


DRAWN = """() => { const canvas = document.querySelector('.ds-window canvas'); const pen = canvas.getContext('2d');
  return pen.getImageData(0, 0, canvas.width, canvas.height).data.some(one => one > 60); }"""


def middle(page, row, column, shape):
    """Where the middle of a cell is on the screen: cells are squares, 1.06 of their side apart."""
    box = page.locator(".ds-window").bounding_box()
    side = page.locator(".ds-cursor").evaluate("one => one.offsetWidth") or 1
    return box["x"] + side * (1.06 * column + 0.5), box["y"] + side * (1.06 * row + 0.5)


def click(page, row, column, **how):
    page.locator(".ds-window canvas").focus()
    at = middle(page, row, column, None)
    box = page.locator(".ds-window").bounding_box()
    page.locator(".ds-window").click(position={"x": at[0] - box["x"], "y": at[1] - box["y"]}, **how)


def shows(page, row, column, wanted):
    """Whether a cell of the map shows a picture, by nine of its pixels: small ones are enlarged without blur."""
    drawn = pixels(page, MAP)
    side = page.locator(".ds-cursor").evaluate("one => one.offsetWidth")
    for y, x in np.ndindex(3, 3):
        share_y, share_x = (y + 0.5) / 3, (x + 0.5) / 3
        found = drawn[int(side * (1.06 * row + share_y)), int(side * (1.06 * column + share_x))]
        want = wanted[int(share_y * len(wanted)), int(share_x * len(wanted))]
        if np.abs(found - want).max() > 1:
            return False
    return True


# -- a thousand


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
    page.wait_for_timeout(300)
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
    page.wait_for_timeout(400)  # the last zoom is painted
    before = pixels(page, MAP)
    box = page.locator(".ds-window").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 140, box["y"] + 120, steps=4)
    page.mouse.up()
    page.wait_for_timeout(100)
    after = pixels(page, MAP)
    np.testing.assert_array_equal(after[20:100, 20:100], before[100:180, 80:160])
    assert page.evaluate("kit.state.picked") == []


# -- where things are


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


# -- films


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


# -- stars


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


# -- two cells


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


# -- while it is made


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
    page.get_by_role("button", name="Stop").click()
    assert page.evaluate("kit.log.sent.at(-1)") == {"type": "stop"}
    for cell in missing:
        small.finish(cell.key)
    talk.until("document.querySelector('.ds-counts').textContent === '12 cells'")
    page.wait_for_function("document.querySelector('.ds-side .ds-rows canvas')")
    assert shows(page, 2, 0, small.store.pixels(missing[0].key))
    assert shows(page, 2, 1, small.store.pixels(missing[2].key))


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


# -- exported


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
    page.wait_for_timeout(300)
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
