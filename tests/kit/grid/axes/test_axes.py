"""What somebody asks to vary, as axes; the expansions against itertools and against lists written by hand."""

import re
from itertools import product

import numpy as np
import pytest

from diffuscope import Settings, SettingsError
from diffuscope.grid.axes.axes import KINDS, axes
from diffuscope.grid.axes.templates import MOST_TEXTS, Expander, pieces, replaced
from diffuscope.grid.plan.plan import Value
from diffuscope.grid.planner import make_plan

BASE = Settings("a red circle", "a blue square")
WILDCARDS = {"colour": ["red", "blue"], "thing": ["__colour__ ball", "cube"], "loop": ["a __loop__"]}


def values(spec, base=BASE, wildcards=None):
    return {axis.name: [value.changes or value.words for value in axis.values] for axis in axes(spec, base, wildcards)}


def labels(spec, base=BASE, wildcards=None):
    return {axis.name: [value.label for value in axis.values] for axis in axes(spec, base, wildcards)}


def test_fields():
    spec = {
        "seed": "1-3",
        "guidance_scale": [1, 2.5],
        "scheduler": "ddim, euler a",
        "steps": range(4, 7),
        "schedule": [None],
    }
    assert values(spec) == {
        "seed": [{"seed": 1}, {"seed": 2}, {"seed": 3}],
        "guidance_scale": [{"guidance_scale": 1}, {"guidance_scale": 2.5}],
        "scheduler": [{"scheduler": "ddim"}, {"scheduler": "euler a"}],
        "steps": [{"steps": 4}, {"steps": 5}, {"steps": 6}],
        "schedule": [{"schedule": None}],
    }
    assert labels(spec)["guidance_scale"] == ["1", "2.5"]
    assert labels(spec)["schedule"] == ["default"]
    assert labels({"negative_prompt": ["", "x"]}) == {"negative_prompt": ["(empty)", "x"]}


def test_every_setting_has_a_kind():
    assert set(KINDS.values()) == {"int", "float", "str"}
    for name, kind in KINDS.items():
        value = getattr(Settings("a"), name)
        assert value is None or type(value).__name__ == kind


def test_numbers_of_numpy_become_plain():
    (axis,) = axes({"guidance_scale": np.linspace(1, 2, 3, dtype=np.float32)}, BASE)
    assert [type(v.changes["guidance_scale"]) for v in axis.values] == [float] * 3
    (axis,) = axes({"seed": np.arange(2)}, BASE)
    assert [type(v.changes["seed"]) for v in axis.values] == [int] * 2


@pytest.mark.parametrize("given", ["64 x 64, 96x64", "64×64 || 96 x 64", [[64, 64], (96, 64)], ["64 x 64", "96 x 64"]])
def test_linked(given):
    assert axes({"width height": given}, BASE)[0].values == (
        Value("64 x 64", {"width": 64, "height": 64}),
        Value("96 x 64", {"width": 96, "height": 64}),
    )


def test_linked_texts():
    got = values({"scheduler schedule steps": "dpm++ 2m x karras x 20, euler x uniform x 10"})
    assert got["scheduler schedule steps"][0] == {"scheduler": "dpm++ 2m", "schedule": "karras", "steps": 20}


@pytest.mark.parametrize("given", ["a cat, asleep x 5 || a dog x 6", ["a cat, asleep x 5", "a dog x 6"]])
def test_linked_texts_keep_their_commas(given):
    assert values({"prompt seed": given})["prompt seed"] == [
        {"prompt": "a cat, asleep", "seed": 5},
        {"prompt": "a dog", "seed": 6},
    ]


def test_replace_and_placeholders():
    base = Settings("a {size} {animal} on a mat", "no {animal}")
    spec = {"replace mat": "mat, red rug", "{animal}": ["cat", "dog"], "{size}": "large || small, thin"}
    assert values(spec, base) == {
        "replace mat": [{"mat": "mat"}, {"mat": "red rug"}],
        "{animal}": [{"{animal}": "cat"}, {"{animal}": "dog"}],
        "{size}": [{"{size}": "large"}, {"{size}": "small, thin"}],
    }


def test_braces_become_axes_of_their_own():
    base = Settings("a {cat|dog}, (red:{0.8..1.4/0.2}) __colour__", "{|bad {hand|foot}}, __colour__")
    assert labels({"seed": "1, 2"}, base, WILDCARDS) == {
        "seed": ["1", "2"],
        "{cat|dog}": ["cat", "dog"],
        "{0.8..1.4/0.2}": ["0.8", "1.0", "1.2", "1.4"],
        "__colour__": ["red", "blue"],
        "{|bad {hand|foot}}": ["(empty)", "bad hand", "bad foot"],
    }


def test_braces_within_an_axis_are_more_values():
    assert labels({"prompt": ["a {cat|dog} {1..2}", "a tree"]}) == {
        "prompt": ["a cat 1", "a cat 2", "a dog 1", "a dog 2", "a tree"]
    }
    assert labels({"replace red": "__thing__"}, BASE, WILDCARDS) == {"replace red": ["red ball", "blue ball", "cube"]}
    # a prompt that an axis replaces is not read
    assert list(labels({"prompt": ["a cat"]}, Settings("a {red|blue} ball"))) == ["prompt"]


def test_texts_are_all_combinations():
    options = [["a", "b", "c"], ["1", "2"], ["x y", ""]]
    prompt = " - ".join("{" + "|".join(texts) + "}" for texts in options)
    assert Expander().texts(prompt) == [" - ".join(chosen) for chosen in product(*options)]


def test_braces_written_twice_take_the_same_text():
    assert Expander().texts("{a|b} {a|b}") == ["a a", "b b"]


