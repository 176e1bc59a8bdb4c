"""How the rulebook of an edition is amended, before the stage that it changes begins: rules of the edition's decider.

Screening and judging begin with the close of registration, so their rules may change until then. What institutions relied on
when they registered (kinds, duties, the checklist, the length of a design) stays; the calendar has commands of its own.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct

from services.registration.edition_state import Closed, Registering, given_reason, moment
from services.registration.rulebook_check import faults_in
from shared.events import Event
from shared.events.registration import Decree, RulebookAmended
from shared.refusals import Invalid, Refused, Unknown
from shared.rulebook import Category, Rulebook

AMENDABLE = (
    *("categories", "rubrics", "aggregation", "ladder", "quorum", "reasons", "publish"),
    *("screeners_per_innovation", "desk_gap", "objection_days", "result_objection_days"),
)
"""Fields of the rulebook that may change once it is published."""


class AmendRulebook(Struct, frozen=True):
    rulebook: Rulebook
    reason: str
    at: datetime
    decree: Decree | None = None
    digest: str = ""
    """As it stands on record; empty: it is published now. Likewise where categories are merged."""


class MergeCategories(Struct, frozen=True):
    """Those who would compete in `category` compete in `into`, under its rubric, nominees and places."""

    category: str
    into: str
    reason: str
    at: datetime
    decree: Decree | None = None
    digest: str = ""


Command = AmendRulebook | MergeCategories


def decide(state: Registering | Closed, command: Command) -> Sequence[Event]:
    if isinstance(command, MergeCategories):
        if state.merged.get(command.category) == command.into:
            return []
        rulebook, merged = _with_merged(state.rulebook, command.category, command.into), {command.category: command.into}
    else:
        rulebook, merged = command.rulebook, {}
        if state.amended and state.amended.rulebook == rulebook:
            return []
    _in_time(state, command.at)
    _only_what_may(state.rulebook, rulebook)
    if faults := faults_in(rulebook):
        raise Invalid("; ".join(en for en, _ in faults), "; ".join(id for _, id in faults))
    amended = RulebookAmended(
        digest=command.digest or rulebook.digest(),
        rulebook=rulebook,
        reason=given_reason(command.reason),
        merged=merged,
        decree=command.decree,
    )
    return [amended]


def _with_merged(rulebook: Rulebook, category: str, into: str) -> Rulebook:
    gone, stays = _known(rulebook, category), _known(rulebook, into)
    if gone == stays or gone.entrant != stays.entrant:
        raise Invalid(
            f"{category} and {into} cannot be one: name two categories, both of institutions or both of innovations",
            f"{category} dan {into} tidak dapat digabung: sebut dua kategori, sama-sama instansi atau sama-sama inovasi",
        )
    both = msgspec.structs.replace(
        stays,
        kinds=tuple(dict.fromkeys((*stays.kinds, *gone.kinds))),
        where={field: value for field, value in stays.where.items() if gone.where.get(field) == value},
    )
    categories = tuple(both if c.id == into else c for c in rulebook.categories if c.id != category)
    return msgspec.structs.replace(rulebook, categories=categories)


def _known(rulebook: Rulebook, id: str) -> Category:
    if category := rulebook.category(id):
        return category
    known = ", ".join(c.id for c in rulebook.categories)
    raise Unknown(f"there is no category {id}; there are {known}", f"kategori {id} tidak ada; yang ada: {known}")


def _in_time(state: Registering | Closed, at: datetime) -> None:
    if isinstance(state, Closed) or state.reopened or at >= state.closes:
        when = state.effective if isinstance(state, Closed) else state.closes
        raise Refused(
            f"screening began when registration closed, {moment(when)}; the rules are amended before that, and stand now",
            f"seleksi dimulai saat pendaftaran ditutup, {moment(when)}; aturan diubah sebelum itu, dan kini tetap",
        )


def _only_what_may(known: Rulebook, amended: Rulebook) -> None:
    fields = [f.name for f in msgspec.structs.fields(Rulebook) if f.name not in AMENDABLE]
    if changed := [name for name in fields if getattr(known, name) != getattr(amended, name)]:
        raise Refused(
            f"institutions registered under these, so they stay as published: {', '.join(changed)}",
            f"instansi mendaftar berdasarkan isian ini, sehingga tetap seperti diumumkan: {', '.join(changed)}",
        )
