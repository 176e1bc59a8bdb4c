"""Groups of commands in modules of their own, imported only when one of their commands is given."""

import importlib
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

GROUPS = {
    "edition": ("makmal.edition_commands", "An edition folder: check it, or open its edition."),
    "account": (
        "makmal.account_commands",
        "Accounts of people: invite or import, grant, revoke, roles, sessions, reset, erase.",
    ),
    "client": ("makmal.client_commands", "API clients: create, rotate, revoke."),
    "keys": ("makmal.client_commands", "The keys that sign: rotate that of access tokens, or the notary's."),
    "log": ("makmal.log_commands", "Look at the event log: tail, show, replay; void a missing position."),
    "audit": ("makmal.audit_commands", "Prove that the log is what the notary has signed."),
    "projections": ("makmal.projection_commands", "The tables that pages and queries read: status, check, rebuild."),
    "parked": ("makmal.parked_commands", "Reactions that wait for a decision: list, retry, discard."),
}
"""Name -> module that has a Typer app of the same name, and its line in the help."""


class Groups(TyperGroup):
    """The top group: its own commands and the GROUPS. (Contexts and commands are of the click that Typer has inside.)"""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """For the help, which shows a line of each."""
        if cmd_name in GROUPS:
            return TyperCommand(cmd_name, help=GROUPS[cmd_name][1], rich_markup_mode=None)
        return super().get_command(ctx, cmd_name)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """For running it."""
        if args and args[0] in GROUPS:
            module, _ = GROUPS[args[0]]
            return args[0], typer.main.get_command(getattr(importlib.import_module(module), args[0])), args[1:]
        return super().resolve_command(ctx, args)
