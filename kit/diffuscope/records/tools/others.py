"""Tools whose records are known by sight and not read: the error names them."""

from __future__ import annotations

from collections.abc import Mapping

_SIGNS = (
    ("Midjourney", ("Job ID:", "--v ", "Midjourney")),
    ("Easy Diffusion", ("use_stable_diffusion_model", "Stable Diffusion model")),
    ("Adobe Firefly", ("Firefly",)),
    ("DALL-E", ("DALL-E", "DALL·E", "OpenAI")),
    ("Leonardo", ("Leonardo.Ai", "leonardo.ai")),
    ("Tensor.Art", ("TensorArt", "tensor.art")),
    ("Stable Horde", ("stable horde", "AI Horde", "aihorde")),
    ("Google", ("Made with Google AI", "SynthID")),
)


def sign(texts: Mapping[str, str]) -> str:
    """The tool that a picture's texts look like; "" where they look like none."""
    whole = "\n".join([*texts, *(text[:10_000] for text in texts.values())])
    return next((tool for tool, words in _SIGNS if any(word in whole for word in words)), "")
