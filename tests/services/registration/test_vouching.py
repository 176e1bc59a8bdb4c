"""What others than its author say of an innovation: its PIC accepts, its head endorses, the accountable person confirms, the
committee reclassifies."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.registration.edition import EDITION
from services.registration.enrolment import ENROLMENT
from services.registration.innovation import (
    INNOVATION,
    AcceptPic,
    Command,
    ConfirmSubmission,
    EndorseInnovation,
    NamePic,
    ReclassifyInnovation,
    ReviseInnovation,
    SubmitInnovation,
)
from shared.events.registration import (
    InnovationEndorsed,
    InnovationReclassified,
    InnovationRevised,
    InnovationSubmitted,
    InnovationWithdrawn,
    LateSubmissionPermitted,
    PicAccepted,
    PicAppointed,
    PicReplaced,
    RegistrationClosed,
    SubmissionConfirmed,
)
from shared.events.screening import DossierItem, Nominated
from shared.facts import INNOVATION as FACTS
from shared.facts import ReturnFacts, ShortlistFacts, record_digest
from shared.refusals import Forbidden, Refused
from tests.services.registration.made_up import CLOSES, ENROLLED, LATER, NOON, SECOND, opened, record, rulebook
from tests.specification import specification

SCAN = "5" * 64


def state_of(fold: Any, *events: Any) -> Any:
    state = fold.initial
    for event in events:
        state = fold.evolve(state, event)
    return state


asking_for_it = opened(rulebook(endorsement=True))
endorsing = state_of(EDITION, *asking_for_it)
endorsing_closed = state_of(EDITION, *asking_for_it, RegistrationClosed(effective=NOON, by="committee"))
without = state_of(EDITION, *opened())
enrolled = state_of(ENROLMENT, ENROLLED)

given = specification(
    INNOVATION,
    others=lambda edition=endorsing, enrolment=enrolled, returned=ReturnFacts(), shortlists=(): (
        *(edition, enrolment, returned),
        *shortlists,
    ),
)

submitted = InnovationSubmitted(edition="test", institution="opd-01", record=record())
DIGEST = record_digest(record())
endorsed = InnovationEndorsed(institution="opd-01", digest=DIGEST, endorsed_by="kadis")
revised = InnovationRevised(institution="opd-01", record=record("Lain"))
with_ani = PicAppointed(institution="opd-01", person="ani")
accepted = PicAccepted(institution="opd-01", person="ani")
on_paper = replace(submitted, accountable="lurah", recorded_by="person/panitia", scan_digest=SCAN)
analogue = record(type="non digital")
reclassified = InnovationReclassified(
    innovation="i", institution="opd-01", previous="digital", record=analogue, reason="Tanpa perangkat lunak"
)
RECLASSIFY = ReclassifyInnovation("i", "non digital", " Tanpa perangkat  lunak")


# -- the head endorses


def test_the_head_endorses_what_he_has_read() -> None:
    given(submitted).when(EndorseInnovation(DIGEST, "kadis", NOON)).then(endorsed)
    given(submitted, endorsed).when(EndorseInnovation(DIGEST, "kadis", NOON)).then()


def test_an_endorsement_is_of_the_record_as_it_stands() -> None:
    given(submitted, revised).when(EndorseInnovation(DIGEST, "kadis", NOON)).is_refused(
        "it was revised since you read it; read it as it is now, and endorse that"
    )


def test_a_revision_needs_another_endorsement_and_a_reclassification_needs_none() -> None:
    assert state_of(FACTS, submitted, endorsed).endorsed
    assert not state_of(FACTS, submitted, endorsed, revised).endorsed
    assert state_of(FACTS, submitted, endorsed, reclassified).endorsed
    again = replace(endorsed, digest=record_digest(record("Lain")))
    given(submitted, endorsed, revised).when(EndorseInnovation(again.digest, "kadis", NOON)).then(again)


def test_an_edition_that_asks_for_no_endorsement_takes_none() -> None:
    given(submitted, edition=without).when(EndorseInnovation(DIGEST, "kadis", NOON)).is_refused(
        "this edition asks for no endorsement; the innovation counts without it"
    )


def test_what_may_still_be_revised_may_still_be_endorsed() -> None:
    late = state_of(ENROLMENT, ENROLLED, LateSubmissionPermitted(institution="opd-01", until=LATER, reason="Banjir"))
    command = EndorseInnovation(DIGEST, "kadis", CLOSES + SECOND)
    given(submitted, edition=endorsing_closed).when(command).is_refused(
        "registration closed on 2023-03-01 12:00:00+00:00; only the committee can reopen it"
    )
    given(submitted, edition=endorsing_closed, enrolment=late, shortlists=(ShortlistFacts(),)).when(command).then(endorsed)
    given(submitted, edition=endorsing_closed, returned=ReturnFacts(LATER)).when(command).then(endorsed)


# -- the accountable person confirms


def test_what_the_committee_types_from_paper_names_whose_it_is_and_its_scan() -> None:
    command = SubmitInnovation("test", "opd-01", record(), NOON, "", "", "lurah", "person/panitia", SCAN)
    given().when(command).then(on_paper)


def test_whoever_is_accountable_confirms_it_later_also_after_the_close() -> None:
    confirmed = SubmissionConfirmed(institution="opd-01", person="lurah", scan_digest=SCAN)
    given(on_paper, edition=endorsing_closed).when(ConfirmSubmission("lurah")).then(confirmed)


def test_nobody_else_confirms_it() -> None:
    for events in ([on_paper], [submitted]):
        given(*events).when(ConfirmSubmission("ani")).is_refused(
            "it was not entered on your behalf; only the person who is accountable for it confirms it", Forbidden
        )


# -- the PIC accepts


def test_a_pic_accepts_by_himself_that_he_answers_for_it() -> None:
    given(submitted, with_ani).when(AcceptPic("ani")).then(accepted)
    given(submitted, with_ani).when(AcceptPic("budi")).is_refused(
        "somebody else is named as PIC of this innovation; only he accepts it", Forbidden
    )


def test_after_a_handover_the_new_pic_accepts_anew() -> None:
    handed_over = PicReplaced(institution="opd-01", previous="ani", person="budi", reason="Mutasi")
    given(submitted, with_ani, accepted).when(NamePic("budi", NOON, "Mutasi")).then(handed_over)
    given(submitted, with_ani, accepted, handed_over).when(AcceptPic("budi")).then(
        PicAccepted(institution="opd-01", person="budi")
    )
    given(submitted, with_ani, accepted, handed_over).when(AcceptPic("ani")).is_refused(
        "somebody else is named as PIC of this innovation; only he accepts it", Forbidden
    )


# -- the committee reclassifies


def test_the_committee_says_with_a_reason_that_it_is_not_digital() -> None:
    given(submitted).when(RECLASSIFY).then(reclassified)
    given(submitted, edition=endorsing_closed).when(RECLASSIFY).then(reclassified)
    given(submitted).when(ReclassifyInnovation("i", "digital", "x")).then()


def test_other_services_know_its_type_as_reclassified_and_its_revision_as_it_was() -> None:
    facts = state_of(FACTS, submitted, reclassified)
    assert (facts.record, facts.revision, facts.digest) == (analogue, 1, record_digest(analogue))


def test_what_is_nominated_is_not_reclassified() -> None:
    nominated = Nominated(
        category="digital",
        entry="test.digital.i",
        entrant="i",
        kind="innovation",
        institution="opd-01",
        name="Antrean",
        desk_score=Decimal(80),
        dossier=(DossierItem(innovation="i", revision=1, digest=DIGEST),),
    )
    given(submitted, shortlists=(ShortlistFacts(), ShortlistFacts((nominated,)))).when(RECLASSIFY).is_refused(
        "it stands in the nominated entry test.digital.i, whose dossier is fixed; revoke the nomination first"
    )


@pytest.mark.parametrize(
    "command", [EndorseInnovation(DIGEST, "kadis", NOON), ConfirmSubmission("lurah"), AcceptPic("ani"), RECLASSIFY]
)
def test_nothing_is_said_of_what_was_withdrawn(command: Command) -> None:
    gone = InnovationWithdrawn(institution="opd-01", reason="Digabung")
    given(on_paper, with_ani, gone).when(command).is_refused(
        "this innovation was withdrawn; submit it anew while registration is open"
    )


times = st.sampled_from([NOON, CLOSES, CLOSES + timedelta(days=1)])
commands = st.one_of(
    st.builds(ReviseInnovation, st.sampled_from([record(), record("Lain")]), times),
    st.builds(EndorseInnovation, st.sampled_from([DIGEST, record_digest(record("Lain"))]), st.just("kadis"), times),
    st.builds(ReclassifyInnovation, st.just("i"), st.sampled_from(["digital", "non digital"]), st.sampled_from(["", "x"])),
    st.builds(ConfirmSubmission, st.sampled_from(["lurah", "ani"])),
    st.builds(AcceptPic, st.sampled_from(["ani", "budi"])),
    st.builds(NamePic, st.sampled_from(["ani", "budi"]), times, st.just("Mutasi")),
)


@hypothesis_given(st.lists(commands, max_size=12), st.sampled_from([endorsing, endorsing_closed, without]))
def test_the_commands_can_be_read_back_from_the_events(given_commands: list[Command], edition: Any) -> None:
    state = state_of(INNOVATION, on_paper)
    for command in given_commands:
        try:
            events = INNOVATION.decide(state, command, edition, enrolled)
        except Refused:
            continue
        if events:
            read_back = INNOVATION.command_of(events, "", getattr(command, "at", NOON))
            assert INNOVATION.decide(state, read_back, edition, enrolled) == events
        for event in events:
            state = INNOVATION.evolve(state, event)
        assert list(INNOVATION.decide(state, command, edition, enrolled)) == []
