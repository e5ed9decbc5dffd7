"""The tools whose records are read, in the order in which they are looked for. To add one, add a file and a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from diffuscope.records.parts.result import ReadSettings
from diffuscope.records.tools import a1111, comfyui, drawthings, fooocus, invokeai, novelai, ours, swarmui

Reader = Callable[[Mapping[str, str]], ReadSettings | None]
"""Takes the texts of a picture by their place; None where its record is not among them.

Raises:
    ValueError: it is there and cannot be read.
"""

TOOLS: Mapping[str, Reader] = {
    ours.TOOL: ours.read,
    invokeai.TOOL: invokeai.read,
    swarmui.TOOL: swarmui.read,
    fooocus.TOOL: fooocus.read,
    novelai.TOOL: novelai.read,
    drawthings.TOOL: drawthings.read,
    a1111.TOOL: a1111.read,
    comfyui.TOOL: comfyui.read,  # behind A1111: nodes that save A1111's text beside the graph say what they mean
}
