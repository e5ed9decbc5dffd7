"""The order in which cells are made, and which of them run together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from diffuscope.grid.plan.plan import Cell, Plan
from diffuscope.recipe.fields import FIELDS
from diffuscope.run.run import SHARED

_FIRST = (*SHARED, "seed", "negative_prompt", "prompt")
_ALIKE = (*_FIRST, *(name for name in FIELDS if name not in _FIRST))
"""Every setting, in the order in which cells are sorted by them: the earlier two cells differ, the less they share."""

PIXELS = 8 * 512 * 512
"""The most pixels the cells of a batch have together, unless the number of cells is given."""
MOST = 16
"""The most cells of a batch: with more, not even the smallest networks save any time."""


def order(plan: Plan) -> list[Cell]:
    """The cells from coarse to fine: the corners, then what lies half way between, and so on.

    So the whole of a grid can be judged early, and stopped. Within a rank, cells that share work stand together.
    """
    axes = [ranks(len(axis.values)) for axis in plan.axes]

    def coarse_first(cell: Cell) -> tuple:
        rank = max((of[at] for of, at in zip(axes, cell.place, strict=True)), default=0)
        return rank, [str(getattr(cell.settings, name)) for name in _ALIKE]

    return sorted(plan.cells, key=coarse_first)


def ranks(count: int) -> list[int]:
    """How fine each of `count` places in a row is: the two ends 0, the middle 1, the middles of both halves 2, ..."""
    found = [0] * count
    spans, rank = [(0, count - 1)], 0
    while spans:
        rank += 1
        middles = [(low, (low + high) // 2, high) for low, high in spans if high - low > 1]
        for _, middle, _ in middles:
            found[middle] = rank
        spans = [span for low, middle, high in middles for span in ((low, middle), (middle, high))]
    return found


def together(cells: Sequence[Cell]) -> int:
    """How many of these cells to run in a batch: as many as the size of the largest allows."""
    largest = max((cell.recipe.width * cell.recipe.height for cell in cells), default=1)
    return max(1, min(MOST, PIXELS // largest))


def batches(cells: Sequence[Cell], size: int) -> Iterator[list[Cell]]:
    """Cells that can run together, at most `size` at once, in their order otherwise.

    A batch is the first cell left, and the next ones that share scheduler, schedule, steps, eta and size with it.
    """
    groups: defaultdict[tuple, list[int]] = defaultdict(list)
    for at, cell in enumerate(cells):
        groups[tuple(getattr(cell.settings, name) for name in SHARED)].append(at)
    cuts = [group[first : first + size] for group in groups.values() for first in range(0, len(group), size)]
    for cut in sorted(cuts):
        yield [cells[at] for at in cut]
