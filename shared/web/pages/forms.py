"""What somebody typed into a page's form. It is kept until it is recorded: whatever refuses it shows it again."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData, UploadFile

from shared.refusals import Forbidden, Invalid
from shared.web.pages import cookies

TOKEN, KEY, VERSION = "_token", "_key", "_version"
"""Fields of every form: that it is ours; the Idempotency-Key of this one sending; the version (ETag) that it edits."""
MOST_FIELDS = 2_000
SAID: dict[str, tuple[str, str]] = {
    "missing": ("fill this in", "isian ini perlu diisi"),
    "string_too_short": ("fill this in", "isian ini perlu diisi"),
    "string_too_long": ("write at most {max_length} characters", "tulis paling banyak {max_length} karakter"),
    "too_long": ("choose at most {max_length}", "pilih paling banyak {max_length}"),
    "literal_error": ("choose one of the list", "pilih salah satu dari daftar"),
    "date_from_datetime_parsing": ("write a date, like 31/01/2023", "tulis tanggal, misalnya 31/01/2023"),
    "date_parsing": ("write a date, like 31/01/2023", "tulis tanggal, misalnya 31/01/2023"),
    "date_type": ("write a date, like 31/01/2023", "tulis tanggal, misalnya 31/01/2023"),
    "string_pattern_mismatch": ("this has signs in it that cannot stand here", "ada tanda yang tidak dapat dipakai di sini"),
}
"""What is wrong with a field, by pydantic's name for it, in English and Bahasa Indonesia."""

Model = TypeVar("Model", bound=BaseModel)


class Form:
    """`values` by field; several values of one field as a list. `faults`: what is wrong with a field, in the page's language."""

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None, files: Mapping[str, UploadFile] | None = None):
        self._values = dict(values or {})
        self.files = dict(files or {})
        self.faults: dict[str, str] = {}
        self.language = "id"

    def __getitem__(self, name: str) -> str:
        return self.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Every (field, value) in the order in which it was sent."""
        return iter([(name, value) for name, values in self._values.items() for value in values])

    def get(self, name: str, default: str = "") -> str:
        values = self._values.get(name)
        return values[-1].strip() if values else default

    def all(self, name: str) -> list[str]:
        return [value.strip() for value in self._values.get(name, ()) if value.strip()]

    @property
    def typed(self) -> bool:
        """Whether anything was sent at all."""
        return bool(self._values)

    def forget(self, name: str) -> None:
        """Show what is recorded in this field again, not what was typed."""
        self._values.pop(name, None)

    def read(self, model: type[Model], **given: Any) -> Model:
        """The API's body from what was typed: fields of the same name, and what is given besides.

        Raises Invalid, and keeps what is wrong with each field in `faults`.
        """
        said: dict[str, Any] = {}
        for name, field in model.model_fields.items():
            values = self._values.get(name)
            if values is None:
                continue
            many = "list" in str(field.annotation) or "tuple" in str(field.annotation)
            typed = [value.strip().replace("\r\n", "\n") for value in values]
            if many:
                said[name] = [value for value in typed if value]
            elif typed[-1] or field.is_required():
                said[name] = typed[-1]
        try:
            return model.model_validate({**said, **given})
        except ValidationError as error:
            wrong = {str(e["loc"][-1] if e["loc"] else ""): _said(e) for e in error.errors()}
            self.faults |= {field: id if self.language == "id" else en for field, (en, id) in wrong.items()}
            en, id = next(iter(wrong.values()))
            raise Invalid(
                f"Something is not right yet ({en}); it is said beside the field. What you typed stands here",
                f"Ada isian yang belum benar ({id}); keterangannya ada di samping isian. Ketikan Anda tetap ada",
            ) from error


def _said(error: ErrorDetails) -> tuple[str, str]:
    en, id = SAID.get(error["type"], ("this is not right yet", "isian ini belum benar"))
    names = error.get("ctx", {})
    return en.format(**names), id.format(**names)


def token(secret: str) -> str:
    """What a form carries, of the cookie's random value."""
    return hashlib.sha256(f"makmal-form:{secret}".encode()).hexdigest()


async def posted(request: Request) -> Form:
    """What this page's own form sent. Raises Forbidden where another site sent it, or where the form is older than the cookie."""
    sent = await request.form(max_fields=MOST_FIELDS)
    form = read(sent)
    secret = request.cookies.get(cookies.FORM, "")
    site = request.headers.get("sec-fetch-site", "same-origin")
    ours = secret and hmac.compare_digest(form.get(TOKEN), token(secret))
    if site not in ("same-origin", "none") or not ours:
        raise Forbidden(
            "this form was not sent from a page of ours, or has lain open for very long. Load the page again and send it once more",
            "formulir ini tidak dikirim dari halaman kami, atau sudah terlalu lama terbuka. Muat ulang halaman lalu kirim kembali",
        )
    return form


def read(sent: FormData) -> Form:
    values: dict[str, list[str]] = {}
    files: dict[str, UploadFile] = {}
    for name, value in sent.multi_items():
        if isinstance(value, UploadFile):
            if value.filename:
                files[name] = value
        elif "\0" not in value:
            values.setdefault(name, []).append(value)
    return Form(values, files)
