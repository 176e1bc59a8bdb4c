"""What letters need to know of others' aggregates, folded from the log itself: as of now, and never behind the cause."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import Struct

from shared.decider import Fold
from shared.events.judging import EntryAdmitted, PanelAssigned
from shared.events.registration import InnovationRevised, InnovationSubmitted, PicAppointed, PicReplaced


class Answerable(Struct, frozen=True):
    """An innovation, and the person who answers for it (`pic` is empty while nobody does)."""

    name: str = ""
    edition: str = ""
    institution: str = ""
    pic: str = ""
    external_reference: str = ""


def _innovation(state: Answerable, event: Any) -> Answerable:
    match event:
        case InnovationSubmitted(edition=edition, institution=institution, record=record, external_reference=theirs):
            return Answerable(record.name, edition, institution, state.pic, theirs)
        case InnovationRevised(record=record):
            return msgspec.structs.replace(state, name=record.name)
        case PicAppointed(person=person) | PicReplaced(person=person):
            return msgspec.structs.replace(state, pic=person)
    return state


INNOVATION = Fold("registration", "innovation", Answerable(), _innovation)
"""`innovation/<uuid>`"""


class Judged(Struct, frozen=True):
    """A category in judging: the innovations of each entry's dossier, and everybody who was ever on one of its panels."""

    dossiers: Mapping[str, tuple[str, ...]] = {}
    jurors: tuple[str, ...] = ()


def _category(state: Judged, event: Any) -> Judged:
    match event:
        case EntryAdmitted(entry=entry, dossier=dossier):
            return Judged({**state.dossiers, entry: tuple(item.innovation for item in dossier)}, state.jurors)
        case PanelAssigned(jurors=jurors):
            return Judged(state.dossiers, tuple(dict.fromkeys((*state.jurors, *jurors))))
    return state


CATEGORY = Fold("judging", "category", Judged(), _category)
"""`category/<edition>.<category>`"""
