"""The first administrator: identity makes him on its first start and leaves his password in a file, to be shown once."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from makmal.house import House


class SignIn(Struct, frozen=True):
    username: str
    password: str


def take(house: House) -> SignIn | None:
    """His sign-in, and the file is gone; None if it was taken before."""
    file = house.data / "identity" / "first-administrator"
    try:
        found = msgspec.json.decode(file.read_bytes(), type=SignIn)
    except FileNotFoundError:
        return None
    file.unlink()
    return found


def show(house: House, say: Callable[[str], None]) -> None:
    """Tell whoever started the house; this is the only time it is shown."""
    if first := take(house):
        say(f"First administrator: {first.username}  password: {first.password}  (shown this once; he grants the roles)")
