"""Conversions of predictions against the definition: make x from a known x0 and noise, get both back."""

import pytest
import torch

from diffuscope.noise import spaces

X0, NOISE = torch.randn((2, 3, 4, 5), generator=torch.Generator().manual_seed(0), dtype=torch.float64).chunk(1)[0]


KINDS = [(kind, space) for kind in ("epsilon", "v_prediction", "sample") for space in ("vp", "ve")] + [("flow", "flow")]


@pytest.mark.parametrize(("kind", "space"), KINDS)
def test_round_trip(kind, space):
    for sigma in (0.05, 1.0, 14.6):
        sigma = torch.tensor(sigma, dtype=torch.float64)
        vp = 1 / (1 + sigma**2) ** 0.5
        a, s = {"vp": (vp, sigma * vp), "ve": (torch.ones(()), sigma), "flow": (1 / (1 + sigma), sigma / (1 + sigma))}[
            space
        ]
        output = {
            "epsilon": NOISE,
            "sample": X0,
            # velocity is defined on variance-preserving latents: alpha * noise - sigma * x0
            "v_prediction": vp * NOISE - sigma * vp * X0,
            "flow": NOISE - X0,
        }[kind]
        x = a * X0 + s * NOISE
        torch.testing.assert_close(spaces.x0(kind, x, output, a, s), X0)
        torch.testing.assert_close(spaces.noise(kind, x, output, a, s), NOISE)


def test_guide():
    uncond, cond = torch.zeros(2, 1, 1, 1), torch.ones(2, 1, 1, 1)
    scale = torch.tensor([1.0, 7.5]).view(2, 1, 1, 1)
    assert spaces.guide(uncond, cond, scale).flatten().tolist() == [1.0, 7.5]


def test_unknown_kind():
    with pytest.raises(ValueError, match="no prediction type"):
        spaces.x0("score", X0, X0, 1, 1)
