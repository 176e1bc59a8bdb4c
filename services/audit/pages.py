"""Audit's pages, by who they are for."""

from fastapi import APIRouter

from services.audit import pages_figures, pages_proof, pages_trail, pages_verifying

PAGES: tuple[APIRouter, ...] = (pages_proof.pages, pages_trail.pages, pages_figures.pages, pages_verifying.pages)
