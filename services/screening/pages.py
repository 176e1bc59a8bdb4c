"""Screening's pages, by who they are for."""

from fastapi import APIRouter

from services.screening import pages_entry, pages_progress, pages_public, pages_shortlists, pages_worklist

PAGES: tuple[APIRouter, ...] = (
    pages_public.pages,
    pages_worklist.pages,
    pages_entry.pages,
    pages_shortlists.pages,
    pages_progress.pages,
)
