"""The parts of the studio on a static page: form tools, history, the sheet of four, the placeholder."""

import base64

import pytest
from pagetools import NASTY
from playwright.sync_api import expect

from diffuscope import Settings, record
from diffuscope_widgets import History, PromptForm, Variants
from diffuscope_widgets.studio.placeholder import Placeholder

RED = Settings("a red circle", steps=3)


@pytest.fixture(scope="module")
def traces(model):
    return record(model, [RED.replace(seed=seed) for seed in range(4)])


@pytest.fixture
def views(traces):
    sheet = Variants(traces, ready=True)
    return {
        "history": History(traces, current=traces[1].key),
        "empty history": History(),
        "sheet": sheet,
        "empty sheet": Variants(ready=True),
        "placeholder": Placeholder(text="Nothing is drawn yet."),
        "full form": PromptForm(RED.replace(variation_seed=3), actions=True, live=True),
        "blocked form": PromptForm(RED, actions=True, blocked="This is a recorded run."),
    }


NAMES = ["history", "empty history", "sheet", "empty sheet", "placeholder", "full form", "blocked form"]


# -- history


def seeds(traces, sent):
    keys = {trace.key: trace.settings.seed for trace in traces}
    return [(one["type"], keys[one["key"]]) for one in sent]


def test_history_by_mouse(show, views, traces):
    page = show(views["history"])
    thumbs = page.locator(".ds-take")
    assert thumbs.count() == 4
    assert page.locator(".ds-now .ds-take").get_attribute("aria-label").startswith("Restore: a red circle, seed 1")
    thumbs.first.click()
    page.locator(".ds-against").nth(1).click()
    assert seeds(traces, page.evaluate("kit.log.sent")) == [("restore", 3), ("compare", 2)]
    assert page.locator(".ds-against").nth(2).is_disabled(), "compared with itself"
    sizes = page.locator(".ds-shelf img").evaluate_all("all => all.map(i => [i.complete, i.naturalWidth])")
    assert sizes == [[True, 16]] * 4


def test_history_by_keyboard(show, views, traces):
    page = show(views["history"])
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert seeds(traces, page.evaluate("kit.log.sent")) == [("restore", 1), ("compare", 0)]


def test_history_grows_under_the_keyboard(show, views, traces, model):
    view = views["history"]
    page = show(view)
    page.locator(".ds-take").nth(2).focus()
    key = page.evaluate("kit.state.meta.entries[2].key")
    view.add(record(model, RED.replace(seed=9)))
    thumbs = base64.b64encode(view.thumbs).decode()
    change = {"thumbs": thumbs, "meta": view.meta, "current": view.current}
    page.evaluate("change => kit.receive(change, ['thumbs'])", change)
    assert page.locator(".ds-take").count() == 5
    page.keyboard.press("Enter")
    assert page.evaluate("kit.log.sent") == [{"type": "restore", "key": key}], "the focus stayed on its run"


def test_nasty_prompts_stay_text(show, model):
    traces = record(model, [RED.replace(prompt=NASTY, seed=i) for i in range(4)])
    page = show(History(traces))
    assert NASTY in page.locator(".ds-take").first.get_attribute("aria-label")
    assert page.title() == "widget"
    show(Variants(traces))
    page.wait_for_selector(".ds-cell canvas")
    assert page.locator(".ds-variants .ds-about").first.inner_text() == NASTY
    assert page.title() == "widget"
    assert page.evaluate("kit.log.errors") == []


# -- the sheet


def test_sheet_buttons(show, views):
    page = show(views["sheet"])
    page.get_by_role("button", name="Show picture 1").click()
    page.get_by_role("button", name="Larger: picture 2, seed 1 with 6 steps").click()
    page.get_by_role("button", name="Vary picture 4").click()
    page.get_by_role("button", name="Draw four").click()
    assert page.evaluate("kit.log.sent") == [
        {"type": "show", "place": 0}, {"type": "larger", "place": 1}, {"type": "vary", "place": 3}, {"type": "four"},
    ]  # fmt: skip


