"""Where somebody can go from any page: what everybody may see, and what each of his roles is for."""

from msgspec import Struct

from shared.security import Principal


def mark(sentence: str) -> str:
    """Marks a sentence for the catalogue; the template translates it."""
    return sentence


class Place(Struct, frozen=True):
    label: str
    """In English; the template says it in its language."""
    address: str


PUBLIC = (
    (mark("Edition"), "/registration/e/{edition}"),
    (mark("Innovations"), "/registration/e/{edition}/innovations"),
    (mark("Nominees"), "/screening/e/{edition}/nominees"),
    (mark("Results"), "/judging/e/{edition}/results"),
    (mark("Check it yourself"), "/audit/e/{edition}/proof"),
)
OF_ROLES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (("head", "operator"), mark("Our institution"), "/registration/e/{edition}/our/{institution}"),
    (("head", "operator"), mark("Our results"), "/judging/e/{edition}/our/{institution}"),
    (("screener",), mark("My worklist"), "/screening/e/{edition}/worklist"),
    (("juror", "chair"), mark("My entries"), "/judging/e/{edition}/entries"),
    (("chair",), mark("Chair"), "/judging/e/{edition}/chair"),
    (("committee",), mark("Dashboard"), "/registration/e/{edition}/committee"),
    (("committee",), mark("Decisions"), "/judging/e/{edition}/decisions"),
    (("head", "operator", "committee"), mark("Circulars"), "/notification/e/{edition}/circulars"),
    (("committee",), mark("Letters"), "/notification/e/{edition}/letters"),
    (("committee",), mark("Roles"), "/identity/e/{edition}/roles"),
    (("auditor", "committee"), mark("Timeline"), "/audit/e/{edition}/timeline"),
    (("committee", "screener"), mark("Shortlists"), "/screening/e/{edition}/shortlists"),
)


def public_places(edition: str) -> list[Place]:
    return [Place(label, address.format(edition=edition)) for label, address in PUBLIC]


def own_places(principal: Principal | None, edition: str) -> list[Place]:
    """By his roles in that edition; a role that is held for several institutions leads to the first of them."""
    if principal is None:
        return []
    places = []
    for roles, label, address in OF_ROLES:
        grant = next((g for g in principal.grants if g.edition == edition and g.role in roles), None)
        if grant is None or ("{institution}" in address and not grant.institutions):
            continue
        institution = grant.institutions[0] if grant.institutions else ""
        places.append(Place(label, address.format(edition=edition, institution=institution)))
    return places
