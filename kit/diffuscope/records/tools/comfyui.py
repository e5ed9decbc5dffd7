"""ComfyUI's graph of nodes, followed back from the sampler to what it was given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from diffuscope.prompt.a1111 import from_comfyui
from diffuscope.records.parts.flat import an_object, take
from diffuscope.records.parts.names import scheduler
from diffuscope.records.parts.result import ReadSettings, prompt, result
from diffuscope.records.parts.texts import COMMENT

TOOL = "ComfyUI"
_STEPS = (
    "KSampler",
    "KSamplerAdvanced",
    "SamplerCustom",
    "SamplerCustomAdvanced",
    "KSampler (Efficient)",
    "KSampler Adv. (Efficient)",
)
"""Nodes that run a sampler."""
_TEXTS = {"CLIPTextEncode": ("text",), "CLIPTextEncodeSDXL": ("text_g", "text_l"), "CLIPTextEncodeSD3": ("clip_l", "clip_g", "t5xxl"),
          "CLIPTextEncodeFlux": ("clip_l", "t5xxl"), "smZ CLIPTextEncode": ("text",), "BNK_CLIPTextEncodeAdvanced": ("text",)}  # fmt: skip
_SPACED = {"KarrasScheduler": "karras", "ExponentialScheduler": "exponential", "PolyexponentialScheduler": "polyexponential",
           "BetaSamplingScheduler": "beta", "SDTurboScheduler": "sd turbo", "AlignYourStepsScheduler": "align your steps"}  # fmt: skip
_PASSED = (
    "Reroute",
    "PrimitiveNode",
    "CLIPSetLastLayer",
    "FreeU",
    "FreeU_V2",
    "ModelSamplingDiscrete",
    "VAEDecode",
    "SaveImage",
)
"""Nodes on the way that are read, or say nothing of their own."""
_LOADERS = ("ckpt_name", "unet_name", "model_name")
_OPENING = ("EmptyLatentImage", "EmptySD3LatentImage", "EmptyHunyuanLatentVideo")
_KNOWN = {"seed": "seed", "noise_seed": "seed", "steps": "steps", "cfg": "guidance_scale"}

_NUMBERS = (*_KNOWN, "sampler_name", "scheduler", "denoise", "start_at_step", "end_at_step")
"""Inputs that may come from a node which holds nothing else."""

Node = Mapping[str, Any]


def read(texts: Mapping[str, str]) -> ReadSettings | None:
    """The settings of the graph's sampler; None where there is no graph.

    Raises:
        ValueError: a graph whose sampler is not found.
    """
    for place, mark in (
        ("prompt", ""),
        (COMMENT, ""),
        ("CameraModel", "prompt:"),
        ("Make", "prompt:"),
        ("parameters", ""),
        ("ImageDescription", ""),
    ):
        text = texts.get(place, "")
        if mark and text[: len(mark)].lower() == mark:
            text = text[len(mark) :]
        raw = an_object(text)
        nodes = {str(name): node for name, node in (raw or {}).items() if _is_node(node)}
        if nodes:
            return _Graph(nodes).settings()
    if any(_is_editor(text) for text in (texts.get("workflow", ""), texts.get("Make", ""))):
        raise ValueError("made by ComfyUI, but only the graph of its editor was saved, which is not read")
    return None


def _is_node(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict)


def _is_editor(text: str) -> bool:
    raw = an_object(text[text.find("{") :] if "{" in text else "")
    return raw is not None and isinstance(raw.get("nodes"), list)


class _Graph:
    def __init__(self, nodes: Mapping[str, Node]) -> None:
        self.nodes = nodes
        self.unread: dict[str, Any] = {}

    def settings(self) -> ReadSettings:
        """The settings of the sampler nearest to the picture's latents."""
        samplers = [node for node in self.nodes.values() if node["class_type"] in _STEPS]
        if not samplers:
            samplers = [
                node for node in self.nodes.values() if {"seed", "steps", "cfg", "sampler_name"} <= set(node["inputs"])
            ]
        if not samplers:
            raise ValueError("made by ComfyUI, by a graph without a sampler that is known here")
        first = next((node for node in samplers if not self.sampler_before(node)), samplers[0])
        others = [node["class_type"] for node in samplers if node is not first]
        if others:
            self.unread["Further samplers"] = ", ".join(others)
        return self.of(first)

    def sampler_before(self, node: Node) -> bool:
        """Whether another sampler made the latents that a sampler starts from."""
        return any(found["class_type"] in _STEPS for found in self.above(node, "latent_image"))

    def of(self, node: Node) -> ReadSettings:
        """The settings of one sampler."""
        given = self.flattened(node)
        said: dict[str, Any] = take(given, _KNOWN)
        values, left = scheduler(given.get("sampler_name"), given.get("scheduler"))
        for name, inputs in (("prompt", ("positive", "conditioning")), ("negative_prompt", ("negative",))):
            found = [text for way in inputs for text in self.texts(given.get(way), way)]
            if len(set(found)) == 1:
                said[name] = prompt(found[0], from_comfyui)
            elif found:
                self.unread[name] = " | ".join(dict.fromkeys(found))
            elif name == "prompt":
                self.unread[name] = "text of a node that is not known here"
        said |= self.size(given) | self.clip_skip(given)
        self.not_whole(given)
        model = self.model(given)
        return result(TOOL, said | values, {**self.unread, **left}, model)

    def flattened(self, node: Node) -> dict[str, Any]:
        """What a sampler is given, with the nodes that only hold a part of it."""
        given = dict(node["inputs"])
        for way in ("noise", "guider", "sampler", "sigmas"):
            part = self.node(given.get(way))
            if part is None:
                continue
            kind, inputs = part["class_type"], part["inputs"]
            given = {**inputs, **given}
            if way == "sigmas" and "scheduler" not in inputs:
                given["scheduler"] = _SPACED.get(kind, kind)
            if way == "sampler" and "sampler_name" not in inputs:
                given["sampler_name"] = kind
        return {name: self.value(value) if name in _NUMBERS else value for name, value in given.items()}

    def not_whole(self, given: Mapping[str, Any]) -> None:
        """Say where a run is not one whole run from noise."""
        start, stop, steps = given.get("start_at_step"), given.get("end_at_step"), given.get("steps")
        if isinstance(start, int) and start > 0:
            self.unread["start_at_step"] = start
        if isinstance(stop, int) and isinstance(steps, int) and stop < steps:
            self.unread["end_at_step"] = stop
        if given.get("denoise") not in (None, 1, 1.0):
            self.unread["Denoising strength"] = given["denoise"]
        latents = [node["class_type"] for node in self.above_link(given.get("latent_image"))]
        for kind in latents:
            if kind in ("VAEEncode", "VAEEncodeForInpaint", "LoadImage"):
                self.unread["Start"] = "a picture"

    def size(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The size of the latents a sampler starts from."""
        for node in self.above_link(given.get("latent_image")):
            width, height = (
                self.value(node["inputs"].get(side, node["inputs"].get(f"empty_latent_{side}")))
                for side in ("width", "height")
            )
            if node["class_type"] in _OPENING or (isinstance(width, int) and isinstance(height, int)):
                return {"width": width, "height": height}
        return {}

    def model(self, given: Mapping[str, Any]) -> str:
        """The model's name; what changes it on the way is unread."""
        for node in self.above_link(given.get("model")):
            name = next((node["inputs"][key] for key in _LOADERS if isinstance(node["inputs"].get(key), str)), None)
            if isinstance(lora := node["inputs"].get("lora_name"), str) and lora != "None":
                lora = f"{node['inputs']['lora_name']} {node['inputs'].get('strength_model', '')}".strip()
                self.unread["LoRA"] = ", ".join(filter(None, [self.unread.get("LoRA", ""), lora]))
            if name:
                return str(name).rsplit(".", 1)[0]
            if not lora and node["class_type"] not in (*_PASSED, "CLIPTextEncode"):
                self.unread.setdefault("Model patch", node["class_type"])
        return ""

    def clip_skip(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """How many layers of the text encoder are left out; -1 is the last layer."""
        for node in self.above_link(given.get("positive", given.get("conditioning"))):
            stop = node["inputs"].get("stop_at_clip_layer", node["inputs"].get("clip_skip"))
            if isinstance(stop, int) and stop < -1:
                return {"clip_skip": -1 - stop}
        return {}

    def texts(self, link: Any, way: str) -> list[str]:
        """The texts that a conditioning comes from.

        Args:
            way: what the sampler calls it; some loaders hold both texts under these names.
        """
        found = []
        for node in self.above_link(
            link,
            only=(
                "conditioning",
                "positive",
                "negative",
                "conditioning_1",
                "conditioning_2",
                "conditioning_to",
                "conditioning_from",
            ),
        ):
            keys = _TEXTS.get(node["class_type"], ("text", way))
            own = [value for key in keys if isinstance(value := self.text(node["inputs"].get(key)), str)]
            found += own
            if node["class_type"] == "FluxGuidance":
                self.unread["Distilled guidance"] = node["inputs"].get("guidance")
            elif not own and node["class_type"] not in _PASSED:
                self.unread.setdefault("Conditioning", node["class_type"])
        return found

    def text(self, value: Any) -> Any:
        """A text, or that of the node which holds it."""
        node = self.node(value)
        if node is None:
            return value
        texts = [self.value(one) for one in node["inputs"].values()]
        found = [one for one in texts if isinstance(one, str) and one]
        return found[0] if len(found) == 1 else None

    def value(self, value: Any) -> Any:
        """A value, or that of the node it comes from, where that holds just one."""
        node = self.node(value)
        if node is None:
            return value
        held = [
            one
            for name, one in node["inputs"].items()
            if not isinstance(one, list) and name not in ("control_after_generate", "mode")
        ]
        return held[0] if len(held) == 1 else value

    def node(self, link: Any) -> Node | None:
        """The node at the other end of a link."""
        is_link = isinstance(link, list) and len(link) == 2 and isinstance(link[1], int)
        return self.nodes.get(str(link[0])) if is_link else None

    def above(self, node: Node, way: str) -> Iterator[Node]:
        return self.above_link(node["inputs"].get(way))

    def above_link(self, link: Any, only: tuple[str, ...] = ()) -> Iterator[Node]:
        """The nodes that a link comes from, nearest first, each once.

        Args:
            only: names of the inputs that are followed; none is every one.
        """
        left, met = [link], set[int]()
        while left:
            node = self.node(left.pop(0))
            if node is None or id(node) in met:
                continue
            met.add(id(node))
            yield node
            left += [value for name, value in node["inputs"].items() if not only or name in only]
