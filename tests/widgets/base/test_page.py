"""Exported pages as text: nothing in a trait can become markup, and nothing is fetched. The browser's part: test_exported.py."""

import html.parser
import json
import re

import pytest
import traitlets

from diffuscope import Settings
from diffuscope_widgets import PromptForm
from diffuscope_widgets.base.bundle import script
from diffuscope_widgets.base.page import page, part
from diffuscope_widgets.base.view import View

NASTY = "</script><script>alert(1)</script><!--<img src=x onerror=alert(1)> & \"' $\\foo{ \u202eא 🦊 \ud83d \u2028"


class Elements(html.parser.HTMLParser):
    """What a parser that is not ours finds: elements, and the text of script elements."""

    def __init__(self, text):
        super().__init__()
        self.found, self.scripts, self.title = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found.append((tag, dict(attributes)))

    def handle_data(self, data):
        if self.found and self.found[-1][0] == "script" and data.strip():
            self.scripts.append(data)
        if self.found and self.found[-1][0] == "title" and not self.title:
            self.title = data


class Bytes(View):
    data = traitlets.Bytes(b"\0\xff").tag(sync=True)
    number = traitlets.Float(0.5).tag(sync=True)


def test_nothing_in_a_trait_becomes_markup():
    form = PromptForm(Settings("x"))
    form.values = {**form.values, "prompt": NASTY}
    found = Elements(page([form], NASTY))
    assert [tag for tag, _ in found.found].count("script") == 2
    assert "img" not in [tag for tag, _ in found.found]
    data = json.loads(found.scripts[0])
    assert data["parts"][0]["state"]["values"]["prompt"] == NASTY
    assert found.title == NASTY.encode("utf-8", "replace").decode()


def test_nothing_is_fetched():
    text = page([PromptForm()], "form")
    assert not re.findall(r"\b(?:src|href)=", text.split('<script type="application/json"')[0])
    policy = next(a["content"] for tag, a in Elements(text).found if a.get("http-equiv"))
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe-inline" not in policy.split(";")[1]


def test_part_holds_what_the_front_end_needs():
    found = part(Bytes())
    assert found["buffers"] == [{"path": ["data"], "data": "AP8="}]
    assert set(found["state"]) == {"error", "limits", "number", "_esm"}
    assert part(PromptForm())["state"]["_esm"] == script("form/form")


def test_several_views_stand_where_their_layout_says():
    text = page([PromptForm(layout={"flex": "1 1 20rem", "max_width": '9"><b>'}), PromptForm()], "two")
    sections = [attributes for tag, attributes in Elements(text).found if tag == "section"]
    assert sections == [
        {"aria-label": "PromptForm", "style": 'flex: 1 1 20rem; max-width: 9"><b>'},
        {"aria-label": "PromptForm"},
    ]


def test_a_number_that_json_has_not():
    with pytest.raises(ValueError, match="JSON"):
        page([Bytes(number=float("nan"))], "x")


def test_to_html_writes_one_file(tmp_path):
    path = PromptForm().to_html(tmp_path / "form.html")
    assert [file.name for file in tmp_path.iterdir()] == ["form.html"]
    assert "<h1>PromptForm</h1>" in path.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=r"must end in \.html"):
        PromptForm().to_html(tmp_path / "form.pdf")
