"""Parked reactions: what the operator sees of them, and what he can do."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from shared.database import table
from shared.runner.tables import InboxRow


def listed(connection: Connection) -> Sequence[Any]:
    """Rows of parked reactions: id, reaction, subject, position, tries, error."""
    inbox = table(InboxRow)
    return connection.execute(select(inbox).where(inbox.c.parked).order_by(inbox.c.id)).all()


def retry(connection: Connection, id: int) -> bool:
    """Give a parked row all its tries again. False if no such row is parked."""
    inbox = table(InboxRow)
    again = update(inbox).where(inbox.c.id == id, inbox.c.parked).values(parked=False, tries=0, due=time.time())
    return connection.execute(again).rowcount == 1


def discard(connection: Connection, id: int) -> bool:
    """Give up a parked row; its subject's later rows go on. False if no such row is parked."""
    inbox = table(InboxRow)
    return connection.execute(delete(inbox).where(inbox.c.id == id, inbox.c.parked)).rowcount == 1
