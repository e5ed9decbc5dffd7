"""The table of settings: complete, true to the dataclass, and read by everyone who needs to know a setting."""

import dataclasses
import re

import numpy as np
import pytest

from diffuscope import Recipe, Settings, SettingsError
from diffuscope.grid.axes.axes import axes
from diffuscope.grid.planner import key
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.no_effect import effective
from diffuscope.run.run import SHARED
from diffuscope.trace.metadata import infotext

FULL = Recipe("a", schedule="karras", steps=20, guidance_scale=7.0, width=64, height=64)


def test_the_rows_are_the_fields():
    assert list(FIELDS) == [field.name for field in dataclasses.fields(Settings)]
    for name, field in FIELDS.items():
        assert field.name == name
        assert field.label
        assert field.help.endswith(".")
        assert field.group in ("prompt", "main", "scheduler", "extra", "more")
        assert field.kind in ("str", "int", "float")
        if name != "prompt":
            assert field.check(field.default) == field.default, "a default is a value"
    assert FIELDS["variation_seed"].optional
    assert not FIELDS["seed"].optional
    assert SHARED == ("scheduler", "schedule", "steps", "eta", "width", "height")


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.kind != "str"])
def test_numbers_are_taken_within_their_limits(name):
    field = FIELDS[name]
    ends = [field.low, field.high] if name != "steps" else [2, 1000]  # by its scheduler too
    for end in ends:
        value = getattr(FULL.replace(**{name: field.type(end)}), name)
        assert value == end
        assert type(value) is field.type
    for beyond in (field.low - field.multiple, field.high + field.multiple):
        with pytest.raises(SettingsError) as caught:
            Settings("", **{name: field.type(beyond)})
        assert caught.value.field == name
        assert field.label in str(caught.value)


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if field.kind != "str"])
def test_numbers_of_numpy_become_those_of_python(name):
    field = FIELDS[name]
    ours = field.type(field.low + field.multiple)
    kinds = (np.int64, np.uint16) if field.kind == "int" else (np.float32, np.float64, np.int64)
    for kind in kinds:
        value = getattr(Settings("", **{name: kind(ours)}), name)
        assert (value, type(value)) == (ours, field.type)
    with pytest.raises(SettingsError, match="number"):
        Settings("", **{name: np.bool_(True)})


def test_text_of_numpy_becomes_that_of_python():
    one = Settings(np.str_("a"), schedule=np.str_("karras"), scheduler=np.str_("euler"))
    assert {type(one.prompt), type(one.schedule), type(one.scheduler)} == {str}
    assert one.to_json() == Settings("a", schedule="karras", scheduler="euler").to_json()


def test_numbers_too_large_to_write_are_refused_in_words():
    with pytest.raises(SettingsError, match="Guidance must be a finite number"):
        Settings("", guidance_scale=10**400)
    with pytest.raises(SettingsError, match="very many digits"):
        Settings("", seed=10**5000)


def test_a1111s_names_of_schedules_are_taken():
    assert Settings("", schedule="SGM Uniform").schedule == "sgm uniform"
    assert Settings("", schedule="Karras") == Settings("", schedule="karras")


def test_every_row_has_an_axis_by_our_name_and_by_a1111s():
    for name, field in FIELDS.items():
        if field.kind != "str":
            low = field.low + field.multiple
            text = f"{low:g}, {low + field.multiple:g}"
            theirs = () if field.a1111_read else (field.a1111_axis, field.a1111_axis.upper())  # they count otherwise
            for spelled in filter(None, (name, *theirs)):
                (axis,) = axes({spelled: text}, FULL)
                assert axis.name == name
                assert [type(value.changes[name]) for value in axis.values] == [field.type] * 2
    with pytest.raises(SettingsError, match="Two axes set guidance_scale"):
        axes({"guidance_scale": "1", "CFG Scale": "2"}, FULL)
    with pytest.raises(SettingsError, match="is text, got int 3"):
        axes({3: [1]}, FULL)


def test_every_key_is_in_the_record_once_it_is_set():
    made_by = {"model": "tiny", "app": "diffuscope 0"}
    plain = infotext(FULL, made_by)
    changes = {"eta": 0.5, "scheduler": "ddim", "schedule": "uniform", "variation_seed": 5, "variation_strength": 0.3}
    changes |= {
        name: field.low + 1
        for name, field in FIELDS.items()
        if field.kind == "int" and field.optional and not field.left_open and not field.is_seed
    }
    full = infotext(FULL.replace(**changes), made_by)
    for field in FIELDS.values():
        if field.a1111_key:
            assert f"{field.a1111_key}: " in full
            assert (f"{field.a1111_key}: " in plain) == field.always_written
    assert re.search(r"\nSteps: 20, ", plain), "readers look for the line that begins so"


def test_what_is_new_and_not_used_changes_no_name():
    """A setting that is added later must not orphan the grids that people have on disk."""
    assert set(FULL.without_defaults()) == {name for name, field in FIELDS.items() if field.always_written}
    who = {"sha256": "ab"}
    assert key(FULL, who) == key(FULL.replace(variation_strength=0.5), who), "no effect without a seed"
    assert key(FULL, who) != key(FULL.replace(variation_seed=5, variation_strength=0.5), who)
    assert effective(effective(FULL)) == effective(FULL)
