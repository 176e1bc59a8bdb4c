"""`makmal account|client|keys …`: accounts and roles, API clients, signing keys. All over HTTP, with an administrator's sign-in.

Exit codes: 0 done, 3 refused.
"""

import json
import re
from datetime import date
from typing import Annotated, Any

import typer

from makmal.signed_in import GATEWAY, Password, SignedIn, Url, Username, signed_in

account = typer.Typer(help="Accounts of people: invite, roles, reset, erase.", no_args_is_help=True, add_completion=False)
client = typer.Typer(help="API clients: create, rotate, revoke.", no_args_is_help=True, add_completion=False)
keys = typer.Typer(help="The keys that sign access tokens.", no_args_is_help=True, add_completion=False)

Person = Annotated[str, typer.Argument(help="E-mail address of the person, or his ID.")]
EditionOption = Annotated[str, typer.Option(help="The edition, as batam-2023.")]
Institutions = Annotated[list[str] | None, typer.Option("--institution", help="Code of an institution; may be repeated.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
PERSONS = "/identity/v1/persons"


@account.command()
def invite(
    email: Annotated[str, typer.Argument(help="His e-mail address, with which he will sign in.")],
    name: Annotated[str, typer.Argument(help="His full name.")],
    username: Username,
    password: Password,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Invite somebody to an account. What is printed serves once; whoever has it chooses the password."""
    with signed_in(username, password, url) as here:
        invited = here.post("/identity/v1/accounts", {"name": name, "email": email})
    _tell(as_json, invited, f"Invitation for {email}, until {invited['expires']}: {invited['invitation']}")


@account.command()
def grant(
    person: Person,
    role: Annotated[str, typer.Argument(help="committee, screener, juror, chair, head, operator, auditor or administrator.")],
    username: Username,
    password: Password,
    edition: EditionOption = "",
    decree: Annotated[str, typer.Option(help="Number of the decree.")] = "",
    decree_date: Annotated[str, typer.Option(help="Its date, as 2023-01-31.")] = "",
    institution: Institutions = None,
    employer: Annotated[str, typer.Option(help="Code of the institution that he works for.")] = "",
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Grant a role by decree, or change what it is held for."""
    with signed_in(username, password, url) as here:
        body: dict[str, Any] = {"person": _id(here, person), "role": role, "edition": edition, "employer": employer}
        body |= {"institutions": institution or [], "decree": decree}
        body["decree_date"] = date.fromisoformat(decree_date).isoformat() if decree_date else None
        granted = here.post("/identity/v1/roles", body)
    _tell(as_json, granted, f"{person} is {role}{f' in {edition}' if edition else ''}")


@account.command()
def revoke(
    person: Person,
    role: Annotated[str, typer.Argument(help="The role that he holds.")],
    reason: Annotated[str, typer.Option(prompt=True, help="Why; it stands on record.")],
    username: Username,
    password: Password,
    edition: EditionOption = "",
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Take a role away. His tokens are refused everywhere within half a minute."""
    with signed_in(username, password, url) as here:
        body = {"person": _id(here, person), "role": role, "edition": edition, "reason": reason}
        revoked = here.post("/identity/v1/roles/revocation", body)
    _tell(as_json, revoked, f"{person} is {role} no longer{f' in {edition}' if edition else ''}")


@account.command()
def roles(person: Person, username: Username, password: Password, url: Url = GATEWAY, as_json: Json = False) -> None:
    """Which roles somebody holds and has held, by which decree, from when to when."""
    with signed_in(username, password, url) as here:
        held = here.get("/identity/v1/mandates", person=_id(here, person), limit=500)
    lines = [_line(mandate) for mandate in held["mandates"]]
    _tell(as_json, held, "\n".join(lines) or f"{person} has never held a role")


def _line(mandate: dict[str, Any]) -> str:
    decree = f" by {mandate['decree']} of {mandate['decree_date']}" if mandate["decree"] else ""
    whom = f" for {', '.join(mandate['institutions'])}" if mandate["institutions"] else ""
    where = f" in {mandate['edition']}" if mandate["edition"] else ""
    until = f" until {mandate['until']}" if mandate["until"] else ""
    reason = f" ({mandate['reason']})" if mandate["reason"] else ""
    return f"{mandate['role']}{where}{whom}{decree}, since {mandate['since']}{until}{reason}"


@account.command()
def reset(person: Person, username: Username, password: Password, url: Url = GATEWAY, as_json: Json = False) -> None:
    """Let somebody with an active account choose a new password. What is printed serves once."""
    with signed_in(username, password, url) as here:
        offered = here.post(f"{PERSONS}/{_id(here, person)}/password-reset", {})
    _tell(as_json, offered, f"Link for {person}, until {offered['expires']}: {offered['invitation']}")


@account.command()
def erase(
    person: Person,
    username: Username,
    password: Password,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether it is meant.")] = False,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Erase somebody from the vault, for good. Refused while an edition that names him must be kept."""
    if not yes:
        typer.confirm(f"Erase name, addresses and account of {person}? Nobody can bring them back", abort=True)
    with signed_in(username, password, url) as here:
        erased = here.post(f"{PERSONS}/{_id(here, person)}/erasure", {})
    _tell(as_json, erased, f"The vault has nothing any more of {erased['person']}; the log still verifies")


@client.command("create")
def create_client(
    name: Annotated[str, typer.Argument(help="Name of the client, as demo-portal.")],
    username: Username,
    password: Password,
    edition: EditionOption,
    scope: Annotated[list[str], typer.Option(help="What it may do, as innovations:write; may be repeated.")],
    institution: Institutions = None,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Register an API client for an edition. Its secret is shown this once."""
    with signed_in(username, password, url) as here:
        body = {"client": name, "edition": edition, "scopes": scope, "institutions": institution or []}
        made = here.post("/identity/v1/clients", body)
    _tell(as_json, made, f"Client {name}, secret (shown this once): {made['client_secret']}")


@client.command("rotate")
def rotate_secret(
    name: str,
    username: Username,
    password: Password,
    old_holds: Annotated[int, typer.Option(help="Hours for which the old secret holds as well; 0: no longer.")] = 24,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Give a client a new secret. The old one holds for a day as well, so that the other system can change over."""
    with signed_in(username, password, url) as here:
        made = here.post(f"/identity/v1/clients/{name}/secret", {"former_holds_seconds": old_holds * 3600})
    until = f"; the old one holds until {made['former_until']}" if made["former_until"] else ""
    _tell(as_json, made, f"Client {name}, secret (shown this once): {made['client_secret']}{until}")


@client.command("end-old-secret")
def end_former_secret(name: str, username: Username, password: Password, url: Url = GATEWAY, as_json: Json = False) -> None:
    """Let the old secret of a client serve no longer, before its time: everybody has changed over."""
    with signed_in(username, password, url) as here:
        ended = here.post(f"/identity/v1/clients/{name}/former-secret/ending", {})
    _tell(as_json, ended, f"Client {name} has one secret: the new one")


@client.command("revoke")
def revoke_client(
    name: str,
    reason: Annotated[str, typer.Option(prompt=True, help="Why; it stands on record.")],
    username: Username,
    password: Password,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Let a client ask nothing any more, for good."""
    with signed_in(username, password, url) as here:
        revoked = here.post(f"/identity/v1/clients/{name}/revocation", {"reason": reason})
    _tell(as_json, revoked, f"Client {name} is revoked")


@keys.command("rotate")
def rotate_key(
    username: Username,
    password: Password,
    retire_all: Annotated[bool, typer.Option("--retire-all", help="Everybody signs in again: all tokens are refused.")] = False,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """Sign tokens with a new key from now on. Those signed before hold until they end, and nobody is refused meanwhile."""
    with signed_in(username, password, url) as here:
        rotated = here.post("/identity/v1/signing-keys/rotation", {"retire_all": retire_all})
    _tell(as_json, rotated, f"Tokens are signed with {rotated['kid']} from now on")


@keys.callback()
def _keys() -> None:
    """The keys that sign access tokens."""


def _id(here: SignedIn, person: str) -> str:
    if re.fullmatch("[0-9a-f]{32}", person):
        return person
    return str(here.get(PERSONS, email=person)["person"])


def _tell(as_json: bool, found: Any, line: str) -> None:
    print(json.dumps(found) if as_json else line)
