"""The table of quantities: what one row of it brings."""

import numpy as np
import pytest
import torch

from diffuscope import Keep, Settings, denoise, record
from diffuscope.trace.quantities import QUANTITIES, derived
from diffuscope_widgets import Film
from diffuscope_widgets.parts.frames import ROWS

SETTINGS = Settings("a red circle", seed=3, steps=6)


def test_every_quantity_of_a_guided_run_is_in_the_table(model):
    step = next(denoise(model, SETTINGS))
    assert set(step.seen) <= set(QUANTITIES)
    for name in QUANTITIES:
        assert torch.isfinite(step.row(name, 0)).all()


@pytest.mark.parametrize("name", [row.name for row in QUANTITIES.values() if row.derive])
def test_what_is_computed_is_what_was_seen(model, name):
    for step in denoise(model, SETTINGS):
        if name in step.seen:
            found = derived(name, {k: v for k, v in step.seen.items() if k != name}, step.alpha, step.sigma)
            torch.testing.assert_close(found, step.seen[name], rtol=1e-3, atol=1e-3)


def test_a_row_without_guidance_lacks_what_guidance_brings(model):
    step = next(denoise(model, [SETTINGS, SETTINGS.replace(guidance_scale=1.0)]))
    for name, row in QUANTITIES.items():
        assert (step.row(name, 1) is None) == row.guided
        assert step.row(name, 0) is not None


def test_the_film_shows_what_the_table_says(model):
    shown = [row.name for row in QUANTITIES.values() if row.decodable]
    channels = [f"{row.name}_channels" for row in QUANTITIES.values() if row.channels]
    assert list(ROWS) == [*shown, *channels]
    film = Film(record(model, SETTINGS, Keep(tuple(QUANTITIES), tuple(shown))))
    assert [row["name"] for row in film.meta["rows"]] == [*shown, *channels]
    assert [row["label"] for row in film.meta["rows"]][: len(shown)] == [QUANTITIES[name].label for name in shown]


def test_nothing_comes_of_nothing():
    assert derived("noise", {"x_t": np.ones(3)}, 0.5, 0.5) is None
    assert derived("x_t", {"x0": np.ones(3)}, 0.5, 0.5) is None
    assert derived("no such thing", {}, 1, 0) is None
