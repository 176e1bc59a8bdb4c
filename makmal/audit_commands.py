"""`makmal audit …`: proving what was recorded. Each command has a module of its own."""

import typer

from makmal.verify_command import verify_command

audit = typer.Typer(help="Prove what was recorded.", no_args_is_help=True, add_completion=False)


@audit.callback()
def proofs() -> None:
    """Prove what was recorded."""


audit.command("verify")(verify_command)
