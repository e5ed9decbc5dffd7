"""PromptBox without a browser: what it says of a prompt, lazily loaded models, and that the newest text wins."""

import io
import json
import threading
import time

import pytest
from PIL import Image

from diffuscope import SettingsError
from diffuscope_widgets import PromptBox
from diffuscope_widgets.prompt.box import MOST


def token(text, position, known=True, read=True, weight=1.0):
    return {"text": text, "position": position, "known": known, "read": read, "weight": weight}


def wait(box):
    end = time.monotonic() + 60
    while box.status:
        assert time.monotonic() < end
        time.sleep(0.01)


def test_reading_of_a_prompt_with_everything(model):
    box = PromptBox("a (red:1.3) [circle|dragon] [a:(blue square:0.5):0.4] red red", model)
    assert box.problem == box.error == box.status == ""
    assert box.reading == {
        "source": box.value,
        "unit": "tokens",
        "count": 7,
        "room": 6,
        "more": 0,
        "parts": [
            token("a", 0),
            token("red", 1, weight=1.3),
            {
                "kind": "alternates",
                "options": [
                    {"when": "steps 1, 3, 5, …", "parts": [token("circle", 2)], "text": ""},
                    {"when": "steps 2, 4, 6, …", "parts": [token("dragon", 2, known=False)], "text": ""},
                ],
            },
            {
                "kind": "switches",
                "options": [
                    {"when": "until 40 %", "parts": [token("a", 3)], "text": ""},
                    {"when": "after 40 %", "parts": [token("blue", 3, weight=0.5), token("square", 4, weight=0.5)], "text": ""},
                ],
            },
            token("red", 5),
            token("red", 6, read=False),
        ],
    }  # fmt: skip
    assert [t.text for t in box.tokens] == ["a", "red", "circle", "dragon", "a", "blue", "square", "red", "red"]


def test_options_without_tokens(model):
    (group,) = PromptBox("[a::3]", model).reading["parts"]
    assert [(o["when"], len(o["parts"]), o["text"]) for o in group["options"]] == [
        ("until step 3", 1, ""), ("after step 3", 0, "")
    ]  # fmt: skip
    (outer,) = PromptBox("[[red|blue]|circle]", model).reading["parts"]
    (inner,) = outer["options"][0]["parts"]
    assert [o["text"] for o in inner["options"]] == ["", "blue"], "no step reads blue"


def test_every_change_is_read(model):
    box = PromptBox(model=model)
    assert box.reading["parts"] == []
    for text in ("a", "a red", "a red (circle:1.2)", "红色"):
        box.set_state({"value": text})  # as the front end does
        assert box.reading["source"] == text
    assert [part["text"] for part in box.reading["parts"]] == ["红", "色"]


@pytest.mark.parametrize(
    ("text", "says"), [("a (red:9)", "Weight 9 at position 2"), ("x" * 10_001, "10,000"), ("a\0", "unreadable"), ("[a:b:2.5]", "Share")]
)  # fmt: skip
def test_problem(model, text, says):
    box = PromptBox("a red circle", model)
    box.value = text
    assert says in box.problem
    assert box.reading["source"] == "a red circle", "the last one that worked stays"
    with pytest.raises(SettingsError):
        box.tokens  # noqa: B018
    box.value = "blue"
    assert box.problem == ""
    assert box.reading["source"] == "blue"
    assert PromptBox(text, model).problem == box.problem or says in PromptBox(text, model).problem


def test_an_observer_may_write_the_prompt(model):
    box = PromptBox("a", model)
    box.observe(lambda _: setattr(box, "value", "fixed"), "problem")
    thread = threading.Thread(target=setattr, args=(box, "value", "(a:9)"), daemon=True)
    thread.start()
    thread.join(10)
    assert not thread.is_alive(), "it waits for itself"
    assert (box.value, box.problem, box.reading["source"]) == ("fixed", "", "fixed")
    assert [part["text"] for part in box.reading["parts"]] == ["fixed"]


def test_the_message_alone_is_enough(model):
    box = PromptBox("a", model)
    box._handle_custom_msg({"type": "push", "traits": {"value": "a dragon"}}, [])
    assert box.value == box.reading["source"] == "a dragon"


def test_without_a_model():
    box = PromptBox(value="a (red:1.2) kite, 红色")
    assert box.model is None
    assert box.reading["unit"] == "words"
    assert box.reading["room"] is None
    assert [(p["text"], p["weight"]) for p in box.reading["parts"]] == [
        ("a", 1), ("red", 1.2), ("kite", 1), (",", 1), ("红", 1), ("色", 1)
    ]  # fmt: skip


def test_a_name_is_loaded_in_the_background(model, monkeypatch):
    go, loads = threading.Event(), []

    def load(name):
        loads.append((name, threading.current_thread() is threading.main_thread()))
        assert go.wait(30)
        return model

    monkeypatch.setattr("diffuscope.run.lane.load", load)
    box = PromptBox("a dragon", "tiny")
    assert box.status == "loading tiny …"
    assert (box.reading["unit"], box.reading["count"]) == ("words", 2)
    box.value = "a dragon, a kite"  # typed while it loads
    go.set()
    wait(box)
    deadline = time.monotonic() + 10
    while box.reading["unit"] == "words" and time.monotonic() < deadline:
        time.sleep(0.01)
    assert loads == [("tiny", False)]
    assert box.model is model
    assert [p["text"] for p in box.reading["parts"] if not p["known"]] == ["dragon", ",", "kite"]


def test_a_model_that_is_not_there():
    box = PromptBox("a dragon", "scense")
    wait(box)
    assert '"scenes"' in box.error
    assert box.reading["unit"] == "words"


def test_long_prompts_cross_in_part(model):
    box = PromptBox("red " * 2400, model)
    assert len(box.reading["parts"]) == MOST
    assert box.reading["more"] == 2400 - MOST
    assert box.reading["count"] == 2400
    assert len(json.dumps(box.reading)) < 50_000


NASTY = [
    "<img src=x onerror=alert(1)>",
    "</script>",
    "$\\foo{",
    "\u202eשלום",
    "🐉 " * 50,
    "([(" * 100,
    "(a:1.2)" * 900,
    ("x" * 60 + " ") * 160,
]


@pytest.mark.parametrize("text", NASTY, ids=lambda text: text[:8].encode("ascii", "replace").decode())
def test_still(model, text):
    image = Image.open(io.BytesIO(PromptBox(text, model).still()))
    assert image.width == 760
    assert 40 < image.height <= 2000
    assert len(image.convert("L").getcolors()) > 5, "something is written"


def test_still_of_nothing(model):
    assert PromptBox(model=model).still() is None


def test_needs_no_torch(light_server):
    code = """
import sys
from diffuscope_widgets.prompt.box import PromptBox
box = PromptBox(value="a (red:1.2) [cat|dog]")
assert box.reading["count"] == 3, box.reading
assert box.still()
assert not {"torch", "diffusers"} & set(sys.modules)
"""
    done = light_server.run(code)
    assert done.returncode == 0, done.stderr
