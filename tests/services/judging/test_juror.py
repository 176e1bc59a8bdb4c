"""A juror of an edition."""

from typing import Any

from hypothesis import given as for_any
from hypothesis import strategies as st

from services.judging import docket, juror
from services.judging.juror import (
    JUROR,
    AppointJuror,
    DeclareConflict,
    DismissConflict,
    ProposeConflict,
    RecuseJuror,
    ReplaceJuror,
    StateTies,
)
from shared.events.judging import (
    ConflictDeclared,
    ConflictDismissed,
    ConflictProposed,
    JurorAppointed,
    JurorRecused,
    JurorReplaced,
    TiesStated,
)
from shared.facts import EditionFacts, EnrolmentFacts
from shared.refusals import Forbidden, Invalid, Refused, Unknown
from tests.services.judging.competition import (
    ANA,
    BUDI,
    CHAIR,
    OFFICIAL,
    OPEN_EDITION,
    X,
    Y,
    admitted,
    category_of,
    closed,
    judged,
    juror_of,
)
from tests.specification import NOON, specification

given = specification(JUROR, others=lambda other=OPEN_EDITION: (other,))

ana = JurorAppointed(juror=ANA, university="Universitas Contoh")
ENROLLED = EnrolmentFacts("opd", "Dinas Contoh")
appoint_ana = AppointJuror(ANA, "Universitas Contoh", "person/panitia")
employer = ConflictDeclared(juror=ANA, institution="opd-01", relation="employer", note="dosen tidak tetap")


def test_the_committee_appoints_a_juror_with_his_university() -> None:
    given().when(appoint_ana).then(ana)


def test_nobody_appoints_himself() -> None:
    given().when(AppointJuror(ANA, "Universitas Contoh", f"person/{ANA}")).is_refused(
        "nobody appoints himself; another member of the committee does it", Forbidden
    )


def test_a_juror_is_appointed_to_an_open_edition_only() -> None:
    given(other=EditionFacts()).when(appoint_ana).is_refused(
        "no such edition is open; open it before appointing jurors", Unknown
    )


def test_a_juror_comes_from_a_university() -> None:
    given().when(AppointJuror(ANA, " ", "person/panitia")).is_refused("name the juror's university", Invalid)


def test_appointing_again_changes_nothing() -> None:
    given(ana).when(appoint_ana).then()


def test_a_juror_is_not_appointed_anew_from_another_university() -> None:
    given(ana).when(AppointJuror(ANA, "Universitas Lain", "person/panitia")).is_refused(
        "this juror is appointed already, from Universitas Contoh"
    )


def test_a_conflict_is_declared_with_an_institution() -> None:
    given(ana, other=ENROLLED).when(DeclareConflict("opd-01", "employer", "dosen tidak tetap")).then(employer)


def test_two_relations_to_one_institution_are_two_conflicts() -> None:
    given(ana, employer, other=ENROLLED).when(DeclareConflict("opd-01", "kin")).then(
        ConflictDeclared(juror=ANA, institution="opd-01", relation="kin")
    )


def test_a_note_can_be_corrected() -> None:
    given(ana, employer, other=ENROLLED).when(DeclareConflict("opd-01", "employer", "dosen tetap")).then(
        ConflictDeclared(juror=ANA, institution="opd-01", relation="employer", note="dosen tetap")
    )


def test_a_conflict_is_declared_with_a_participant_only() -> None:
    given(ana, other=EnrolmentFacts()).when(DeclareConflict("opd-99", "kin")).is_refused(
        "opd-99 takes no part in this edition; name an institution by its code", Unknown
    )


def test_only_an_appointed_juror_declares_conflicts() -> None:
    given(other=ENROLLED).when(DeclareConflict("opd-01", "kin")).is_refused(
        "this person is no appointed juror of the edition; the committee appoints him first"
    )


def test_a_juror_steps_back_from_an_entry_with_a_reason() -> None:
    given(ana, other=category_of(judged(X))).when(RecuseJuror(X, "membimbing tim")).then(
        JurorRecused(juror=ANA, entry=X, reason="membimbing tim")
    )


