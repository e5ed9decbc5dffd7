"""The schedulers that models with noise levels of their own take; those of flow matching have their own tests."""

from diffuscope import SCHEDULERS

ROWS = [row for row in SCHEDULERS.values() if row.space != "flow"]
