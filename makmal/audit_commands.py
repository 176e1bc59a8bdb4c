"""`makmal audit …`: proving what was recorded. Each command has a module of its own."""

import typer

from makmal.bundle_commands import export_command, restore_command
from makmal.explain_command import explain_command
from makmal.receipt_command import receipt_command
from makmal.verify_command import verify_command
from makmal.witness_command import witness_command

audit = typer.Typer(help="Prove what was recorded.", no_args_is_help=True, add_completion=False)


@audit.callback()
def proofs() -> None:
    """Prove what was recorded."""


audit.command("verify")(verify_command)
audit.command("export")(export_command)
audit.command("restore")(restore_command)
audit.command("explain")(explain_command)
audit.command("receipt")(receipt_command)
audit.command("witness")(witness_command)
