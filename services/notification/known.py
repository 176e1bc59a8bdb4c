"""What letters need to know of others' aggregates, folded from the log itself: as of now, and never behind the cause."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from shared.decider import Fold
from shared.events.judging import EntryAdmitted, EntryExcluded, InnovationReinstated, PanelAssigned, ResultObjectionFiled
from shared.events.registration import InnovationRevised, InnovationSubmitted, PicAppointed, PicReplaced
from shared.events.screening import Nominated, ShortlistConfirmed


class Answerable(Struct, frozen=True):
    """An innovation, and the person who answers for it (`pic` is empty while nobody does)."""

    name: str = ""
    edition: str = ""
    institution: str = ""
    pic: str = ""
    external_reference: str = ""
    recorded_by: str = ""
    """The actor who entered it on another's behalf."""


def _innovation(state: Answerable, event: Any) -> Answerable:
    match event:
        case InnovationSubmitted(edition=edition, institution=institution, record=record, external_reference=theirs):
            return Answerable(record.name, edition, institution, state.pic, theirs, event.recorded_by)
        case InnovationRevised(record=record):
            return msgspec.structs.replace(state, name=record.name)
        case PicAppointed(person=person) | PicReplaced(person=person):
            return msgspec.structs.replace(state, pic=person)
    return state


INNOVATION = Fold("registration", "innovation", Answerable(), _innovation)
"""`innovation/<uuid>`"""


class Judged(Struct, frozen=True):
    """A category in judging. Everything by entry."""

    dossiers: Mapping[str, tuple[str, ...]] = {}
    """The innovations that it enters with."""
    names: Mapping[str, str] = {}
    institutions: Mapping[str, str] = {}
    panels: Mapping[str, tuple[str, ...]] = {}
    jurors: tuple[str, ...] = ()
    """Everybody who was ever on one of its panels."""
    excluded: frozenset[str] = frozenset()
    objections: Mapping[str, ResultObjectionFiled] = {}
    """By objection."""


def _category(state: Judged, event: Any) -> Judged:
    match event:
        case EntryAdmitted(entry=entry, dossier=dossier, name=name, institution=institution):
            return msgspec.structs.replace(
                state,
                dossiers={**state.dossiers, entry: tuple(item.innovation for item in dossier)},
                names={**state.names, entry: name},
                institutions={**state.institutions, entry: institution},
            )
        case PanelAssigned(entry=entry, jurors=jurors):
            everybody = tuple(dict.fromkeys((*state.jurors, *jurors)))
            return msgspec.structs.replace(state, panels={**state.panels, entry: jurors}, jurors=everybody)
        case EntryExcluded(entry=entry):
            return msgspec.structs.replace(state, excluded=state.excluded | {entry})
        case InnovationReinstated(entry=entry):
            return msgspec.structs.replace(state, excluded=state.excluded - {entry})
        case ResultObjectionFiled(objection=objection):
            return msgspec.structs.replace(state, objections={**state.objections, objection: event})
    return state


CATEGORY = Fold("judging", "category", Judged(), _category)
"""`category/<edition>.<category>`"""


class Nominees(Struct, frozen=True):
    """Whoever was nominated in a category, and the entries that a confirmed shortlist has held."""

    nominated: Mapping[str, Nominated] = {}
    confirmed: frozenset[str] = frozenset()


def _nominees(state: Nominees, event: Any) -> Nominees:
    match event:
        case Nominated(entry=entry):
            return Nominees({**state.nominated, entry: event}, state.confirmed)
        case ShortlistConfirmed(entries=entries):
            return Nominees(state.nominated, state.confirmed | set(entries))
    return state


NOMINEES = Fold("screening", "shortlist", Nominees(), _nominees)
"""`shortlist/<edition>.<category>`"""
