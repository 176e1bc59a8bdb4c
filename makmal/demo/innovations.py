"""Innovations for the demo: invented, labelled `[Demo]`, in Bahasa Indonesia, the same for the same seed.

Designs are put together from the sentences and topics in the two TOML files beside this one, so that they read like what
institutions hand in and still differ from each other: no two share more than half of their five-word shingles.
"""

import re
import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from msgspec import Struct

from services.registration.roster import Institution
from shared.events.registration import InnovationRecord
from shared.rulebook import Category, Rulebook

LABEL = "[Demo]"
SHORTEST = 320
"""Words of the shortest design, where the rulebook asks for less: the demo's designs have 300 to 600."""

_CHOICE = re.compile(r"<([^<>]*)>")
_SLOT = re.compile(r"\{(\w+)\}")
_CODED_LABEL = re.compile(r"^\[[^\]]*\]\s*")

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


class DemoInnovation(Struct, frozen=True):
    """What one institution submits in the demo."""

    institution: str
    record: InnovationRecord


class Topic(Struct, frozen=True, kw_only=True):
    words: tuple[str, ...]
    anywhere: bool = False
    affair: str
    others: tuple[str, ...]
    layanan: tuple[str, ...]
    masalah: tuple[str, ...]
    sasaran: tuple[str, ...]
    petugas: tuple[str, ...]
    mitra: tuple[str, ...]
    digital: tuple[str, ...]
    manual: tuple[str, ...]
    ukuran: tuple[str, ...]


class Vocabulary(Struct, frozen=True):
    nicknames: tuple[str, ...]
    endings: tuple[str, ...]
    places: tuple[str, ...]
    topic: tuple[Topic, ...]


class Sentences(Struct, frozen=True):
    sentences: tuple[str, ...]
    take: int = 1
    only: str = ""


class Grammar(Struct, frozen=True):
    part: tuple[Sentences, ...]
    purpose: Sentences
    benefit: Sentences
    result: Sentences


def demo_innovations(seed: int, rulebook: Rulebook, roster: Sequence[Institution], count: int = 320) -> list[DemoInnovation]:
    """At least `count` innovations, in the order of the roster. Every institution with an obligation meets it; every category of
    innovations gets innovations that its `where` admits. The same arguments give the same innovations."""
    random = Random(seed)
    owners = _owners(random, rulebook, roster, count)
    places = {institution.code: at for at, institution in enumerate(roster)}
    owners.sort(key=lambda institution: places[institution.code])
    categories = [category for category in rulebook.categories if category.entrant == "innovation"]
    turns = {category.id: 0 for category in categories}
    names: set[tuple[str, str]] = set()
    innovations = []
    for owner in owners:
        fitting = [category for category in categories if owner.kind in category.kinds]
        wanted = min(fitting, key=lambda category: turns[category.id], default=None)
        if wanted:
            turns[wanted.id] += 1
        innovations.append(DemoInnovation(owner.code, _record(random, rulebook, owner, wanted, names)))
    return innovations


def _owners(random: Random, rulebook: Rulebook, roster: Sequence[Institution], count: int) -> list[Institution]:
    """Who submits, once for each innovation: what is owed first, then one for everybody, then the keen ones more."""
    owed = {obligation.kind: obligation.innovations for obligation in rulebook.obligations}
    owners = [institution for institution in roster for _ in range(owed.get(institution.kind, 0))]
    others = [institution for institution in roster if institution.kind not in owed]
    random.shuffle(others)
    owners += others[: max(0, count - len(owners))]
    keenness = [random.paretovariate(2) for _ in roster]
    if roster:
        owners += random.choices(roster, keenness, k=max(0, count - len(owners)))
    return owners


def _record(
    random: Random, rulebook: Rulebook, owner: Institution, wanted: Category | None, names: set[tuple[str, str]]
) -> InnovationRecord:
    topic = random.choice(_topics_for(owner))
    fields = _classification(random, wanted)
    trial, implementation = _dates(random, rulebook, fields["stage"])
    text = _Text(random, topic, owner, fields["type"], trial, implementation)
    grammar = _grammar()
    while (
        owner.code,
        name := f"{LABEL} {text.name} {_title(text.slots['service'])} {random.choice(_vocabulary().endings)}".strip(),
    ) in names:
        text = _Text(random, topic, owner, fields["type"], trial, implementation)
    names.add((owner.code, name))
    return InnovationRecord(
        name=name,
        main_affair=topic.affair,
        other_affairs=tuple(random.sample(topic.others, random.randint(0, len(topic.others)))),
        trial_date=trial,
        implementation_date=implementation,
        design=text.design(grammar, max(SHORTEST, rulebook.minimum_words)),
        purpose=text.sentence(random.choice(grammar.purpose.sentences)),
        benefit=text.sentence(random.choice(grammar.benefit.sentences)),
        result=text.sentence(random.choice(grammar.result.sentences)),
        **fields,
    )


