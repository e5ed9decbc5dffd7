"""The drawings of all kinds of objects; importing this package fills the table `KINDS`."""

from diffuscope.worlds.storybook.objects import animals, buildings, plants, things, vehicles, wild_animals
from diffuscope.worlds.storybook.objects.kinds import KINDS, Kind

__all__ = ["KINDS", "Kind", "animals", "buildings", "plants", "things", "vehicles", "wild_animals"]