def test_stepping_back_needs_a_reason() -> None:
    given(ana, other=category_of(judged(X))).when(RecuseJuror(X, "")).is_refused("say why you step back", Invalid)


def test_a_juror_steps_back_from_an_admitted_entry_only() -> None:
    given(ana, other=category_of(judged(X))).when(RecuseJuror(Y, "kerabat")).is_refused(
        f"{Y} is no admitted entry; the entries stand in the list of its category", Unknown
    )


def test_after_the_close_a_conflict_is_declared_instead() -> None:
    given(ana, other=category_of(closed(X))).when(RecuseJuror(X, "kerabat")).is_refused(
        "judging of this category is closed; declare the conflict of interest instead, with its institution"
    )


def test_an_employers_entry_is_barred_in_both_languages() -> None:
    assert juror.bar(juror_of(ANA, employer), admitted(X)) == (
        "a conflict of interest with opd-01 (employer) is on record",
        "tercatat benturan kepentingan dengan opd-01 (pemberi kerja)",
    )
    assert juror.bar(juror_of(ANA, employer), admitted(Y)) is None


def test_every_relation_has_its_word_in_indonesian() -> None:
    assert set(juror.RELATIONS) == {"employer", "kin", "mentor", "other"}


# -- ties that others propose

proposal = ConflictProposed(juror=ANA, institution="opd-01", relation="kin", note="ipar kepala dinas", proposed_by=OFFICIAL)
dismissed = ConflictDismissed(juror=ANA, institution="opd-01", relation="kin", reason="orang lain", dismissed_by=CHAIR)


def test_anybody_may_say_that_a_juror_has_a_tie_and_must_say_which() -> None:
    given(ana, other=ENROLLED).when(ProposeConflict("opd-01", "kin", "ipar kepala dinas", OFFICIAL)).then(proposal)
    given(ana, other=ENROLLED).when(ProposeConflict("opd-01", "kin", "", OFFICIAL)).is_refused("say what the tie is", Invalid)


def test_a_tie_that_is_proposed_or_on_record_is_not_proposed_again() -> None:
    for so_far in (proposal, ConflictDeclared(juror=ANA, institution="opd-01", relation="kin")):
        given(ana, so_far, other=ENROLLED).when(ProposeConflict("opd-01", "kin", "lagi", CHAIR)).then()


def test_a_proposed_tie_bars_nobody_until_it_is_confirmed_by_declaring_it() -> None:
    assert juror.bar(juror_of(ANA, proposal), admitted(X)) is None
    confirmed = ConflictDeclared(juror=ANA, institution="opd-01", relation="kin", note="benar")
    given(ana, proposal, other=ENROLLED).when(DeclareConflict("opd-01", "kin", "benar")).then(confirmed)
    settled = juror_of(ANA, proposal, confirmed)
    assert juror.bar(settled, admitted(X)) is not None
    assert isinstance(settled, juror.Appointed) and settled.proposals == {}


def test_another_person_than_the_juror_and_the_proposer_dismisses_a_tie_with_a_reason() -> None:
    given(ana, proposal).when(DismissConflict("opd-01", "kin", "orang lain", CHAIR)).then(dismissed)
    given(ana, proposal).when(DismissConflict("opd-01", "kin", " ", CHAIR)).is_refused("say why there is no such tie", Invalid)
    for by in (OFFICIAL, f"person/{ANA}"):
        given(ana, proposal).when(DismissConflict("opd-01", "kin", "orang lain", by)).is_refused(
            "neither the juror himself nor who proposed it dismisses a conflict of interest; another chair or the committee does",
            Forbidden,
        )


def test_only_a_proposed_tie_is_dismissed_and_a_dismissed_one_is_not_proposed_again() -> None:
    given(ana).when(DismissConflict("opd-01", "kin", "orang lain", CHAIR)).is_refused(
        "nobody has proposed this conflict of interest; only a proposed one can be dismissed"
    )
    given(ana, proposal, dismissed, other=ENROLLED).when(ProposeConflict("opd-01", "kin", "lagi", OFFICIAL)).is_refused(
        "this tie was proposed before and dismissed: orang lain. With new knowledge, the chair declares it"
    )