def _classification(random: Random, wanted: Category | None) -> dict[str, Any]:
    fields = {
        "stage": random.choices(("inisiatif", "uji coba", "penerapan"), (1, 3, 8))[0],
        "initiator": random.choices(
            ("perangkat daerah", "ASN", "masyarakat", "kepala daerah", "anggota DPRD"), (10, 6, 3, 2, 1)
        )[0],
        "type": random.choice(("digital", "non digital")),
        "form": random.choices(("pelayanan publik", "tata kelola pemerintahan", "lainnya sesuai kewenangan"), (6, 3, 1))[0],
        "theme": random.choice(
            (
                "digitalisasi layanan pemerintahan",
                "penanggulangan kemiskinan",
                "kemudahan investasi",
                "prioritas aktual presiden",
                "non tematik",
            )
        ),
    }
    if wanted:
        fields.update({field: value for field, value in wanted.where.items() if field in fields})
    if fields["type"] == "non digital" and fields["theme"] == "digitalisasi layanan pemerintahan":
        fields["theme"] = "non tematik"
    return fields


def _dates(random: Random, rulebook: Rulebook, stage: str) -> tuple[date, date]:
    """Trial and implementation, which is not before the trial, both before registration opens."""
    opens = rulebook.calendar.registration_opens.date()
    age = random.randint(400, 900) if stage == "penerapan" else random.randint(30, 380)
    implementation = opens - timedelta(days=age)
    return implementation - timedelta(days=random.randint(30, 300)), implementation


class _Text:
    """The wording of one innovation: what it is about stays the same throughout, figures and places are drawn anew."""

    def __init__(self, random: Random, topic: Topic, owner: Institution, type: str, trial: date, rollout: date) -> None:
        self.random = random
        self.type = type
        self.name = random.choice(_vocabulary().nicknames).upper()
        office = _CODED_LABEL.sub("", owner.name)
        problem, problem2 = random.sample(topic.masalah, 2)
        target, target2 = random.sample(topic.sasaran, 2)
        staff, staff2 = random.sample(topic.petugas, 2)
        partner, partner2 = random.sample(topic.mitra, 2)
        tool, tool2 = random.sample(topic.digital if type == "digital" else topic.manual, 2)
        measure, measure2 = random.sample(topic.ukuran, 2)
        area = office if office.startswith(("Kelurahan", "Kecamatan", "Desa")) else f"wilayah kerja {office}"
        self.slots = {
            "name": self.name, "service": random.choice(topic.layanan), "office": office, "area": area,
            "problem": problem, "problem2": problem2, "target": target, "target2": target2, "staff": staff, "staff2": staff2,
            "partner": partner, "partner2": partner2, "tool": tool, "tool2": tool2, "measure": measure, "measure2": measure2,
            "trial": _month(trial), "rollout": _month(rollout),
        }  # fmt: skip

    def design(self, grammar: Grammar, fewest: int) -> str:
        """From `fewest` to about 220 words more, a paragraph for every four sentences."""
        parts = [part for part in grammar.part if part.only in ("", self.type)]
        drawn = [self.random.sample(part.sentences, len(part.sentences)) for part in parts]
        told = [[self.sentence(source) for source in sources[: part.take]] for part, sources in zip(parts, drawn, strict=True)]
        spare = [(at, source) for at, part in enumerate(parts) for source in drawn[at][part.take :]]
        self.random.shuffle(spare)
        length = self.random.randint(fewest, fewest + 190)
        while spare and sum(len(sentence.split()) for part in told for sentence in part) < length:
            at, source = spare.pop()
            told[at].append(self.sentence(source))
        sentences = [sentence for part in told for sentence in part]
        return "\n\n".join(" ".join(sentences[at : at + 4]) for at in range(0, len(sentences), 4))

    def sentence(self, source: str) -> str:
        """A sentence with its choices made and its slots filled."""
        chosen = _CHOICE.sub(lambda match: self.random.choice(match[1].split("|")), source)
        filled = _SLOT.sub(lambda match: self.fill(match[1]), chosen)
        return filled[0].upper() + filled[1:]

    def fill(self, slot: str) -> str:
        match slot:
            case "few":
                return str(self.random.randint(2, 9))
            case "tens":
                return str(self.random.randint(11, 98))
            case "hundreds":
                return str(self.random.randint(104, 987))
            case "percent":
                return str(self.random.randint(14, 93))
            case "place":
                return self.random.choice(_vocabulary().places).format(n=self.random.randint(1, 15))
        return self.slots[slot]


def _topics_for(owner: Institution) -> list[Topic]:
    name = f"{owner.name.lower()} "
    topics = _vocabulary().topic
    return [t for t in topics if any(word in name for word in t.words)] or [t for t in topics if t.anywhere]


@cache
def _vocabulary() -> Vocabulary:
    return msgspec.convert(_file("innovation_topics.toml"), Vocabulary)


@cache
def _grammar() -> Grammar:
    return msgspec.convert(_file("innovation_sentences.toml"), Grammar)


def _file(name: str) -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / name).read_text("utf-8"))


def _title(words: str) -> str:
    return " ".join(word[0].upper() + word[1:] for word in words.split())


def _month(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"
