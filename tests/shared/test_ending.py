import asyncio

from shared.ending import end


async def test_a_task_that_loses_its_first_cancellation_ends_all_the_same() -> None:
    cancelled = 0

    async def deaf() -> None:
        nonlocal cancelled
        while True:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError:
                cancelled += 1
                if cancelled > 1:
                    raise

    task = asyncio.create_task(deaf())
    await asyncio.sleep(0)
    assert await end([task]) == []
    assert task.cancelled() and cancelled == 2


async def test_it_tells_of_tasks_that_had_failed() -> None:
    async def failing() -> None:
        raise ValueError("why")

    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    assert [str(error) for error in await end([task])] == ["why"]
