"""The seed picker in Chromium: true noise, live mixing, keyboard, history, and nothing left behind."""

import base64

import numpy as np
import pytest
import torch
from pagetools import pixels

from diffuscope import Settings
from diffuscope.noise.initial import initial_noise
from diffuscope_widgets import SeedPicker
from diffuscope_widgets.seeds.picker import portrait


def noise(seed, other=None, strength=0.0, shape=(4, 8, 8)):
    return initial_noise(Settings("", seed=seed, variation_seed=other, variation_strength=strength), shape)[0].numpy()


def saved(page, **wanted):
    """Wait until Python would have these values."""
    page.wait_for_function(
        "wanted => Object.entries(wanted).every(([k, v]) => JSON.stringify(kit.log.saved.at(-1)?.[k]) === JSON.stringify(v))",
        arg=wanted,
    )


def test_the_pictures_are_the_noise(show):
    page = show(SeedPicker(42))
    for place, seed in enumerate(range(42, 50)):
        picture = pixels(page, f".ds-noises button:nth-child({place + 1}) canvas")
        np.testing.assert_array_equal(picture, portrait(noise(seed)))
    # the same noise, drawn once by Python and once by JavaScript
    np.testing.assert_array_equal(pixels(page, ".ds-mix canvas"), portrait(noise(42)))
    assert page.get_by_label("Strength").is_disabled()
    assert page.locator(".ds-from").is_hidden()


@pytest.mark.parametrize("shape", [[4, 8, 8], [16, 6, 10], [1, 8, 8]])
def test_the_slider_mixes_as_python_does(show, shape):
    page = show(SeedPicker(42, variation_seed=7, shape=shape))
    for strength in (0, 0.25, 0.5, 0.83, 1):
        page.get_by_label("Strength").fill(str(strength))
        drawn = pixels(page, ".ds-mix canvas").astype(int)
        # float32 rounds where float64 is compared: a number on the edge may fall to the next of 256 shades
        assert np.abs(drawn - portrait(noise(42, 7, strength, shape))).max() <= 1
    np.testing.assert_array_equal(drawn, portrait(noise(7, shape=shape)))
    saved(page, variation_strength=1, seed=42, variation_seed=7)


def test_the_angle_is_said(show):
    page = show(SeedPicker(42, variation_seed=7, variation_strength=0.5))
    a, b = (torch.from_numpy(noise(seed)).flatten() for seed in (42, 7))
    whole = torch.rad2deg(torch.acos((a @ b) / a.norm() / b.norm()))
    said = page.locator(".ds-mix figcaption").inner_text()
    assert said.startswith(f"turned {whole / 2:.0f}° of {whole:.0f}°")
    assert page.get_by_label("Strength").get_attribute("aria-valuetext").startswith("0.50, turned")


def test_click_a_noise_and_go_back(show):
    page = show(SeedPicker(42))
    page.get_by_role("button", name="Seed 45").click()
    saved(page, seed=45, history=[42])
    assert page.get_by_label("Seed", exact=True).input_value() == "45"
    assert page.get_by_role("button", name="Seed 45").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Back to seed 42").click()
    saved(page, seed=42, history=[45, 42])
    page.get_by_role("button", name="Later seeds").click()
    saved(page, first=50, seed=42)


def test_keyboard(show):
    page = show(SeedPicker(42, variation_seed=7))
    page.get_by_label("Seed", exact=True).focus()
    page.keyboard.type("1")  # at the end or the front: what counts is that it is a seed
    for name in ("Another seed", "keep"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent || document.activeElement.ariaLabel") == name
    page.keyboard.press("Space")
    saved(page, locked=False)
    page.get_by_label("Strength").focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    saved(page, variation_strength=0.99)
    marked = "all => all.every(one => one.dataset.lmSuppressShortcuts === 'true')"
    assert page.locator("button, input").evaluate_all(marked)


def test_dice_and_clear(show):
    page = show(SeedPicker(42))
    page.get_by_role("button", name="Another variation seed").click()
    page.wait_for_function("kit.log.saved.at(-1)?.variation_seed >= 0")
    saved(page, variation_strength=0.25)
    page.get_by_role("button", name="clear").click()
    saved(page, variation_seed=None, variation_strength=0)
    page.get_by_role("button", name="Another seed", exact=True).click()
    saved(page, history=[42])
    assert page.evaluate("kit.state.seed") != 42


def test_noise_is_asked_for_by_message_too(show):
    page = show(SeedPicker(42))
    page.get_by_label("Seed", exact=True).fill("43")
    saved(page, seed=43)
    page.get_by_role("button", name="keep").click()
    saved(page, seed=43, locked=False)
    assert page.evaluate("kit.log.sent") == [{"type": "push", "traits": {"seed": 43}}], "the lock needs no answer"


@pytest.mark.parametrize("text", ["", "-3", "1.5", "4294967296"])
def test_no_seed_is_said_and_not_sent(show, text):
    page = show(SeedPicker(42))
    box = page.get_by_label("Seed", exact=True)
    box.fill(text)
    assert "0 to 4294967295" in page.locator(".ds-problem").first.inner_text()
    assert box.get_attribute("aria-invalid") == "true"
    assert page.evaluate("kit.state.seed") == 42
    box.fill("43")
    saved(page, seed=43)
    assert box.get_attribute("aria-invalid") is None


def test_answers_python(show):
    picker = SeedPicker(42)
    page = show(picker)
    page.evaluate("kit.open()")
    picker.seed, picker.variation_seed = 100, 3
    change = {name: base64.b64encode(getattr(picker, name)).decode() for name in ("strip", "pair")}
    change |= {"meta": picker.meta, "seed": 100, "variation_seed": 3, "first": 100, "variation_strength": 0.5}
    page.evaluate("change => kit.receive(change, ['strip', 'pair'])", change)
    page.wait_for_function("document.querySelectorAll('.ds-noises [aria-label=\"Seed 107\"]').length === 2")
    mix = pixels(page, ".ds >> nth=1 >> .ds-mix canvas").astype(int)
    assert np.abs(mix - portrait(noise(100, 3, 0.5))).max() <= 1


def test_without_torch_there_are_no_pictures(show, monkeypatch):
    monkeypatch.setattr(SeedPicker, "noise", lambda *_: (_ for _ in ()).throw(ImportError("torch")))
    page = show(SeedPicker(42, variation_seed=7))
    assert page.locator("canvas:visible").count() == 0
    page.get_by_label("Strength").fill("0.5")
    saved(page, variation_strength=0.5)
    assert page.evaluate("kit.log.errors") == []


def test_nasty_text_stays_text(show):
    page = show(SeedPicker(42))
    nasty = "<img src=x onerror=\"document.title='owned'\"></script>$\\foo{ שלום"
    page.evaluate("error => kit.receive({error})", nasty)
    assert page.locator("[role=alert]").inner_text() == nasty
    assert page.title() == "widget"


def test_narrow_and_zoomed(show, page):
    show(SeedPicker(4294967290, variation_seed=7))
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
