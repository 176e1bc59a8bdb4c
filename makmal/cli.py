"""The command `makmal`. Each command imports what it needs when it is given, so that all of them answer at once.

Exit codes: 0 done; 1 a check found something; 2 wrongly called; 3 refused (the sentence on stderr says what would be right).
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from makmal.demo.command import demo
from makmal.groups import Groups
from makmal.import_command import import_file
from shared.refusals import Refused

REFUSED = 3
DATA = Path("data")

app = typer.Typer(
    name="makmal",
    cls=Groups,
    help="A regional innovation competition from registration to announced winners, provable from its event log.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Data = Annotated[Path, typer.Option(help="Directory that holds everything of this Makmal; made on first use.")]


@app.command()
def up(
    port: Annotated[int, typer.Option(help="Port of the gateway; 0 takes any free one.", min=0, max=65535)] = 8000,
    data: Data = DATA,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
) -> None:
    """Run everything: the broker, one process per service, and the gateway on one URL. Ctrl-C stops it in order."""
    from makmal import first_administrator
    from makmal.house import House
    from makmal.supervisor import Supervisor

    house = House(data)
    Supervisor(house, host=host, port=port, say=_say, when_ready=lambda: first_administrator.show(house, _say)).run()


app.command()(demo)
app.command("import")(import_file)


@app.command("broker-acl")
def broker_acl(
    file: Annotated[Path, typer.Argument(help="Where to write the ACL file of the broker; '-' for standard output.")],
) -> None:
    """Write the broker's ACL file for the log MAKMAL_LOG, from MAKMAL_<SERVICE>_PASSWORD and MAKMAL_OPERATOR_PASSWORD."""
    from makmal.broker_acl import from_environment

    acl = from_environment()
    if str(file) == "-":
        sys.stdout.write(acl)
        return
    file.touch(mode=0o600)
    file.write_text(acl)


@app.command("secrets")
def fresh_secrets(
    file: Annotated[Path, typer.Argument(help="The .env file to write; an existing one is never overwritten.")],
    smtp_url: Annotated[str, typer.Option(help="Mail server, smtp://user:password@host:port.")],
    log: Annotated[str, typer.Option(help="Name of the log, one per authority.")] = "makmal",
    public_url: Annotated[str, typer.Option(help="What people reach the gateway at.")] = "http://localhost:8000",
) -> None:
    """Write the .env file of docker-compose.yml, with a fresh password for everyone."""
    from makmal.broker_acl import fresh_environment

    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise Refused(
            en=f"{file} exists, and a log needs its passwords: move it away first if you mean to start anew.",
            id=f"{file} sudah ada, dan log memerlukan kata sandinya: pindahkan dahulu bila ingin mulai dari awal.",
        ) from None
    file.write_text(fresh_environment(log, public_url, smtp_url))


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """Run the command; a refusal is two sentences on stderr and exit code 3."""
    try:
        app()
    except Refused as refused:
        print(f"{refused.en}\n{refused.id}", file=sys.stderr)
        sys.exit(REFUSED)
