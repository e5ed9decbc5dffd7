"""What one click on Draw costs before the network is asked: settings built and completed."""

import pytest

from diffuscope import Model, Settings
from diffuscope.recipe.fields import Fields
from diffuscope_widgets import Studio


@pytest.fixture
def studio(model):
    studio = Studio(model, Settings("a red circle", seed=1, steps=2))
    yield studio
    studio.wait(30)
    studio.close()


@pytest.mark.parametrize("tabs", [[], ["Tokens", "Seed", "Schedule"]])
@pytest.mark.parametrize(
    "change", [{}, {"seed": 5}, {"prompt": "a blue square", "scheduler": "euler", "schedule": None, "steps": 3}]
)
def test_a_click_builds_few_settings_and_completes_once(studio, monkeypatch, tabs, change):
    for name in tabs:
        assert studio.open_tab(name)
    built, completed = [], []
    check, complete = Fields.__post_init__, Model.complete
    monkeypatch.setattr(Fields, "__post_init__", lambda self: built.append(self) or check(self))
    monkeypatch.setattr(
        Model, "complete", lambda self, settings: completed.append(settings) or complete(self, settings)
    )
    values = {**studio.form.values, **change}
    studio.form._handle_custom_msg({"type": "draw", "traits": {"values": values}}, [])
    assert studio.wait(60)
    assert studio.trace.settings.prompt == values["prompt"]
    assert studio.trace.settings.seed == values["seed"]
    assert len(completed) <= 1, completed
    assert len(built) <= 2, built
