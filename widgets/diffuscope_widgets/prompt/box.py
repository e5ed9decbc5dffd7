"""PromptBox: a prompt to write, and below it the tokens the model makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import traitlets

from diffuscope.prompt.language import parse
from diffuscope.prompt.tokens import Token, count, read_tokens, words
from diffuscope.prompt.tree import Alternation, Node, Text, Weight
from diffuscope.recipe.fields import FIELDS
from diffuscope.recipe.settings import MAX_STEPS, SettingsError
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.recipe_shapes import Reading
from diffuscope_widgets.base.view import View, guard, wired

MOST = 300  # tokens shown; models read 75 at most


class PromptBox(View):
    """A text area, and the tokens below it: their places, words the model does not know or cuts off, weights, options.

        PromptBox("a (large:1.4) [red|blue] circle", "scenes")

    Args:
        value: the prompt to begin with.
        model: a model, or a name for `diffuscope.load`, which is loaded in the background; None shows words, not tokens.
            `PromptBox(model, prompt)` is understood too.
        traits: any trait below.
    """

    _esm = script("prompt/box")
    _css = style("prompt/box")

    value = traitlets.Unicode().tag(sync=True)
    """The prompt as typed, in the language of `diffuscope.prompt.language`. Perhaps wrong: see `problem`."""
    label = traitlets.Unicode("Prompt").tag(sync=True)
    """What stands above the text area."""
    reading: Reading = wired()
    """What the model makes of the prompt, see `base.recipe_shapes.Reading`."""
    problem = traitlets.Unicode().tag(sync=True)
    """Why the prompt cannot work; "" when it can. `reading` is then still about the last one that could."""
    status = traitlets.Unicode().tag(sync=True)
    """What goes on, in a few words."""

    def __init__(self, value: Any = "", model: Any = None, **traits: Any) -> None:
        if not isinstance(value, str):  # a model that comes first is no prompt
            value, model = model or "", value
        super().__init__(model, value=value, **traits)
        self.observe(self._read, names="value")
        if not self.lane.ready.is_set():
            self.status = f"loading {self.lane.name} …"
            self._read()
        self.lane.on_ready(self._ready)

    @property
    def tokens(self) -> list[Token]:
        """The tokens of the prompt as it is now; without a model its words.

        Raises:
            SettingsError: the prompt cannot work.
        """
        FIELDS["prompt"].check(self.value)  # not too long, nothing unreadable
        if self.model is not None:
            return self.model.tokens(self.value)
        return read_tokens(parse(self.value), words, None, MAX_STEPS)

    def _ready(self, _lane: Any) -> None:
        self.status = ""
        self._read()

    @guard
    def _read(self, _change: Any = None) -> None:
        with self.lane.lock:  # typing and the end of loading may meet; whoever is last reads the newest value
            try:
                tokens = self.tokens
            except SettingsError as error:
                self.problem = str(error)
                return
            reading: Reading = {
                "source": self.value,
                "unit": "tokens" if self.model is not None else "words",
                "count": count(tokens),
                "room": self.model.reader.max_tokens if self.model is not None else None,
                "parts": lay_out(self.value, tokens[:MOST]),
                "more": max(0, len(tokens) - MOST),
            }
            with self.hold_sync():
                self.problem = ""
                if self.value == reading["source"]:  # an observer of `problem` has not had another text read
                    self.reading = reading

    def still(self) -> bytes | None:
        """The prompt and its tokens."""
        from diffuscope_widgets.prompt.still import draw  # matplotlib's fonts take a moment

        return draw(self.reading) if self.reading.get("parts") else None


def lay_out(prompt: str, tokens: Sequence[Token]) -> list[dict[str, Any]]:
    """The tokens of a prompt in the order and the groups they are written in.

    Returns:
        Dicts of two kinds. A token: text, position (from 0), known, read, weight. A group: kind ("alternates" or
        "switches") and options, each with when (in words), parts (as here), and text: what is written there if no step
        ever reads it, else "".
    """
    return list(_parts(prompt, parse(prompt).parts, tokens))


def _parts(prompt: str, nodes: Sequence[Node], tokens: Sequence[Token]) -> Iterator[dict[str, Any]]:
    for node in nodes:
        inside = [token for token in tokens if node.begin <= token.begin < node.end]
        if isinstance(node, Text):
            for token in inside:
                names = ("text", "position", "known", "read", "weight")
                yield {name: getattr(token, name) for name in names}
        elif isinstance(node, Weight):
            yield from _parts(prompt, node.parts, inside)
        else:
            options = [
                {"when": when, "parts": list(_parts(prompt, option, inside)), "text": ""}
                for option, when in zip(node.options, node.notes(), strict=True)
            ]
            for option, made in zip(node.options, options, strict=True):
                if option and not made["parts"]:
                    made["text"] = prompt[option[0].begin : option[-1].end].strip()
            yield {"kind": "alternates" if isinstance(node, Alternation) else "switches", "options": options}
