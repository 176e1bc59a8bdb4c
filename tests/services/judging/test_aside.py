"""A process of its own for long computations."""

import os
import signal
from collections.abc import Iterator

import pytest

from services.judging.aside import Aside


@pytest.fixture
def aside() -> Iterator[Aside]:
    here = Aside()
    yield here
    here.close()


async def test_what_runs_aside_runs_in_another_process_and_in_the_same_one_next_time(aside: Aside) -> None:
    first = await aside.run(os.getpid)
    assert first != os.getpid()
    assert await aside.run(os.getpid) == first


async def test_what_goes_wrong_aside_goes_wrong_here(aside: Aside) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        await aside.run(int, "three")


async def test_a_process_that_was_killed_is_replaced(aside: Aside) -> None:
    os.kill(await aside.run(os.getpid), signal.SIGKILL)
    assert await aside.run(int, "3") == 3
