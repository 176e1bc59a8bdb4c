"""Write the golden files that are missing, and docs/asyncapi.json: `python -m tests.golden [--anew]`."""

import sys

import msgspec

from shared.web.asyncapi import document
from tests.golden.files import DIRECTORY, write

for name in write(anew="--anew" in sys.argv[1:]):
    print(name)

streams = DIRECTORY.parent.parent / "docs" / "asyncapi.json"
streams.write_bytes(msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n")
