"""`docs/notifications.md`: the table of audiences for readers. `python -m tests.services.notification.letters_table` writes it."""

import inspect
from pathlib import Path

from services.notification.audience import AUDIENCE, Line
from services.notification.letters import DIRECTORY

FILE = Path(__file__).resolve().parents[3] / "docs" / "notifications.md"

HEAD = """# Who is told what, when

Each line is one letter. It is written once for each event and person, in the person's language (Bahasa Indonesia or English), as plain
text and HTML. The table is `services/notification/audience.py`; this page is made from it, and a test compares them.

- An event older than a day leads to no letter: the message is recorded as skipped (`MessageSkipped`), so that replays, rebuilds and an
  empty database write to nobody. The committee can have it sent by hand.
- A message whose fate a crash left open is `uncertain`. It is sent again only by hand, with the same `Message-ID`.
- Every message names the event that caused it (`cause`, and `causationid` in the envelope). Addresses are asked of the vault at the
  moment of sending and stand in no event.
- Reminders come so many days before a deadline as the rulebook says (`reminders`), each once, and a day late at the most.

| event | who is told | subject of the letter |
|---|---|---|
"""


def page() -> str:
    return HEAD + "".join(_row(line) for line in AUDIENCE)


def _row(line: Line) -> str:
    events = ", ".join(f"`{kind.__name__}`" for kind in line.events)
    who = " ".join((inspect.getdoc(line.who) or "").split())
    subject = (DIRECTORY / f"{line.template}.en.txt").read_text().partition("\n")[0]
    for filter in (" | moment", " | day"):
        subject = subject.replace(filter, "")
    return f"| {events} | {who} | {subject.replace('{{ ', '*').replace(' }}', '*')} |\n"


if __name__ == "__main__":
    FILE.write_text(page())
