#!/usr/bin/env python3
"""Periksa sendiri salinan log ini. / Check this copy of the log yourself.

    python3 verify.py                                    everything in this directory
    python3 verify.py --key 'makmal/…+…+…'               … signed by the key that was announced, or seen by this witness
    python3 verify.py --checkpoint FILE                  … and it continues the checkpoint that you have kept
    python3 verify.py --receipt FILE                     … and this receipt (.tlog-proof) is of an event in it

Exit code 0: proven; 1: something is wrong, the sentences say what; 2: it could not be checked. It needs Python 3.9 or later, no
network, and no code of the system that it checks: all is written out here from public specifications (RFC 8032, RFC 6962,
c2sp.org/tlog-tiles and its neighbours), to be read in an evening.
"""

from __future__ import annotations

import argparse
import json
import sys
from base64 import b64decode
from collections.abc import Iterable, Iterator
from fractions import Fraction
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

Data = dict[str, Any]
Flaw = tuple[str, str]  # what is wrong, in Indonesian and in English
Finding = tuple[int, str, str]  # number of the event, or 0 where it is about the whole; what is wrong


class Wrong(Exception):
    """Something is not as it should be, and nothing more can be checked. Arguments: the sentence in Indonesian, in English."""


# -- 1. Signatures ----------------------------------------------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
Point = tuple[int, int, int, int]  # (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z on the curve -x² + y² = 1 + Dx²y²


