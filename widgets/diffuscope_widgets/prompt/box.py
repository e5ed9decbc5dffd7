"""PromptBox: a prompt to write, and below it the tokens the model makes of it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

import diffuscope
from diffuscope.prompt.language import parse
from diffuscope.prompt.tokens import Token, count, read_tokens, words
from diffuscope.prompt.tree import Alternation, Node, Text, Weight
from diffuscope.recipe.settings import MAX_STEPS, Settings, SettingsError
from diffuscope_widgets.base.bundle import script, style
from diffuscope_widgets.base.view import View, explain, guard

if TYPE_CHECKING:
    from diffuscope.families.base import Model

MOST = 300  # tokens shown; models read 75 at most


class PromptBox(View):
    """A text area, and the tokens below it: their places, words the model does not know or cuts off, weights, options.

        PromptBox("scenes", value="a (large:1.4) [red|blue] circle")

    Args:
        model: a name for `diffuscope.load`, which is loaded in the background; or a model; None shows words, not tokens.
        traits: any trait below; the second argument is `value`, the prompt to begin with.
    """

    _esm = script("prompt/box")
    _css = style("prompt/box")

    value = traitlets.Unicode().tag(sync=True)
    """The prompt as typed, in the language of `diffuscope.prompt.language`. Perhaps wrong: see `problem`."""
    label = traitlets.Unicode("Prompt").tag(sync=True)
    """What stands above the text area."""
    reading = traitlets.Dict().tag(sync=True)
    """What the model makes of the prompt, plain JSON: source (the prompt this is about), unit ("tokens" or "words"),
    count (of the longest form), room (how many are read; None is no limit), parts (what to show, see `lay_out`), more (how
    many are not shown)."""
    problem = traitlets.Unicode().tag(sync=True)
    """Why the prompt cannot work; "" when it can. `reading` is then still about the last one that could."""
    status = traitlets.Unicode().tag(sync=True)
    """What goes on, in a few words."""

    def __init__(self, model: str | Model | None = None, value: str = "", **traits: Any) -> None:
        self.model: Model | None = None
        """None without a model, and while it is loading."""
        self._lock = threading.RLock()  # an observer of what is written may write `value`
        super().__init__(value=value, **traits)
        self.observe(self._read, names="value")
        if isinstance(model, str):
            self.status = f"loading {model} …"
            self._read()
            threading.Thread(target=self._load, args=(model,), name=f"loading {model}", daemon=True).start()
        else:
            self.model = model
            self._read()

    @property
    def tokens(self) -> list[Token]:
        """The tokens of the prompt as it is now; without a model its words.

        Raises:
            SettingsError: the prompt cannot work.
        """
        Settings(self.value)  # not too long, nothing unreadable
        if self.model is not None:
            return self.model.tokens(self.value)
        return read_tokens(parse(self.value), words, None, MAX_STEPS)

    def _load(self, name: str) -> None:
        try:
            self.model = diffuscope.load(name)
        except Exception as error:  # noqa: BLE001 - shown, whatever it is
            error.__traceback__ = None  # its frames would hold half a model
            self.error = explain(error)
        self.status = ""
        self._read()

    @guard
    def _read(self, _change: Any = None) -> None:
        with self._lock:  # typing and the end of loading may meet; whoever is last reads the newest value
            try:
                tokens = self.tokens
            except SettingsError as error:
                self.problem = str(error)
                return
            reading = {
                "source": self.value,
                "unit": "tokens" if self.model is not None else "words",
                "count": count(tokens),
                "room": self.model.max_tokens if self.model is not None else None,
                "parts": lay_out(self.value, tokens[:MOST]),
                "more": max(0, len(tokens) - MOST),
            }
            with self.hold_sync():
                self.problem = ""
                if self.value == reading["source"]:  # an observer of `problem` has not had another text read
                    self.reading = reading

    def _answer(self, message: dict[str, Any]) -> None:
        if message.get("type") == "write":  # as if the trait had arrived, which it may overtake
            self.set_state({"value": message["value"]})

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
