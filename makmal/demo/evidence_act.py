"""Evidence in the story: some innovations show the decree behind a claim, as a file by its SHA-256, and a screener reads the same
bytes; in the second act the screeners verify the claims, and find one of them too high."""

import hashlib
from collections.abc import Sequence
from typing import Any

from makmal.demo.cast import Cast
from shared.rulebook import Rulebook

INDICATOR = 1
"""Of the catalogue: the regulation that the innovation stands on."""


async def show_evidence(cast: Cast, rulebook: Rulebook, innovations: Sequence[str]) -> int:
    """Attach a decree to each, replace the first one, and have it read; how many have evidence: none where no catalogue asks for it."""
    if rulebook.catalogue is None:
        return 0
    for number, innovation in enumerate(innovations, 1):
        claim = await _claim(cast, f"[Demo] Keputusan {number}", 1)
        await cast.portal.post(f"/registration/v1/innovations/{innovation}/evidence", {"indicator": INDICATOR, **claim})
    if innovations:
        path = f"/registration/v1/innovations/{innovations[0]}"
        claim = await _claim(cast, "[Demo] Keputusan 1, diperbaiki", 2)
        await cast.portal.put(f"{path}/evidence/{INDICATOR}", claim)
        read = await cast.screeners[0].fetch(f"{path}/evidence-files/{claim['sha256']}", at_least=cast.portal.position)
        if hashlib.sha256(read).hexdigest() != claim["sha256"]:
            raise RuntimeError("an evidence file came back changed")
    return len(innovations)


async def verify(cast: Cast, edition: str) -> tuple[int, str]:
    """Each claim is verified by the first screener of its innovation, the last innovation's for one parameter less than it claims; how
    many there are, and the points of that innovation."""
    found: dict[str, Any] = {}
    for screener in cast.screeners:
        async for item in screener.pages(f"/screening/v1/editions/{edition}/worklist", "items", mine="true"):
            if item["unverified"]:
                found[item["innovation"]] = item
    voices = {screener.person: screener for screener in cast.screeners}
    claims, points = 0, "0"
    for number, (innovation, item) in enumerate(sorted(found.items(), key=lambda pair: pair[1]["name"]), 1):
        voice, path = voices[item["screeners"][0]], f"/screening/v1/innovations/{innovation}/evidence"
        for claim in (await voice.get(path))["claims"]:
            less = number == len(found)
            body = {"claim": claim["claim"], "parameter": claim["parameter"] - less}
            note = {"note": "Dokumen demo belum ditandatangani."} if less else {}
            await voice.post(f"{path}/{claim['indicator']}/verification", body | note)
            claims += 1
        points = (await voice.get(path))["maturity"]
    return claims, points


async def _claim(cast: Cast, title: str, parameter: int) -> dict[str, str | int]:
    document = one_page(title)
    sha256 = hashlib.sha256(document).hexdigest()
    await cast.portal.upload(f"/registration/v1/evidence-files/{sha256}", document, "application/pdf")
    letter = {"letter_number": "000/DEMO/2023", "letter_date": "2023-01-31", "subject": title}
    return {"parameter": parameter, "sha256": sha256, **letter}


def one_page(title: str) -> bytes:
    """A PDF of one page that says so much (in ASCII, without parentheses)."""
    drawn = f"BT /F1 18 Tf 72 720 Td ({title}) Tj ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    file = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(file))
        file += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return file + b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        size,
        table,
        size,
        len(file),
    )
