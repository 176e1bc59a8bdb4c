"""The pages of registration: what everybody sees of the editions, and where institutions enter their innovations."""

from fastapi import APIRouter

from services.registration import (
    pages_committee,
    pages_drafts,
    pages_files,
    pages_opening,
    pages_our,
    pages_our_evidence,
    pages_our_innovation,
    pages_our_pic,
    pages_public,
)

PAGES: tuple[APIRouter, ...] = (
    pages_public.pages,
    pages_files.pages,
    pages_committee.pages,
    pages_opening.pages,
    pages_our.pages,
    pages_drafts.pages,
    pages_our_evidence.pages,
    pages_our_innovation.pages,
    pages_our_pic.pages,
)
