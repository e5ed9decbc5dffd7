"""PromptBox in Chromium on a static page: chips, typing, keys, and text that stays text."""

import pytest
from pagetools import NASTY

from diffuscope_widgets import PromptBox

FULL = "a (red:1.4) [circle|dragon] [a:blue:0.4] square square square"


def test_a_text_is_sent_by_message_too(show, model):
    page = show(PromptBox(model=model))
    page.get_by_label("Prompt").fill("a red")
    page.wait_for_function("kit.log.sent.length > 0")
    assert page.evaluate("kit.log.sent.at(-1)") == {"type": "push", "traits": {"value": "a red"}}


def test_chips(show, model):
    page = show(PromptBox(FULL, model))
    chips = page.locator(".ds-token")
    assert chips.all_text_contents() == [
        "1a", "2red×1.4, weight 1.4", "3circle", "3dragon, unknown", "4a", "4blue", "5square", "6square", "7square, not read"
    ]  # fmt: skip
    assert page.locator(".ds-unknown .ds-word").all_text_contents() == ["dragon"]
    cut = page.locator(".ds-token.ds-cut .ds-word")
    assert cut.evaluate("word => getComputedStyle(word).textDecorationLine") == "line-through"
    bar = page.locator(".ds-token-bar").evaluate("bar => getComputedStyle(bar).getPropertyValue('--ds-weight')")
    assert float(bar.removesuffix("%")) == pytest.approx(100 * 1.4 / 3)
    assert page.locator(".ds-kind").all_text_contents() == ["alternates", "switches"]
    assert page.locator(".ds-when").all_text_contents() == [
        "steps 1, 3, 5, …",
        "steps 2, 4, 6, …",
        "until 40 %",
        "after 40 %",
    ]
    assert page.locator(".ds-used").text_content() == "7 tokens, only 6 are read"
    assert page.locator(".ds-legend").text_content() == "athe model does not know this wordabehind the limit, not read"
    page.wait_for_function("() => document.querySelector('[aria-live]').textContent.includes('unknown: dragon')")


def test_typing_reaches_python_and_the_newest_wins(show, model):
    page = show(PromptBox("a", model))
    area = page.get_by_label("Prompt")
    area.press("End")
    area.press_sequentially(" red circle", delay=10)
    page.wait_for_function("() => kit.log.saved.at(-1)?.value === 'a red circle'")
    assert page.evaluate("kit.log.saved.length") < 11, "fewer messages than keys"
    assert "ds-old" in page.locator("ol.ds-chips").get_attribute("class"), "Python has not answered yet"
    reading = PromptBox("a red circle", model).reading
    page.evaluate("reading => kit.receive({reading})", reading)
    assert page.locator(".ds-word").all_text_contents() == ["a", "red", "circle"]
    assert "ds-old" not in page.locator("ol.ds-chips").get_attribute("class")


def test_python_sets_the_text_but_not_under_the_fingers(show, model):
    page = show(PromptBox("a", model))
    area = page.get_by_label("Prompt")
    page.evaluate("() => kit.receive({value: 'blue', label: 'Negative prompt'})")
    assert area.count() == 1
    assert page.get_by_label("Negative prompt").input_value() == "blue"
    area = page.get_by_label("Negative prompt")
    area.press("End")
    area.press_sequentially("12", delay=0)
    page.evaluate("() => kit.receive({value: 'blue1'})")  # an older text comes back while the newer one waits
    assert area.input_value() == "blue12"
    page.wait_for_function("() => kit.log.saved.at(-1)?.value === 'blue12'")


def test_problem_stands_below_and_the_chips_grow_pale(show, model):
    box = PromptBox("a red", model)
    box.value = "a (red:9)"
    page = show(box)
    area = page.get_by_label("Prompt")
    assert area.get_attribute("aria-invalid") == "true"
    about = page.locator(f"#{area.get_attribute('aria-describedby')}")
    assert "Weight 9 at position 2" in about.text_content()
    assert page.locator("ol.ds-chips.ds-old .ds-word").all_text_contents() == ["a", "red"]
    page.evaluate("() => kit.receive({problem: ''})")
    assert area.get_attribute("aria-invalid") is None


def test_weight_by_keyboard(show, model):
    page = show(PromptBox("a red circle", model))
    area = page.get_by_label("Prompt")
    area.evaluate("area => area.setSelectionRange(3, 3)")
    for _ in range(3):
        area.press("Control+ArrowUp")
    assert area.input_value() == "a (red:1.3) circle"
    for _ in range(3):
        area.press("Control+ArrowDown")
    assert area.input_value() == "a red circle"
    page.wait_for_function("() => kit.log.saved.at(-1)?.value === 'a red circle'")


@pytest.mark.parametrize("text", [NASTY, f"({NASTY}:1.2)", f"[{NASTY}|{NASTY}]", "红色的圆 " * 200, "x" * 10_000])
def test_text_stays_text(show, page, model, text):
    page.set_viewport_size({"width": 400, "height": 700})
    box = PromptBox(text)
    show(box)
    assert page.title() == "widget"
    assert page.locator("main img").count() == 0
    assert page.get_by_label("Prompt").input_value() == text
    assert page.locator(".ds-word").all_text_contents() == [token.text for token in box.tokens][:300]
    assert page.evaluate("document.documentElement.scrollWidth") <= 400, "nothing sticks out"
    clipped = "chips => chips.filter((chip) => chip.scrollWidth > chip.clientWidth).length"
    assert page.locator(".ds-token").evaluate_all(clipped) == 0


def test_whatever_python_says_stays_text(show):
    page = show(PromptBox())
    token = {"text": NASTY, "position": 0, "known": False, "read": True, "weight": 1}
    options = [{"when": NASTY, "parts": [token], "text": ""}, {"when": "", "parts": [], "text": NASTY}]
    reading = {
        "source": "",
        "unit": "words",
        "count": 1,
        "room": None,
        "more": 0,
        "parts": [token, {"kind": NASTY, "options": options}],
    }
    page.evaluate(
        "([reading, nasty]) => kit.receive({reading, problem: nasty, status: nasty, label: nasty, error: nasty})",
        [reading, NASTY],
    )
    page.wait_for_function("() => document.querySelector('.ds-spoken[aria-live]').textContent")
    assert page.title() == "widget"
    assert page.locator("main img").count() == 0
    for place in (".ds-word", ".ds-when", ".ds-kind", ".ds-nothing", ".ds-problem", "label", "[aria-live]"):
        assert NASTY in page.locator(place).first.text_content(), place


def test_nothing_and_never(show, model):
    page = show(PromptBox("[red::3] [[red|blue]|circle]", model))
    assert page.locator(".ds-nothing").all_text_contents() == ["nothing", "blue (no step reads it)"]


def test_without_a_model(show):
    page = show(PromptBox(value="a (red:1.2) kite"))
    assert page.locator(".ds-used").text_content() == "3 words"
    assert page.locator(".ds-level").is_hidden()
