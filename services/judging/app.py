"""The judging service: jurors, panels, scoresheets, rankings, winners. `uvicorn services.judging.app:app` runs it alone."""

import os
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from multiprocessing import get_context
from typing import Any

from fastapi import FastAPI
from faststream.redis import RedisBroker

from services.judging import api_categories, api_jurors, api_results, api_scoresheets
from services.judging.projections import PROJECTIONS
from services.judging.reactions import PREPARE
from shared import service
from shared.lifeline import end_with
from shared.parts import Parts
from shared.settings import Settings


@asynccontextmanager
async def figures(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """A process for the advisory figures, which take up to some seconds: started when first asked for, ended with the service."""
    with ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with, initargs=(os.getpid(),)) as pool:
        parts.own["figures"] = pool
        yield


def create_app(settings: Settings) -> FastAPI:
    return service.create(
        settings,
        "judging",
        title="Makmal: judging",
        listens=["registration", "screening", "judging"],
        projections=PROJECTIONS,
        reactions=[PREPARE],
        routers=[api_jurors.router, api_categories.router, api_scoresheets.router, api_results.router],
        background=[figures],
    )


def __getattr__(name: str) -> Any:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
