"""Self-interest, at the edge: nobody judges, confirms or decides what concerns his own institution."""

from services.judging.category import CATEGORY
from services.judging.docket import Docket, institutions, listed
from services.judging.naming import category_id, home_of
from services.judging.objections import nominated
from shared.parts import Parts
from shared.security import Principal


async def from_category(parts: Parts, principal: Principal, edition: str, category: str) -> Docket:
    """The category's docket, for somebody who has to do with none of the institutions that compete in it. Raises Forbidden."""
    state, _ = await parts.desk.state(CATEGORY(category_id(edition, category)))
    docket = listed(state)
    for institution in institutions(docket):
        principal.must_not_concern(edition, institution)
    return docket


async def from_entry(parts: Parts, principal: Principal, entry: str) -> Docket:
    """The docket of the entry's category, for somebody who has nothing to do with its institution. Raises Unknown, Forbidden."""
    edition, category = home_of(entry)
    state, _ = await parts.desk.state(CATEGORY(category_id(edition, category)))
    docket = listed(state)
    principal.must_not_concern(edition, nominated(docket, entry).institution)
    return docket