def test_sheet_under_way_takes_no_presses_and_keeps_the_keyboard(show, views):
    page = show(views["sheet"])
    vary = page.get_by_role("button", name="Vary picture 2")
    vary.focus()
    page.evaluate("() => kit.receive({meta: {...kit.state.meta, live: true}})")
    page.wait_for_selector(".ds-take[aria-disabled=true]")
    page.keyboard.press("Enter")
    assert page.evaluate("kit.log.sent") == []
    assert vary.evaluate("button => button === document.activeElement")


def test_sheet_without_a_studio_only_shows(show, traces):
    page = show(Variants(traces))
    page.wait_for_selector(".ds-cell canvas")
    assert page.get_by_role("button", name="Vary picture 1").count() == 0
    assert page.get_by_role("button", name="Draw four").count() == 0


# -- the placeholder


def test_placeholder_tells_when_it_is_seen(show, page):
    show(Placeholder(text="opening"))
    page.wait_for_function("kit.log.sent.length === 1")
    assert page.evaluate("kit.log.sent") == [{"type": "seen"}]
    page.evaluate("kit.close()")
    page.evaluate("document.querySelector('main').style.display = 'none'")
    page.evaluate("kit.open()")
    page.wait_for_timeout(200)
    assert len(page.evaluate("kit.log.sent")) == 1, "hidden: nobody looks"
    page.evaluate("document.querySelector('main').style.display = ''")
    page.wait_for_function("kit.log.sent.length === 2")


# -- the form's tools

CATCH = """() => { window.packets = [];
  kit.model.send = (content, _, buffers) => packets.push([content, [...new Uint8Array(buffers?.[0] ?? [])]]); }"""
DROP = """name => { const data = new DataTransfer(); data.items.add(new File([new Uint8Array([1, 2, 3])], name));
  const root = document.querySelector('.ds-form'); const fire = (type) => root.dispatchEvent(
    new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
  return [fire('dragover'), root.classList.contains('ds-over'), fire('drop'), root.classList.contains('ds-over')]; }"""


def test_a_dropped_file_travels_as_bytes(show, page):
    show(PromptForm(actions=True))
    page.evaluate(CATCH)
    assert page.evaluate(DROP, "kept.png") == [False, True, False, False], "the browser must not open the file"
    page.wait_for_function("packets.length === 1")
    assert page.evaluate("packets") == [[{"type": "picture", "name": "kept.png"}, [1, 2, 3]]]
    page.evaluate("kit.model.message({type: 'restored', name: '<b>kept</b>.png'})")
    assert page.locator(".ds-tools [role=status]").inner_text() == "These are the settings of “<b>kept</b>.png”."


def test_a_chosen_file_travels_as_bytes(show, page, tmp_path):
    (tmp_path / "one.png").write_bytes(b"\x05\x06")
    (tmp_path / "huge.png").write_bytes(bytes(9 * 2**20 + 1))
    show(PromptForm())
    page.evaluate(CATCH)
    for _ in range(2):  # the same file can be chosen again
        page.locator("input[type=file]").set_input_files(tmp_path / "one.png")
    page.wait_for_function("packets.length === 2")
    assert page.evaluate("packets[0][1]") == [5, 6]
    page.locator("input[type=file]").set_input_files(tmp_path / "huge.png")
    assert "larger than 8 MB" in page.locator(".ds-tools [role=status]").inner_text()
    assert page.evaluate("packets.length") == 2


def test_copy_as_python(show, page):
    form = PromptForm(RED.replace(prompt=NASTY))
    show(form)
    clipboard = "{ value: { writeText: async (text) => { window.copied = text; } } }"
    page.evaluate(f"() => {{ Object.defineProperty(navigator, 'clipboard', {clipboard}); }}")
    page.get_by_role("button", name="Copy as Python").click()
    page.wait_for_function("document.querySelector('.ds-tools [role=status]').textContent.startsWith('Copied')")
    assert page.evaluate("window.copied") == form.code


