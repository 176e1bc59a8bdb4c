"""The courier and an SMTP server that has its days."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from services.notification.courier import (
    Courier,
    NotOurs,
    PutOff,
    RefusedForGood,
    Server,
    Taken,
    Unknown,
    without_addresses,
)
from services.notification.letters import Letter
from shared.settings import Misconfigured
from tests.services.notification.post import PostOffice

LETTER = Letter("no-reply@makmal.test", "budi@demo.test", b"Subject: Kabar\r\nMessage-ID: <1@makmal.test>\r\n\r\nIsi\r\n.\r\n")


async def yes() -> bool:
    return True


async def test_the_server_takes_it_and_the_connection_is_kept(post: PostOffice) -> None:
    courier = Courier(Server.from_url(post.url))
    assert [await courier.deliver(LETTER, yes) for _ in range(3)] == [Taken()] * 3
    assert len(post) == 3 and len(post.connections) == 1
    await courier.rest(idle=0)
    assert await courier.deliver(LETTER, yes) == Taken()
    assert len(post.connections) == 2
    await courier.rest(idle=0)


@pytest.mark.parametrize(
    ("fault", "delivery"),
    [
        ("451 later", PutOff("451 later")),
        ("550 <budi@demo.test> unknown", RefusedForGood(550, "<(address)> unknown")),
        ("data 452 full", PutOff("452 full")),
        ("data 554 spam", RefusedForGood(554, "spam")),
        ("drop", Unknown()),
        ("hang", Unknown()),
    ],
)
async def test_what_the_server_says_is_told_apart(post: PostOffice, fault: str, delivery: object) -> None:
    post.faults = {"budi@demo.test": [fault]}
    courier = Courier(Server.from_url(post.url), timeout=1.0)
    assert await courier.deliver(LETTER, yes) == delivery
    assert await courier.deliver(LETTER, yes) == Taken()
    await courier.rest(idle=0)


async def test_nobody_listening_puts_it_off_before_anything_is_committed(post: PostOffice) -> None:
    post.stop()
    asked = []

    async def before() -> bool:
        asked.append(True)
        return True

    delivery = await Courier(Server.from_url(post.url)).deliver(LETTER, before)
    assert isinstance(delivery, PutOff) and not asked


async def test_a_kept_connection_that_died_is_replaced(post: PostOffice) -> None:
    courier = Courier(Server.from_url(post.url))
    assert await courier.deliver(LETTER, yes) == Taken()
    post.stop()
    post.start()
    assert await courier.deliver(LETTER, yes) == Taken()
    assert len(post) == 2
    await courier.rest(idle=0)


async def test_a_letter_that_another_has_taken_is_not_sent(post: PostOffice) -> None:
    async def no() -> bool:
        return False

    courier = Courier(Server.from_url(post.url))
    assert await courier.deliver(LETTER, no) == NotOurs()
    assert await courier.deliver(LETTER, yes) == Taken()
    assert len(post) == 1 and len(post.connections) == 1
    await courier.rest(idle=0)


async def test_an_address_that_smtp_cannot_carry_is_refused(post: PostOffice) -> None:
    courier = Courier(Server.from_url(post.url))
    delivery = await courier.deliver(Letter("no-reply@makmal.test", "büdi@demo.test", b"x"), yes)
    assert delivery == RefusedForGood(553, "the address has letters that the mail server does not take")
    await courier.rest(idle=0)


async def test_encryption_that_was_demanded_is_not_done_without(post: PostOffice) -> None:
    courier = Courier(Server.from_url(f"{post.url}?starttls=always"))
    delivery = await courier.deliver(LETTER, yes)
    assert isinstance(delivery, PutOff) and len(post) == 0


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """Of 127.0.0.1, signed by itself, with its key."""
    key = Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "post office")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
        )
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, None)
    )
    file = tmp_path / "post.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + signed.public_bytes(Encoding.PEM))
    return file


@pytest.fixture
def guarded_post(certificate: Path) -> Iterator[PostOffice]:
    """Takes letters only over TLS and from `makmal` with its password."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)

    def known(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        right = (getattr(data, "login", b""), getattr(data, "password", b"")) == (b"makmal", b"p/w")
        return AuthResult(success=right, handled=right)

    with PostOffice(
        tls_context=context, require_starttls=True, auth_required=True, authenticator=known, auth_exclude_mechanism=["LOGIN"]
    ) as office:
        yield office


async def test_encryption_and_password_are_used_as_the_url_says(
    guarded_post: PostOffice, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    url = f"smtp://makmal:p%2Fw@127.0.0.1:{guarded_post.port}?starttls=always"
    courier = Courier(Server.from_url(url))
    assert await courier.deliver(LETTER, yes) == Taken()
    await courier.rest(idle=0)
    wrong = await Courier(Server.from_url(url.replace("p%2Fw", "wrong"))).deliver(LETTER, yes)
    assert isinstance(wrong, PutOff) and "535" in wrong.why
    assert len(guarded_post) == 1


async def test_a_server_that_cannot_prove_who_it_is_gets_no_password(guarded_post: PostOffice) -> None:
    courier = Courier(Server.from_url(f"smtp://makmal:p%2Fw@127.0.0.1:{guarded_post.port}?starttls=always"))
    delivery = await courier.deliver(LETTER, yes)
    assert isinstance(delivery, PutOff) and "certificate" in delivery.why.lower()


def test_the_url_says_how_to_reach_the_server() -> None:
    assert Server.from_url("smtp://127.0.0.1:2525") == Server("127.0.0.1", 2525, starttls=None)
    assert Server.from_url("smtp://u%40x:p%2F@mail.test") == Server("mail.test", 587, "u@x", "p/", starttls=True)
    assert Server.from_url("smtp://mail.test?starttls=never") == Server("mail.test", 25, starttls=False)
    assert Server.from_url("smtps://u:p@mail.test") == Server("mail.test", 465, "u", "p", tls=True, starttls=False)


@pytest.mark.parametrize("url", ["mail.test:25", "http://mail.test", "smtp://", "smtp://mail.test?starttls=perhaps"])
def test_a_url_that_says_something_else_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        Server.from_url(url)


def test_no_address_of_a_servers_answer_reaches_the_log() -> None:
    said = "5.1.1 <budi@demo.test>: rejected;\n see mailto:postmaster@demo.test"
    assert without_addresses(said) == "5.1.1 <(address)>: rejected; see mailto:(address)"
