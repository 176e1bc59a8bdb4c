"""Half an edition: the story up to the midst of one act, quickly and without its incidents, so that each role finds work to do.

The deadlines lie days ahead, and the committee ends each act by its own command.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from random import Random

import msgspec
from rich.markup import escape

from makmal.demo import judging_act, screening_act
from makmal.demo.caller import all_of, until
from makmal.demo.cast import Cast
from makmal.demo.innovations import demo_innovations
from makmal.demo.narrator import Narrator
from makmal.demo.registration_act import Submitted
from makmal.demo.screening_act import Nominee
from makmal.demo.truth import Truth
from services.registration.edition_folder import Edition
from services.registration.roster import Institution
from shared.rulebook import Rulebook


class Until(StrEnum):
    """Where to halt."""

    OPENING = "opening"
    """Everybody is enrolled and nothing is submitted."""
    REGISTRATION = "registration"
    """Registration is open; two of three innovations are in."""
    SCREENING = "screening"
    """Half of the innovations are screened, one is returned for revision."""
    SHORTLIST = "shortlist"
    """All are screened; nobody is nominated."""
    JUDGING = "judging"
    """Jurors score: more than half of the sheets are in, some are begun."""
    DECISION = "decision"
    """All sheets are in and judging is closed. The first category is decided and confirmed, the second decided, the others wait."""
    ANNOUNCEMENT = "announcement"
    """Winners of all categories are announced, just now: objections can be filed."""


ORDER = list(Until)


def calendar_of_days(rulebook: Rulebook) -> Rulebook:
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    calendar = msgspec.structs.replace(
        rulebook.calendar,
        registration_opens=now - timedelta(days=9),
        registration_closes=now + timedelta(days=12),
        judging_closes=now + timedelta(days=40),
    )
    return msgspec.structs.replace(rulebook, calendar=calendar)


class Halfway:
    """One edition on its way, played with one cast."""

    def __init__(self, narrator: Narrator, cast: Cast, edition: Edition, seed: int, innovations: int):
        self.narrator, self.cast, self.truth = narrator, cast, Truth(seed)
        self.rulebook = calendar_of_days(msgspec.structs.replace(edition.rulebook, edition=cast.edition))
        self.roster, self._random = edition.roster, Random(seed)
        self._waiting = demo_innovations(seed, self.rulebook, self.roster, innovations) if innovations else []
        self.submitted: list[Submitted] = []
        self.nominees: list[Nominee] = []
        self._base = f"/registration/v1/editions/{cast.edition}"
        self._judging = f"/judging/v1/editions/{cast.edition}"

    async def play(self, halt: Until) -> None:
        far = ORDER.index(halt)
        acts = [self.open, self.register, self.screen, self.shortlist, self.judge, self.decide, self.announce]
        for number, act in enumerate(acts[: far + 1]):
            await act(number < far)

    async def open(self, whole: bool) -> None:
        await self.cast.committee.post("/registration/v1/editions", {"rulebook": msgspec.to_builtins(self.rulebook)})

        async def enrol(institution: Institution) -> None:
            body = {f: getattr(institution, f) for f in ("code", "kind", "name", "abbreviation", "parent")}
            await self.cast.committee.post(f"{self._base}/institutions", body)

        await all_of(map(enrol, self.roster))
        name = escape(self.rulebook.name.id)
        self.narrator.tell(f"[bold]{name}[/bold] is open; {len(self.roster)} institutions are enrolled")

    async def register(self, whole: bool) -> None:
        now = self._waiting if whole else [one for n, one in enumerate(self._waiting) if n % 3 != 2]
        pics: dict[str, str] = {}
        for code in sorted({one.institution for one in now}):
            body = {"name": f"PIC Demo {code}", "email": f"pic-{code}@demo.invalid"}
            pics[code] = str((await self.cast.committee.post("/identity/v1/persons", body))["person"])
        self.submitted = await all_of(self._submit(i.institution, i.record, pics[i.institution]) for i in now)
        if whole:
            await self.cast.committee.post(f"{self._base}/registration/closing")
        told = "and registration is closed" if whole else "and registration goes on"
        self.narrator.tell(f"{len(self.submitted)} innovations are submitted, {told}")

    async def _submit(self, institution: str, record: object, pic: str) -> Submitted:
        body = {"institution": institution, "record": msgspec.to_builtins(record), "pic": pic}
        receipt = await self.cast.portal.post(f"{self._base}/innovations", body)
        return Submitted(receipt["innovation"], institution, record, pic)

    async def screen(self, whole: bool) -> None:
        await self._assigned()
        ordered = sorted(self.submitted, key=lambda one: one.key)
        ineligible = {one.innovation for one in ordered[7 :: max(20, len(ordered) // 8)]}
        now = ordered if whole else ordered[: len(ordered) // 2]
        await screening_act._screen(self.narrator, self.cast, self.rulebook, now, ineligible, self.truth)
        if not whole and len(ordered) > len(now):
            deadline = (datetime.now(UTC) + timedelta(days=3)).isoformat()
            request = {"what": "Jelaskan manfaat demo dengan angka.", "deadline": deadline}
            await self.cast.committee.post(f"/screening/v1/innovations/{ordered[-1].innovation}/revision", request)
        self.narrator.tell(f"{len(now)} of {len(ordered)} innovations are screened")

    async def _assigned(self) -> None:
        """Every innovation has its screeners; the desk learns of the last ones a moment after they were submitted."""
        path = f"/screening/v1/editions/{self.cast.edition}"

        async def all_are() -> bool:
            await screening_act._assign(self.cast, self.cast.edition)
            return len(await screening_act._panels(self.cast, self.cast.edition)) == len(self.submitted)

        await until(all_are, f"the assignment of all innovations ({path})")

    async def shortlist(self, whole: bool) -> None:
        if not whole:
            return
        keys = {one.innovation: one.key for one in self.submitted}
        for category in self.rulebook.categories:
            self.nominees += await screening_act._shortlist(self.cast, self.cast.edition, category, keys)
        self.narrator.tell(f"{len(self.nominees)} nominees stand on {len(self.rulebook.categories)} shortlists")

    async def judge(self, whole: bool) -> None:
        for number, juror in enumerate(self.cast.jurors):
            university = judging_act.UNIVERSITIES[number % len(judging_act.UNIVERSITIES)]
            await self.cast.committee.post(f"{self._judging}/jurors", {"person": juror.person, "university": university})
        for category in self.rulebook.categories:
            entries = sum(n.category == category.id for n in self.nominees)
            await judging_act._open(self.cast, self._judging, category, entries)
        sheets = [(nominee, number) for nominee in self.nominees for number in range(len(self.cast.jurors))]
        self._random.shuffle(sheets)
        part = len(sheets) if whole else len(sheets) * 3 // 5
        await all_of(self._fill(*sheet) for sheet in sheets[:part])
        begun = sheets[part : part + (len(sheets) - part) // 3]
        await all_of(self._fill(*sheet, begun=True) for sheet in begun)
        self.narrator.tell(f"{part} of {len(sheets)} scoresheets are handed in, {len(begun)} are begun")

    async def _fill(self, nominee: Nominee, number: int, begun: bool = False) -> None:
        category = next(c for c in self.rulebook.categories if c.id == nominee.category)
        criteria = self.rulebook.rubric(category.rubric).scored
        scores = self.truth.scores(nominee.key, f"juri-{number}", criteria)
        juror = self.cast.jurors[number]
        if not begun:
            await judging_act._fill(juror, nominee.entry, scores)
            return
        path = f"/judging/v1/entries/{nominee.entry}"
        await juror.post(f"{path}/scoresheet")
        first = criteria[0].id
        await juror.post(f"{path}/scores", {"scores": [{"criterion": first, "score": str(scores[first])}]})

    async def decide(self, whole: bool) -> None:
        categories: Sequence[object] = self.rulebook.categories
        for number, category in enumerate(self.rulebook.categories):
            path = f"{self._judging}/categories/{category.id}"
            await self.cast.chair.post(f"{path}/closing")
            if whole or number < 2:
                await judging_act._decide(self.cast, self._judging, category)
            if not whole and number == 0:
                await self.cast.committee.post(f"{path}/decision/confirmation")
        self.narrator.tell(f"Judging is closed; {len(categories) if whole else 2} of {len(categories)} categories are decided")

    async def announce(self, whole: bool) -> None:
        for category in self.rulebook.categories:
            await judging_act._announce(self.cast, self._judging, category)
        self.narrator.tell("Winners are announced")
