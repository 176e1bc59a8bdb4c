"""A principal: a person or an API client, with the roles he holds, each in an edition."""

from msgspec import Struct

from shared.refusals import Forbidden

ROLES = ("committee", "screener", "juror", "chair", "head", "operator", "auditor", "service", "administrator")
"""`administrator` is held outside of any edition: he runs the machine and decides nothing."""


class Grant(Struct, frozen=True):
    role: str
    edition: str = ""
    institutions: tuple[str, ...] = ()
    """Whom the role is held for (`head`, `operator`, `service`); empty: not bound to any."""
    employer: str = ""
    """Code of the institution that he works for, if it may compete."""


class Principal(Struct, frozen=True):
    id: str
    """The actor of events: `person/<uuid>` or `client/<id>`."""
    grants: tuple[Grant, ...] = ()
    scopes: tuple[str, ...] = ()
    """What an API client may do (`shared.security.scopes`)."""
    session: str = ""
    """The sign-in by which he asks."""

    @property
    def person(self) -> str:
        """The ID without its kind."""
        return self.id.partition("/")[2]

    def holds(self, role: str, edition: str = "") -> Grant | None:
        return next((g for g in self.grants if g.role == role and g.edition == edition), None)

    def must_hold(self, edition: str, *roles: str, institution: str | None = None, scope: str = "") -> Grant:
        """The grant by which he may act. Raises Forbidden, also when the role is held for other institutions only.

        An API client (role `service`) needs the scope besides: without a named one it may not act at all.
        """
        held = [g for g in self.grants if g.role in roles and g.edition == edition]
        for grant in held:
            if grant.role == "service" and scope not in self.scopes:
                raise _beyond(scope, self.scopes)
            if institution is None or grant.role == "committee" or institution in grant.institutions:
                return grant
            if grant.role == "service" and not grant.institutions:
                return grant
        if held:
            raise Forbidden(
                f"you act for {', '.join(held[0].institutions) or 'no institution'}, not for {institution}",
                f"Anda bertindak untuk {', '.join(held[0].institutions) or 'tidak satu pun instansi'}, bukan untuk {institution}",
            )
        wanted = " or ".join(roles)
        raise Forbidden(
            f"this needs the role {wanted} in {edition or 'the system'}",
            f"ini memerlukan peran {wanted.replace(' or ', ' atau ')} pada {edition or 'sistem'}",
        )

    def must_not_concern(self, edition: str, institution: str) -> None:
        """Whoever screens, judges, confirms or decides something of an institution has nothing to do with it himself.

        Raises Forbidden if it employs him, or he heads it or enters for it, by any of his roles in that edition.
        """
        for grant in self.grants:
            if grant.edition == edition and institution in {grant.employer, *grant.institutions} - {""}:
                raise Forbidden(
                    f"this concerns {institution}, which you work or act for; somebody who has nothing to do with it must do it",
                    f"ini menyangkut {institution}, tempat Anda bekerja atau yang Anda wakili; "
                    "harus dilakukan oleh orang yang tidak terkait dengannya",
                )


def _beyond(scope: str, scopes: tuple[str, ...]) -> Forbidden:
    has, ada = " ".join(scopes) or "none", " ".join(scopes) or "tidak ada"
    if not scope:
        return Forbidden("no scope lets an API client do this", "tidak ada cakupan yang mengizinkan klien API melakukan ini")
    return Forbidden(
        f"this needs the scope {scope}; this client has {has}: ask an administrator for a client with that scope",
        f"ini memerlukan cakupan {scope}; cakupan klien ini: {ada}. Mintalah klien dengan cakupan itu kepada administrator",
    )
