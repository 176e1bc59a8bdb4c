"""Composition root of screening. `uvicorn services.screening.app:app` runs it alone."""

from fastapi import FastAPI

from services.screening.api_desk import desk
from services.screening.api_evidence import evidence
from services.screening.api_objections import objections
from services.screening.api_shortlists import shortlists
from services.screening.evidence_projection import CLAIMS
from services.screening.pages import PAGES
from services.screening.projections import WORKLIST
from services.screening.roster_projection import ROSTER
from services.screening.shortlist_projection import SHORTLISTS
from shared.service import create
from shared.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        "screening",
        title="Makmal: screening",
        listens=["registration", "identity", "screening"],
        projections=[WORKLIST, CLAIMS, SHORTLISTS, ROSTER],
        routers=[desk, evidence, objections, shortlists],
        pages=PAGES,
    )


def __getattr__(name: str) -> FastAPI:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
