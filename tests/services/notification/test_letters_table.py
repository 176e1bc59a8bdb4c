"""The table of audiences says of every line whom it is for, and docs/notifications.md is that table."""

import inspect

from services.notification.audience import AUDIENCE
from tests.services.notification.letters_table import FILE, page


def test_the_page_is_the_table() -> None:
    assert FILE.read_text() == page(), "run `python -m tests.services.notification.letters_table`"


def test_every_line_says_who_is_told() -> None:
    assert [line.template for line in AUDIENCE if not inspect.getdoc(line.who)] == []


def test_each_letter_stands_in_one_line() -> None:
    templates = [line.template for line in AUDIENCE]
    assert len(templates) == len(set(templates))
