"""Two thousand random tamperings with a log in a real broker: each is found, where it happened; and nothing is found where nobody was."""

from collections.abc import Iterator
from random import Random

import pytest
from redis import Redis

from makmal.verify.bytes import verify
from makmal.verify.raw_log import entries, raw_client, snapshot
from shared.broker.embedded import EmbeddedBroker
from shared.eventlog import Keys
from shared.transparency.checkpoint import Checkpoint
from shared.transparency.merkle import InvalidProof, inclusion_proof, leaf_hash, root
from shared.transparency.note import Signer
from shared.transparency.proof import Receipt
from shared.transparency.proof import verify as verify_receipt
from tests.attacks.attacks import CAMPAIGN, Attacker
from tests.attacks.ground import Ground
from tests.makmal.bundle.conftest import Noted
from tests.makmal.bundle.small_edition import small_edition


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """A broker of its own, which syncs nothing: it is put right two thousand times."""
    with EmbeddedBroker(tmp_path_factory.mktemp("broker"), lifelong=True) as broker, raw_client(broker.url()) as client:
        client.config_set("appendonly", "no")
        yield client


@pytest.fixture(scope="module")
def ground(attacked: Redis, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground(attacked, Keys("attacked"), Noted(tmp_path_factory.mktemp("attacked") / "audit"))


def test_there_are_two_thousand_of_them() -> None:
    assert sum(CAMPAIGN.values()) >= 2_000


@pytest.mark.parametrize("attack", CAMPAIGN, ids=lambda attack: attack.__name__.replace("_", " "))
def test_every_one_is_found_where_it_happened(ground: Ground, attack: Attacker) -> None:
    random = Random(attack.__name__)
    for number in range(CAMPAIGN[attack]):
        with ground.under_attack():
            made = attack(ground, random)
            verdict = ground.verified(made.published)
            where = f"{attack.__name__} number {number}: {verdict.findings[:3]}"
            assert not verdict.proven, where
            assert verdict.found_at == made.position, where
            first = next(f for f in verdict.findings if f.position == (made.position or 0))
            assert first.kind in made.kinds, where
    assert ground.verified().proven, "what was put right is right"


def test_no_alarm_is_raised_over_a_hundred_logs_that_nobody_touched(attacked: Redis) -> None:
    random = Random("untouched")
    signer = Signer.generate("makmal/untouched")
    for number in range(100):
        keys = Keys(f"untouched-{number}")
        log = small_edition(number)
        log = log[: random.randrange(1, len(log) + 1)]
        pipe = attacked.pipeline(transaction=False)
        for service, position, raw in log:
            pipe.xadd(keys.stream(service), {"__data__": raw}, f"{position}-0")
        pipe.set(keys.position, len(log))
        pipe.execute()
        hashes = [leaf_hash(raw) for _, _, raw in log]
        signed = random.randrange(1, len(log) + 1)
        note = Checkpoint(signer.name, signed, root(hashes[:signed])).sign(signer)
        now = snapshot(attacked, keys)
        published = hashes if random.random() < 0.8 else None
        verdict = verify(entries(attacked, keys, now.end), note, signer.verifier.vkey, published, counter=now.counter)
        assert verdict.proven and verdict.events == len(log) and verdict.signed == signed, verdict.findings[:3]


def test_a_receipt_is_good_for_no_other_event(ground: Ground) -> None:
    random = Random("receipts")
    hashes = [leaf_hash(raw) for _, _, raw in ground.log]
    for _ in range(100):
        index, other = random.sample(range(ground.end), 2)
        proof = tuple(inclusion_proof(hashes, index))
        good = Receipt(index, proof, ground.published.note)
        verifiers = [ground.signer.verifier]
        verify_receipt(good, ground.log[index][2], ground.signer.name, verifiers)
        for bad, raw in (
            (good, ground.log[other][2]),
            (Receipt(other, proof, ground.published.note), ground.log[other][2]),
            (Receipt(index, proof[1:], ground.published.note), ground.log[index][2]),
            (Receipt(index, proof, ground.noted.notes[0]), ground.log[index][2]),
        ):
            with pytest.raises(InvalidProof):
                verify_receipt(bad, raw, ground.signer.name, verifiers)
