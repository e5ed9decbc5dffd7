"""`python -m diffuscope` is the command `diffuscope`."""

import sys

from diffuscope.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
