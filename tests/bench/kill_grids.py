"""`make kills`: a grid of 60 cells whose writers are killed 200 times, one of them now and then beside another.

Nothing that was finished may be lost, computed again or torn, and each grid must end in the files of one that nobody
killed, bit for bit. The tests do the same with fewer kills.
"""

import argparse
import random
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

import kills
from grid_children import context


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--kills", type=int, default=200)
    given.add_argument("--seed", type=int, default=0)
    args = given.parse_args()
    forks, begin = context(), time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        expected, seconds = kills.whole(forks, folder / "whole")
        print(f"seed {args.seed}: {len(expected)} files of 60 cells take {seconds:.1f} s without a kill", flush=True)
        tally = kills.killed(forks, folder, args.kills, random.Random(args.seed), expected, seconds)
    print(asdict(tally), f"in {time.monotonic() - begin:.0f} s: nothing lost, nothing torn, all equal")
    return 0


if __name__ == "__main__":
    sys.exit(main())
