"""Letters: from a message's template and facts, in the reader's language, to an e-mail in plain text and HTML.

`letters/<template>.<language>.txt` holds the subject, an empty line, and paragraphs; the HTML is made of the same paragraphs.
"""

import base64
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from shared.web.pages.words import Words

DIRECTORY = Path(__file__).parent / "letters"
LANGUAGES = ("id", "en")

GREETING = {"id": "Yth. {name},", "en": "Dear {name},"}
CLOSING = {
    "id": "Surat ini dikirim secara otomatis oleh Makmal; jangan dibalas.",
    "en": "This letter was sent by Makmal automatically; please do not reply.",
}


@dataclass(frozen=True)
class Recipient:
    """A person as the vault knows him at the moment of sending. Never stored."""

    name: str
    email: str
    language: str = "id"


@dataclass(frozen=True)
class Letter:
    """Ready to be sent: the addresses of the envelope, and the e-mail's bytes."""

    sender: str
    recipient: str
    content: bytes


@dataclass(frozen=True)
class Sender:
    address: str
    name: str
    url: str
    """Where the reader finds Makmal."""

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2]


_WORDS = {language: Words(language) for language in LANGUAGES}
"""Times and dates as pages tell them."""


def in_words(iso: str, language: str) -> str:
    """A moment as people of this language read it, in the city's time."""
    return _WORDS[language].instant(iso)


_SCORE = re.compile(r"\((\d+)\.(\d+)\)$", re.MULTILINE)
SCORES_IN: dict[str, Callable[[str], str]] = {"en": str, "id": lambda table: _SCORE.sub(r"(\1,\2)", table)}
"""A table of results, whose lines end with `(78.84)`, as people of the language write it."""


def _environment(language: str) -> Environment:
    plain = Environment(loader=FileSystemLoader(DIRECTORY), undefined=StrictUndefined, autoescape=False)
    plain.filters["moment"] = _WORDS[language].instant
    plain.filters["day"] = _WORDS[language].date_said
    plain.filters["scores"] = SCORES_IN[language]
    return plain


_PLAIN = {language: _environment(language) for language in LANGUAGES}
_HTML = Environment(loader=FileSystemLoader(DIRECTORY), undefined=StrictUndefined, autoescape=True, trim_blocks=True)


def worded(facts: Mapping[str, str], language: str) -> dict[str, str]:
    """The facts with the wordings of one language: `category:id` becomes `category`."""
    chosen = {}
    for name, value in facts.items():
        plain, _, wording = name.partition(":")
        if wording in ("", language):
            chosen[plain] = value
    return chosen


def read_out(template: str, facts: Mapping[str, str], language: str, url: str = "") -> tuple[str, list[str]]:
    """Subject and paragraphs of the letter, without whom it greets. Raises jinja2.TemplateError as `write` does.

    `url`: before the paths of links; on a page of Makmal nothing.
    """
    text = _PLAIN[language].get_template(f"{template}.{language}.txt").render({"url": url, **worded(facts, language)})
    subject, _, body = text.partition("\n\n")
    return _one_line(subject), [*filter(None, (paragraph.strip() for paragraph in body.split("\n\n")))]


def write(
    template: str, facts: Mapping[str, str], recipient: Recipient, sender: Sender, message_id: str, at: datetime
) -> Letter:
    """The letter. Raises jinja2.TemplateError if there is none of this name or a fact is missing."""
    language = recipient.language if recipient.language in LANGUAGES else LANGUAGES[0]
    subject, body = read_out(template, facts, language, sender.url.rstrip("/"))
    paragraphs = [GREETING[language].format(name=recipient.name), *body]
    html = _HTML.get_template("letter.html").render(
        language=language,
        subject=subject,
        paragraphs=[paragraph.split("\n") for paragraph in paragraphs],
        closing=CLOSING[language],
        url=sender.url,
    )
    plain = "\n\n".join([*paragraphs, f"{CLOSING[language]}\n{sender.url}"]) + "\n"
    boundary = f"=_{message_id.strip('<>').partition('@')[0]}"
    # Put together here, because the standard library's EmailMessage takes 5 ms of CPU for a letter.
    lines = (
        f"From: {_mailbox(sender.name, sender.address)}",
        f"To: {_mailbox(_one_line(recipient.name), recipient.email)}",
        f"Subject: {_header(subject)}",
        f"Date: {format_datetime(at)}",
        f"Message-ID: {message_id}",
        "Auto-Submitted: auto-generated",
        f"Content-Language: {language}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative; boundary="{boundary}"',
        "",
        *_part(boundary, "text/plain", plain),
        *_part(boundary, "text/html", html),
        f"--{boundary}--",
        "",
    )
    return Letter(sender.address, recipient.email, "\n".join(lines).replace("\n", "\r\n").encode())


def _part(boundary: str, kind: str, text: str) -> tuple[str, ...]:
    content = base64.encodebytes(text.encode()).decode()
    return f"--{boundary}", f"Content-Type: {kind}; charset=utf-8", "Content-Transfer-Encoding: base64", "", content


def _header(text: str) -> str:
    """RFC 2047, in pieces of at most 75 characters where it is not ASCII."""
    return Header(text, "us-ascii" if text.isascii() else "utf-8", header_name="Subject").encode()


def _mailbox(name: str, address: str) -> str:
    return formataddr((name, address)) if name.isascii() else f"{_header(name)} <{address}>"


def _one_line(text: str) -> str:
    """A line break in a header would begin another one."""
    return " ".join(text.split())
