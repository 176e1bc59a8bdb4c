"""Letters as people get them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from html import escape

import pytest
from jinja2 import UndefinedError

from services.notification.audience import AUDIENCE
from services.notification.letters import DIRECTORY, LANGUAGES, Recipient, Sender, worded, write

FACTS = {
    "edition:id": "Lomba Inovasi Daerah",
    "edition:en": "Regional Innovation Competition",
    "category:id": "Inovasi Digital Terbaik",
    "category:en": "Best Digital Innovation",
    "reason:id": "alasan",
    "reason:en": "reason",
    "innovation": "Kartu <BBM> – é",
    "institution": "Dinas Perhubungan",
    "institutions": "Dinas Perhubungan, Dinas Sosial",
    "position": "1234",
    "closes": "2023-07-28T23:59:00+07:00",
    "entry": "Fuel Card 3.0",
    "university": "Universitas Demo",
    "explanation": "uraian",
    "number": "02/SE/I/2023",
    "dated": "2023-01-31",
    "title": "Lomba",
    "text": "Setiap OPD mendaftarkan inovasi.",
    "file": "ab" * 32,
    "acknowledge_by": "2023-02-07T12:00:00+07:00",
    "round": "2",
    "sheets": "3",
    "jurors": "2",
    "what": "lengkapi rancang bangun",
    "deadline": "2023-03-07T12:00:00+07:00",
    "objections_until": "2023-03-09T12:00:00+07:00",
    "grounds": "data dukung lengkap",
    "note": "pernah membimbing",
    "entries": "Fuel Card 3.0",
    "place": "1",
    "decree": "KPTS/1/2023",
    "decree_date": "2023-06-01",
    "until": "2023-04-09T12:00:00+07:00",
    "effective": "2023-04-01",
    "drafts": "2",
    "previous": "digital",
    "type": "non digital",
    "results": "1. Fuel Card 3.0 (89.20)\n2. BUPER (88.75)",
}
SENDER = Sender("no-reply@makmal.test", "Makmal", "https://makmal.test/x?a=1&b=2")
AT = datetime(2023, 3, 1, 8, 0, tzinfo=UTC)


def letter(template: str, language: str, name: str = "Demo Penerima, S.T.", **facts: str) -> EmailMessage:
    sent = write(template, {**FACTS, **facts}, Recipient(name, "penerima@demo.test", language), SENDER, "<id@makmal.test>", AT)
    assert (sent.sender, sent.recipient) == ("no-reply@makmal.test", "penerima@demo.test")
    read = message_from_bytes(sent.content, policy=policy.default)
    assert isinstance(read, EmailMessage)
    return read


def tells_a_moment(template: str) -> bool:
    return "| moment" in (DIRECTORY / f"{template}.id.txt").read_text()


def text_of(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", [line.template for line in AUDIENCE])
def test_every_letter_of_the_audience_is_written_in_both_languages(template: str, language: str) -> None:
    mail = letter(template, language)
    plain, html = text_of(mail, "plain"), text_of(mail, "html")
    assert mail["Subject"] and "\n\n" in plain and f'<html lang="{language}">' in html
    assert mail["Content-Language"] == language
    edition = FACTS[f"edition:{language}"]
    assert edition in plain and edition in html
    assert FACTS["edition:en" if language == "id" else "edition:id"] not in plain


def test_no_letter_lies_about_that_nobody_gets() -> None:
    files = {file.name for file in DIRECTORY.glob("*.txt")}
    assert files == {f"{line.template}.{language}.txt" for line in AUDIENCE for language in LANGUAGES}


def test_the_letter_says_who_it_is_from_and_how_to_know_it_again() -> None:
    mail = letter("nominated", "id")
    assert mail["Message-ID"] == "<id@makmal.test>"
    assert mail["From"] == "Makmal <no-reply@makmal.test>"
    assert mail["To"] == '"Demo Penerima, S.T." <penerima@demo.test>'
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == AT
    assert text_of(mail, "plain").startswith("Yth. Demo Penerima, S.T.,\n\nSelamat!")


PROVABLE = ("submission_received", "nominated", "results_winner", "results_nominee", "results_juror", "results_corrected")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", PROVABLE)
def test_what_anybody_may_prove_links_to_its_receipt(template: str, language: str) -> None:
    mail = letter(template, language)
    link = f"{SENDER.url.rstrip('/')}/audit/receipts/{FACTS['position']}"
    assert link in text_of(mail, "plain") and escape(link) in text_of(mail, "html")
    assert link.startswith("http")


@pytest.mark.parametrize("template", PROVABLE[1:])
def test_a_letter_from_before_it_told_of_receipts_is_read_as_it_was(template: str) -> None:
    facts = {name: value for name, value in FACTS.items() if name != "position"}
    sent = write(template, facts, Recipient("Demo", "penerima@demo.test", "en"), SENDER, "<id@makmal.test>", AT)
    assert b"receipt" not in sent.content


def test_a_name_with_signs_of_html_stays_a_name() -> None:
    mail = letter("submission_received", "en")
    assert mail["Subject"] == "Receipt: Kartu <BBM> – é"
    assert '"Kartu <BBM> – é"' in text_of(mail, "plain")
    assert "Kartu &lt;BBM&gt; – é" in text_of(mail, "html")
    assert "<BBM>" not in text_of(mail, "html")


def test_a_line_break_in_a_name_begins_no_header() -> None:
    mail = letter("submission_received", "en", name="Demo\r\nBcc: all@demo.test", innovation="A\nBcc: all@demo.test")
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Receipt: A Bcc: all@demo.test"


def test_a_long_name_in_any_script_is_kept() -> None:
    name = "Demo Ñandú 試驗 " * 12
    sent = write("nominated", FACTS, Recipient(name, "x@demo.test"), SENDER, "<id@makmal.test>", AT)
    head = sent.content.partition(b"\r\n\r\n")[0]
    assert head.isascii() and max(len(line) for line in head.split(b"\r\n")) <= 100
    to = message_from_bytes(sent.content, policy=policy.compat32)["To"]
    assert str(make_header(decode_header(to))) == f"{name.strip()} <x@demo.test>"


def test_places_stand_on_lines_of_their_own() -> None:
    assert "\n1. Fuel Card 3.0 (89.20)\n2. BUPER (88.75)\n" in text_of(letter("results_juror", "en"), "plain")
    assert "<p>1. Fuel Card 3.0 (89.20)<br>2. BUPER (88.75)</p>" in text_of(letter("results_juror", "en"), "html")
    assert "\n1. Fuel Card 3.0 (89,20)\n2. BUPER (88,75)\n" in text_of(letter("results_juror", "id"), "plain")


def test_a_deadline_is_told_as_people_say_it() -> None:
    assert letter("deadline_extended", "id")["Subject"] == "Pendaftaran diperpanjang sampai 28 Juli 2023, 23.59 WIB"
    assert letter("deadline_extended", "en")["Subject"] == "Registration is extended to 28 July 2023, 23:59 WIB"


@pytest.mark.parametrize("template", sorted({line.template for line in AUDIENCE if tells_a_moment(line.template)}))
def test_every_moment_is_told_in_the_time_of_the_city(template: str) -> None:
    """Also one that stands on record in UTC, as after a correction of results."""
    in_utc = {name: "2023-07-28T16:59:00+00:00" for name, value in FACTS.items() if value.endswith("+07:00")}
    mail = letter(template, "id", **in_utc)
    said = f"{mail['Subject']}\n{text_of(mail, 'plain')}"
    assert "28 Juli 2023, 23.59 WIB" in said and "UTC" not in said


def test_who_reads_another_language_is_written_to_in_indonesian() -> None:
    assert letter("nominated", "fr")["Content-Language"] == "id"


def test_a_letter_with_a_gap_is_not_sent() -> None:
    with pytest.raises(UndefinedError):
        write("nominated", {}, Recipient("Demo", "x@demo.test"), SENDER, "<id@makmal.test>", AT)


def test_facts_are_worded_in_one_language() -> None:
    assert worded({"a:id": "satu", "a:en": "one", "b": "2"}, "en") == {"a": "one", "b": "2"}
