"""One visit of a page: who looks, in which language, what he typed, and the answer that is drawn for him."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from shared.deciding import request_key
from shared.eventlog import LogUnavailable, LogWentBack
from shared.facts import EDITION, EditionFacts
from shared.parts import Parts
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Rulebook
from shared.security import Principal, TokenRefused
from shared.web.asking import WHO_MAY_ASK, Asking
from shared.web.pages import cookies, menu
from shared.web.pages.drawing import Drawing
from shared.web.pages.forms import KEY, TOKEN, VERSION, Form, posted, token
from shared.web.pages.words import LANGUAGES, Words

THEMES = ("", "light", "dark")
"""The first follows the device."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "private, no-cache",
    "Vary": "Cookie",
}


class SignInFirst(Exception):
    """The page is for somebody who is signed in; `stale`: he was, and may be able to go on without typing a password."""

    def __init__(self, stale: bool):
        super().__init__("sign in first")
        self.stale = stale


class _PageAsking(Asking):
    """A command that a page's form gives: the form's own key and version stand where an API request has headers."""

    def __init__(self, visit: "Visit", part: str, version: str | None = None):
        request, form = visit.request, visit.form
        key = request_key(
            visit.me.id, request.method, request.scope["path"], f"{part}:{form.get(KEY) or secrets.token_hex(16)}"
        )
        said = repr([(name, value) for name, value in form if name != TOKEN])
        body = hashlib.sha256(said.encode()).hexdigest()[:32]
        super().__init__(request, Response(), visit.parts, visit.me, key, body)
        self._version = form.get(VERSION) if version is None else version
        self._visit = visit

    @property
    def if_match(self) -> int | None:
        """Raises Invalid."""
        if self._version and not (self._version.isdecimal() and len(self._version) < 20):
            raise Invalid("the form names no version; load the page again", "formulir tidak menyebut versi; muat ulang halaman")
        return int(self._version) if self._version else None

    async def carry_out(self, *acts: Any, edition: str | None) -> Any:
        outcome = await super().carry_out(*acts, edition=edition)
        self._request.state.position = max(outcome.position, getattr(self._request.state, "position", 0))
        self._visit.known.clear()
        return outcome


