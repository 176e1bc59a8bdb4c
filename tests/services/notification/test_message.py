"""What becomes of a message: given these facts, when this is asked, then that follows."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.notification.message import (
    MESSAGE,
    STALE,
    QueueMessage,
    RecordAbandoned,
    RecordBounced,
    RecordSent,
    RecordUncertain,
    ResendMessage,
    message_id,
)
from shared.events.notification import (
    MessageAbandoned,
    MessageBounced,
    MessageQueued,
    MessageRequeued,
    MessageSent,
    MessageSkipped,
    MessageUncertain,
)
from shared.refusals import Refused, Unknown
from tests.specification import NOON, specification

given = specification(MESSAGE)

ID = "<0f@makmal.test>"
queued = MessageQueued(to="p1", template="nominated", about="shortlist/test.digital", cause=7, facts={"entry": "Fuel Card"})


def to_queue(entry: str = "Fuel Card", caused: datetime = NOON) -> QueueMessage:
    return QueueMessage("p1", "nominated", "shortlist/test.digital", 7, caused, NOON, {"entry": entry})


queue = to_queue()
late = to_queue(caused=NOON - timedelta(days=1, seconds=1))
skipped = MessageSkipped(
    to="p1",
    template="nominated",
    about="shortlist/test.digital",
    cause=7,
    caused=late.caused,
    facts={"entry": "Fuel Card"},
    reason=STALE,
)
sent = MessageSent(message_id=ID)
uncertain = MessageUncertain(message_id=ID)
bounced = MessageBounced(code=550, answer="no such mailbox")
abandoned = MessageAbandoned(reason="there is no e-mail address for this person (any more)")


def test_a_message_is_queued() -> None:
    given().when(queue).then(queued)


def test_a_message_is_queued_once_also_when_its_facts_have_moved_on() -> None:
    given(queued).when(to_queue("Renamed")).then()
    given(queued, sent).when(queue).then()


def test_what_happened_more_than_a_day_ago_is_no_news_and_is_skipped() -> None:
    given().when(late).then(skipped)
    given().when(to_queue(caused=NOON - timedelta(days=1))).then(queued)


def test_a_message_that_is_on_its_way_is_not_skipped_when_its_cause_is_heard_again_later() -> None:
    given(queued).when(late).then()
    given(queued, sent).when(late).then()


def test_a_skipped_message_is_sent_by_hand_or_never() -> None:
    given(skipped).when(queue).then()
    given(skipped).when(ResendMessage()).then(MessageRequeued(attempt=1))
    given(skipped, MessageRequeued(attempt=1)).when(RecordSent(1, ID)).then(sent)


def test_one_event_leads_to_one_message_of_a_kind_to_a_person() -> None:
    ids = {
        message_id(log, cause, person, template) for log in "ab" for cause in (1, 12) for person in "pq" for template in "st"
    }
    assert len(ids) == 16
    assert message_id("batam", 7, "p1", "nominated") == message_id("batam", 7, "p1", "nominated")


def test_the_server_takes_it() -> None:
    given(queued).when(RecordSent(1, ID)).then(sent)


def test_the_server_refuses_it_for_good() -> None:
    given(queued).when(RecordBounced(1, 550, "no such mailbox")).then(bounced)


def test_a_crash_leaves_it_uncertain() -> None:
    given(queued).when(RecordUncertain(1, ID)).then(uncertain)


def test_nobody_is_there_any_more() -> None:
    given(queued).when(RecordAbandoned(1, "there is no e-mail address for this person (any more)")).then(abandoned)


def test_an_uncertain_message_may_still_turn_out_to_be_sent_or_refused() -> None:
    given(queued, uncertain).when(RecordSent(1, ID)).then(sent)
    given(queued, uncertain).when(RecordBounced(1, 550, "no such mailbox")).then(bounced)


def test_what_was_sent_is_never_uncertain_again() -> None:
    given(queued, sent).when(RecordUncertain(1, ID)).then()
    given(queued, sent).when(RecordAbandoned(1, "late")).then()


def test_uncertain_bounced_and_abandoned_messages_are_resent_by_hand() -> None:
    for outcome in (uncertain, bounced, abandoned):
        given(queued, outcome).when(ResendMessage()).then(MessageRequeued(attempt=2))


def test_a_message_on_its_way_is_not_queued_twice() -> None:
    given(queued).when(ResendMessage()).then()
    given(queued, uncertain, MessageRequeued(attempt=2)).when(ResendMessage()).then()


def test_a_message_that_was_sent_is_not_sent_again() -> None:
    given(queued, sent).when(ResendMessage()).is_refused(
        "this message was sent; only uncertain, bounced, abandoned and skipped ones can be sent again", Refused
    )


def test_news_of_an_earlier_attempt_changes_nothing() -> None:
    again = (queued, uncertain, MessageRequeued(attempt=2))
    given(*again).when(RecordSent(1, ID)).then()
    given(*again).when(RecordUncertain(1, ID)).then()
    given(*again).when(RecordSent(2, ID)).then(MessageSent(message_id=ID, attempt=2))


def test_of_an_unknown_message_nothing_is_recorded() -> None:
    given().when(RecordSent(1, ID)).is_refused("there is no such message; see the list of messages", Unknown)
    given().when(ResendMessage()).is_refused("there is no such message; see the list of messages", Unknown)


attempts = st.integers(1, 3)
texts = st.text(max_size=8)
commands = st.one_of(
    st.builds(
        QueueMessage,
        texts,
        texts,
        texts,
        st.integers(1, 9),
        st.sampled_from([NOON, NOON - timedelta(days=2)]),
        st.just(NOON),
        st.dictionaries(texts, texts, max_size=2),
    ),
    st.builds(RecordSent, attempts, texts),
    st.builds(RecordUncertain, attempts, texts),
    st.builds(RecordBounced, attempts, st.integers(500, 599), texts),
    st.builds(RecordAbandoned, attempts, texts),
    st.just(ResendMessage()),
)


@for_all(st.lists(commands, max_size=12))
def test_the_command_can_be_read_back_from_its_events(sequence: list[Any]) -> None:
    state = MESSAGE.initial
    for command in sequence:
        try:
            events = MESSAGE.decide(state, command)
        except Refused:
            continue
        if events:
            read_back = MESSAGE.command_of(events, "", NOON)
            assert MESSAGE.decide(state, read_back) == events
        for event in events:
            state = MESSAGE.evolve(state, event)
        assert MESSAGE.decide(state, command) == []
