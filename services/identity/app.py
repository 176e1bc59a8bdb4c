"""Identity's composition root. `uvicorn services.identity.app:app` runs it alone."""

from typing import Any

from fastapi import FastAPI

from services.identity import pages, pages_account, pages_invitation, pages_passkeys, pages_roles
from services.identity.api import ROUTERS
from services.identity.credentials import ClientSecretRow, PasswordRow
from services.identity.invitations import InvitationRow
from services.identity.lockout import FailureRow
from services.identity.office import open_office
from services.identity.passkeys import PasskeyRow
from services.identity.passkeys_challenge import SpentChallengeRow
from services.identity.projections import PROJECTIONS
from services.identity.sessions import SessionRow
from services.identity.sign_in_links import SignInLinkRow
from services.identity.vault import VaultRow
from shared.service import create
from shared.settings import Settings

WORKING_STATE = (
    VaultRow,
    PasswordRow,
    PasskeyRow,
    SpentChallengeRow,
    ClientSecretRow,
    InvitationRow,
    FailureRow,
    SessionRow,
    SignInLinkRow,
)


def create_app(settings: Settings) -> FastAPI:
    return create(
        settings,
        "identity",
        title="Makmal identity: accounts, roles, API clients, tokens, the vault",
        listens=["identity"],
        projections=PROJECTIONS,
        tables=WORKING_STATE,
        routers=ROUTERS,
        pages=[pages.pages, pages_account.pages, pages_passkeys.pages, pages_invitation.pages, pages_roles.pages],
        background=[open_office],
    )


def __getattr__(name: str) -> Any:
    if name == "app":
        return create_app(Settings.from_env())
    raise AttributeError(name)
