"""JSON endpoints for people without e-mail: who they are, and their invitations to print."""

import asyncio
import os
from concurrent.futures import ProcessPoolExecutor
from datetime import datetime
from multiprocessing import get_context
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, Field

from services.notification import people
from services.notification.invitation_sheets import Sheet, typeset
from services.notification.letters import LANGUAGES, in_words
from services.notification.strict import Strict
from services.notification.vault import Known, Vault
from shared.facts import EDITION
from shared.lifeline import end_with
from shared.parts import Parts
from shared.refusals import Refused, Unknown
from shared.web.asking import Asked, PartsHere, SignedIn, reached

router = APIRouter(tags=["invitations"])

PDF = "application/pdf"

ROLES = {
    "committee": {"id": "Panitia", "en": "Committee"},
    "screener": {"id": "Tim Makmal", "en": "Screener"},
    "juror": {"id": "Juri", "en": "Juror"},
    "chair": {"id": "Ketua dewan juri", "en": "Chair of the jury"},
    "head": {"id": "Kepala instansi", "en": "Head of the institution"},
    "operator": {"id": "Operator", "en": "Operator"},
    "auditor": {"id": "Auditor", "en": "Auditor"},
    "pic": {"id": "Penanggung jawab inovasi", "en": "In charge of an innovation"},
}


class InvitationToPrint(Strict):
    """As identity gave it out: it is shown there once, and kept nowhere."""

    person: Annotated[str, Field(min_length=1, max_length=64, examples=["0f" * 16])]
    invitation: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.~-]+$", max_length=200, examples=["mkm_A1b2C3"])]
    expires: Annotated[AwareDatetime, Field(examples=["2023-03-01T12:00:00+07:00"])]


class InvitationsToPrint(Strict):
    invitations: Annotated[list[InvitationToPrint], Field(min_length=1, max_length=200)]


class WithoutEmail(Strict):
    person: str
    roles: list[str]
    """`pic` where he is in charge of an innovation."""
    institutions: list[str]


@router.get("/editions/{edition}/without-email", dependencies=[Depends(reached)])
async def people_without_email(edition: str, parts: PartsHere, principal: SignedIn) -> list[WithoutEmail]:
    """People of the edition whom no letter reaches: print their invitations. Committee."""
    principal.must_hold(edition, "committee")
    vault = _vault(parts)
    rows = await parts.database.read(lambda connection: people.mandates(connection, edition))
    persons = list(dict.fromkeys(row.person for row in rows))
    known = await vault.all_known(persons)
    without = [each.person for each in known if each is not None and not each.email]
    return [
        WithoutEmail(
            person=person,
            roles=list(dict.fromkeys(row.role for row in rows if row.person == person)),
            institutions=sorted({row.institution for row in rows if row.person == person} - {""}),
        )
        for person in without
    ]


@router.post("/editions/{edition}/invitations.pdf", response_class=Response, responses={200: {"content": {PDF: {}}}})
async def print_invitations(edition: str, body: InvitationsToPrint, asked: Asked) -> Response:
    """A page for each invitation, with its link and QR code. Nothing of it is kept. Committee."""
    asked.principal.must_hold(edition, "committee")
    parts = asked.parts
    rulebook = (await parts.desk.state(EDITION(edition)))[0].rulebook
    if rulebook is None:
        raise Unknown("there is no such edition; open it first", "gelaran ini tidak ada; buka dahulu")
    vault = _vault(parts)
    known = await vault.all_known([each.person for each in body.invitations])
    rows = await parts.database.read(lambda connection: people.mandates(connection, edition))
    names = await parts.database.read(lambda connection: people.names(connection, edition))
    zone = rulebook.calendar.registration_closes.tzinfo

    def sheet(asked_for: InvitationToPrint, person: Known | None) -> Sheet:
        if person is None:
            raise Unknown(
                f"nobody stands in the vault as {asked_for.person}; register the person first",
                f"tidak ada orang dengan ID {asked_for.person}; daftarkan orangnya dahulu",
            )
        language = person.language if person.language in LANGUAGES else LANGUAGES[0]
        expires: datetime = asked_for.expires.astimezone(zone)
        return Sheet(
            language=language,
            name=person.name,
            login=person.login,
            edition=rulebook.name.id if language == "id" else rulebook.name.en,
            offices=tuple(
                _office(row.role, names.get(row.institution, row.institution), language)
                for row in rows
                if row.person == person.person
            ),
            link=f"{parts.settings.public_url}/identity/invitation?code={asked_for.invitation}",
            expires=in_words(expires.isoformat(), language),
        )

    sheets = [sheet(each, person) for each, person in zip(body.invitations, known, strict=True)]
    return Response(await _set(sheets), media_type=PDF, headers={"Cache-Control": "no-store"})


async def _set(sheets: list[Sheet]) -> bytes:
    """In a process of its own: a page takes some milliseconds of pure computing."""
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=end_with, initargs=(os.getpid(),))
    try:
        return await asyncio.get_running_loop().run_in_executor(pool, typeset, sheets)
    finally:
        pool.shutdown(wait=False)


def _office(role: str, institution: str, language: str) -> str:
    title = ROLES.get(role, {}).get(language, role)
    return f"{title} – {institution}" if institution else title


def _vault(parts: Parts) -> Vault:
    vault = parts.own.get("vault")
    if not isinstance(vault, Vault):
        raise Refused(
            "this service cannot ask the vault: set MAKMAL_IDENTITY_URL and MAKMAL_VAULT_SECRET",
            "layanan ini tidak dapat bertanya kepada brankas: atur MAKMAL_IDENTITY_URL dan MAKMAL_VAULT_SECRET",
        )
    return vault
