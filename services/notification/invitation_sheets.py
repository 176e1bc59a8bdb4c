"""Printed invitations for people without e-mail: a page for each, with the link by which he chooses his password, and its QR code.

Typst sets the pages, with fonts of its own; what people are called is data to it and never markup. Some milliseconds a page: to be
called outside of the event loop.
"""

import io
from pathlib import Path
from typing import Any

import msgspec
import segno
import typst
from msgspec import Struct

PAGE = Path(__file__).parent / "invitation.typ"


class Sheet(Struct, frozen=True, kw_only=True):
    """One page. `offices` are lines like "Kepala instansi – Dinas Perhubungan"."""

    language: str
    name: str
    login: str
    edition: str
    offices: tuple[str, ...]
    link: str
    expires: str
    """As the reader reads it."""


def typeset(sheets: list[Sheet]) -> bytes:
    """The PDF, in the order given."""
    data: list[dict[str, Any]] = [{**msgspec.to_builtins(sheet), "qr": qr(sheet.link)} for sheet in sheets]
    source = PAGE.read_bytes()
    pdf = typst.compile(source, sys_inputs={"sheets": msgspec.json.encode(data).decode()}, ignore_system_fonts=True)
    assert isinstance(pdf, bytes)
    return pdf


def qr(link: str) -> str:
    """As SVG."""
    drawn = io.BytesIO()
    segno.make(link, error="m", micro=False).save(drawn, kind="svg", xmldecl=False, border=2)
    return drawn.getvalue().decode()
