"""The judging service: jurors, panels, scoresheets, rankings, winners. `uvicorn services.judging.app:app` runs it alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from faststream.redis import RedisBroker

from services.judging import (
    api_categories,
    api_conflicts,
    api_dossier,
    api_jurors,
    api_objections,
    api_ranking,
    api_results,
    api_scoresheets,
    api_sealed,
    api_verdict,
)
from services.judging.aside import Aside
from services.judging.looking_back import LookingBack
from services.judging.pages import PAGES
from services.judging.projections import PROJECTIONS
from services.judging.reactions import REACTIONS
from services.judging.reckoned import Reckoned
from shared import service
from shared.parts import Parts
from shared.settings import Settings


@asynccontextmanager
async def aside(parts: Parts, broker: RedisBroker) -> AsyncIterator[None]:
    """`parts.own["reckoned"]`: rankings with their advisory figures; `parts.own["looking_back"]`: how rankings stood."""
    here = Aside()
    parts.own["reckoned"] = Reckoned(here)
    parts.own["looking_back"] = LookingBack(parts.event_log)
    try:
        yield
    finally:
        here.close()


def create_app(settings: Settings) -> FastAPI:
    return service.create(
        settings,
        "judging",
        title="Makmal: judging",
        listens=["registration", "screening", "judging"],
        projections=PROJECTIONS,
        reactions=REACTIONS,
        routers=[
            api_jurors.router,
            api_conflicts.router,
            api_categories.router,
            api_dossier.router,
            api_scoresheets.router,
            api_sealed.router,
            api_ranking.router,
            api_verdict.router,
            api_objections.router,
            api_results.router,
        ],
        pages=PAGES,
        background=[aside],
    )


def __getattr__(name: str) -> Any:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
