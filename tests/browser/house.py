"""What tests ask of the running house besides its pages: editions at any point of their way, and links that sign people in."""

import asyncio
import fcntl
import threading
from collections.abc import Callable, Coroutine
from io import StringIO
from pathlib import Path
from secrets import token_hex
from typing import Any, TypeVar

import msgspec
from rich.console import Console

from makmal.demo.caller import Caller, Voice
from makmal.demo.cast import Account, Cast, People, assemble
from makmal.demo.halfway import Halfway, Until
from makmal.demo.narrator import Narrator
from makmal.demo.serving import sign_in_links
from services.registration.edition_folder import Edition, read_edition
from tests.browser.ground import BATAM, ROOT, Standing

SMALL = ROOT / "tests" / "editions" / "riau-olah"
ROSTER = ("din-01", "din-02", "kec-01", "kec-02", "kec-03", "des-01", "des-03", "sek-01")
CATEGORIES = ("wilayah", "layanan-digital")
INNOVATIONS, MANY = 12, 160
JURORS, SCREENERS = 3, 2

T = TypeVar("T")


class At(msgspec.Struct, frozen=True):
    """An edition that halts somewhere on its way, and its people: two of the committee, a chair among three jurors, two screeners,
    an auditor, and of `institution` a head and an operator."""

    edition: str
    until: Until
    people: People
    institution: str

    def account(self, role: str) -> Account:
        return self.people.first(role)

    def of(self, service: str, path: str = "") -> str:
        """The address of a page of this edition: `of("judging", "entries")`."""
        return f"/{service}/e/{self.edition}{'/' + path if path else ''}"


class House:
    """The running house. Its played edition is `demo`: Batam, 146 institutions, winners announced. Only look at it."""

    def __init__(self, standing: Standing, directory: Path):
        self.url = standing.url
        self.administrator = standing.administrator
        self._directory = directory
        accounts = standing.people.accounts
        institution = next(account.institution for account in accounts if account.institution)
        self.demo = At(standing.people.edition, Until.ANNOUNCEMENT, standing.people, institution)

    def at(self, until: Until) -> At:
        """A small edition of the caller's own, to do in it what he likes: made anew (0.5 to 2 s). Best in a module's fixture."""
        people = _few(self.demo.people)
        return apart(lambda: self._made(until, small_edition(f"olah-{token_hex(3)}"), people, INNOVATIONS))

    def large_at(self, until: Until) -> At:
        """Another Batam, with all its institutions, for pictures: 3 to 20 s."""
        whole, people = read_edition(BATAM), list(self.demo.people.accounts)
        rulebook = msgspec.structs.replace(whole.rulebook, edition=f"batam-{token_hex(3)}")
        return apart(lambda: self._made(until, msgspec.structs.replace(whole, rulebook=rulebook), people, MANY))

    def seen_at(self, until: Until) -> At:
        """A small edition that all tests of the run share: only look at it."""
        file = self._directory / f"seen-{until}.json"
        with (self._directory / f"seen-{until}").open("a") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            if not file.exists():
                file.write_bytes(msgspec.json.encode(self.at(until)))
        return msgspec.json.decode(file.read_bytes(), type=At)

    def ask(self, at: At, role: str, job: Callable[[Voice], Coroutine[Any, Any, T]]) -> T:
        """Through the API, as who has the role in that edition: `house.ask(at, "chair", lambda chair: chair.post(path))`."""

        async def asked() -> T:
            caller, account = Caller(self.url), at.account(role)
            try:
                token = await caller.token(grant_type="password", username=account.email, password=account.password)
                return await job(Voice(caller, token, account.person))
            finally:
                await caller.close()

        return apart(asked)

    def sign_in_link(self, account: Account) -> str:
        """The whole address of a page with a button that signs him in, once."""
        return apart(lambda: sign_in_links(self.url, self.administrator, [account]))[0]

    async def _made(self, until: Until, edition: Edition, people: list[Account], innovations: int) -> At:
        caller = Caller(self.url)
        try:
            username, password = self.administrator
            administrator = Voice(caller, await caller.token(grant_type="password", username=username, password=password))
            cast = await assemble(caller, administrator, people, edition.rulebook.edition)
            await Halfway(Narrator(Console(file=StringIO())), cast, edition, 7, innovations).play(until)
            institution = edition.roster[0].code
            await _institution_joins(cast, institution)
        finally:
            await caller.close()
        return At(cast.edition, until, cast.people, institution)


def small_edition(id: str) -> Edition:
    """The tests' made-up edition with less in it, under this ID."""
    whole = read_edition(SMALL)
    categories = tuple(c for c in whole.rulebook.categories if c.id in CATEGORIES)
    roster = tuple(i for i in whole.roster if i.code in ROSTER)
    rulebook = msgspec.structs.replace(whole.rulebook, edition=id, categories=categories)
    return msgspec.structs.replace(whole, rulebook=rulebook, roster=roster)


def _few(people: People) -> list[Account]:
    """Fewer jurors and screeners than the demo has."""
    members = sorted((a for a in people.accounts if not a.institution), key=lambda a: a.email)
    jurors, screeners = ([a for a in members if role in a.roles] for role in ("juror", "screener"))
    left_out = {a.person for a in (*jurors[JURORS:], *screeners[SCREENERS:])}
    return [a for a in members if a.person not in left_out]


async def _institution_joins(cast: Cast, institution: str) -> None:
    await cast.head_of(institution)
    await cast.operator_of(institution)


def apart(job: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run it in a thread of its own: Playwright's event loop occupies this one."""
    found: list[T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            found.append(asyncio.run(job()))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run, name="beside the browser")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return found[0]
