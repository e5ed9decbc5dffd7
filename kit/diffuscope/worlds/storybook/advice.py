"""What a prompt asks of the picture book beyond what a model of it can do, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from diffuscope.worlds.storybook.scene.scene import ATTRIBUTES, Reading, parse

_WELL = 0.6
"""Words that come out right less often than this are spoken of."""


def advice(text: str, rates: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Words that are not known, with the nearest ones; what does not go together; what the model does badly or was never
    taught.

    Args:
        rates: the words a model was taught, in groups ("objects", "places" ...), and the share of pictures, 0 to 1, in
            which each comes out right.
    """
    reading = parse(text)
    found = [f"{word}" if word.suggestions else f"{word}." for word in reading.unknown]
    found += [f"{note[0].upper()}{note[1:]}." for note in reading.notes]
    for group, word in _said(reading):
        if group not in rates:
            continue
        if (rate := rates[group].get(word)) is None:
            found.append(f'This model was not taught "{word}".')
        elif rate < _WELL:
            found.append(f'"{word}" comes out right in about {max(1, round(10 * rate))} of 10 pictures.')
    return list(dict.fromkeys(found))


def _said(reading: Reading) -> Iterator[tuple[str, str]]:
    """The group and name of all that was said."""
    for thing in reading.scene.objects:
        yield "objects", thing.kind
        if thing.colour:
            yield "colours", thing.colour
    if reading.scene.order == "row":
        yield "relations", "left of"
    for name in ATTRIBUTES:
        if value := getattr(reading.scene, name):
            yield GROUPS[name], value


GROUPS = {"place": "places", "time": "times", "weather": "weathers", "style": "styles"}
"""Attributes of a picture to what a vocabulary calls all their values."""
