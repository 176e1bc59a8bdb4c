"""The people of a demo edition. All are invented and say so: `Juri Demo 3`, `juri-3@demo.invalid`."""

from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Any

from makmal.demo.caller import Caller, Voice, all_of

DECREE = {"decree": "SK Demo 01/2023", "decree_date": "2023-01-31"}

JURORS = 7
SCREENERS = 3
SCOPES = ["innovations:read", "innovations:write", "evidence:write"]
"""Of the portal."""


@dataclass
class Cast:
    """Who acts. `sign_ins` holds each account's address and password, for those who look around afterwards."""

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
    sign_ins: list[tuple[str, str, str]] = field(default_factory=list)
    heads: dict[str, Voice] = field(default_factory=dict)

    async def head_of(self, institution: str) -> Voice:
        """The head of an institution, who joins when he is needed first."""
        if institution in self.heads:
            return self.heads[institution]
        title, address = f"Kepala Demo {institution}", f"kepala-{institution}"
        voice, sign_in = await _welcome(self.caller, self.administrator, self.edition, title, address, "head", of=institution)
        self.sign_ins.append(sign_in)
        self.heads[institution] = voice
        return voice


async def _welcome(
    caller: Caller, administrator: Voice, edition: str, title: str, address: str, *roles: str, of: str = ""
) -> tuple[Voice, tuple[str, str, str]]:
    """Invite somebody, who chooses a password, is granted the roles, and signs in; with what the demo tells of his account."""
    email, chosen = f"{address}@demo.invalid", token_urlsafe(12)
    invited = await administrator.post("/identity/v1/accounts", {"name": title, "email": email})
    activation = {"invitation": invited["invitation"], "password": chosen}
    await administrator.post("/identity/v1/accounts/activation", activation)
    for role in roles:
        grant = {"person": invited["person"], "role": role, "edition": edition, "institutions": [of] if of else [], **DECREE}
        await administrator.post("/identity/v1/roles", grant)
    token = await caller.token(grant_type="password", username=email, password=chosen)
    return Voice(caller, token, invited["person"]), (", ".join(roles), email, chosen)


async def gather(caller: Caller, edition: str, username: str, password: str) -> Cast:
    """Invite everybody, have them choose a password, grant the roles, and sign them in."""
    administrator = Voice(caller, await caller.token(grant_type="password", username=username, password=password))
    sign_ins: list[tuple[str, str, str]] = []

    async def person(title: str, address: str, *roles: str) -> Voice:
        voice, sign_in = await _welcome(caller, administrator, edition, title, address, *roles)
        sign_ins.append(sign_in)
        return voice

    async def client() -> Voice:
        body = {"client": "demo-portal", "edition": edition, "scopes": SCOPES}
        registered = await administrator.post("/identity/v1/clients", body)
        token = await caller.token(
            grant_type="client_credentials", client_id=registered["client"], client_secret=registered["client_secret"]
        )
        return Voice(caller, token)

    people: list[Any] = [
        person("Panitia Demo 1", "panitia-1", "committee"),
        person("Panitia Demo 2", "panitia-2", "committee"),
        person("Auditor Demo", "auditor", "auditor"),
        *(person(f"Penilai Demo {n}", f"penilai-{n}", "screener") for n in range(1, SCREENERS + 1)),
        person("Ketua Juri Demo", "juri-1", "juror", "chair"),
        *(person(f"Juri Demo {n}", f"juri-{n}", "juror") for n in range(2, JURORS + 1)),
        client(),
    ]
    committee, second, auditor, *rest = await all_of(people, 6)
    screeners, jurors, portal = rest[:SCREENERS], rest[SCREENERS:-1], rest[-1]
    chair = jurors[0]
    return Cast(administrator, committee, second, auditor, chair, screeners, jurors, portal, caller, edition, sorted(sign_ins))