def add(one: Point, other: Point) -> Point:
    (x1, y1, z1, t1), (x2, y2, z2, t2) = one, other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * D * t1 * t2 % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(number: int, point: Point) -> Point:
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def decoded(data: bytes) -> Point | None:
    """The point that 32 bytes stand for: y, and in the highest bit the sign of x."""
    y, sign = int.from_bytes(data, "little") & (2**255 - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        return None
    x = P - x if x & 1 != sign else x
    return x, y, 1, x * y % P


def is_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the secret to `key` signed the message (RFC 8032, 5.1.7): R = sB - kA."""
    base, public = decoded((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")), decoded(key)
    scalar = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or public is None or base is None or scalar >= ORDER:
        return False
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    x, y, z, _ = add(times(scalar, base), times(ORDER - k, public))
    inverse = pow(z, P - 2, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little") == signature[:32]


class Key:
    """`name+id+base64`: kind 1 signs checkpoints, kind 4 is a witness, who cosigns what he has seen."""

    def __init__(self, vkey: str) -> None:
        self.vkey = vkey.strip()
        self.name, self.id, encoded = self.vkey.split("+", 2)
        data = b64decode(encoded)
        self.kind, self.public = data[0], data[1:]
        if sha256(f"{self.name}\n".encode() + data).hexdigest()[:8] != self.id or self.kind not in (1, 4) or len(data) != 33:
            raise ValueError(f"{vkey!r} is no key, written name+id+base64")

    def has_signed(self, text: str, lines: Iterable[str]) -> bool:
        """Whether one of the lines below the text is this key's signature. Raises Wrong for a false one."""
        for line in lines:
            name, _, encoded = line.partition("— ")[2].partition(" ")
            data = b64decode(encoded)
            if (name, data[:4].hex()) == (self.name, self.id):
                message, signature = text, data[4:]
                if self.kind == 4:
                    time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
                    message = f"cosignature/v1\ntime {time}\n{text}"
                if is_signed(self.public, message.encode(), signature):
                    return True
                raise Wrong(f"tanda tangan {self.name} palsu", f"the signature of {self.name} is false")
        return False


class Checkpoint:
    """A signed note of three lines: which log, how many events, and the root of the tree over them."""

    def __init__(self, note: bytes, keys: list[Key], what: object) -> None:
        try:
            text, _, below = note.decode().rpartition("\n\n")
            self.text, self.lines = text + "\n", below.splitlines()
            self.origin, size, root = self.text.split("\n")[:3]
            self.size, self.root = int(size), b64decode(root)
            signed = any(key.has_signed(self.text, self.lines) for key in keys if (key.kind, key.name) == (1, self.origin))
        except ValueError as error:
            raise Wrong(f"{what} bukan checkpoint", f"{what} is no checkpoint") from error
        if not signed:
            raise Wrong(f"{what} tidak ditandatangani notaris", f"{what} is not signed by the notary")


# -- 2. The Merkle tree -----------------------------------------------------------------------------------------------------
def leaf(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def roots(leaves: list[bytes], sizes: Iterable[int]) -> dict[int, bytes]:
    """The roots of the trees of the first so many leaves, for each of these sizes."""
    wanted, found = set(sizes), {0: sha256(b"").digest()}
    peaks: list[tuple[int, bytes]] = []  # the complete subtrees from left to right: number of leaves, hash
    for count, top in enumerate(leaves, 1):
        width = 1
        while peaks and peaks[-1][0] == width:
            top, width = node(peaks.pop()[1], top), width * 2
        peaks.append((width, top))
        if count in wanted:
            for _, left in reversed(peaks[:-1]):
                top = node(left, top)
            found[count] = top
    return found


def root_by_proof(index: int, size: int, leaf: bytes, proof: list[bytes]) -> bytes:
    """The root that an inclusion proof leads to (RFC 6962, 2.1.1)."""
    if not 0 <= index < size or (size == 1) == bool(proof):
        raise ValueError("the proof has another length")
    left = 1 << (size - 1).bit_length() - 1 if size > 1 else 0  # leaves in the left subtree
    if index < left:
        return node(root_by_proof(index, left, leaf, proof[:-1]), proof[-1])
    return node(proof[-1], root_by_proof(index - left, size - left, leaf, proof[:-1])) if left else leaf


def tile_path(level: object, index: int, width: int) -> str:
    digits = f"{index % 1000:03}"
    while index >= 1000:
        index //= 1000
        digits = f"x{index % 1000:03}/{digits}"
    return f"tile/{level}/{digits}" + (f".p/{width}" if width < 256 else "")


def tiles(items: int) -> Iterator[tuple[int, int]]:
    """Index and width of the tiles that hold so many items."""
    return ((index, min(256, items - index * 256)) for index in range((items + 255) // 256))


def entries(home: Path, size: int) -> list[bytes]:
    """The events as they were recorded: 256 to a file, each after its length in two bytes."""
    found: list[bytes] = []
    for index, width in tiles(size):
        data, at = (home / tile_path("entries", index, width)).read_bytes(), 0
        while at < len(data):
            start, at = at + 2, at + 2 + int.from_bytes(data[at : at + 2], "big")
            found.append(data[start:at])
        if at != len(data) or len(found) != index * 256 + width:
            raise Wrong(f"berkas peristiwa {index} tidak utuh", f"file {index} of the events does not hold exactly {width}")
    return found


def check_tree(home: Path, leaves: list[bytes], root: bytes) -> Iterator[Finding]:
    """The leaves must have the signed root, and the hash tiles must be theirs. If not, the tiles tell which event is another."""
    if roots(leaves, [len(leaves)])[len(leaves)] != root:
        data = b"".join((home / tile_path(0, *tile)).read_bytes() for tile in tiles(len(leaves)))
        signed = [data[at : at + 32] for at in range(0, len(data), 32)]
        genuine = roots(signed, [len(leaves)]).get(len(leaves)) == root
        number = next(n for n, leaf in enumerate(leaves, 1) if leaf != signed[n - 1]) if genuine else 0
        yield number, "bukan yang ditandatangani notaris", "this is not what the notary has signed"
        return
    level, hashes = 0, leaves
    while hashes:
        parts = {tile_path(level, i, width): hashes[i * 256 : i * 256 + width] for i, width in tiles(len(hashes))}
        for path, part in parts.items():
            if (home / path).read_bytes() != b"".join(part):
                yield 0, f"{path} bukan milik log ini", f"{path} is not of this log"
        level, hashes = level + 1, [roots(part, [256])[256] for part in parts.values() if len(part) == 256]


def check_receipt(file: Path, keys: list[Key], raw: list[bytes], leaves: list[bytes]) -> Iterator[Finding]:
    """A receipt names an event by its index, and proves by hashes that it stands in the tree of the checkpoint below them."""
    head, _, note = file.read_bytes().partition(b"\n\n")
    lines, point = head.decode().split("\n"), Checkpoint(note, keys, file)
    extra = b64decode(lines.pop(1)[6:]) if lines[1].startswith("extra ") else b""
    index, proof = int(lines[1].partition("index ")[2]), [b64decode(line) for line in lines[2:]]
    data = raw[index] if index < len(raw) else extra
    led, event = root_by_proof(index, point.size, leaf(data), proof), json.loads(data)
    if lines[0] != "c2sp.org/tlog-proof@v1" or not led == point.root == roots(leaves, [point.size]).get(point.size, point.root):
        yield index + 1, f"bukan yang dijamin {file}", f"it is not the one that {file} vouches for"
    else:
        what = f"{index + 1}: {event['type']}, {event['subject']}, {event['time']}"
        say(f"Tanda terima sah untuk peristiwa {what}", f"The receipt is good for event {what}")


# -- 3. The winners ---------------------------------------------------------------------------------------------------------
Score = dict[str, Fraction]  # criterion -> points, 0-100
Sheets = dict[tuple[str, str], Score]  # (entry, juror) -> what this juror gave this entry
Placed = tuple[int, str, Fraction, Any]  # place, entry, exact score, the rung that parted it from an equal one (or None)


def solved(rows: list[list[Fraction]]) -> list[list[Fraction]] | None:
    """The columns beyond the square, after Gauss-Jordan elimination; None if the equations leave anything open."""
    for at in range(len(rows)):
        pivot = next((row for row in range(at, len(rows)) if rows[row][at]), None)
        if pivot is None:
            return None
        rows[at], rows[pivot] = rows[pivot], rows[at]
        rows[at] = [value / rows[at][at] for value in rows[at]]
        for row in range(len(rows)):
            if row != at and (factor := rows[row][at]):
                rows[row] = [value - factor * rows[at][column] for column, value in enumerate(rows[row])]
    return [row[len(rows) :] for row in rows]


def without_severity(sheets: Sheets, ids: list[str], shrinkage: Fraction) -> dict[str, Score] | None:
    """Entry -> points where not every juror scored every entry: a score s is the entry's worth a + the juror's severity d + noise.

    Minimise Σ (s - a - d)² + λ Σ d² under Σ d = 0: these are the equations where the derivatives vanish, with a multiplier for the
    condition. With λ = 0, they can be solved only if jurors in common link all entries. None: they cannot.
    """
    names = [*sorted({("entry", e) for e, _ in sheets}), *sorted({("juror", j) for _, j in sheets})]
    at, size = {name: place for place, name in enumerate(names)}, len(names)
    rows = [[Fraction(0)] * (size + 1 + len(ids)) for _ in range(size + 1)]
    for (entry, juror), score in sheets.items():
        pair = at["entry", entry], at["juror", juror]
        for row in pair:
            for column in pair:
                rows[row][column] += 1
            for n, id in enumerate(ids):
                rows[row][size + 1 + n] += score[id]
    for place, (kind, _) in enumerate(names):
        if kind == "juror":
            rows[place][place] += shrinkage
            rows[place][size] = rows[size][place] = Fraction(1)
    found = solved(rows)
    return None if found is None else {e: {id: found[at["entry", e]][n] for n, id in enumerate(ids)} for e, _ in sheets}


def duel(one: Score, other: Score) -> Fraction:
    """1 if more of the jurors who scored both put the one higher, 1/2 if as many, else 0. Arguments: juror -> points."""
    won = sum((one[juror] > other[juror]) - (one[juror] < other[juror]) for juror in one.keys() & other.keys())
    return Fraction((won > 0) - (won < 0) + 1, 2)


def rank(rules: Data, entries: dict[str, list[Fraction]], sheets: Sheets, votes: list[list[str]]) -> tuple[str, list[Placed]]:
    """Method and ranking. `entries`: entry -> verified points of its innovations. Raises Wrong where nothing can be decided."""
    criteria, no = rules["rubric"]["criteria"], Fraction(0)
    scored = [c["id"] for c in criteria if not c["computed"]]
    weights = {c["id"]: Fraction(c["weight"]) for c in criteria}
    sheets = {pair: {id: score[id] for id in scored} for pair, score in sheets.items() if pair[0] in entries and scored}
    given = {entry: [score for (e, _), score in sheets.items() if e == entry] for entry in entries}
    if not entries or (scored and any(len(scores) < max(1, rules["quorum"]) for scores in given.values())):
        raise Wrong("ada entri yang lembar penilaiannya kurang", "an entry has too few scoresheets")
    method, points = "mean", {e: {id: sum((s[id] for s in of), no) / len(of) for id in scored} for e, of in given.items()}
    if len(sheets) < len(entries) * len({juror for _, juror in sheets}):
        fitted = without_severity(sheets, scored, Fraction(rules["aggregation"]["shrinkage"]))
        if fitted is None or without_severity(sheets, scored, no) is None:
            raise Wrong("ada entri yang tidak dapat dibandingkan", "some entries do not compare")
        method, points = "severity", fitted
    for c in criteria:
        for entry, dossier in entries.items() if c["computed"] else ():
            amount = Fraction(len(dossier)) if c["computed"] == "count" else sum(dossier, no) / max(1, len(dossier))
            points[entry][c["id"]] = 100 * min(amount, Fraction(c["full_at"])) / c["full_at"]
    exact = {e: sum((weights[id] * value for id, value in score.items()), no) / 100 for e, score in points.items()}
    by_juror: dict[str, Score] = {entry: {} for entry in entries}
    for (entry, juror), score in sheets.items():
        by_juror[entry][juror] = sum((weights[id] * value for id, value in score.items()), no)

    def by_rung(rung: str, tied: list[str]) -> dict[str, Fraction]:
        """What the rung gives each of the tied entries; more is better."""
        if rung == "vote":
            vote = next((vote for vote in reversed(votes) if sorted(vote) == sorted(tied)), None)
            return {e: Fraction(-vote.index(e)) if vote else no for e in tied}
        if rung == "pairwise":
            return {e: sum((duel(by_juror[e], by_juror[other]) for other in tied if other != e), no) for e in tied}
        return {e: points[e].get(rung, no) for e in tied}

    def parted(tied: list[str]) -> Iterator[tuple[list[str], str | None]]:
        """The tied entries, best first, as far as the ladder parts them; each smaller tie begins at the top again."""
        for rung in rules["ladder"]:
            values = by_rung(rung, tied)
            if len(set(values.values())) > 1:
                for value in sorted(set(values.values()), reverse=True):
                    group = [e for e in tied if values[e] == value]
                    yield from [(group, rung)] if len(group) == 1 else parted(group)
                return
        yield tied, None

    ranking: list[Placed] = []
    for value in sorted(set(exact.values()), reverse=True):
        level = sorted(e for e in exact if exact[e] == value)
        ladder = len(level) > 1 and rules["category"]["ties"] == "ladder"
        for together, rung in parted(level) if ladder else [(level, None)]:
            place = len(ranking) + 1
            if ladder and len(together) > 1 and place <= rules["category"]["places"]:
                raise Wrong(f"seri pada peringkat {place}", f"the tie at place {place} stands")
            ranking += [(place, entry, value, rung) for entry in together]
    return method, ranking


def keeps(locked: Any, published: Any) -> bool:
    """Whether what was published stands there unchanged; fields that rules did not have then may have come with their defaults."""
    if isinstance(published, dict):
        return all(name in locked and keeps(locked[name], value) for name, value in published.items())
    if isinstance(published, list):
        return len(locked) == len(published) and all(map(keeps, locked, published))
    return bool(locked == published)


class Judging:
    """Follows the judging of all categories, event by event, and recomputes every decision where it stands in the log."""

    def __init__(self) -> None:
        self.told: dict[str, str] = {}  # category -> the winners announced last
        self.rulebooks: dict[str, Data] = {}  # by digest
        self.records: dict[str, str] = {}  # innovation -> digest of its record, as it was written last
        self.dossiers: dict[str, Any] = {}  # entry -> what was nominated
        self.categories: dict[str, Data] = {}
        self.sheets: dict[str, Data] = {}
        self.barred: set[tuple[str, str, str]] = set()  # edition, juror, and the institution or entry that is not his to score

    def take(self, event: Data) -> Iterator[Flaw]:
        type, data = event["type"], event["data"]
        kind, _, name = event["subject"].partition("/")
        if type in ("RulebookPublished", "RulebookAmended"):
            self.rulebooks[data["digest"]] = data["rulebook"]
            text = json.dumps(data["rulebook"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            if sha256(text.encode()).hexdigest() != data["digest"]:
                yield "aturan bukan yang disebut digest-nya", "the rules are not those that their digest names"
        elif type in ("InnovationSubmitted", "InnovationRevised", "InnovationReclassified"):
            text = json.dumps(data["record"], separators=(",", ":"), ensure_ascii=False)
            self.records[name] = sha256(text.encode()).hexdigest()
        elif type == "Nominated":
            dossier = self.dossiers[data["entry"]] = data["dossier"]
            if any(self.records.get(i["innovation"]) != i["digest"] for i in dossier):
                yield "berkasnya bukan inovasi yang tercatat", "its dossier is not of the innovations on record"
        elif type in ("ConflictDeclared", "JurorRecused"):
            self.barred.add((name.rpartition(".")[0], data["juror"], data.get("institution") or data["entry"]))
        elif type == "RubricLocked":
            book = self.rulebooks.get(data["rulebook"], {"rubrics": (), "categories": ()})
            same = all(keeps(data[field], book.get(field)) for field in ("aggregation", "ladder", "quorum"))
            for field, list in (("rubric", "rubrics"), ("category", "categories")):
                same = same and any(keeps(data[field], published) for published in book[list])
            if not same:
                yield "aturan penilaian bukan yang diterbitkan", "it is to be judged by other rules than those published"
            its = {"rules": data, "open": False, "entries": {}, "out": {}, "struck": {}, "seats": set(), "votes": []}
            self.categories[name] = its
        elif kind == "scoresheet":
            yield from self.sheet(type, data, self.sheets.setdefault(name, {"scores": {}, "counts": False}))
        elif kind == "category" and name in self.categories:
            yield from self.category(type, data, name, self.categories[name], data.get("entry"))

    def sheet(self, type: str, data: Data, sheet: Data) -> Iterator[Flaw]:
        if type == "ScoresheetOpened":
            sheet.update(pair=(data["entry"], data["juror"]), category=".".join(data["entry"].split(".")[:2]))
        elif type == "ScoreRecorded":
            its = self.categories.get(sheet["category"], {"open": False})
            score = sheet["scores"][data["criterion"]] = Fraction(data["score"])
            if not its["open"] or sheet["pair"] not in its["seats"] or sheet["counts"] or not 0 <= score <= 100:
                yield f"nilai {data['score']} tidak sah di sini", f"a score of {data['score']} could not be given here"
        else:  # it counts when it is handed in (one typed from paper: confirmed by its juror), until it is reopened or void
            typed = data.get("recorded_by") or data.get("scan_digest")
            sheet["counts"] = type == "ScoresheetConfirmed" or (type == "ScoresheetSubmitted" and not typed)

    def category(self, type: str, data: Data, name: str, its: Data, entry: Any) -> Iterator[Flaw]:
        entries = its["entries"]
        if type == "EntryAdmitted":
            if not keeps(data["dossier"], self.dossiers.get(entry, data["dossier"])):
                yield "berkasnya bukan yang dinominasikan", "its dossier is not the one that was nominated"
            entries[entry] = {**data, "dossier": {i["innovation"]: Fraction(i.get("maturity", 0)) for i in data["dossier"]}}
        elif type == "PanelAssigned":
            its["seats"] |= {(entry, juror) for juror in data["jurors"]}
        elif type == "EntryExcluded":
            its["out"][entry] = entries.pop(entry)
        elif type == "InnovationStruck":
            its["struck"][entry, data["innovation"]] = entries[entry]["dossier"].pop(data["innovation"])
        elif type == "InnovationReinstated":
            entries[entry] = its["out"].pop(entry, None) or entries[entry]
            entries[entry]["dossier"][data["innovation"]] = its["struck"].pop((entry, data["innovation"]))
        elif type in ("JudgingOpened", "JudgingClosed"):
            its["open"] = type == "JudgingOpened"
        elif type == "TieResolved":
            its["votes"].append(data["order"])
        elif type == "WinnersDecided":
            its["decided"] = data
            yield from self.decision(data, name, its)
        elif type in ("ResultsAnnounced", "ResultCorrected"):
            ranking, why = its["decided"]["ranking"], data["deviation"] and f" [menyimpang/deviating: {data['deviation']}]"
            if data["winners"] != its["decided"]["winners"] or any(other not in ranking for other in data["others"]):
                yield "yang diumumkan bukan yang ditetapkan", "what is announced is not what was decided"
            self.told[name] = "; ".join(f"{w['place']}. {w['name']} {w['score']}" for w in data["winners"]) + why

    def decision(self, data: Data, name: str, its: Data) -> Iterator[Flaw]:
        edition, entries = name.rpartition(".")[0], its["entries"]
        sheets = {}
        for sheet in self.sheets.values():
            entry, juror = sheet["pair"]
            if sheet["counts"] and entry in entries and (entry, juror) in its["seats"]:
                ties = {(edition, juror, entry), (edition, juror, entries[entry]["institution"])}
                sheets.update({} if ties & self.barred else {(entry, juror): sheet["scores"]})
        try:
            dossiers = {entry: [*admitted["dossier"].values()] for entry, admitted in entries.items()}
            method, ranking = rank(its["rules"], dossiers, sheets, its["votes"])
        except Wrong as wrong:
            yield f"belum dapat ditetapkan: {wrong.args[0]}", f"it could not be decided yet: {wrong.args[1]}"
            return
        placed = data["ranking"]
        told = [(p["place"], p["entry"], Fraction(p["exact"]), p["resolved_by"]) for p in placed]
        if (method, ranking) != (data["method"], told):
            yield "peringkatnya tidak mengikuti nilai juri", "its ranking does not follow from the jurors' scores"
        for p in placed:
            if p["name"] != entries[p["entry"]]["name"] or abs(Fraction(p["score"]) - Fraction(p["exact"])) > Fraction(1, 200):
                yield f"nama atau nilai {p['entry']} keliru", f"name or rounded score of {p['entry']} are wrong"
        if data["winners"] != [p for p in placed if p["place"] <= its["rules"]["category"]["places"]] and not data["deviation"]:
            yield "pemenangnya bukan peringkat teratas", "its winners are not the first of the ranking"


# -- 4. The log as a whole, and what is told ---------------------------------------------------------------------------------
def check_events(raw: list[bytes], keys: list[Key], judging: Judging) -> Iterator[Finding]:
    versions, ids, recorded = dict[tuple[str, str], int](), set[str](), set[str]()
    for number, data in enumerate(raw, 1):
        try:
            event = json.loads(data)
            thing, version = (event["source"], event["subject"]), event["version"]
            due = versions.get(thing, 0) + 1
            if version != due:
                yield number, f"versi {version} dari {thing}, bukan {due}", f"it makes version {version} of {thing}, not {due}"
            if event["id"] in ids or ("causationid" in event and event["causationid"] not in ids):
                yield number, "ID atau sebabnya keliru", "its ID was used before, or its cause does not stand before it"
            versions[thing] = version
            ids.add(event["id"])
            if event["type"] == "NotaryKeyRotated":
                recorded.add(event["data"]["vkey"])
            yield from ((number, id, en) for id, en in judging.take(event))
        except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as error:
            yield number, f"tidak dapat dipahami ({error!r})", f"it cannot be understood ({error!r})"
    for key in keys:
        if recorded and key.kind == 1 and key.vkey not in recorded:
            yield 0, f"kunci {key.vkey} tidak tercatat dalam log", f"the key {key.vkey} is not on record in the log"


def check(home: Path, options: argparse.Namespace, judging: Judging) -> Iterator[Finding]:
    keys, announced = [Key(line) for line in (home / "keys").read_bytes().decode().split()], [Key(vkey) for vkey in options.key]
    latest = Checkpoint((home / "checkpoint").read_bytes(), [*announced, *keys], "checkpoint")
    files = [*sorted((home / "checkpoints").glob("*")), *options.checkpoint]
    points = {str(file): Checkpoint(file.read_bytes(), [*announced, *keys], file) for file in files}
    for key in announced:
        if not any(key.has_signed(point.text, point.lines) for point in (latest, *points.values())):
            yield 0, f"tidak ada checkpoint bertanda tangan {key.vkey}", f"no checkpoint is signed by {key.vkey}"
    raw, trusted = entries(home, latest.size), [key for key in announced if key.kind == 1]
    for point in sorted([*points.values(), latest], key=lambda point: point.size) if trusted else ():
        if any(key.has_signed(point.text, point.lines) for key in trusted):  # for the keys on record so far
            rotated = [json.loads(data) for data in raw[: point.size] if b"NotaryKeyRotated" in data]
            trusted += [Key(event["data"]["vkey"]) for event in rotated if event["type"] == "NotaryKeyRotated"]
        elif point is latest:
            yield 0, "kunci yang diumumkan tidak menjamin kunci terakhir", "the announced key does not vouch for the last one"
    leaves = [leaf(data) for data in raw]
    yield from check_tree(home, leaves, latest.root)
    root = roots(leaves, [point.size for point in points.values()])
    for name, point in points.items():
        if (point.origin, point.root) != (latest.origin, root.get(point.size)):
            yield 0, f"log ini bukan lanjutan {name}", f"this log does not continue {name}"
    for file in options.receipt:
        yield from check_receipt(file, [*announced, *keys], raw, leaves)
    yield from check_events(raw, keys, judging)
    for file in (home / "editions").glob("*.json"):
        if json.loads(file.read_bytes()) not in judging.rulebooks.values():
            yield 0, f"{file.name} bukan aturan yang diterbitkan", f"{file.name} is not a rulebook that was published"
    say(f"{latest.size} peristiwa {latest.origin} diperiksa", f"{latest.size} events of {latest.origin} are checked")
    for key in keys if not announced else ():
        say(f"Cocokkan dengan kunci yang diumumkan: {key.vkey}", "Compare this key with the one that was announced")


def say(id: str, en: str) -> None:
    print(f"{id}.\n    {en}.")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--key", action="append", default=[])
    for option in ("--checkpoint", "--receipt"):
        parser.add_argument(option, action="append", default=[], type=Path)
    options, judging, wrong = parser.parse_args(), Judging(), 0
    try:
        for wrong, (number, id, en) in enumerate(check(options.directory, options, judging), 1):
            say(f"SALAH: peristiwa {number}: {id}", f"WRONG: event {number}: {en}") if wrong <= 20 else None
    except Wrong as error:
        say(f"SALAH: {error.args[0]}", f"WRONG: {error.args[1]}")
        wrong += 1
    except (OSError, ValueError, LookupError) as error:
        say(f"TIDAK DAPAT DIPERIKSA: {error}", f"COULD NOT BE CHECKED: {error}")
        return 2
    if wrong:
        say("TIDAK TERBUKTI", f"NOT PROVEN: {wrong} findings")
        return 1
    print("\n".join(f"{name}: {winners}" for name, winners in sorted(judging.told.items())))
    say("TERBUKTI", "PROVEN")
    return 0


if __name__ == "__main__":
    sys.exit(main())
