"""Composition root of screening. `uvicorn services.screening.app:app` runs it alone."""

from fastapi import FastAPI

from services.screening import api
from services.screening.projections import SHORTLISTS, WORKLIST
from shared.service import create
from shared.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        "screening",
        title="Makmal: screening",
        listens=["registration", "screening"],
        projections=[WORKLIST, SHORTLISTS],
        routers=[api.desk, api.shortlists],
    )


def __getattr__(name: str) -> FastAPI:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
