"""Every kind of problem that a service can answer: its stable `type`, and what its caller should do. `docs/problems.md` is made of it.

A type is never given another meaning and never taken away under `/v1`; a client may rely on it as on a status.
"""

from msgspec import Struct

PREFIX = "urn:makmal:problem:"


class ProblemType(Struct, frozen=True):
    statuses: tuple[int, ...]
    """The usual one first."""
    title: str
    judul: str
    """The title in Bahasa Indonesia."""
    todo: str
    """What the caller should do."""
    anywhere: bool = True
    """Whether the table of every operation's answers may name it; else only where it is told."""


PROBLEMS: dict[str, ProblemType] = {
    "malformed": ProblemType(
        (422,),
        "The request is malformed",
        "Permintaan tidak sesuai bentuknya",
        "Mend what `errors` lists: each names the place (`at`) and the fault (`what`). Unknown fields are faults as well.",
    ),
    "invalid": ProblemType(
        (422,),
        "What was said cannot be taken",
        "Isi permintaan tidak dapat diterima",
        "Read `detail`: it says what would be right. Send it as a new request with a new Idempotency-Key.",
    ),
    "idempotency-key-reused": ProblemType(
        (422,),
        "The Idempotency-Key belongs to another request",
        "Idempotency-Key sudah dipakai permintaan lain",
        "Take a new key for each new request; use the old one only to repeat the same body.",
    ),
    "not-signed-in": ProblemType(
        (401,),
        "Not signed in",
        "Belum masuk",
        "Fetch a token (POST /identity/v1/token) and send it as `Authorization: Bearer …`. Tokens end, and can be revoked.",
    ),
    "forbidden": ProblemType(
        (403,),
        "Not allowed to you",
        "Tidak diizinkan bagi Anda",
        "Nothing will change by repeating it: somebody who holds the role (or the scope) that `detail` names must ask.",
    ),
    "unknown": ProblemType(
        (404,),
        "There is no such thing",
        "Tidak ditemukan",
        "Check the path and the IDs in it; `detail` says where they are listed.",
    ),
    "method-not-allowed": ProblemType(
        (405,),
        "Not done here",
        "Metode tidak berlaku di sini",
        "Use one of the methods that the header `Allow` names.",
    ),
    "refused": ProblemType(
        (409,),
        "The rules do not allow it as things stand",
        "Aturan tidak mengizinkannya saat ini",
        "Read `detail`: it names the rule and what would be allowed. It may be allowed later, or after something else is done.",
    ),
    "changed-meanwhile": ProblemType(
        (409, 412),
        "Somebody has changed it meanwhile",
        "Sudah diubah pihak lain",
        "Read it again (412: `If-Match` named an old version; `version` is the present one), then decide anew.",
    ),
    "too-large": ProblemType(
        (413,),
        "The request is too large",
        "Permintaan terlalu besar",
        "Send less: `detail` names the most that is taken. Send long lists in several requests.",
    ),
    "unsupported-media-type": ProblemType(
        (415,),
        "Not a media type that is taken here",
        "Jenis media tidak diterima di sini",
        "Send one of the media types that the header `Accept` of the answer names, uncompressed, with its Content-Type.",
    ),
    "version-needed": ProblemType(
        (428,),
        "An edit must name the version that it edits",
        "Perubahan harus menyebut versi yang diubah",
        "Read the thing, and send the ETag of that answer as `If-Match`.",
    ),
    "too-many-requests": ProblemType(
        (429,),
        "Too many requests",
        "Terlalu banyak permintaan",
        "Wait as many seconds as `Retry-After` says; then go on, more slowly.",
    ),
    "internal": ProblemType(
        (500,),
        "Something broke on our side",
        "Ada yang rusak di sisi kami",
        "Repeat it once with the same Idempotency-Key; if it breaks again, tell the operator the time and the path.",
    ),
    "log-unavailable": ProblemType(
        (503,),
        "The log is away",
        "Log sedang tidak tersedia",
        "Repeat it with the same Idempotency-Key after `Retry-After` seconds: nothing is done twice. Reads may go on meanwhile.",
    ),
    "database-unavailable": ProblemType(
        (503,),
        "The database is away",
        "Basis data sedang tidak tersedia",
        "Repeat it with the same Idempotency-Key after `Retry-After` seconds: nothing is done twice.",
    ),
    "away": ProblemType(
        (503,),
        "What must be asked for this is away",
        "Bagian yang perlu ditanyai sedang tidak tersedia",
        "Repeat it with the same Idempotency-Key after `Retry-After` seconds: nothing is done twice. `detail` says what is away.",
    ),
    "log-went-back": ProblemType(
        (503,),
        "The log is older than it was",
        "Log lebih lama daripada sebelumnya",
        "Wait for the operator, who must restore the log; repeat the request with the same Idempotency-Key then.",
    ),
    "no-answer": ProblemType(
        (502, 503, 504),
        "The service did not answer the gateway",
        "Layanan tidak menjawab gerbang",
        "Repeat it with the same Idempotency-Key after `Retry-After` seconds: nothing is done twice.",
    ),
    "http": ProblemType(
        (400,),
        "The request cannot be read",
        "Permintaan tidak terbaca",
        "Send a sound HTTP request; `detail` names the fault.",
    ),
    "invalid-request": ProblemType(
        (400,),
        "The form for a token is not right",
        "Formulir token tidak sesuai",
        "Mend the form as `detail` says (OAuth 2, RFC 6749, 5.2; the member `error` holds OAuth's code).",
        anywhere=False,
    ),
    "invalid-grant": ProblemType(
        (400, 429),
        "Wrong address or password",
        "Alamat atau kata sandi salah",
        "Check both. After several wrong passwords (429) wait as many seconds as `Retry-After` says.",
        anywhere=False,
    ),
    "invalid-client": ProblemType(
        (401,),
        "Wrong client or secret",
        "Klien atau rahasia salah",
        "Use the secret that was shown when the client was registered or its secret renewed.",
        anywhere=False,
    ),
    "invalid-scope": ProblemType(
        (400,),
        "A scope that the client does not have",
        "Cakupan yang tidak dimiliki klien",
        "Ask for the scopes only that the client was registered with, or for none: then it gets all of them.",
        anywhere=False,
    ),
    "unsupported-grant-type": ProblemType(
        (400,),
        "No such way of signing in",
        "Cara masuk tidak dikenal",
        "Use `password` for a person and `client_credentials` for an API client.",
        anywhere=False,
    ),
}


