"""Screening's pages, by who they are for."""

from fastapi import APIRouter

from services.screening import pages_public

PAGES: tuple[APIRouter, ...] = (pages_public.pages,)
