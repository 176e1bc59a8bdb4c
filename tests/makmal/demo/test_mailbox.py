"""The demo's own mailbox."""

import smtplib
from email.message import EmailMessage

from makmal.demo.mailbox import Arrived, Mailbox


def deliver(box: Mailbox, subject: str, *recipients: str) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "makmal@demo.test", ", ".join(recipients), subject
    letter["Message-ID"] = "<1@demo.test>"
    letter.set_content("isi")
    with smtplib.SMTP("127.0.0.1", box.port, timeout=5) as connection:
        connection.send_message(letter)


def test_it_counts_what_arrived_by_recipient_and_subject() -> None:
    with Mailbox() as box:
        assert box.url == f"smtp://127.0.0.1:{box.port}"
        deliver(box, "Nominasi: Kartu é", "a@demo.test", "b@demo.test")
        deliver(box, "Tanda terima", "a@demo.test")
        assert len(box) == 3
        assert box.by_recipient == {"a@demo.test": 2, "b@demo.test": 1}
        assert box.by_subject == {"Nominasi: Kartu é": 2, "Tanda terima": 1}
        assert box.arrived[2] == Arrived("a@demo.test", "Tanda terima", "<1@demo.test>")


def test_it_can_be_stopped_and_started_on_the_same_port() -> None:
    box = Mailbox()
    box.start()
    port = box.port
    deliver(box, "satu", "a@demo.test")
    hanging = smtplib.SMTP("127.0.0.1", port, timeout=5)
    box.stop()
    hanging.close()
    assert len(box) == 1
    box.start()
    assert box.port == port
    deliver(box, "dua", "a@demo.test")
    box.stop()
    assert box.by_subject == {"satu": 1, "dua": 1}
