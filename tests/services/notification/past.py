"""Facts that happened a while ago, as a log holds them."""

import os
from datetime import datetime, timedelta

from shared.eventlog import Append, Draft, Recorded, Wanted
from shared.events import Event
from tests.world import World


async def record_ago(world: World, ago: timedelta, subject: str, *events: Event, edition: str = "test") -> list[Recorded]:
    """Append events whose time lies `ago` before now. (The broker compares the append's time only.)"""
    service = events[0].owner()
    log = world.log(service)
    loaded = await log.load([Wanted(service, subject)])
    version = loaded.histories[0].version
    request = os.urandom(16).hex()
    happened: datetime = loaded.now - ago
    raws = [
        Draft(
            event=event,
            subject=subject,
            version=version + number,
            time=happened,
            actor="person/test",
            request=request,
            edition=edition,
        ).encode()
        for number, event in enumerate(events, 1)
    ]
    appended = await log.append(
        Append(loaded.now, request, "", ((service, subject, version),), tuple((subject, raw) for raw in raws))
    )
    return list(await log.at(service, appended.first, appended.last))
