"""Examples for the documentation of APIs and streams, made from JSON Schemas: the same ones every time, in words of the field.

What a property of a name looks like stands in `WORDS`; who adds a property with a new name adds an example of it there.
"""

import re
from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

EDITION, INSTITUTION, PERSON = "batam-2023", "opd-01", "4f1c9a7e2b6d4c3f8a5e0d9b7c6a1f23"
INNOVATION = "0190a1b2-c3d4-8e5f-8a6b-7c8d9e0f1a2b"
ENTRY = f"{EDITION}.digital.{INNOVATION}"
DIGEST = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

WORDS: dict[str, Any] = {
    "edition": EDITION,
    "institution": INSTITUTION,
    "employer": "opd-07",
    "code": INSTITUTION,
    "parent": "opd-02",
    "person": PERSON,
    "juror": PERSON,
    "screener": PERSON,
    "actor": f"person/{PERSON}",
    "by": f"person/{PERSON}",
    "sub": f"person/{PERSON}",
    "innovation": INNOVATION,
    "subject": f"innovation/{INNOVATION}",
    "entry": ENTRY,
    "entrant": INNOVATION,
    "category": "digital",
    "kind": "opd",
    "type": "digital",
    "rank": 1,
    "role": "juror",
    "digest": DIGEST,
    "sha256": DIGEST,
    "scan_digest": DIGEST,
    "position": 4711,
    "at_position": 4711,
    "version": 3,
    "revision": 2,
    "score": "82.50",
    "total": "82.50",
    "mean": "82.50",
    "weight": "0.25",
    "external_reference": "SIPD-2023-0042",
    "decree": "KPTS.118/HK/II/2023",
    "decree_date": "2023-02-14",
    "number": "800/112/BAPELITBANG/2023",
    "reason": "Berkas baru diterima setelah penutupan (Berita Acara 12/2023)",
    "grounds": "Bukti uji coba terlampir sejak revisi pertama",
    "explanation": "Uji coba belum berjalan satu bulan pada tanggal penutupan",
    "note": "Dinilai dari berkas dan wawancara",
    "comment": "Dampaknya terukur; rencana keberlanjutan perlu dipertegas",
    "what": "Lengkapi bukti uji coba pada bagian hasil",
    "title": "Undangan Lomba Inovasi Daerah 2023",
    "main_affair": "Kesehatan",
    "other_affair": "Komunikasi dan informatika",
    "university": "Universitas Contoh",
    "abbreviation": "Dinkes",
    "authority": "Pemerintah Kota Batam",
    "email": "ani@kota.example",
    "username": "ani@kota.example",
    "phone": "+62 778 555 0100",
    "url": "https://sipd.kota.example/makmal",
    "relation": "employer",
    "scope": "innovations:write",
    "client": "sipd-batam",
    "client_id": "sipd-batam",
    "design": "Permasalahan: antrean panjang di loket. Solusi: pendaftaran dari rumah, pemanggilan lewat pesan singkat.",
    "purpose": "Memperpendek waktu tunggu pelayanan",
    "benefit": "Waktu tunggu turun dari tiga jam menjadi dua puluh menit",
    "result": "12.400 warga dilayani pada semester pertama",
    "id": INNOVATION,
    "name": "Antrean Sehat dari Rumah",
    "en": "Regional Innovation Competition",
    "trial_date": "2022-02-01",
    "implementation_date": "2022-08-15",
    "rulebook": {"edition": EDITION},
    "record": {"name": "Antrean Sehat dari Rumah"},
    "filename": "uji-coba.pdf",
    "message": "0190a1b2-c3d4-8e5f-8a6b-7c8d9e0f1a2c",
    "state": "sent",
    "password": "sebuah kalimat sandi yang panjang",
    "secret": "mk_5f1d0c9a8b7e6f5d4c3b2a1908f7e6d5",
    "pic": PERSON,
    "accountable": PERSON,
    "limit": 100,
    "after": "0",
}
"""Property name -> an example; taken where it fits the property's schema."""

