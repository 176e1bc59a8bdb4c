"""Keeps the catalogues of words up to date: `python -m shared.web.pages.catalogue` adds every sentence that a template or page says
and no `id.po` has (to be translated by hand), and drops those that nobody says any more.
"""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from shared.web.pages.drawing import SERVICES
from shared.web.pages.words import SHARED

KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "mark": None}
OPTIONS = {"extensions": "jinja2.ext.i18n,jinja2.ext.do", "trimmed": "false"}

Sentence = str | tuple[str, str]


def rooms() -> dict[Path, Path]:
    """Catalogue -> the folder whose sentences it has."""
    found = {SHARED: SHARED.parent.parent}
    for service in sorted(SERVICES.iterdir()):
        if (service / "templates").is_dir():
            found[service / "locales" / "id.po"] = service
    return found


def said(room: Path) -> dict[Sentence, list[str]]:
    """Every sentence that the room's templates and modules say -> the files that say it."""
    found: dict[Sentence, list[str]] = {}
    for file in sorted([*room.rglob("*.html"), *room.rglob("*.txt"), *room.rglob("*.py")]):
        if file.name == "catalogue.py":
            continue
        method = "python" if file.suffix == ".py" else "jinja2"
        for sentence in _sentences(file, method):
            found.setdefault(sentence, []).append(file.relative_to(room).as_posix())
    return found


def _sentences(file: Path, method: str) -> Iterator[Sentence]:
    options = OPTIONS if method != "python" else {}
    for _, message, _, _ in extract(method, BytesIO(file.read_bytes()), keywords=KEYWORDS, options=options):
        if message and message[0]:
            yield message if isinstance(message, str) else (message[0], message[1])


def read(file: Path) -> Catalog:
    if not file.exists():
        return Catalog(locale="id")
    with file.open("rb") as source:
        return read_po(source, locale="id")


def faults(file: Path, room: Path) -> list[str]:
    """What is wrong with a catalogue: a sentence without its translation, one with other names in it, or one that nobody says."""
    catalogue, sentences = read(file), said(room)
    wrong = []
    for sentence in sentences:
        message = catalogue.get(sentence if isinstance(sentence, str) else sentence[0])
        words = message.string if message else ""
        words = words[0] if isinstance(words, tuple | list) else words
        if message is None or not words or message.fuzzy:
            wrong.append(f"not translated: {sentence!r}")
        else:
            wrong += [f"{sentence!r}: {error}" for error in message.check()]
    ids = {sentence if isinstance(sentence, str) else sentence[0] for sentence in sentences}
    wrong += [f"said nowhere: {m.id!r}" for m in catalogue if m.id and (m.id if isinstance(m.id, str) else m.id[0]) not in ids]
    return wrong


def update(file: Path, room: Path) -> None:
    old, new = read(file), Catalog(locale="id", project="Makmal", charset="utf-8")
    new.mime_headers = [("Plural-Forms", "nplurals=1; plural=0;")]
    for sentence, files in said(room).items():
        known = old.get(sentence if isinstance(sentence, str) else sentence[0])
        string = known.string if known else ""
        if isinstance(sentence, tuple):  # Bahasa Indonesia has one form for one and for many
            string = ((string[0] if isinstance(string, tuple | list) else string) or "",)
        new.add(sentence, string, locations=[(name, 0) for name in sorted(set(files))])
    written = BytesIO()
    write_po(written, new, omit_header=True, sort_output=True, include_lineno=False, width=132)
    file.parent.mkdir(exist_ok=True)
    head = b'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    file.write_bytes(head + written.getvalue())


if __name__ == "__main__":
    for catalogue, folder in rooms().items():
        update(catalogue, folder)
        for fault in faults(catalogue, folder):
            print(f"{catalogue.relative_to(SERVICES.parent)}: {fault}")