# -- replacement

replaced = JurorReplaced(juror=ANA, successor=BUDI, reason="sakit")


def test_a_juror_is_replaced_with_a_reason_by_another_person() -> None:
    given(ana).when(ReplaceJuror(BUDI, "sakit", OFFICIAL)).then(replaced)
    given(ana).when(ReplaceJuror(BUDI, " ", OFFICIAL)).is_refused("say why the juror is replaced", Invalid)
    for successor, by in ((ANA, OFFICIAL), (BUDI, f"person/{BUDI}")):
        given(ana).when(ReplaceJuror(successor, "sakit", by)).is_refused(
            "nobody takes a juror's place by his own hand; name another person", Forbidden
        )


def test_a_juror_is_replaced_once_and_does_not_come_back() -> None:
    given(ana, replaced).when(ReplaceJuror("e" * 32, "sakit", OFFICIAL)).is_refused(
        f"this juror is replaced already, by {BUDI}"
    )
    given(ana, replaced).when(appoint_ana).is_refused(
        "this juror was replaced and takes no place again; appoint another person"
    )


def test_the_ties_of_the_predecessor_do_not_pass_to_the_successor() -> None:
    successor = JurorAppointed(juror=BUDI, university="Universitas Contoh", succeeds=ANA)
    given().when(AppointJuror(BUDI, "Universitas Contoh", OFFICIAL, ANA)).then(successor)
    state = juror.evolve(juror.Unappointed(), successor)
    assert juror.bar(state, admitted(X)) is None


def test_a_juror_states_that_his_ties_are_all_on_record() -> None:
    given(ana).when(StateTies()).then(TiesStated(juror=ANA))
    given(ana, TiesStated(juror=ANA)).when(StateTies()).then()


some_commands = st.lists(
    st.one_of(
        st.builds(AppointJuror, st.just(ANA), st.sampled_from(["Universitas Contoh", "Lain", " "]), st.just("person/panitia")),
        st.builds(
            DeclareConflict,
            st.sampled_from(["opd-01", "opd-02"]),
            st.sampled_from(["kin", "mentor"]),
            st.sampled_from(["", "x"]),
        ),
        st.builds(
            ProposeConflict,
            st.sampled_from(["opd-01", "opd-02"]),
            st.sampled_from(["kin", "mentor"]),
            st.sampled_from(["", "ipar"]),
            st.sampled_from([OFFICIAL, CHAIR]),
        ),
        st.builds(
            DismissConflict,
            st.sampled_from(["opd-01", "opd-02"]),
            st.sampled_from(["kin", "mentor"]),
            st.sampled_from(["", "keliru"]),
            st.sampled_from([OFFICIAL, CHAIR]),
        ),
        st.just(StateTies()),
        st.builds(ReplaceJuror, st.sampled_from([BUDI, ANA]), st.sampled_from(["", "sakit"]), st.just(OFFICIAL)),
        st.builds(RecuseJuror, st.sampled_from([X, Y]), st.sampled_from(["", "kerabat"])),
    ),
    max_size=12,
)


@for_any(some_commands)
def test_the_command_read_from_any_events_leads_to_the_same_events(commands: list[juror.Command]) -> None:
    category: docket.State = category_of(judged(X))
    state: juror.State = JUROR.initial
    for command in commands:
        other: Any = (
            OPEN_EDITION
            if isinstance(command, AppointJuror)
            else ENROLLED
            if isinstance(command, DeclareConflict | ProposeConflict)
            else category
        )
        try:
            events = juror.decide(state, command, other)
        except Refused:
            continue
        if events:
            read_back = juror.command_of(events, getattr(command, "by", ""), NOON)
            assert juror.decide(state, read_back, other) == events
        for event in events:
            state = juror.evolve(state, event)
        assert juror.decide(state, command, other) == []