_FORMATS = {
    "date-time": "2023-08-31T09:59:59Z",
    "date": "2023-08-31",
    "time": "09:59:59",
    "uuid": INNOVATION,
    "email": "ani@kota.example",
    "uri": "https://makmal.kota.example/",
    "binary": "",
    "decimal": "82.50",
}
_TIMES = re.compile(r"(^|_)(opens|closes|closed|until|at|deadline|expires|effective|submitted|changed|due)$")
"""Names of times, where the schema does not say so."""
_BY_PATTERN = ("batam-2023", "opd-01", INNOVATION, DIGEST, "1", "82.50", "A1", "08:00", "+62778555010", "a", "")
"""Tried in turn where a string must match a pattern."""


def sample(schema: Schema, definitions: Mapping[str, Schema], name: str = "") -> Any:
    """A value that the schema allows. `definitions` are what its `$ref`s point to, by their last part."""
    if "$ref" in schema:
        return sample(definitions[schema["$ref"].rpartition("/")[2]], definitions, name)
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return WORDS[name] if WORDS.get(name) in schema["enum"] else schema["enum"][0]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            options = [s for s in schema[several] if s.get("type") != "null"]
            return sample(options[0] if options else {"type": "null"}, definitions, name)
    if "allOf" in schema:
        merged: dict[str, Any] = {}
        for part in schema["allOf"]:
            merged |= sample(part, definitions, name)
        return merged
    match schema.get("type"):
        case "object":
            return _object(schema, definitions, name)
        case "array":
            return _array(schema, definitions, name)
        case "string":
            return _string(schema, name)
        case "integer":
            return _number(schema, name, int)
        case "number":
            return _number(schema, name, float)
        case "boolean":
            return True
        case "null":
            return None
    return WORDS.get(name, {})


def _object(schema: Schema, definitions: Mapping[str, Schema], name: str) -> Any:
    properties = schema.get("properties", {})
    if set(properties) == {"id", "en"}:
        return {"id": "Lomba Inovasi Daerah", "en": "Regional Innovation Competition"}
    if properties:
        told = {key: inner for key, inner in properties.items() if key in schema.get("required", ()) or not _absent(inner)}
        return {key: sample(inner, definitions, key) for key, inner in told.items()}
    values = schema.get("additionalProperties")
    if isinstance(WORDS.get(name), dict):
        return WORDS[name]
    if isinstance(values, Mapping) and values:
        return {
            sample({"type": "string", **schema.get("propertyNames", {})}, definitions, "code"): sample(
                values, definitions, name.removesuffix("s")
            )
        }
    return {}


def _absent(schema: Schema) -> bool:
    """What is there in special cases only, and null else."""
    return any(option.get("type") == "null" for option in schema.get("anyOf", ()))


def _array(schema: Schema, definitions: Mapping[str, Schema], name: str) -> list[Any]:
    one = {"criteria": "criterion", "entries": "entry", "categories": "category", "reasons": "code"}.get(
        name, name.removesuffix("s")
    )
    if "prefixItems" in schema:
        return [sample(inner, definitions, one) for inner in schema["prefixItems"]]
    if "items" not in schema or schema.get("maxItems") == 0:
        return []
    return [sample(schema["items"], definitions, one)] * max(1, int(schema.get("minItems", 0)))


def _fits(text: str, schema: Schema) -> bool:
    longest, pattern = schema.get("maxLength", len(text)), schema.get("pattern", "")
    return schema.get("minLength", 0) <= len(text) <= longest and re.search(pattern, text) is not None


def _string(schema: Schema, name: str) -> str:
    word = WORDS.get(name)
    known = [word] if isinstance(word, str) else [_FORMATS["date-time"]] if _TIMES.search(name) else []
    if "format" in schema:
        given = _FORMATS.get(schema["format"])
        usable = [w for w in known if schema["format"] == "date" and re.fullmatch(r"\d{4}-\d\d-\d\d", w)]
        return usable[0] if usable else given if given is not None else name
    for text in (*known, name.replace("_", " "), *_BY_PATTERN):
        if _fits(text, schema):
            return text
    return "x" * max(1, int(schema.get("minLength", 1)))


def _number(schema: Schema, name: str, kind: type[int] | type[float]) -> int | float:
    word = WORDS.get(name)
    if isinstance(word, str) and re.fullmatch(r"\d+(\.\d+)?", word):
        word = float(word)
    value = kind(word) if isinstance(word, int | float) and not isinstance(word, bool) else kind(1)
    least, most = schema.get("minimum", value), schema.get("maximum", value)
    if "exclusiveMinimum" in schema:
        least = max(least, schema["exclusiveMinimum"] + 1)
    return kind(min(max(value, least), most))
