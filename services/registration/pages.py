"""The pages of registration: what everybody sees of the editions, and where institutions enter their innovations."""

from fastapi import APIRouter

from services.registration import (
    pages_drafts,
    pages_our,
    pages_our_evidence,
    pages_our_innovation,
    pages_our_pic,
    pages_public,
)

PAGES: tuple[APIRouter, ...] = (
    pages_public.pages,
    pages_our.pages,
    pages_drafts.pages,
    pages_our_evidence.pages,
    pages_our_innovation.pages,
    pages_our_pic.pages,
)
