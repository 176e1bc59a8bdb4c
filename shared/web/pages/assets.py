"""Styles, scripts and the typeface: every service serves the same under `/assets/`, named by their content, to be kept for ever."""

import gzip
import hashlib
import re
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response

from shared.refusals import Unknown
from shared.web.asking import public

STATIC = Path(__file__).parent / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}

assets = APIRouter(dependencies=[Depends(public)], include_in_schema=False)


@cache
def files() -> dict[str, Path]:
    """Name as the templates say it -> file. The vendored ones lie in a folder of their own but are named like the others."""
    found = sorted(STATIC.iterdir()) + sorted((STATIC / "vendor").iterdir())
    return {file.name: file for file in found if file.suffix in TYPES}


@cache
def content(name: str) -> bytes:
    """Raises KeyError for a name that is no asset. What a style sheet names stands in it with its full address."""
    octets = files()[name].read_bytes()
    if name.endswith(".css"):
        return re.sub(rb'url\("([^"]+)"\)', lambda found: b'url("%s")' % address(found[1].decode()).encode(), octets)
    return octets


@cache
def packed(name: str) -> bytes:
    """The same for the line, a third of it. Raises KeyError."""
    return gzip.compress(content(name), 9, mtime=0)


@cache
def address(name: str) -> str:
    """Where a page asks for it. Raises KeyError."""
    return f"/assets/{hashlib.sha256(content(name)).hexdigest()[:12]}/{name}"


@assets.get("/assets/{version}/{name}")
async def asset(request: Request, version: str, name: str) -> Response:
    if name not in files():
        raise Unknown(f"there is no {name} here", f"tidak ada {name} di sini")
    kept = "public, max-age=31536000, immutable" if address(name).split("/")[2] == version else "no-cache"
    headers = {"Cache-Control": kept, "X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", "") and not name.endswith(".woff2"):
        return Response(packed(name), media_type=TYPES[files()[name].suffix], headers={**headers, "Content-Encoding": "gzip"})
    return Response(content(name), media_type=TYPES[files()[name].suffix], headers=headers)
