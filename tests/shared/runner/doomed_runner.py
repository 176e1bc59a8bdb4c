"""A service that kills itself between two steps, over and over: `python -m … BROKER_URL LOG DATABASE_URL SEED`.

Each life is a process of its own on the same database; it dies by SIGKILL at the n-th time that it comes to a certain step, or ends
after two seconds without. Prints how many were killed.
"""

import asyncio
import functools
import os
import random
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import shared.runner.reactions
import shared.runner.runner
from shared.database import Database
from shared.deciding import Desk
from shared.eventlog import EventLog, Keys
from shared.eventlog.connection import connect
from shared.runner import ReactionWorker, Runner
from tests.shared.runner.parade import GREETINGS, make_known, runner_of

STEPS: dict[str, tuple[Any, str]] = {
    "the page is read": (Runner, "_read"),
    "a checkpoint is moved, its transaction open": (shared.runner.runner, "advance"),
    "a projection is applied, its transaction open": (shared.runner.runner, "apply"),
    "the inbox is filled, its transaction open": (Runner, "_fill_inbox"),
    "all is counted, its transaction open": (Runner, "_count"),
    "a transaction is committed": (Database, "write_now"),
    "a page is done": (Runner, "step"),
    "the due rows are read": (shared.runner.reactions, "_due"),
    "a reaction's append is done": (EventLog, "append"),
    "a reaction is done": (ReactionWorker, "_answer"),
    "reactions are settled, their transaction open": (ReactionWorker, "_settle"),
    "a round of reactions is done": (ReactionWorker, "step"),
}


def die_after(step: str, times: int) -> None:
    """Let this process die when it has done the step so many times."""
    owner, name = STEPS[step]
    what: Callable[..., Any] = getattr(owner, name)
    left = times

    def count() -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if asyncio.iscoroutinefunction(what):

        @functools.wraps(what)
        async def doing(*arguments: Any, **more: Any) -> Any:
            answer = await what(*arguments, **more)
            count()
            return answer
    else:

        @functools.wraps(what)
        def doing(*arguments: Any, **more: Any) -> Any:
            answer = what(*arguments, **more)
            count()
            return answer

    setattr(owner, name, doing)


async def live(broker_url: str, log_name: str, database_url: str) -> None:
    log = EventLog(connect(broker_url), Keys(log_name), "judging")
    database = Database(database_url)
    runner = runner_of(log, database, 7, reactions=[GREETINGS])
    worker = ReactionWorker(runner, Desk(log), database, [GREETINGS], 0.01)
    with suppress(TimeoutError):
        async with asyncio.timeout(2), asyncio.TaskGroup() as tasks:
            tasks.create_task(runner.run())
            tasks.create_task(worker.run())
    await log.client.aclose()
    database.close()


def main(broker_url: str, log_name: str, database_url: str, seed: int) -> None:
    make_known()
    shared.runner.reactions.LEASE_SECONDS = 0.1
    dice = random.Random(seed)
    lives = [(step, times) for step in STEPS for times in (1, dice.randint(2, 4))]
    dice.shuffle(lives)
    deaths = 0
    for step, times in lives:
        pid = os.fork()
        if pid == 0:
            die_after(step, times)
            asyncio.run(live(broker_url, log_name, database_url))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        deaths += os.WIFSIGNALED(status)
        assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, status
    print(deaths)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
