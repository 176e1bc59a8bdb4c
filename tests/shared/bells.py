"""A small service for tests of the edge: a bell that the committee rings, and a page for every error."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from msgspec import Struct
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert
from sqlmodel import Field as Column
from sqlmodel import SQLModel

from shared.database import table
from shared.decider import Decider
from shared.deciding import Act
from shared.eventlog import LogUnavailable, LogWentBack, OutOfTime, Recorded
from shared.events import Event
from shared.refusals import Forbidden, Invalid, Refused, Unknown
from shared.runner import Changes, Projection
from shared.web.asking import Asked, SignedIn, public, reached


class BellRung(Event, frozen=True, kw_only=True):
    times: int

    @classmethod
    def owner(cls) -> str:
        return "judging"


class Ring(Struct, frozen=True):
    times: int


def _decide(state: tuple[int, ...], command: Ring) -> list[Event]:
    if command.times > 9:
        raise Refused("a bell rings nine times at the most", "lonceng berbunyi paling banyak sembilan kali")
    return [] if command.times in state else [BellRung(times=command.times)]


BELL: Decider[tuple[int, ...]] = Decider(
    "judging", "bell", (), lambda s, e: (*s, e.times), _decide, lambda events, by, at: Ring(events[0].times)
)


class Rung(SQLModel, table=True):
    __tablename__ = "web_rung_v1"

    position: int = Column(primary_key=True)
    times: int


RINGING = Projection("ringing", 1, Rung)
_rung = insert(table(Rung))


@RINGING.on(BellRung)
def _(recorded: Recorded, event: BellRung) -> Changes:
    if event.times == 7:
        raise RuntimeError("seven cannot be shown")
    yield _rung, {"position": recorded.position, "times": event.times}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    times: Annotated[int, Field(ge=1)]


ERRORS: dict[str, Exception] = {
    "refused": Refused("not now", "belum boleh"),
    "forbidden": Forbidden("not you", "bukan Anda"),
    "invalid": Invalid("not so", "bukan begitu"),
    "unknown": Unknown("no such thing", "tidak ada"),
    "away": LogUnavailable("connection refused at /some/socket"),
    "late": OutOfTime("late"),
    "back": LogWentBack("the log ends at 3, but judging has seen 5"),
    "broken": RuntimeError("a secret detail"),
}

router = APIRouter()


@router.post("/bell", status_code=201)
async def ring(body: Body, asked: Asked) -> dict[str, Any]:
    asked.principal.must_hold("test", "committee")
    outcome = await asked.carry_out(Act(BELL("1"), Ring(body.times)), edition="test")
    return {"rung": [e.position for e in outcome.events]}


@router.get("/bell", dependencies=[Depends(public), Depends(reached)])
async def heard() -> dict[str, bool]:
    return {"heard": True}


@router.get("/mine")
async def mine(principal: SignedIn) -> str:
    return principal.id


@router.get("/errors/{name}", dependencies=[Depends(public)])
async def error(name: str) -> None:
    raise ERRORS[name]
