"""A log is written back from what was signed: the same bytes under the same positions, and nothing that stands is overwritten."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import NoPermissionError
from typer.testing import CliRunner, Result

from makmal.bundle.restorer import restorer
from makmal.cli import app
from makmal.house import House
from makmal.verify.raw_log import raw_client
from shared.eventlog import Append, Draft, Wanted
from shared.eventlog.acl import OPERATOR, RESTORER
from shared.events.judging import ScoresheetOpened
from shared.events.registration import InstitutionRegistered
from shared.refusals import Refused
from tests.makmal.conftest import KeptHouse
from tests.world import World


def ran(*words: object) -> Result:
    result = CliRunner().invoke(app, ["audit", *map(str, words)])
    if isinstance(result.exception, Exception):
        raise result.exception
    return result


def holds(kept: KeptHouse) -> dict[Any, Any]:
    """Everything of the log that is in the broker, key by key; of request records only positions, not the body's digest."""
    with kept.operator() as client:
        found: dict[Any, Any] = {}
        for key in client.scan_iter("*"):
            match client.type(key):
                case b"stream":
                    found[key] = client.execute_command("XRANGE", key, "-", "+")
                case b"list":
                    found[key] = client.lrange(key, 0, -1)
                case b"hash":
                    found[key] = {k: v.split(b" ")[:2] for k, v in client.hgetall(key).items()}
                case _:
                    found[key] = client.get(key)
        return found


def wipe(kept: KeptHouse) -> None:
    with kept.operator() as client:
        client.flushall()


@pytest.fixture
def signed(kept: KeptHouse) -> KeptHouse:
    kept.records(60)
    kept.signs()
    return kept


@pytest.fixture
def bundle(signed: KeptHouse, tmp_path: Path) -> Path:
    ran("export", tmp_path / "bundle", "--data", signed.data)
    return tmp_path / "bundle"


def test_an_empty_broker_has_everything_again(signed: KeptHouse, bundle: Path) -> None:
    before = holds(signed)
    wipe(signed)
    told = ran("restore", bundle, "--data", signed.data)
    assert "The broker has everything up to position 300. Entries put back: 240 in judging, 60 in registration." in told.stdout
    assert holds(signed) == before
    assert ran("verify", "--bytes", "--data", signed.data).exit_code == 0


def test_a_repeated_request_gets_its_first_answer_and_new_ones_go_on(signed: KeptHouse, tmp_path: Path) -> None:
    asked: list[Append] = []

    async def ask(world: World) -> None:
        log = world.log("registration")
        loaded = await log.load([Wanted("registration", "institution/baru")])
        drafts = [
            Draft(
                event=InstitutionRegistered(code="baru", kind="opd", name="Dinas Baru"),
                subject="institution/baru",
                version=version,
                time=loaded.now,
                actor="person/p",
                request="r1",
            )
            for version in (1, 2)
        ]
        events = tuple(("institution/baru", draft.encode()) for draft in drafts)
        asked.append(Append(loaded.now, "r1", "body", (("registration", "institution/baru", 0),), events))
        first = await log.append(asked[0])
        assert (first.first, first.last, first.repeated) == (301, 302, False)

    signed.does(ask)
    signed.signs()
    ran("export", tmp_path / "bundle", "--data", signed.data)
    wipe(signed)
    ran("restore", tmp_path / "bundle", "--data", signed.data)

    async def ask_again(world: World) -> None:
        again = await world.log("registration").append(asked[0])
        assert (again.first, again.last, again.repeated) == (301, 302, True)
        [recorded] = await world.record("institution/baru", InstitutionRegistered(code="baru", kind="opd", name="Dinas Baru"))
        assert (recorded.position, recorded.envelope.version) == (303, 3)

    signed.does(ask_again)
    signed.signs()
    assert ran("verify", "--bytes", "--data", signed.data).exit_code == 0


def test_a_new_data_directory_is_made_from_a_bundle(signed: KeptHouse, bundle: Path, tmp_path: Path) -> None:
    told = ran("restore", bundle, "--data", tmp_path / "new", "--json")
    assert json.loads(told.stdout)["events"] == {"registration": 60, "judging": 240}
    house = House(tmp_path / "new")
    assert house.secrets.log == signed.keys.log
    with house.broker_url(OPERATOR) as url:
        assert holds(KeptHouse(house, url)) == holds(signed)


