"""What everybody sees of registration: the editions, one edition with its calendar and rules, its innovations."""

from fastapi import APIRouter

from services.registration import pages_public

PAGES: tuple[APIRouter, ...] = (pages_public.pages,)