def test_code_can_be_had_without_a_clipboard(show, page):
    form = PromptForm(RED)
    show(form)
    page.evaluate("() => Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.get_by_role("button", name="Copy as Python").click()
    box = page.get_by_label("Python code")
    assert box.input_value() == form.code
    assert box.evaluate("box => box.selectionEnd - box.selectionStart") == len(form.code)


def test_drawing_at_every_change(show, page):
    show(PromptForm(RED, actions=True))
    steps = page.get_by_label("Steps slider")
    steps.fill("20")
    assert page.evaluate("kit.log.sent") == []
    page.get_by_label("at every change").check()
    assert page.evaluate("kit.state.live") is True
    for value in range(1, 51):
        steps.fill(str(value))
    page.wait_for_function("kit.log.sent.at(-1)?.traits.values.steps === 50")
    page.wait_for_timeout(300)
    sent = page.evaluate("kit.log.sent")
    assert sent[-1]["traits"]["values"]["steps"] == 50
    assert len(sent) < 50
    assert {one["type"] for one in sent} == {"draw"}


def test_what_is_in_force_is_never_folded_away(show, page):
    show(PromptForm(RED))
    assert page.get_by_label("Variation seed").is_hidden()
    page.evaluate("kit.receive({values: {...kit.state.values, variation_seed: 5}})")
    assert page.get_by_label("Variation seed").is_visible()
    page.get_by_label("Variation seed").fill("")
    page.get_by_label("Width").fill("64")
    page.wait_for_function("kit.log.saved.at(-1)?.values.width === 64")
    assert page.evaluate("kit.log.saved.at(-1).values.variation_seed") is None


def test_controls_in_vain_say_so_on_themselves(show, page, model):
    form = PromptForm(RED.replace(negative_prompt="blue", guidance_scale=1.0, eta=0.5, variation_strength=0.5))
    form.notes = model.notes(form.settings)  # of guidance the model knows more
    show(form)
    for name in ("negative_prompt", "eta", "variation_strength"):
        assert page.locator(f".ds-{name} .ds-note").inner_text().startswith("No effect")
        assert page.locator(f".ds-{name}.ds-idle").count() == 1
        described = page.locator(f".ds-{name} :is(input, textarea)").first.get_attribute("aria-describedby").split()[1]
        assert page.locator(f"#{described}").inner_text().startswith("No effect")


def test_blocked_form_has_no_buttons(show, page):
    show(PromptForm(RED, actions=True, blocked="This is a <b>recorded</b> run."))
    assert page.locator(".ds-blocked").inner_text() == "This is a <b>recorded</b> run."
    assert page.get_by_role("button", name="Draw").count() == 0
    page.get_by_label("Prompt", exact=True).press("Control+Enter")
    assert page.evaluate("kit.log.sent") == []


def test_a_wide_form_is_low(show):
    """Where the studio has room for one column only, the film then stands not far below Draw."""
    page = show(PromptForm(RED, actions=True))
    prompt, negative = page.get_by_label("Prompt", exact=True), page.get_by_label("Negative prompt")
    page.set_viewport_size({"width": 600, "height": 900})
    assert prompt.bounding_box()["y"] == negative.bounding_box()["y"]
    wide = page.locator(".ds-form").bounding_box()["height"]
    page.set_viewport_size({"width": 360, "height": 900})
    assert prompt.bounding_box()["y"] < negative.bounding_box()["y"]
    assert wide < 0.75 * page.locator(".ds-form").bounding_box()["height"]


def test_draw_leads_to_the_field_that_cannot_work(show):
    page = show(PromptForm(RED, actions=True))
    assert not page.get_by_label("Width", exact=True).is_visible()
    page.evaluate("kit.receive({values: {...kit.state.values, width: 100}, problems: {width: 'Width 100 ...'}})")
    page.get_by_role("button", name="Draw").click()
    expect(page.get_by_label("Width", exact=True)).to_be_focused()
    page.evaluate("kit.receive({values: {...kit.state.values, width: 96}, problems: {}})")
    page.get_by_role("button", name="Draw").click()
    expect(page.get_by_role("button", name="Draw")).to_be_focused()
