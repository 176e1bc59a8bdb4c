"""`makmal client|keys …`: API clients and the keys that sign. Over HTTP with an administrator's sign-in, but for the notary's key.

Exit codes: 0 done, 3 refused.
"""

from typing import Annotated

import typer

from makmal.account_commands import EditionOption, Institutions, Json, tell
from makmal.rotate_notary_command import rotate_notary_command
from makmal.signed_in import GATEWAY, Password, Url, Username, signed_in

client = typer.Typer(help="API clients: create, rotate, end-old-secret, revoke.", no_args_is_help=True, add_completion=False)
keys = typer.Typer(
    help="The keys that sign: access tokens, and checkpoints of the log.", no_args_is_help=True, add_completion=False
)


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
    tell(as_json, made, f"Client {name}, secret (shown this once): {made['client_secret']}")


@client.command("list")
def clients(
    username: Username, password: Password, edition: EditionOption = "", url: Url = GATEWAY, as_json: Json = False
) -> None:
    """Which clients are registered, in an edition or in all, and for whom."""
    with signed_in(username, password, url) as here:
        found = here.get("/identity/v1/mandates", role="service", edition=edition, limit=500)["mandates"]
    held = [one for one in found if not one["until"]]
    lines = [
        f"{one['holder'].partition('/')[2]} in {one['edition']} for {', '.join(one['institutions']) or 'all'}, since {one['since']}"
        for one in held
    ]
    tell(as_json, {"clients": held}, "\n".join(lines) or "No client is registered")


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
    tell(as_json, made, f"Client {name}, secret (shown this once): {made['client_secret']}{until}")


@client.command("end-old-secret")
def end_former_secret(name: str, username: Username, password: Password, url: Url = GATEWAY, as_json: Json = False) -> None:
    """Let the old secret of a client serve no longer, before its time: everybody has changed over."""
    with signed_in(username, password, url) as here:
        ended = here.post(f"/identity/v1/clients/{name}/former-secret/ending", {})
    tell(as_json, ended, f"Client {name} has one secret: the new one")


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
    tell(as_json, revoked, f"Client {name} is revoked")


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
    tell(as_json, rotated, f"Tokens are signed with {rotated['kid']} from now on")


keys.command("rotate-notary")(rotate_notary_command)
