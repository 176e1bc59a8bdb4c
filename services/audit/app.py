"""Composition root of the audit service: `uvicorn services.audit.app:app` runs it alone."""

from fastapi import FastAPI

from services.audit import api, api_proof
from services.audit.notary import notary
from services.audit.pages import PAGES
from services.audit.pages_verifying import verifying
from services.audit.projections import TRAIL
from services.audit.witnesses import witnesses
from shared.eventlog import SERVICES
from shared.eventlog.whole import WholeLog
from shared.service import create
from shared.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        "audit",
        title="Makmal: audit",
        listens=SERVICES,
        projections=[TRAIL],
        routers=[api.router, api_proof.router],
        pages=PAGES,
        background=[notary, witnesses, verifying],
        log_class=WholeLog,
    )


def __getattr__(name: str) -> FastAPI:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