class Visit:
    def __init__(self, request: Request, principal: Principal | None, form: Form):
        self.request = request
        self.principal = principal
        self.form = form
        self.parts: Parts = request.app.state.parts
        self.drawing: Drawing = request.app.state.drawing
        self.language = form.language = language_of(request)
        self.theme = theme_of(request)
        self.form_secret = request.cookies.get(cookies.FORM) or secrets.token_urlsafe(24)
        self.edition: str = str(request.path_params.get("edition", ""))
        self.known: dict[str, EditionFacts] = {}
        """Editions as the log had them when they were first asked for; forgotten after a command of this visit."""

    @property
    def me(self) -> Principal:
        """Who is signed in. On a `Member` page there is always somebody."""
        if self.principal is None:
            raise SignInFirst(stale=False)
        return self.principal

    @property
    def words(self) -> Words:
        return self.drawing.words[self.language]

    @property
    def live(self) -> bool:
        """Whether htmx asks, for a piece of a page."""
        return "hx-request" in self.request.headers

    def _(self, sentence: str, **names: Any) -> str:
        """The sentence in the visitor's language; `%(name)s` stands for what is given."""
        said = self.words.gettext(sentence)
        return said % names if names else said

    def asked(self, part: str = "", version: str | None = None) -> Asking:
        """What the form asks for, under its own Idempotency-Key. A form that gives several commands names each `part`; `version` is
        the one that such a part edits, if it is not the form's (empty: whichever)."""
        return _PageAsking(self, part, version)

    async def rules(self, edition: str = "") -> Rulebook:
        """The edition's rulebook. Raises Unknown."""
        facts = await self.facts(edition)
        assert facts.rulebook is not None
        return facts.rulebook

    async def facts(self, edition: str = "") -> EditionFacts:
        """Raises Unknown for an edition that never opened."""
        edition = edition or self.edition
        facts = self.known.get(edition)
        if facts is None:
            facts = self.known[edition] = (await self.parts.desk.state(EDITION(edition)))[0]
        if facts.rulebook is None:
            raise Unknown(f"there is no edition {edition}", f"tidak ada gelaran {edition}")
        return facts

    def say(self, refusal: Refused) -> str:
        return refusal.id if self.language == "id" else refusal.en

    async def render(self, template: str, *, status: int = 200, block: str = "", **context: Any) -> Response:
        """The page. `refused=` (a Refused) stands above the form that it concerns; `block` draws one block of it alone."""
        facts = await self._known_edition()
        known = {
            "visit": self,
            "me": self.principal,
            "form": self.form,
            "edition": self.edition,
            "rulebook": facts.rulebook if facts else None,
            "cancelled": facts.cancelled if facts else None,
            "public_places": menu.public_places(self.edition) if facts else [],
            "own_places": menu.own_places(self.principal, self.edition) if facts else [],
            "form_token": token(self.form_secret),
            "new_key": lambda: secrets.token_hex(16),
            "refused": None,
            "said": self.request.cookies.get(cookies.SAID, "").encode("latin-1", "ignore").decode("unicode_escape", "ignore"),
        }
        drawn = HTMLResponse(self.drawing.draw(self.language, template, {**known, **context}, block), status, headers=HEADERS)
        if cookies.FORM not in self.request.cookies:
            cookies.put(drawn, cookies.FORM, self.form_secret)
        if cookies.SAID in self.request.cookies and not block:
            cookies.drop(drawn, cookies.SAID)
        for name, chosen in (("bahasa", cookies.LANGUAGE), ("tema", cookies.THEME)):
            if name in self.request.query_params:
                cookies.put(drawn, chosen, self.language if chosen == cookies.LANGUAGE else self.theme)
        return drawn

    async def go(self, address: str, said: str = "") -> Response:
        """To another page, when what was recorded counts in it; `said` is shown there once."""
        if position := getattr(self.request.state, "position", 0):
            await self.parts.runner.reached(position)
        away = RedirectResponse(address, 303, headers=HEADERS)
        if said:
            cookies.put(away, cookies.SAID, said.encode("unicode_escape").decode("ascii"), 60)
        return away

    async def _known_edition(self) -> EditionFacts | None:
        """A page is drawn also while the log is away, or for an edition that is none."""
        if not self.edition:
            return None
        try:
            return await self.facts()
        except (Unknown, LogUnavailable, LogWentBack):
            return None

    @property
    def here(self) -> str:
        """The address of this page behind the gateway, with its query but for language and theme."""
        kept = [(k, v) for k, v in self.request.query_params.multi_items() if k not in ("bahasa", "tema")]
        query = "&".join(f"{quote(k)}={quote(v)}" for k, v in kept)
        return f"{self.request.url.path}{'?' + query if query else ''}"

    def in_language(self, language: str) -> str:
        return f"{self.here}{'&' if '?' in self.here else '?'}bahasa={language}"

    def in_theme(self, theme: str) -> str:
        return f"{self.here}{'&' if '?' in self.here else '?'}tema={theme or 'system'}"


def language_of(request: Request) -> str:
    """Bahasa Indonesia unless somebody chose English."""
    chosen = request.query_params.get("bahasa") or request.cookies.get(cookies.LANGUAGE, "")
    return chosen if chosen in LANGUAGES else LANGUAGES[0]


def theme_of(request: Request) -> str:
    chosen = request.query_params.get("tema") or request.cookies.get(cookies.THEME, "")
    return chosen if chosen in THEMES else THEMES[0]


async def _form(request: Request) -> Form:
    if request.method == "GET":
        return Form()
    form = await posted(request)
    request.state.form = form
    return form


async def _closed_after(visit: Visit) -> AsyncIterator[Visit]:
    """Files that came with a form are gone when the page is answered."""
    try:
        yield visit
    finally:
        for file in visit.form.files.values():
            await file.close()


async def visitor(request: Request) -> AsyncIterator[Visit]:
    """Anybody; who he is, if he is signed in."""
    shown = request.cookies.get(cookies.SESSION, "")
    principal = None
    if shown:
        try:
            principal = await request.app.state.parts.verifier.principal(shown)
        except TokenRefused:
            principal = None
    async for visit in _closed_after(Visit(request, principal, await _form(request))):
        yield visit


async def member(request: Request) -> AsyncIterator[Visit]:
    """Somebody who is signed in. Raises SignInFirst."""
    shown = request.cookies.get(cookies.SESSION, "")
    if not shown:
        await _form(request)
        raise SignInFirst(stale=False)
    try:
        principal = await request.app.state.parts.verifier.principal(shown)
    except TokenRefused as refused:
        await _form(request)
        raise SignInFirst(stale=True) from refused
    request.app.state.clients.take(principal.id)
    async for visit in _closed_after(Visit(request, principal, await _form(request))):
        yield visit


WHO_MAY_ASK.update({visitor, member})

Visitor = Annotated[Visit, Depends(visitor)]
"""Of a page that anybody may see."""
Member = Annotated[Visit, Depends(member)]
"""Of a page for those who are signed in; which roles it needs, it asks itself."""