def test_what_the_notary_keeps_is_restored_where_no_bundle_is_named(signed: KeptHouse) -> None:
    before = holds(signed)
    wipe(signed)
    ran("restore", "--data", signed.data)
    assert holds(signed) == before


def test_a_broker_that_holds_a_log_is_left_alone(signed: KeptHouse, bundle: Path) -> None:
    before = holds(signed)
    with pytest.raises(Refused, match="holds a log makmal already"):
        ran("restore", bundle, "--data", signed.data)
    assert holds(signed) == before


def test_services_must_be_stopped(signed: KeptHouse, bundle: Path) -> None:
    wipe(signed)
    with signed.house.broker_url("judging") as url, raw_client(url) as service:
        service.ping()
        with pytest.raises(Refused, match=r"Services are running on this broker \(judging\): stop them"):
            ran("restore", bundle, "--data", signed.data)
    assert holds(signed) == {}


def test_a_bundle_that_does_not_prove_itself_is_not_restored(signed: KeptHouse, bundle: Path) -> None:
    wipe(signed)
    [entries] = (bundle / "tile" / "entries").rglob("44")
    entries.write_bytes(entries.read_bytes().replace(b'"score":"71.5"', b'"score":"91.5"', 1))
    with pytest.raises(Refused, match="at position 258 "):
        ran("restore", bundle, "--data", signed.data)
    assert holds(signed) == {}


def test_a_bundle_that_lacks_what_the_notary_has_signed_is_not_restored(signed: KeptHouse, bundle: Path) -> None:
    signed.records(1)
    signed.signs()
    wipe(signed)
    with pytest.raises(Refused, match="signed 305 events, the bundle holds 300: name no bundle"):
        ran("restore", bundle, "--data", signed.data)


def test_another_log_is_not_restored_here(signed: KeptHouse, bundle: Path, tmp_path: Path) -> None:
    House(tmp_path / "bintan", "bintan")
    with pytest.raises(Refused, match="This is the log bintan, the bundle holds makmal"):
        ran("restore", bundle, "--data", tmp_path / "bintan")
    other = tmp_path / "other"
    ran("restore", bundle, "--data", other)
    shutil.copytree(signed.data / "audit", other / "audit", dirs_exist_ok=True)
    with pytest.raises(Refused, match="holds a log makmal already"):
        ran("restore", bundle, "--data", other)


def test_the_restorer_may_write_a_log_and_nothing_else_and_is_gone_afterwards(signed: KeptHouse) -> None:
    with restorer(signed.url, signed.keys) as client:
        assert client.get(signed.keys.position) == b"300"
        for words in (
            ("FLUSHALL",),
            ("GET", signed.keys.work("mail")),
            ("GET", "other"),
            ("CONFIG", "GET", "*"),
            ("ACL", "LIST"),
        ):
            with pytest.raises(NoPermissionError):
                client.execute_command(*words)
    with signed.operator() as operator:
        assert RESTORER.encode() not in operator.execute_command("ACL", "USERS")


def test_only_the_operator_restores(signed: KeptHouse, monkeypatch: pytest.MonkeyPatch, bundle: Path) -> None:
    wipe(signed)
    with signed.house.broker_url("judging") as url:
        monkeypatch.setenv("MAKMAL_BROKER_URL", url)
        monkeypatch.setenv("MAKMAL_LOG", signed.keys.log)
        with pytest.raises(Refused, match="Only the operator"):
            ran("restore", bundle)


# -- a broker that has lost entries


