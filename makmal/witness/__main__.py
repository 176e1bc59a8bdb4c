"""`python -m makmal.witness --key …`: the witness alone, without the other commands."""

import sys

import typer

from makmal.witness_command import witness_command
from shared.refusals import Refused

if __name__ == "__main__":
    try:
        typer.run(witness_command)
    except Refused as refused:
        print(f"{refused.en}\n{refused.id}", file=sys.stderr)
        sys.exit(3)
