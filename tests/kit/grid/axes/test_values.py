"""Values written as text: against lists written out by hand, and against A1111's own rules for ranges."""

import csv
import random
import re
from io import StringIO

import pytest

from diffuscope.grid.axes.values import MOST_VALUES, read_values

FORMS = [
    ("3, 5, 7", "int", [3, 5, 7]),
    ("3", "int", [3]),
    ("1-10", "int", list(range(1, 11))),
    ("1 - 4", "int", [1, 2, 3, 4]),
    ("1-10 (+3)", "int", [1, 4, 7, 10]),
    ("1-9 (+3)", "int", [1, 4, 7]),
    ("10-1 (-3)", "int", [10, 7, 4, 1]),
    ("3-1", "int", [3, 2, 1]),
    ("1-10 [4]", "int", [1, 4, 7, 10]),
    ("1-10 [5]", "int", [1, 3, 5, 7, 10]),  # cut off, as documented for A1111's X/Y/Z plot
    ("0-100 [4]", "int", [0, 33, 66, 100]),
    ("1-3 [5]", "float", [1.0, 1.5, 2.0, 2.5, 3.0]),
    ("0-1 [4]", "float", [0.0, 0.333333, 0.666667, 1.0]),
    ("0.8-1.4 (+0.2)", "float", [0.8, 1.0, 1.2, 1.4]),
    ("-1-1", "float", [-1.0, 0.0, 1.0]),
    (".5, 7.", "float", [0.5, 7.0]),
    ("1, 2, ..., 10", "int", list(range(1, 11))),
    ("0, 0.1, …, 0.5", "float", [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
    ("9, 6, .., 0", "int", [9, 6, 3, 0]),
    ("1-3, 7, 10-30 (+10)", "int", [1, 2, 3, 7, 10, 20, 30]),
    ("5.0", "int", [5]),
    ("a cat, a dog", "str", ["a cat", "a dog"]),
    ("a cat, asleep || a dog", "str", ["a cat, asleep", "a dog"]),
    ('"a cat, asleep", a dog', "str", ["a cat, asleep", "a dog"]),
    ('"say ""hi""", b', "str", ['say "hi"', "b"]),
    (", blurry", "str", ["", "blurry"]),
    ("1-10", "str", ["1-10"]),
]


@pytest.mark.parametrize(("text", "kind", "wanted"), FORMS)
def test_forms(text, kind, wanted):
    got = read_values(text, kind)
    assert got == wanted
    assert {type(value).__name__ for value in got} == {kind}


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("", "int", "no value"),
        (" , ", "str", "no value"),
        ("||", "str", "no value"),
        ("1, two", "int", "'two' is not a number, nor a range such as 1-10"),
        ("1.5", "int", "1.5 is not a whole number"),
        ("1-2 (+0.5)", "int", "1.5 is not a whole number"),
        ("1-9 (-2)", "int", "steps of -2 do not lead from 1 to 9"),
        ("1-9 (+0)", "int", "steps of 0"),
        ("1-9 [1]", "int", "must be 2 to"),
        (f"1-{10**12}", "int", "1,000,000,000,000 values; at most 10,000"),
        (f"1-9 [{10**12}]", "float", "must be 2 to"),
        ("1, 4, ..., 9", "int", "1, 4, ... never comes to 9"),
        ("1, ..., 9", "int", "between the first two values and the last"),
        ("1, 2, ..., 9, 10", "int", "between the first two values and the last"),
        ("1, 1, ..., 9", "int", "steps of 0"),
        ('"open', "str", "quotes"),
        ("nan", "float", "not a number"),
        ("1e3", "float", "not a number"),
        (",".join("1" * (MOST_VALUES + 1)), "int", "at most 10,000"),
    ],
)
def test_refused(text, kind, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        read_values(text, kind)


def test_every_text_survives_quotes():
    """What Python's csv writes is read back, whatever it holds."""
    chance = random.Random(0)
    for _ in range(300):
        texts = ["".join(chance.choices('ab ,"{}|:é蓝', k=chance.randint(1, 9))).strip() for _ in range(3)]
        line = StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow(texts)
        if any(texts) and "||" not in line.getvalue():
            assert read_values(line.getvalue().strip(), "str") == texts
