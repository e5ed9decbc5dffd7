"""What a run reads at each step, against runs put together by hand; what a weight does to it."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from through import through
from tiny import tiny_pipeline

from diffuscope import Settings, denoise, load
from diffuscope.families.parts import Conditioning
from diffuscope.prompt.emphasis import emphasize


def latents(model, *prompts, **changes):
    rows = [Settings(p, seed=7 + i, steps=6, **changes) for i, p in enumerate(prompts)]
    return list(denoise(model, rows))[-1].latents


def by_hand(model, embeddings, negative="", **changes):
    """A run that is told at the door of the network what to read, call by call; what the loop hands over is ignored."""
    calls, denoiser = iter(embeddings), model.denoiser

    def ask(x_t, t, _given):
        return denoiser(
            x_t, t, Conditioning({"encoder_hidden_states": torch.cat([embedded(model, negative), next(calls)])})
        )

    return latents(replace(model, denoiser=through(model, ask)), "", **changes)


def embedded(model, prompt):
    """The prompt embeddings (1, tokens, width)."""
    return model.reader.condition(prompt, model.complete(Settings(prompt))).tensors["encoder_hidden_states"]


@pytest.fixture(scope="module", params=["tiny", pytest.param("scenes", marks=pytest.mark.slow)])
def either(request, model):
    return model if request.param == "tiny" else load("scenes")


def test_weight_one_is_no_weight(either):
    plain = latents(either, "a red circle")
    for same in (
        "a (red:1) circle",
        "(a red circle:1.0)",
        "((a red circle:2):0.5)",
        "a [red|red] circle",
        "a [red::1.0] circle",
    ):
        assert torch.equal(latents(either, same), plain), same
    assert not torch.equal(latents(either, "a (red:1.4) circle"), plain)
    assert not torch.equal(
        latents(either, "blue", negative_prompt="(red:1.4)"), latents(either, "blue", negative_prompt="red")
    )


def test_plain_brackets_are_the_tokenizers_business(model):
    """diffusers' own pipeline reads (red) and [red] as written; so do we."""
    theirs = tiny_pipeline().encode_prompt("a (red) [circle]", "cpu", 1, False)[0]
    assert torch.equal(embedded(model, "a (red) [circle]"), theirs)
    assert torch.equal(embedded(model, r"a \(red\) \[circle\]"), theirs)


@pytest.mark.parametrize("scheduler", ["ddim", "heun", "dpm2 a", "dpm++ 2m"])
def test_alternation_equals_alternating_states(either, scheduler):
    red, blue = embedded(either, "a red circle"), embedded(either, "a blue circle")
    ours = latents(either, "a [red|blue] circle", scheduler=scheduler, negative_prompt="square")
    assert torch.equal(ours, by_hand(either, [red, blue] * 10, "square", scheduler=scheduler))


@pytest.mark.parametrize(("scheduler", "switch"), [("ddim", 3), ("heun", 5), ("dpm++ 2m", 3)])
def test_switch_equals_swapped_states(either, scheduler, switch):
    red, blue = embedded(either, "a red circle"), embedded(either, "a blue circle")
    wanted = by_hand(either, [red] * switch + [blue] * 20, scheduler=scheduler)
    assert torch.equal(latents(either, "a [red:blue:0.5] circle", scheduler=scheduler), wanted)
    assert torch.equal(latents(either, f"a [red:blue:{switch}] circle", scheduler=scheduler), wanted)


def test_negative_prompt_moves_too(model):
    swapped = latents(model, "a circle", negative_prompt="[red:blue:0.5]", guidance_scale=5.0)
    assert not torch.equal(swapped, latents(model, "a circle", negative_prompt="red", guidance_scale=5.0))
    assert not torch.equal(swapped, latents(model, "a circle", negative_prompt="blue", guidance_scale=5.0))
    never = latents(model, "a circle", negative_prompt="[red:blue:99]", guidance_scale=5.0)
    assert torch.equal(never, latents(model, "a circle", negative_prompt="red", guidance_scale=5.0))


def test_batch_equals_alone(either):
    prompts = ["a (red:1.5) circle", "a [red|blue] circle", "[a::0.5] blue [square:circle:2]", "a red square"]
    rows = [Settings(p, seed=7, steps=6, guidance_scale=g, negative_prompt="[blue|red]")
            for p, g in zip(prompts, (4.0, 1.0, 7.0, 2.0), strict=True)]  # fmt: skip
    together = list(denoise(either, rows))[-1].latents
    for latent, row in zip(together, rows, strict=True):
        torch.testing.assert_close(latent[None], list(denoise(either, row))[-1].latents, rtol=1e-5, atol=1e-4)


def test_equal_texts_are_encoded_once(model):
    before = model.reader._encode.cache_info().misses
    latents(
        model, "square [circle|circle] [a|a|a]", "square [circle:circle:0.5] a", negative_prompt="(square:1.0) circle a"
    )
    assert model.reader._encode.cache_info().misses <= before + 2  # the prompts, and the negative one


def test_weight_acts_on_its_words_alone():
    model = load("scenes")
    plain, heavy = embedded(model, "a red circle"), embedded(model, "a (red:2) circle")
    ratio = (heavy / plain).median(-1).values[0]  # (tokens,)
    others = torch.cat([ratio[:2], ratio[3:]])  # start, a | red | circle, end, padding
    torch.testing.assert_close(others, others[:1].expand_as(others), rtol=1e-3, atol=0)
    assert float(ratio[2] / others[0]) == pytest.approx(2, rel=1e-3)


def test_emphasis_is_a1111s_where_the_mean_says_something():
    states = np.random.default_rng(0).normal(0.3, 1, (1, 5, 7)).astype("float32")
    weights = [1, 1.5, 0.2, 1, 2]
    scaled = states * np.array(weights, "float32")[None, :, None]
    wanted = scaled * (states.mean() / scaled.mean())
    torch.testing.assert_close(emphasize(torch.from_numpy(states), weights), torch.from_numpy(wanted))
    assert emphasize(torch.from_numpy(states).half(), weights).dtype == torch.float16


def test_emphasis_of_centred_states_does_not_explode():
    states = torch.from_numpy(np.random.default_rng(0).normal(0, 1, (1, 5, 7)).astype("float32"))
    states -= states.mean()
    made = emphasize(states, [1, 3, 0, 1, 2])
    assert float(made.abs().mean()) == pytest.approx(float(states.abs().mean()), rel=1e-5)
    assert torch.all(made * states >= 0), "no sign is turned"
