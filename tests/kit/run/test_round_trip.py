"""The round trip of a picture and nudged latents, against the model's own calls."""

import numpy as np
import pytest
import torch

from diffuscope.run.round_trip import nudged, round_trip

NOISE = np.random.default_rng(3).integers(0, 256, (16, 16, 3), np.uint8)  # of the tiny model's size


def test_there_and_back(model):
    trip = round_trip(model, NOISE)
    latents = model.encode(NOISE[None])
    np.testing.assert_array_equal(trip.picture, NOISE)
    np.testing.assert_array_equal(trip.latents, latents[0].numpy())
    np.testing.assert_array_equal(trip.back, model.decode(latents)[0])


def test_a_nudge_is_counted_in_standard_deviations_of_its_channel(model):
    latents = model.encode(NOISE[None])[0]
    by = torch.tensor([0.0, 1.5, 0.0, -2.0]) * latents.std((1, 2), correction=0)
    wanted = model.decode((latents + by[:, None, None])[None])[0]
    np.testing.assert_array_equal(nudged(model, latents.numpy(), [0.0, 1.5, 0.0, -2.0]), wanted)


def test_what_a_safety_checker_refuses_is_black(model, monkeypatch):
    monkeypatch.setattr(model, "flagged", lambda pictures: np.ones(len(pictures), bool))
    trip = round_trip(model, NOISE)
    assert trip.back.max() == nudged(model, trip.latents, [1.0] * 4).max() == 0


def test_what_cannot_be_read(model, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"missing\.png"):
        round_trip(model, tmp_path / "missing.png")
    with pytest.raises(ValueError, match=r"An array of complex128 \(2, 2\) is no picture"):
        round_trip(model, np.zeros((2, 2), complex))
