"""Lists in pages: `?after=<cursor>&limit=`, and a `Link: <…>; rel="next"` while there is more."""

from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query, Request, Response

Row = TypeVar("Row")

LARGEST = 2**63 - 1
"""What a database takes as a whole number."""

Cursor = Annotated[int, Query(ge=0, le=LARGEST, description="Where the page before ended; its `Link` header says it")]
Limit = Annotated[int, Query(ge=1, le=500, description="Rows of a page")]


def page(
    request: Request, response: Response, rows: Sequence[Row], limit: int, cursor: Callable[[Row], object]
) -> Sequence[Row]:
    """The first `limit` rows. Read one more than that: if it is there, the answer links to the next page.

    The link is relative to the request's own address, so that it holds behind the gateway as well.
    """
    shown = rows[:limit]
    if len(rows) > limit:
        following = request.url.include_query_params(after=cursor(shown[-1]), limit=limit)
        response.headers["Link"] = f'<?{following.query}>; rel="next"'
    return shown
