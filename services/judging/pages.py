"""Judging's pages, by who they are for."""

from fastapi import APIRouter

from services.judging import pages_juror

PAGES: tuple[APIRouter, ...] = (pages_juror.pages,)
