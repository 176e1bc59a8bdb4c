"""The committee's outbox: every letter, what became of it, why it was written, and sending again by hand; printed invitations."""

from typing import Any

import msgspec
from fastapi import Response
from jinja2 import TemplateError
from pydantic import ValidationError

from services.notification import pages_read, people
from services.notification.api import resend
from services.notification.invitations_api import InvitationsToPrint, people_without_email, print_invitations
from services.notification.letters import read_out
from services.notification.pages_circulars import Before, Edition, Id
from shared.refusals import Invalid, Refused, Unknown
from shared.web.pages import Member, PageRouter, Visit
from shared.web.pages.menu import mark

pages = PageRouter()

ROWS = 50
STATES = {
    "queued": (mark("waiting"), "info"),
    "sent": (mark("sent"), "good"),
    "uncertain": (mark("uncertain"), "warn"),
    "bounced": (mark("bounced"), "bad"),
    "abandoned": (mark("given up"), "bad"),
    "skipped": (mark("not sent, too old"), ""),
}
"""State of a message -> in words, and the badge that it wears."""
SENT_AGAIN = ("uncertain", "bounced", "abandoned", "skipped")


@pages.get("/e/{edition}/letters")
async def letters_page(visit: Member, edition: Edition, state: str = "", after: Before = 0) -> Response:
    visit.me.must_hold(edition, "committee", "auditor")
    state = state if state in STATES else ""
    counts, rows = await visit.parts.database.read(pages_read.messages(edition, state, after, ROWS + 1))
    return await visit.render(
        "pages/letters.html",
        counts=counts,
        states=STATES,
        state=state,
        letters=[{**row, "subject": subject(visit, row)} for row in rows[:ROWS]],
        first=not after,
        next=str(rows[ROWS - 1]["position"]) if len(rows) > ROWS else "",
        mail=bool(visit.parts.settings.smtp_url),
    )


@pages.get("/e/{edition}/letters/without-email")
async def without_email_page(visit: Member, edition: Edition) -> Response:
    visit.me.must_hold(edition, "committee")
    return await _without_email(visit, edition)


@pages.get("/e/{edition}/letters/{id}")
async def letter_page(visit: Member, edition: Edition, id: Id) -> Response:
    visit.me.must_hold(edition, "committee", "auditor")
    return await _letter(visit, edition, id)


@pages.post("/e/{edition}/letters/{id}/resend")
async def send_again(visit: Member, edition: Edition, id: Id) -> Response:
    visit.me.must_hold(edition, "committee")
    try:
        await resend(id, visit.asked())
    except Refused as refused:
        return await _letter(visit, edition, id, refused)
    return await visit.go(f"/notification/e/{edition}/letters/{id}", visit._("It goes out once more."))


@pages.post("/e/{edition}/invitations.pdf")
async def printed(visit: Member, edition: Edition) -> Response:
    """Sheets of invitations that identity has just given out, to print. Nothing of them is kept."""
    visit.me.must_hold(edition, "committee")
    one = {name: visit.form[name] for name in ("person", "invitation", "expires")}
    try:
        body = InvitationsToPrint.model_validate({"invitations": [one]})
    except ValidationError as error:
        raise Invalid(
            "the invitation is not complete; invite the person anew and print it then",
            "undangannya tidak lengkap; undang kembali orangnya, lalu cetak",
        ) from error
    sheet = await print_invitations(edition, body, visit.asked())
    sheet.headers["Content-Disposition"] = 'attachment; filename="undangan.pdf"'
    return sheet


def subject(visit: Visit, row: Any) -> str:
    return _read_out(visit, row)[0]


def _read_out(visit: Visit, row: Any) -> tuple[str, list[str]]:
    """In the language of who looks; what an older Makmal queued and this one cannot word any more is called by its template."""
    try:
        return read_out(row["template"], msgspec.json.decode(row["facts"], type=dict[str, str]), visit.language)
    except (TemplateError, ValueError):
        return str(row["template"]), []


async def _letter(visit: Visit, edition: str, id: str, refused: Refused | None = None) -> Response:
    row = await visit.parts.database.read(pages_read.message(edition, id))
    if row is None:
        raise Unknown("there is no such message; see the list of messages", "pesan ini tidak ada; lihat daftar pesan")
    said, paragraphs = _read_out(visit, row)
    return await visit.render(
        "pages/letter.html",
        status=409 if refused else 200,
        refused=refused,
        letter=row,
        subject=said,
        paragraphs=paragraphs,
        states=STATES,
        committee=visit.me.holds("committee", edition) is not None,
        can_be_sent_again=row["state"] in SENT_AGAIN,
    )


async def _without_email(visit: Visit, edition: str) -> Response:
    refused: Refused | None = None
    found: list[Any] = []
    try:
        found = await people_without_email(edition, visit.parts, visit.me)
    except Refused as away:
        refused = away
    return await visit.render(
        "pages/without_email.html",
        refused=refused,
        found=found,
        names=await visit.parts.database.read(lambda c: people.names(c, edition)),
    )
