"""`python -m makmal`."""

from makmal.cli import main

main()
