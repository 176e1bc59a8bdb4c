"""The restorer: a user of the broker who may write a log and nothing else, and lives only while a log is being restored."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote, urlsplit, urlunsplit

from redis import Redis
from redis.exceptions import NoPermissionError

from makmal.verify.raw_log import raw_client
from shared.eventlog import SERVICES, Keys
from shared.eventlog.acl import RESTORER, restorer_rules
from shared.refusals import Refused


@contextmanager
def restorer(operator_url: str, keys: Keys) -> Iterator[Redis]:
    """A client of the restorer, made by the operator. Raises Refused where the URL is not the operator's."""
    password = secrets.token_urlsafe(32)
    with _operator(operator_url) as operator:
        operator.execute_command("ACL", "SETUSER", RESTORER, "reset", "on", f">{password}", *restorer_rules(keys.log))
        try:
            with raw_client(_as(operator_url, RESTORER, password)) as client:
                yield client
        finally:
            operator.execute_command("ACL", "DELUSER", RESTORER)


def must_be_empty(operator_url: str, keys: Keys) -> None:
    """Raises Refused where anything of the log is in the broker, work aside, or a service is connected."""
    with _operator(operator_url) as operator:
        running = {one["user"] for one in operator.client_list()} & set(SERVICES)
        if running:
            raise Refused(
                f"Services are running on this broker ({', '.join(sorted(running))}): stop them, then restore.",
                f"Layanan sedang berjalan pada broker ini ({', '.join(sorted(running))}): hentikan dahulu, lalu pulihkan.",
            )
        for key in operator.scan_iter(f"{{{keys.log}}}:*"):
            if not key.startswith(keys.work("").encode()):
                raise Refused(
                    f"The broker holds a log {keys.log} already. If entries of it are lost, put them back with --mend; an event "
                    "that stands is never overwritten.",
                    f"Broker sudah berisi log {keys.log}. Bila ada entri yang hilang, kembalikan dengan --mend; peristiwa yang ada "
                    "tidak pernah ditimpa.",
                )


@contextmanager
def _operator(url: str) -> Iterator[Redis]:
    with raw_client(url) as operator:
        try:
            operator.execute_command("ACL", "WHOAMI")
        except NoPermissionError as error:
            raise Refused(
                "Only the operator of the broker restores a log: give MAKMAL_BROKER_URL with his name and password.",
                "Hanya operator broker yang memulihkan log: isi MAKMAL_BROKER_URL dengan nama dan kata sandinya.",
            ) from error
        yield operator


def _as(url: str, user: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}"))
