"""Somebody reports by the keys of a telephone: a real exchange calls, presses, hangs up."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.calling import record_call
from app.followup.plan_rules import Slot
from app.followup.rules import Level
from app.followup.service import report
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.security.actor import acting_as
from app.voice.dialling import close_lost, dial_due
from app.voice.planning import plan_calls
from app.voice.tasks import call_who_is_due
from app.voice.words import CALL_AT_ONCE, GREETING, QUESTIONS
from tests.support import cast
from tests.support.clock import NOON
from tests.support.telephone import NUMBER
from tests.voice.conftest import TESTS, Patient

BIRTHDAY = "0430"
WELL = (BIRTHDAY, "365", "97", "2", "2", "2")


def called(patient: Patient, *keys: str, **behaviour: object) -> list[str]:
    """The sentences said in one call, from its planning to its end."""
    patient.telephone.of(*keys, **behaviour)
    plan_calls()
    assert dial_due() == {"placed": 1}
    return [words for _language, words in patient.telephone.ring().said]


# -- the report -------------------------------------------------------------------------------


def test_six_answers_make_the_report_of_this_part_of_the_day(patient: Patient) -> None:
    said = called(patient, *WELL)
    (seen,) = patient.reports()
    assert (seen.case_id, str(seen.observed_on), seen.part_of_day) == (
        patient.case,
        "2021-08-20",
        "evening",
    )
    assert (seen.temperature, seen.spo2, seen.symptoms) == (Decimal("36.5"), 97, ())
    assert seen.emergency_symptoms == ()
    assert (seen.source, seen.entered_by_kind, seen.confirmed_by) == (
        "voice",
        "patient",
        "automatic_call",
    )
    assert patient.call().state == "finished"
    assert patient.plan().latest_entry_at == NOON
    assert len(said) == 8


def test_nothing_about_health_is_said_before_the_birth_date_and_never_a_name(
    patient: Patient,
) -> None:
    said = called(patient, "", "0501", *WELL)
    before = "".join(said[: said.index(next(s for s in said if "体温" in s))])
    for word in ("健康", "症状", "保健所", "コロナ", "観察", "酸素", "体温"):
        assert word not in before
    assert "山田" not in "".join(said)
    assert "花子" not in "".join(said)


def test_the_provider_learns_a_number_and_opaque_addresses(patient: Patient) -> None:
    called(patient, *WELL)
    call = patient.telephone.exchange.calls[0]
    assert call.to == NUMBER
    token = patient.call().token
    assert call.url == f"{patient.telephone.portal}/voice/{token}/begin"
    assert call.statuses == [200] * 7 + [204]


def test_what_was_not_measured_is_left_out(patient: Patient) -> None:
    called(patient, BIRTHDAY, "0", "0", "2", "2", "2")
    (seen,) = patient.reports()
    assert (seen.temperature, seen.spo2, seen.symptoms) == (None, None, ())


def test_a_question_is_repeated_when_the_keys_cannot_be(patient: Patient) -> None:
    said = called(patient, BIRTHDAY, "999", "", "372", "39", "98", "7", "2", "2", "2")
    (seen,) = patient.reports()
    assert (seen.temperature, seen.spo2) == (Decimal("37.2"), 98)
    assert sum("体温" in words for words in said) == 3
    assert sum("酸素" in words for words in said) == 2


def test_breathlessness_and_something_else_are_written_down(patient: Patient) -> None:
    called(patient, BIRTHDAY, "365", "97", "1", "2", "1")
    (seen,) = patient.reports()
    assert seen.symptoms == ("dyspnoea",)
    with acting_as(TESTS):
        assert "その他の症状" in (seen.symptoms_other or "")
    assert patient.plan().risk == Level.ORANGE


def test_a_contact_is_not_asked_for_the_oxygen_saturation(patient: Patient) -> None:
    own = cast.own_episode()
    with acting_as(TESTS), transaction() as session:
        contact = session.get(Contact, own.contact)
        assert contact is not None
        assert contact.person is not None
        contact.person.mobile_phone, contact.person.birth_on = NUMBER, contact.last_exposure_on
        plan = patient.plan()
        plan.voice_evening_hour = None
        from app.followup.service import plan_of

        theirs = plan_of(contact)
        assert theirs is not None
        assert contact.person.birth_on is not None
        theirs.voice_evening_hour = 12
        day = f"{contact.person.birth_on:%m%d}"
    said = called(patient, day, "365", "2", "2", "2")
    assert not any("酸素" in words for words in said)
    assert patient.call().state == "finished"


@pytest.mark.parametrize(("language", "spoken"), [("en", "en-US"), ("ko", "ko-KR")])
def test_the_call_speaks_the_language_of_the_patient_page(
    patient: Patient, language: str, spoken: str
) -> None:
    from app.portal.service import Invitation, issue

    by = cast.actor("aoki")
    with acting_as(by):
        case = db.session.get(Case, patient.case)
        assert case is not None
        issue(case, [], Invitation("paper", None, language), by=by)
    called(patient, *WELL)
    said = patient.telephone.exchange.calls[0].said
    assert {one for one, _words in said} == {spoken}
    if language == "en":
        assert said[0][1] == GREETING
        assert said[1][1] == QUESTIONS["birth"]


# -- emergencies and people -------------------------------------------------------------------


def test_an_emergency_gives_the_number_at_once_and_turns_the_board_red(patient: Patient) -> None:
    said = called(patient, BIRTHDAY, "365", "97", "2", "1", "2")
    assert patient.plan().risk == Level.RED
    (seen,) = patient.reports()
    assert seen.emergency_symptoms == ("unlike_self",)
    assert patient.call().state == "finished"
    assert said[-1] == said[-2]
    assert "119" in said[-1]
    assert not any("ほか" in words for words in said[-2:])
    assert patient.telephone.exchange.calls[0].pressed[-1] == "1"


def test_a_low_saturation_gives_the_number_as_well(patient: Patient) -> None:
    said = called(patient, BIRTHDAY, "365", "90", "2", "2", "2")
    assert "119" in said[-1]
    assert patient.plan().risk == Level.RED


@pytest.mark.parametrize("keys", [("9",), (BIRTHDAY, "9"), (BIRTHDAY, "365", "97", "9")])
def test_key_9_puts_the_person_on_the_board_at_once(
    patient: Patient, keys: tuple[str, ...]
) -> None:
    called(patient, *keys)
    plan = patient.plan()
    assert (plan.call_wanted, plan.call_wanted_at) == ("asked", NOON)
    assert patient.call().state == "person"
    page = cast.sign_in(patient.app.test_client(), "baba").get("/board/?group=yellow").text
    assert "山田 花子" in page
    assert "折返し電話の希望" in page
    assert len(patient.reports()) == (1 if len(keys) == 4 else 0)


def test_the_call_of_a_nurse_ends_the_wish_and_no_answer_does_not(patient: Patient) -> None:
    called(patient, "9")
    by = cast.actor("baba")
    with acting_as(by):
        record_call(patient.plan(), by=by, result="no_answer")
    assert patient.plan().call_wanted == "asked"
    with acting_as(by):
        record_call(patient.plan(), by=by, result="fine")
    assert (patient.plan().call_wanted, patient.plan().call_wanted_at) == (None, None)


def test_three_wrong_birth_dates_end_the_call_and_tell_the_nurse(patient: Patient) -> None:
    said = called(patient, "0501", "0101", "1231", *WELL)
    assert patient.reports() == []
    assert patient.call().state == "wrong_birth_date"
    assert patient.plan().call_wanted == "wrong_birth_date"
    assert not any("体温" in words for words in said)
    # Until a person has asked, this number is called no more.
    with clock.frozen_at(NOON + timedelta(days=1)):
        assert plan_calls() == 0


def test_keys_nobody_understands_three_times_bring_a_person(patient: Patient) -> None:
    called(patient, BIRTHDAY, "365", "11", "11", "11")
    (seen,) = patient.reports()
    assert seen.temperature == Decimal("36.5")
    assert (patient.call().state, patient.plan().call_wanted) == ("partial", "not_understood")


# -- broken off, tried again ------------------------------------------------------------------


def test_half_a_call_keeps_what_was_answered(patient: Patient) -> None:
    called(patient, BIRTHDAY, "381", "96")
    (seen,) = patient.reports()
    assert (seen.temperature, seen.spo2, seen.symptoms) == (Decimal("38.1"), 96, None)
    assert (patient.call().state, patient.call().problem) == ("partial", "hung_up")


@pytest.mark.parametrize(
    ("behaviour", "problem"),
    [
        ({"status": "busy"}, "busy"),
        ({"status": "no-answer"}, "no_answer"),
        ({"machine": True}, "machine"),
        ({}, "hung_up"),
    ],
)
def test_who_is_not_reached_is_called_three_times(
    patient: Patient, behaviour: dict[str, object], problem: str
) -> None:
    called(patient, **behaviour)
    for minutes in (20, 40):
        assert (patient.call().state, patient.call().problem) == ("waiting", problem)
        with clock.frozen_at(NOON + timedelta(minutes=minutes - 1)):
            assert dial_due() == {}
        with clock.frozen_at(NOON + timedelta(minutes=minutes)):
            assert dial_due() == {"placed": 1}
            patient.telephone.ring()
    assert (patient.call().state, patient.call().attempts) == ("unanswered", 3)
    assert len({call.url for call in patient.telephone.exchange.calls}) == 3


def test_an_answer_at_the_second_try_is_a_report(patient: Patient) -> None:
    called(patient, status="busy")
    patient.telephone.of(*WELL)
    with clock.frozen_at(NOON + timedelta(minutes=20)):
        dial_due()
        patient.telephone.ring()
    assert patient.call().state == "finished"
    assert len(patient.reports()) == 1


def test_a_number_that_is_none_is_not_called_again(patient: Patient) -> None:
    patient.telephone.of(refused=21211)
    plan_calls()
    assert dial_due() == {"refused": 1}
    assert (patient.call().state, patient.call().problem) == ("failed", "bad_number")


def test_an_hour_without_the_provider_costs_no_try(patient: Patient) -> None:
    patient.telephone.exchange.down = True
    plan_calls()
    assert dial_due() == {"away": 1}
    assert (patient.call().state, patient.call().attempts) == ("waiting", 0)
    patient.telephone.exchange.down = False
    patient.telephone.of(*WELL)
    with clock.frozen_at(NOON + timedelta(hours=1)):
        assert dial_due() == {"placed": 1}
        patient.telephone.ring()
    assert len(patient.reports()) == 1


def test_a_call_the_provider_forgot_is_closed_and_made_again(patient: Patient) -> None:
    patient.telephone.of(*WELL)
    plan_calls()
    dial_due()
    with clock.frozen_at(NOON + timedelta(minutes=14)):
        assert close_lost() == 0
    with clock.frozen_at(NOON + timedelta(minutes=16)):
        assert close_lost() == 1
    assert patient.call().state == "waiting"
    # What belonged to the first try opens nothing any more.
    with clock.frozen_at(NOON + timedelta(minutes=36)):
        dial_due()
    assert patient.telephone.exchange.calls[0].url != patient.telephone.exchange.calls[1].url
    patient.telephone.exchange.ring(patient.telephone.exchange.calls[0])
    assert patient.telephone.exchange.calls[0].statuses == [404, 204]
    assert patient.reports() == []


# -- whom and when ----------------------------------------------------------------------------


def test_nobody_is_called_twice_for_one_report(patient: Patient) -> None:
    called(patient, *WELL)
    assert plan_calls() == 0
    with clock.frozen_at(NOON + timedelta(hours=1)):
        assert plan_calls() == 0
        assert dial_due() == {}


def test_nobody_is_called_who_has_reported(patient: Patient) -> None:
    plan_calls()
    case = db.session.get(Case, patient.case)
    with acting_as(TESTS):
        case = db.session.get(Case, patient.case)
        assert case is not None
        report(
            by=TESTS,
            subject=case,
            slot=Slot(clock.today(), "evening"),
            values={"temperature": "36.4"},
            source="web",
        )
    assert dial_due() == {"not_needed": 1}
    assert patient.telephone.exchange.calls == []
    assert plan_calls() == 0


@pytest.mark.parametrize(("hours", "planned"), [(-1, 0), (0, 1), (2, 1), (3, 0), (9, 0), (21, 0)])
def test_the_call_comes_at_the_chosen_hour_and_never_at_night(
    patient: Patient, hours: int, planned: int
) -> None:
    with clock.frozen_at(NOON + timedelta(hours=hours)):
        assert plan_calls() == planned


def test_a_try_that_would_fall_into_the_night_is_not_made(patient: Patient) -> None:
    with acting_as(TESTS), transaction():
        patient.plan().voice_evening_hour = 19
    with clock.frozen_at(NOON + timedelta(hours=7, minutes=50)):
        called(patient, status="busy")
        assert (patient.call().state, patient.call().problem) == ("unanswered", "busy")


def test_who_has_no_number_or_no_birth_date_is_shown_instead_of_called(patient: Patient) -> None:
    with acting_as(TESTS), transaction() as session:
        case = session.get(Case, patient.case)
        assert case is not None
        assert case.person is not None
        case.person.birth_on = None
    plan_calls()
    assert dial_due() == {"failed": 1}
    assert patient.call().problem == "no_birth_date"


def test_no_more_calls_are_made_at_once_than_there_are_lines(patient: Patient) -> None:
    patient.app.config["VOICE_LINES"] = "0"
    try:
        plan_calls()
        assert dial_due() == {}
    finally:
        patient.app.config["VOICE_LINES"] = "20"
    assert dial_due() == {"placed": 1}


def test_the_worker_finds_what_is_due_and_asks_for_one_job(patient: Patient) -> None:
    patient.telephone.of(*WELL)
    assert call_who_is_due() == 1
    assert call_who_is_due() == 0
    with acting_as(TESTS):
        (job,) = db.session.query(JobRun).filter(JobRun.kind == "automatic calls").all()
    run_job(job.id)
    patient.telephone.ring()
    assert patient.call().state == "finished"


def test_the_sentence_of_an_emergency_reads_the_number_digit_by_digit() -> None:
    from app.voice.words import digit_by_digit

    assert digit_by_digit("03-1234-5678") == "0 3, 1 2 3 4, 5 6 7 8"
    assert digit_by_digit(None) == "1 1 9"
    assert "%(phone)s" in CALL_AT_ONCE
