"""`POST /v1/token` (OAuth 2) and the key set by which tokens are checked."""

import base64
import binascii
from typing import Any
from urllib.parse import parse_qsl, unquote_plus

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

from services.identity import sign_in
from services.identity.office import OfficeHere
from services.identity.sign_in import SignInRefused
from shared.web.asking import PartsHere, public
from shared.web.problems import problem

token_router = APIRouter(dependencies=[Depends(public)], tags=["tokens"])

FORM = "application/x-www-form-urlencoded"
LONGEST = 16_384
"""Bytes of a form."""
NOT_KEPT = {"Cache-Control": "no-store"}

Form = dict[str, str]


async def _form(request: Request) -> Form:
    """Raises SignInRefused."""
    body = await request.body()
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM or len(body) > LONGEST:
        raise _invalid(
            f"send a form ({FORM}) of at most {LONGEST} bytes", f"kirim formulir ({FORM}) paling besar {LONGEST} byte"
        )
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise _invalid(
            "the form cannot be read; send it URL-encoded in UTF-8", "formulir tidak terbaca; kirim dalam UTF-8"
        ) from None
    if any("\0" in value for _, value in pairs):
        raise _invalid("the form has a NUL character; leave it out", "formulir berisi karakter NUL; hilangkan")
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _invalid("each field of the form is sent once", "setiap isian formulir dikirim satu kali")
    return form


def _need(form: Form, name: str) -> str:
    if value := form.get(name, ""):
        return value
    raise _invalid(f"the form needs {name}", f"formulir memerlukan {name}")


def _client(request: Request, form: Form) -> tuple[str, str]:
    """Client and secret, from HTTP Basic or from the form (RFC 6749, 2.3.1). Raises SignInRefused."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return _need(form, "client_id"), _need(form, "client_secret")
    try:
        client, colon, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon:
        raise _invalid(
            "HTTP Basic takes the client, a colon and its secret, in Base64",
            "HTTP Basic berisi klien, titik dua, dan rahasianya dalam Base64",
        )
    return unquote_plus(client), unquote_plus(secret)


def _invalid(en: str, id: str) -> SignInRefused:
    return SignInRefused(400, "invalid_request", en, id)


_FIELDS = ("grant_type", "username", "password", "client_id", "client_secret", "scope")
_DESCRIPTION: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        **{name: {"type": "string"} for name in _FIELDS},
                        "grant_type": {"enum": ["password", "client_credentials"]},
                    },
                }
            }
        },
    }
}


class TokenAnswer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    access_token: str
    token_type: str
    expires_in: int
    scope: str | None = None


@token_router.post("/token", openapi_extra=_DESCRIPTION, response_model=TokenAnswer)
async def token(request: Request, parts: PartsHere, office: OfficeHere) -> Response:
    """A person signs in by e-mail address and password, a client by its secret. Errors carry OAuth's `error` as well."""
    try:
        form = await _form(request)
        match _need(form, "grant_type"):
            case "password":
                agent = request.headers.get("user-agent", "")
                given = await sign_in.person(parts, office, _need(form, "username"), _need(form, "password"), agent)
            case "client_credentials":
                given = await sign_in.client(parts, office, *_client(request, form), form.get("scope"))
            case _:
                raise SignInRefused(
                    400,
                    "unsupported_grant_type",
                    "grant_type is password for a person, client_credentials for a client",
                    "grant_type adalah password untuk orang, client_credentials untuk klien",
                )
    except SignInRefused as refused:
        headers = {**refused.headers, **NOT_KEPT}
        kind = refused.code.replace("_", "-")
        oauth = {"error": refused.code, "error_description": refused.en}
        return problem(kind, refused.en, refused.id, headers, status=refused.status, **oauth)
    answer = {"access_token": given.access_token, "token_type": "Bearer", "expires_in": given.expires_in}
    if given.scope is not None:
        answer["scope"] = given.scope
    return JSONResponse(answer, headers=NOT_KEPT)


class JwksAnswer(BaseModel):
    keys: list[dict[str, str]]


@token_router.get("/jwks")
async def jwks(office: OfficeHere, response: Response) -> JwksAnswer:
    """The published keys (RFC 7517): those that sign now or have signed tokens still honoured."""
    response.headers["Cache-Control"] = "public, max-age=30"
    return JwksAnswer(keys=await office.keyring.published())
