"""How long things hold in identity, as the settings say."""

from dataclasses import dataclass

from shared.settings import Misconfigured, Settings


@dataclass(frozen=True)
class Terms:
    token_seconds: int = 900
    """An access token holds so long (`MAKMAL_TOKEN_SECONDS`)."""
    page_seconds: int = 12 * 3600
    """Somebody who signs in on a page stays signed in so long (`MAKMAL_PAGE_SECONDS`)."""
    sign_in_links: bool = False
    """Whether an administrator may make links that sign somebody else in: for rehearsals only (`MAKMAL_SIGN_IN_LINKS=1`)."""
    invitation_seconds: int = 3 * 24 * 3600
    """An invitation can be taken up so long (`MAKMAL_INVITATION_SECONDS`)."""
    administrator_email: str = "administrator@localhost"
    """What the first administrator signs in with (`MAKMAL_ADMINISTRATOR_EMAIL`)."""

    @classmethod
    def of(cls, settings: Settings) -> "Terms":
        """Raises Misconfigured."""

        def seconds(name: str, default: int) -> int:
            value = settings.environment.get(name) or str(default)
            if not value.isdecimal() or int(value) == 0:
                raise Misconfigured(f"{name} is a number of seconds above 0, not {value!r}")
            return int(value)

        return cls(
            token_seconds=seconds("MAKMAL_TOKEN_SECONDS", cls.token_seconds),
            page_seconds=seconds("MAKMAL_PAGE_SECONDS", cls.page_seconds),
            sign_in_links=settings.environment.get("MAKMAL_SIGN_IN_LINKS") == "1",
            invitation_seconds=seconds("MAKMAL_INVITATION_SECONDS", cls.invitation_seconds),
            administrator_email=settings.environment.get("MAKMAL_ADMINISTRATOR_EMAIL") or cls.administrator_email,
        )