def page() -> str:
    """`docs/problems.md`."""
    rows = [
        f"| `{PREFIX}{kind}` | {', '.join(map(str, known.statuses))} | {known.title}<br>*{known.judul}* | {known.todo} |"
        for kind, known in PROBLEMS.items()
    ]
    return "\n".join([*_INTRODUCTION, *rows, ""])


_INTRODUCTION = (
    "# Problems",
    "",
    "Every error of every service is a problem document (RFC 9457, `application/problem+json`):",
    "",
    "```json",
    "{",
    '  "type": "urn:makmal:problem:refused",',
    '  "title": "The rules do not allow it as things stand",',
    '  "status": 409,',
    '  "detail": "registration of batam-2023 closed on 31 August 2023; …",',
    '  "detail_id": "pendaftaran batam-2023 ditutup pada 31 Agustus 2023; …"',
    "}",
    "```",
    "",
    "- Programs go by `type` (and the status). Types are stable: under `/v1` none gets another meaning or goes away; new ones",
    "  may come, so treat an unknown one by its status.",
    "- People read `detail` (English) or `detail_id` (Bahasa Indonesia). These sentences change without notice.",
    "- With a 5xx or a 429 repeat the request **with the same Idempotency-Key** after `Retry-After` seconds: it is done once.",
    "",
    "This page is made from `shared/web/problem_types.py` by `python -m shared.web.problem_types`; a test holds it to it.",
    "",
    "| type | status | title | what to do |",
    "|---|---|---|---|",
)


if __name__ == "__main__":
    print(page(), end="")
