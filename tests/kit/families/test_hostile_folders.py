"""Model folders with files that say what cannot be: refused while they are loaded, at once, naming the file."""

import json

import pytest

from diffuscope import load


def edit(file, **entries):
    file.write_text(json.dumps({**json.loads(file.read_text()), **entries}))


@pytest.mark.parametrize(
    "entry",
    [
        {"num_train_timesteps": 0},
        {"num_train_timesteps": 10**8},
        {"num_train_timesteps": "x"},
        {"solver_order": 10**9},
        {"steps_offset": "x"},
        {"steps_offset": 1001},
        {"beta_end": float("nan")},
        {"beta_end": 5},
        {"beta_start": 0},
        {"trained_betas": "x"},
        {"timestep_spacing": "evil"},
        {"timestep_spacing": ["leading"]},
    ],
    ids=str,
)
def test_a_scheduler_that_cannot_be(folder, entry):
    edit(folder / "scheduler" / "scheduler_config.json", **entry)
    with pytest.raises(ValueError, match=f'^"mine/scheduler/scheduler_config.json": {next(iter(entry))} must be '):
        load(folder)


def test_a_list_of_betas_is_looked_through(folder):
    config = folder / "scheduler" / "scheduler_config.json"
    edit(config, trained_betas=[0.1] * 7 + [float("nan")], num_train_timesteps=8)
    with pytest.raises(ValueError, match=r"trained_betas\[7\] must be above 0 and at most 1, got nan"):
        load(folder)
    edit(config, trained_betas=[0.1] * 8)
    load(folder)


@pytest.mark.parametrize(
    ("defaults", "says"),
    [
        ({"steps": "x"}, "Steps must be a whole number"),
        ({"width": 7}, "Width must be 8 to"),
        ({"guidance_scale": float("nan")}, "Guidance must be a finite number"),
        ({"schedule": "x"}, "No schedule"),
        ({"evil": 1}, "evil 1 is none of schedule, "),
        ({"prompt": "advert"}, "prompt 'advert' is none of schedule, "),
        ({"steps": None}, "steps None is none of schedule, "),
    ],
)
def test_recommended_settings_that_cannot_be(folder, defaults, says):
    (folder / "defaults.json").write_text(json.dumps(defaults))
    with pytest.raises(ValueError, match=f'^"mine/defaults.json": .*{says}'):
        load(folder)


@pytest.mark.parametrize(
    "vocabulary",
    [
        "[]",
        "[" * 100_000,
        '{"evil": 1}',
        '{"groups": 3}',
        '{"groups": {"a": 3}}',
        '{"groups": {"a": {"b": "x"}}}',
        '{"groups": {"a": {"b": NaN}}}',
        '{"groups": {}, "evil": 1}',
    ],
    ids=lambda text: text[:30],
)
def test_a_vocabulary_that_is_none(folder, vocabulary):
    (folder / "vocabulary.json").write_text(vocabulary)
    with pytest.raises(ValueError, match=r'^"mine/vocabulary.json" is no vocabulary '):
        load(folder)


@pytest.mark.parametrize("most", [0, 2, 10**30])
def test_a_tokenizer_that_does_not_fit_its_text_encoder(folder, most):
    edit(folder / "tokenizer" / "tokenizer_config.json", model_max_length=most)
    with pytest.raises(ValueError, match=f'^"mine/tokenizer": model_max_length must be 3 to .*, got {most}'):
        load(folder)


@pytest.mark.parametrize("name", ["scenes", "storybook"])
def test_the_built_in_models_pass(name):
    assert load(name).name == name
