"""A Recipe has nothing open, equals the Settings that say the same, and is made once a run."""

import pickle

import pytest

from diffuscope import Keep, Model, Recipe, Settings, SettingsError, denoise, record, worker
from diffuscope.recipe.settings import OPEN

RED = Settings("a red circle", steps=2)


def test_completing_leaves_nothing_open(model):
    recipe = model.complete(RED)
    assert isinstance(recipe, Recipe)
    assert None not in [getattr(recipe, name) for name in OPEN]
    assert (recipe.width, recipe.schedule) == (16, "karras")
    assert recipe.key == Settings(**vars(recipe)).key


@pytest.mark.parametrize("name", OPEN)
def test_a_recipe_with_something_open_is_refused(model, name):
    with pytest.raises(SettingsError, match=r"is not set; model\.complete") as caught:
        Recipe(**vars(model.complete(RED)) | {name: None})
    assert caught.value.field == name
    with pytest.raises(SettingsError, match="is not set"):
        Recipe.from_dict({"prompt": "a red circle"})


def test_equal_where_all_fields_are(model):
    recipe = model.complete(RED)
    same = Settings(**vars(recipe))
    assert recipe == same
    assert hash(recipe) == hash(same)
    assert recipe != RED
    assert recipe != same.replace(seed=1)
    assert recipe != vars(recipe)
    assert Recipe.from_json(recipe.to_json()) == recipe == pickle.loads(pickle.dumps(recipe))


def test_replacing_keeps_a_recipe_while_nothing_is_open(model):
    recipe = model.complete(RED)
    assert type(recipe.replace(seed=3)) is Recipe
    assert type(recipe.replace(variation_seed=None)) is Recipe
    left = recipe.replace(scheduler="ddim", schedule=None)
    assert type(left) is Settings
    assert left.schedule is None


def test_settings_are_completed_once_a_run(model, monkeypatch):
    made = []
    complete = Model.complete
    monkeypatch.setattr(Model, "complete", lambda self, settings: made.append(1) or complete(self, settings))
    record(model, RED, Keep((), ()))
    assert len(made) == 1
    worker(model).submit(RED, Keep((), ())).result(60)
    assert len(made) == 2
    recipe = complete(model, RED)
    next(denoise(model, recipe))
    worker(model).submit([recipe, recipe], Keep((), ())).result(60)
    model.notes(recipe)
    assert len(made) == 2, "a recipe is taken as it is"


def test_a_recipe_of_another_model_is_checked(model, monkeypatch):
    recipe = model.complete(RED.replace(steps=400))
    monkeypatch.setattr(model, "scheduler_config", {**model.scheduler_config, "num_train_timesteps": 300})
    with pytest.raises(SettingsError, match="above this model's 300 training steps"):
        denoise(model, recipe)


@pytest.mark.parametrize("wrong", ["a red circle", ["a red circle"], [RED, None]])
def test_only_settings_can_be_run(model, wrong):
    with pytest.raises(TypeError, match=r"a run takes Settings, got (a text|NoneType)"):
        record(model, wrong)
