"""Judging's pages, by who they are for."""

from fastapi import APIRouter

from services.judging import pages_as_of, pages_chair, pages_decisions, pages_juror, pages_our, pages_progress, pages_results

PAGES: tuple[APIRouter, ...] = (
    pages_juror.pages,
    pages_chair.pages,
    pages_decisions.pages,
    pages_our.pages,
    pages_results.pages,
    pages_as_of.pages,
    pages_progress.pages,
)
