"""`makmal account …`: people, their accounts and roles. All over HTTP, with an administrator's sign-in.

Exit codes: 0 done, 3 refused.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from makmal import account_import
from makmal.signed_in import GATEWAY, Password, SignedIn, Url, Username, answer, signed_in, unsigned

account = typer.Typer(
    help="Accounts of people: invite, import, activate, grant, revoke, roles, sessions, reset, erase.",
    no_args_is_help=True,
    add_completion=False,
)

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
    tell(as_json, invited, f"Invitation for {email}, until {invited['expires']}: {invited['invitation']}")


@account.command()
def activate(
    invitation: Annotated[str, typer.Option(prompt=True, help="What the invitation, or the link to reset, gave.")],
    new_password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="MAKMAL_NEW_PASSWORD")
    ],
    url: Url = GATEWAY,
) -> None:
    """Choose a password with an invitation, for who has no browser at hand."""
    with unsigned(url) as http:
        body = {"invitation": invitation, "password": new_password}
        person = answer(http.post("/identity/v1/accounts/activation", json=body))["person"]
    print(f"The account {person} is active; sign in with the password chosen now")


@account.command("import")
def import_people(
    file: Annotated[
        Path, typer.Argument(help="A CSV file: name, email, role; nip, phone, institutions, employer, decree, decree_date.")
    ],
    username: Username,
    password: Password,
    edition: EditionOption = "",
    decree: Annotated[str, typer.Option(help="Number of the decree, for rows that name none.")] = "",
    decree_date: Annotated[str, typer.Option(help="Its date, as 2023-01-31.")] = "",
    invitations: Annotated[Path, typer.Option(help="Where to write the invitations, for your eyes alone.")] = Path(
        "invitations.csv"
    ),
    url: Url = GATEWAY,
) -> None:
    """Register, invite and give their roles to many people. Given again, it repeats nothing; every fault is listed before it begins."""
    rows = account_import.read(file, edition, decree, decree_date)
    told: list[dict[str, str]] = []
    try:
        with signed_in(username, password, url) as here:
            for one in account_import.admit(here, rows):
                told.append(one)
    finally:
        account_import.keep(invitations, told)
    print(f"{len(rows)} rows of {file}: {len(told)} people have an invitation in {invitations}")


@account.command()
def sessions(person: Person, username: Username, password: Password, url: Url = GATEWAY, as_json: Json = False) -> None:
    """Where somebody is signed in now."""
    with signed_in(username, password, url) as here:
        found = here.get(f"{PERSONS}/{_id(here, person)}/sessions")
    lines = [f"{one['session']} since {one['begun']} until {one['expires']} with {one['agent']}" for one in found["sessions"]]
    tell(as_json, found, "\n".join(lines) or f"{person} is signed in nowhere")


@account.command("end-sessions")
def end_sessions(
    person: Person,
    username: Username,
    password: Password,
    session: Annotated[list[str] | None, typer.Option(help="This one; may be repeated. Without it all.")] = None,
    url: Url = GATEWAY,
    as_json: Json = False,
) -> None:
    """End somebody's sessions, as when a telephone is lost: their tokens are refused everywhere within half a minute."""
    with signed_in(username, password, url) as here:
        ended = here.post(f"{PERSONS}/{_id(here, person)}/sessions/ending", {"sessions": session or None})
    tell(as_json, ended, f"The sessions of {person} are ended")


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
    tell(as_json, granted, f"{person} is {role}{f' in {edition}' if edition else ''}")


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
    tell(as_json, revoked, f"{person} is {role} no longer{f' in {edition}' if edition else ''}")


@account.command()
def roles(person: Person, username: Username, password: Password, url: Url = GATEWAY, as_json: Json = False) -> None:
    """Which roles somebody holds and has held, by which decree, from when to when."""
    with signed_in(username, password, url) as here:
        held = here.get("/identity/v1/mandates", person=_id(here, person), limit=500)
    lines = [_line(mandate) for mandate in held["mandates"]]
    tell(as_json, held, "\n".join(lines) or f"{person} has never held a role")


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
    tell(as_json, offered, f"Link for {person}, until {offered['expires']}: {offered['invitation']}")


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
    tell(as_json, erased, f"The vault has nothing any more of {erased['person']}; the log still verifies")


def _id(here: SignedIn, person: str) -> str:
    if re.fullmatch("[0-9a-f]{32}", person):
        return person
    return str(here.get(PERSONS, email=person)["person"])


def tell(as_json: bool, found: Any, line: str) -> None:
    print(json.dumps(found) if as_json else line)