def lose(kept: KeptHouse, what: str) -> None:
    judging, registration = kept.keys.stream("judging"), kept.keys.stream("registration")
    with kept.operator() as client:
        match what:
            case "a stream is trimmed":
                client.xtrim(judging, maxlen=0, approximate=False)
            case "a stream is deleted":
                client.delete(registration)
            case "entries are deleted":
                client.xdel(judging, "2-0", "173-0", "300-0")
            case "the counter is set back":
                client.set(kept.keys.position, 7)
            case "an index is deleted":
                client.delete(kept.keys.index("judging", "scoresheet/test.digital.7.p"))
            case "an index is shorter":
                client.rpop(kept.keys.index("judging", "scoresheet/test.digital.7.p"))
            case "an older copy is there":
                for stream, last in ((judging, 200), (registration, 201)):
                    ids = [id for id, _ in client.execute_command("XRANGE", stream, f"{last + 1}-0", "+")]
                    client.xdel(stream, *ids)
                client.set(kept.keys.position, 201)
            case "requests are forgotten":
                client.delete(*client.scan_iter(f"{{{kept.keys.log}}}:requests:*"))


LOSSES = (
    *("a stream is trimmed", "a stream is deleted", "entries are deleted", "the counter is set back", "an index is deleted"),
    *("an index is shorter", "an older copy is there", "requests are forgotten"),
)


@pytest.mark.parametrize("what", LOSSES)
def test_what_a_broker_has_lost_is_put_back_with_one_command(signed: KeptHouse, what: str) -> None:
    before = holds(signed)
    lose(signed, what)
    assert holds(signed) != before
    ran("restore", "--mend", "--data", signed.data)
    assert holds(signed) == before
    assert ran("verify", "--bytes", "--data", signed.data).exit_code == 0


def test_what_was_appended_meanwhile_stays(signed: KeptHouse) -> None:
    lose(signed, "a stream is trimmed")
    sheets = [ScoresheetOpened(entry="test.digital.61", juror="p")]
    signed.does(lambda world: world.record("scoresheet/test.digital.61.p", *sheets))  # not signed yet
    told = ran("restore", "--mend", "--data", signed.data)
    assert told.stdout == "The broker has everything up to position 300. Entries put back: 240 in judging.\n"
    signed.signs()
    assert ran("verify", "--bytes", "--data", signed.data).exit_code == 0
    again = ran("restore", "--mend", "--data", signed.data, "--json")
    assert json.loads(again.stdout) == {"events": {}, "indexed": 0, "counter": False, "size": 301}


def test_an_interrupted_restore_is_finished(signed: KeptHouse, bundle: Path) -> None:
    before = holds(signed)
    wipe(signed)
    with signed.operator() as client:
        for id, fields in before[signed.keys.stream("judging").encode()][:100]:
            client.xadd(signed.keys.stream("judging"), {fields[0]: fields[1]}, id)
    ran("restore", bundle, "--mend", "--data", signed.data)
    assert holds(signed) == before


def test_an_event_that_stands_is_never_overwritten(signed: KeptHouse) -> None:
    signed.rewrites("judging", lambda es: [(i, r.replace(b'"71.5"', b'"91.5"') if i == b"173-0" else r) for i, r in es])
    lose(signed, "a stream is deleted")
    before = holds(signed)
    with pytest.raises(Refused, match="At position 173 another event stands than was signed"):
        ran("restore", "--mend", "--data", signed.data)
    assert holds(signed) == before


def test_an_event_in_another_stream_or_a_second_one_is_evidence_too(signed: KeptHouse) -> None:
    with signed.operator() as client:
        stream = signed.keys.stream("judging")
        [(id, fields)] = client.execute_command("XRANGE", stream, "173", "173")
        client.xadd(signed.keys.stream("screening"), {fields[0]: fields[1]}, id)
        with pytest.raises(Refused, match="At position 173 "):
            ran("restore", "--mend", "--data", signed.data)
        client.xdel(stream, id)
        with pytest.raises(Refused, match="an event of judging stands in the stream of screening"):
            ran("restore", "--mend", "--data", signed.data)


def test_an_index_that_names_other_events_is_evidence_too(signed: KeptHouse) -> None:
    with signed.operator() as client:
        client.rpush(signed.keys.index("judging", "scoresheet/test.digital.7.p"), "42")
    with pytest.raises(Refused, match=r"the index of scoresheet/test.digital.7.p names other events"):
        ran("restore", "--mend", "--data", signed.data)
