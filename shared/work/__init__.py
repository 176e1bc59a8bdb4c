"""Work: slow jobs towards the outside, handed out in no order. Facts are not work: they are read from the log."""

from shared.work.queue import Dead, WorkQueue

__all__ = ["Dead", "WorkQueue"]
