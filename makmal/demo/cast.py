"""The people of a demo edition. All are invented and say so: `Juri Demo 3`, `juri-3@demo.invalid`."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe

import msgspec
from msgspec import Struct

from makmal.demo.caller import Caller, Voice, all_of

DECREE = {"decree": "SK Demo 01/2023", "decree_date": "2023-01-31"}

JURORS = 7
SCREENERS = 3
SCOPES = ["innovations:read", "innovations:write", "evidence:write"]
"""Of the portal."""


class Account(Struct, frozen=True):
    """How somebody of the demo signs in, for those who look around afterwards."""

    name: str
    email: str
    password: str
    person: str
    roles: tuple[str, ...]
    institution: str = ""
    """Of a head or an operator."""


class People(Struct, frozen=True):
    """What stands in `demo-people.json` in the data directory of a demo; readable by its owner alone."""

    edition: str
    accounts: tuple[Account, ...]

    @classmethod
    def of(cls, data: Path) -> "People":
        """Raises FileNotFoundError where no demo was played."""
        return msgspec.json.decode((data / "demo-people.json").read_bytes(), type=cls)

    def keep(self, data: Path) -> None:
        file = data / "demo-people.json"
        file.touch(mode=0o600)
        file.write_bytes(msgspec.json.format(msgspec.json.encode(self)) + b"\n")

    def first(self, role: str) -> Account:
        """Who has this role, and as few others as possible. Raises KeyError."""
        found = sorted((a for a in self.accounts if role in a.roles), key=lambda a: (len(a.roles), a.email))
        if not found:
            raise KeyError(role)
        return found[0]


@dataclass
class Cast:
    """Who acts in one edition."""

    administrator: Voice
    committee: Voice
    second_committee: Voice
    auditor: Voice
    chair: Voice
    screeners: list[Voice]
    jurors: list[Voice]
    portal: Voice
    """The API client through which other systems submit."""
    caller: Caller
    edition: str
    accounts: list[Account] = field(default_factory=list)
    heads: dict[str, Voice] = field(default_factory=dict)

    @property
    def people(self) -> People:
        return People(self.edition, tuple(sorted(self.accounts, key=lambda a: (a.roles, a.email))))

    async def head_of(self, institution: str) -> Voice:
        """The head of an institution, who joins when he is needed first."""
        if institution not in self.heads:
            self.heads[institution] = await self._of(institution, "Kepala", "head")
        return self.heads[institution]

    async def operator_of(self, institution: str) -> Voice:
        return await self._of(institution, "Operator", "operator")

    async def _of(self, institution: str, title: str, role: str) -> Voice:
        address = f"{title.lower()}-{institution}.{self.edition}"
        account = await invite(self.administrator, f"{title} Demo {institution}", address, (role,), institution)
        await grant(self.administrator, account, self.edition)
        self.accounts.append(account)
        return await sign_in(self.caller, account)


async def invite(administrator: Voice, name: str, address: str, roles: tuple[str, ...], institution: str = "") -> Account:
    """Invite somebody, who chooses a password."""
    email, chosen = f"{address}@demo.invalid", token_urlsafe(12)
    invited = await administrator.post("/identity/v1/accounts", {"name": name, "email": email})
    activation = {"invitation": invited["invitation"], "password": chosen}
    await administrator.post("/identity/v1/accounts/activation", activation)
    return Account(name, email, chosen, invited["person"], roles, institution)


async def grant(administrator: Voice, account: Account, edition: str) -> None:
    for role in account.roles:
        institutions = [account.institution] if account.institution else []
        body = {"person": account.person, "role": role, "edition": edition, "institutions": institutions, **DECREE}
        await administrator.post("/identity/v1/roles", body)


async def sign_in(caller: Caller, account: Account) -> Voice:
    token = await caller.token(grant_type="password", username=account.email, password=account.password)
    return Voice(caller, token, account.person)


async def gather(
    caller: Caller, edition: str, username: str, password: str, jurors: int = JURORS, screeners: int = SCREENERS
) -> Cast:
    """Invite everybody, have them choose a password, grant the roles, and sign them in."""
    administrator = Voice(caller, await caller.token(grant_type="password", username=username, password=password))
    people = [
        ("Panitia Demo 1", "panitia-1", ("committee",)),
        ("Panitia Demo 2", "panitia-2", ("committee",)),
        ("Auditor Demo", "auditor", ("auditor",)),
        *((f"Penilai Demo {n}", f"penilai-{n}", ("screener",)) for n in range(1, screeners + 1)),
        ("Ketua Juri Demo", "juri-1", ("juror", "chair")),
        *((f"Juri Demo {n}", f"juri-{n}", ("juror",)) for n in range(2, jurors + 1)),
    ]
    accounts = await all_of((invite(administrator, *one) for one in people), 6)
    return await assemble(caller, administrator, accounts, edition)


async def assemble(caller: Caller, administrator: Voice, accounts: Sequence[Account], edition: str) -> Cast:
    """These people in an edition, it may be one more: their roles in it, and tokens that say so. Heads and operators join when
    needed."""
    members = [account for account in accounts if not account.institution]

    async def join(account: Account) -> Voice:
        await grant(administrator, account, edition)
        return await sign_in(caller, account)

    *voices, portal = await all_of([*map(join, members), _portal(caller, administrator, edition)], 6)
    by_role = {role: [v for v, a in zip(voices, members, strict=True) if role in a.roles] for a in members for role in a.roles}
    committee, second = by_role["committee"][:2]
    return Cast(
        administrator,
        committee,
        second,
        by_role["auditor"][0],
        by_role["chair"][0],
        by_role["screener"],
        by_role["juror"],
        portal,
        caller,
        edition,
        members,
    )


async def _portal(caller: Caller, administrator: Voice, edition: str) -> Voice:
    registered = await administrator.post(
        "/identity/v1/clients", {"client": f"demo-portal-{edition}", "edition": edition, "scopes": SCOPES}
    )
    token = await caller.token(
        grant_type="client_credentials", client_id=registered["client"], client_secret=registered["client_secret"]
    )
    return Voice(caller, token)