def test_the_text_around_braces_is_not_touched():
    prompt = "[cat|dog], (a:1.2) \\( # 5 $ 100 % // x\n  __a_ {1|2}  |"
    assert Expander().texts(prompt) == [prompt.replace("{1|2}", "1"), prompt.replace("{1|2}", "2")]


def test_a_folder_of_wildcards(tmp_path):
    (tmp_path / "size").mkdir()
    (tmp_path / "size" / "big.txt").write_text("huge\n# a comment\nlarge\n", encoding="utf-8")
    (tmp_path / "size" / "small.txt").write_text("tiny\n", encoding="utf-8")
    assert Expander(tmp_path).texts("a __size/*__ cat") == ["a huge cat", "a large cat", "a tiny cat"]
    assert Expander(str(tmp_path)).texts("{2$$ and $$__size/big__}") == ["huge and large", "large and huge"]
    with pytest.raises(SettingsError, match="no folder of wildcards"):
        axes({}, BASE, tmp_path / "nothing")


def test_a_text_is_no_list_of_wildcards():
    with pytest.raises(SettingsError, match=r'wildcard "shape" is one text, .circle, star.; give a list'):
        axes({}, Settings("a __shape__"), {"shape": "circle, star"})


def test_pieces_are_the_outermost():
    assert pieces("a {b {c|d}|e} __x__ {f} {f} y") == ["{b {c|d}|e}", "__x__", "{f}"]


def test_replaced_at_once():
    assert replaced("cat dog", {"cat": "dog", "dog": "cat"}) == "dog cat"
    assert replaced("catfish cat", {"cat": "dog", "catfish": "shark"}) == "shark dog"
    assert replaced("a.c abc", {"a.c": r"\1"}) == r"\1 abc"


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"sed": [1]}, 'Axis "sed": there is no such axis. Did you mean "seed"?'),
        ({"": [1]}, "there is no such axis"),
        ({"replace ": ["a"]}, "there is no such axis"),
        ({"width hight": ["8 x 8"]}, "there is no such axis"),
        ({"seed": []}, 'Axis "seed": there is no value'),
        ({"seed": 5}, "values come as text or as a list, got int 5"),
        ({"seed": {"a": 1}}, "got dict"),
        ({"seed": "1-x"}, "Axis \"seed\": '1-x' is not a number"),
        ({"seed": [1, 2, 1]}, "'1' is there twice"),
        ({"seed": range(10**9)}, "more than 10,000 values"),
        ({"width": [64], "width height": [[64, 64]]}, 'The axes "width" and "width height" both set width'),
        ({"width height": "64 x 64 x 64"}, "not one value for each of width, height; write width x height"),
        ({"width height": [64]}, "not one value for each"),
        ({"width height": ["64-128 x 64"]}, "'64-128 x 64' is not one value for each"),
        ({"replace red": "red", "replace  red": "blue"}, 'The axes "replace red" and "replace  red" both set red'),
        ({"replace green": "red"}, "Axis \"replace green\": 'green' stands in no prompt"),
        ({"replace red": [1]}, "1 is not a text"),
        ({"replace red": ["{x}"]}, "the placeholder {x} within a text that is put in is not filled"),
        ({"{animal}": "cat"}, 'Axis "{animal}": {animal} stands in no prompt'),
        ({"prompt": ["a {animal}"]}, 'The placeholder {animal} has no axis; add "{animal}"'),
        ({"prompt": ["a {b|c"]}, "the { at position 2 of 'a {b|c' is never closed"),
        ({"prompt": ["a } b"]}, "the } at position 2"),
        ({"prompt": ["__colour__"]}, "no wildcard __colour__. Pass wildcards="),
    ],
)
def test_refused(spec, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        axes(spec, BASE)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        (
            "{a|__nothing__}",
            'Axis "prompt": no wildcard __nothing__. Did you mean "thing"? There are: colour, loop, thing',
        ),
        ("__colou__", 'Did you mean "colour"?'),
        ("__loop__", "the wildcard __loop__ holds itself"),
        ("{~a|b}", "asks for a random choice (~)"),
        ("__@colour__", "asks for a random choice (@)"),
        ("{${x=1}|b}", "has a variable; use a placeholder"),
        ("{#f00|#0f0}", "would begin a comment"),
        ("{[cat|dog]|bird}", "has a [a|b] within braces"),
        ("{a {size} cat|dog}", "the placeholder {size} within braces"),
        ("{1..5000}", f"stands for more than {MOST_TEXTS:,} texts"),
        ("{1..50} {0..50}", f"stands for more than {MOST_TEXTS:,} texts"),
        ("{3$$" + "|".join(map(str, range(30))) + "}", f"stands for more than {MOST_TEXTS:,} texts"),
        ("{$5|a}", "cannot be read"),
        ("{" * 400 + "a|b" + "}" * 400, "cannot be read"),
    ],
)
def test_prompts_that_stand_for_nothing_sound(prompt, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        axes({"prompt": [prompt]}, BASE, WILDCARDS)


def test_no_torch(light_server):
    code = "import sys, diffuscope.grid.axes.axes, diffuscope.grid.planner; sys.exit('torch' in sys.modules)"
    assert light_server.run(code).returncode == 0


def test_a_brace_behind_a_backslash_is_text(model):
    plan = make_plan(model, Settings(r"a \{red\} {circle|square} :\{", steps=1), {"seed": [1]})
    assert [axis.name for axis in plan.axes] == ["seed", "{circle|square}"]
    assert [cell.settings.prompt for cell in plan.cells] == ["a {red} circle :{", "a {red} square :{"]
