"""Write the golden files that are missing: `python -m tests.golden [--anew]`."""

import sys

from tests.golden.files import write

for name in write(anew="--anew" in sys.argv[1:]):
    print(name)
