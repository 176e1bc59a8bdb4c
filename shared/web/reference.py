"""The reference for who writes clients, served by every service: OpenAPI with a viewer, all event streams, all problems. No CDN."""

import html
import json
import re
from pathlib import Path

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse

from shared.refusals import Unknown
from shared.web import problem_types
from shared.web.asking import public
from shared.web.asyncapi import Document, document

VENDOR = Path(__file__).parent / "static" / "vendor"
SERVED = {"rapidoc-min.js": "text/javascript", "reference.css": "text/css"}

reference = APIRouter(dependencies=[Depends(public)], include_in_schema=False)

_CSP = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""The viewer writes its styles into its own shadow tree, hence `unsafe-inline` for styles; for scripts there is none."""

_HEAD = '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'


@reference.get("/docs")
async def viewer(request: Request) -> Response:
    """The OpenAPI document of this service, to read and to try. Works without any other network."""
    title = html.escape(request.app.title)
    return HTMLResponse(
        f'{_HEAD}<title>{title}</title><script type="module" src="docs/rapidoc-min.js"></script></head><body>'
        '<rapi-doc spec-url="openapi.json" render-style="read" load-fonts="false" show-header="false" theme="light" '
        'regular-font="system-ui, sans-serif" mono-font="monospace" schema-style="table" allow-spec-url-load="false" '
        'allow-spec-file-load="false"></rapi-doc></body></html>',
        headers=_CSP,
    )


@reference.get("/docs/{file}")
async def vendored(file: str) -> Response:
    if file not in SERVED:
        raise Unknown(f"there is no {file} here", f"tidak ada {file} di sini")
    headers = {**_CSP, "Cache-Control": "public, max-age=86400"}
    return FileResponse(
        VENDOR.parent / file if file.endswith(".css") else VENDOR / file, media_type=SERVED[file], headers=headers
    )


@reference.get("/asyncapi.json")
async def asyncapi() -> Response:
    """All event streams of the house, as AsyncAPI 3."""
    return JSONResponse(document())


@reference.get("/events")
async def events() -> Response:
    """The same, to read."""
    return HTMLResponse(_events_page(), headers=_CSP)


@reference.get("/problems")
async def problems() -> Response:
    """Every type of problem, and what to do about it."""
    rows = "".join(
        f"<tr id='{kind}'><td><code>{problem_types.PREFIX}{kind}</code><td>{', '.join(map(str, known.statuses))}"
        f"<td>{html.escape(known.title)}<br><i lang='id'>{html.escape(known.judul)}</i><td>{_code(known.todo)}"
        for kind, known in problem_types.PROBLEMS.items()
    )
    table = f"<table><tr><th>type<th>status<th>title<th>what to do{rows}</table>"
    return HTMLResponse(_page("Problems", f"<h1>Problems</h1>{table}"), headers=_CSP)


def _page(title: str, body: str) -> str:
    return f'{_HEAD}<title>{title}</title><link rel="stylesheet" href="docs/reference.css"></head><body>{body}</body></html>'


def _code(text: str) -> str:
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))


def _events_page() -> str:
    whole: Document = document()
    parts = [f"<h1>{html.escape(whole['info']['title'])}</h1><p>{_code(whole['info']['description'])}"]
    for name, channel in whole["channels"].items():
        parts.append(f"<h2 id='{name}'>{name}</h2><p><code>{html.escape(channel['address'])}</code>")
        for kind in channel["messages"]:
            message = whole["components"]["messages"][kind]
            parts.append(f"<h3 id='{kind}'>{kind}</h3><p>{_code(message.get('summary', ''))}")
            example = json.dumps(message["examples"][0]["payload"]["data"], indent=2, ensure_ascii=False)
            parts.append(f"<pre>{html.escape(example)}</pre>")
    return _page("Events", "".join(parts))
