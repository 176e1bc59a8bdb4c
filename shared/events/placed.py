"""A place in a ranking, as the events of judging tell it."""

from decimal import Decimal

from msgspec import Struct


class Placed(Struct, frozen=True, kw_only=True):
    place: int
    entry: str
    name: str
    score: Decimal
    """Two decimals, half up."""
    shown: Decimal
    """The same with as many digits as tell it from the other scores of the category."""
    exact: str
    """The same score as an exact fraction, `numerator/denominator`."""
    resolved_by: str | None = None
    """The rung of the ladder that parted it from an equal score."""
