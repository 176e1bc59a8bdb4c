"""The registration service: editions, institutions, innovations. `uvicorn services.registration.app:app` runs it alone."""

from typing import Any

from fastapi import FastAPI

from services.registration import (
    api,
    api_committee,
    api_drafts,
    api_innovations,
    api_institutions,
    api_vouching,
    evidence_api,
    exporting_api,
    importing_api,
)
from services.registration.calendar import keeping_the_calendar
from services.registration.drafts import DraftRow
from services.registration.evidence_projection import EVIDENCE_ROWS
from services.registration.evidence_uploads import EvidenceUpload
from services.registration.pages import PAGES
from services.registration.projections import PROJECTIONS
from services.registration.reminding import reminding_of_drafts
from shared import service
from shared.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    return service.create(
        settings,
        "registration",
        title="Makmal: registration",
        listens=["registration"],
        projections=(*PROJECTIONS, EVIDENCE_ROWS),
        tables=[DraftRow, EvidenceUpload],
        routers=[
            api_innovations.submissions,
            api_innovations.router,
            api.router,
            api_committee.router,
            api_vouching.router,
            api_drafts.router,
            api_institutions.router,
            evidence_api.router,
            importing_api.router,
            exporting_api.router,
        ],
        pages=PAGES,
        background=[keeping_the_calendar, reminding_of_drafts],
    )


def __getattr__(name: str) -> Any:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
