"""The life of a notification: what a submission opens, and who may take the next step."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.cases.models import Case, CaseAccess, LabTest
from app.cases.rules import case_number
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.notifications import service
from app.notifications.checking import Unconfirmed
from app.notifications.models import Notification
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import read, submitted
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> object:
    with app.app_context():
        yield


def _id(code: str) -> int:
    with acting_as(system_actor("test")):
        found = institution_by_code(code)
    assert found is not None
    return found.id


def test_a_submission_opens_person_case_tests_and_access(app: Flask) -> None:
    notification = submitted(app)
    case = notification.case
    assert case is not None
    assert (notification.state, case.status, case.number) == (
        "submitted",
        "awaiting_acceptance",
        None,
    )
    assert (case.sex, case.age_years, case.age_months, case.age_group) == ("male", 36, None, "30s")
    assert (case.municipality_code, case.prefecture_code) == ("13104", "13")
    assert case.first_prefecture_code == "13"
    assert case.onset_on == date(2021, 8, 16)
    assert case.person is not None
    assert (case.person.name, case.person.kana) == ("佐藤 健一", "サトウ ケンイチ")
    with acting_as(system_actor("test")):
        tests = db.session.scalars(select(LabTest).where(LabTest.case_id == case.id)).all()
        accesses = db.session.scalars(select(CaseAccess).where(CaseAccess.case_id == case.id)).all()
    assert [(t.method, t.specimen, t.result) for t in tests] == [
        ("nucleic_acid", "saliva", "positive")
    ]
    assert {(a.institution_id, a.role) for a in accesses} == {
        (_id("clinic-shinjuku"), "reporting"),
        (_id("hc-shinjuku"), "responsible"),
    }


def test_months_are_kept_for_a_child_under_one(app: Flask) -> None:
    case = submitted(
        app, birth_on="2021/4/10", guardian_name="佐藤 花子", onset_on="2021/8/16"
    ).case
    assert case is not None
    assert (case.age_years, case.age_months) == (0, 4)


def test_a_centre_accepts_once_and_the_second_is_told_by_whom(app: Flask) -> None:
    notification = submitted(app)
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        service.accept(notification, by=clerk, signed_as="青木 一郎")
        case = notification.case
        assert case is not None
        assert case.number == case_number(case.id)
        assert (case.status, notification.state) == ("under_investigation", "accepted")
        assert case.accepted_authority_id == case.authority_id
        with pytest.raises(InvalidState) as late:
            service.accept(notification, by=clerk)
    assert "青木 一郎" in str(late.value.message)


@pytest.mark.parametrize("who", ["chiba", "zaizen", "endo", "doi"])
def test_nobody_but_the_addressed_centre_accepts(app: Flask, who: str) -> None:
    notification = submitted(app)
    other = cast.actor(who)
    with acting_as(other), pytest.raises(NotAllowed):
        service.accept(notification, by=other)


def test_what_was_submitted_cannot_be_changed(app: Flask) -> None:
    notification = submitted(app)
    doctor = cast.actor("endo")
    for name, value in (("remarks", "あとから"), ("snapshot", {}), ("doctor_name", "別の医師")):
        with acting_as(doctor), pytest.raises(InvalidState), transaction():
            setattr(notification, name, value)
        db.session.expire_all()


def test_a_submitted_notification_cannot_be_deleted(app: Flask) -> None:
    notification = submitted(app)
    with acting_as(cast.actor("endo")), pytest.raises(InvalidState), transaction() as session:
        session.delete(notification)


def test_a_return_says_why_and_a_correction_starts_again(app: Flask) -> None:
    first = submitted(app)
    clerk, doctor = cast.actor("aoki"), cast.actor("endo")
    with acting_as(clerk):
        service.return_to_sender(first, "住所を確認してください", by=clerk)
    assert first.case is not None
    assert (first.state, first.case.notification_state) == ("returned", "returned")
    with acting_as(doctor):
        second = service.correct(first, read(app, onset_on="2021/8/15"), by=doctor)
    assert (first.state, second.state, second.version) == ("corrected", "submitted", 2)
    assert second.previous_id == first.id
    assert second.case is first.case
    assert first.case.onset_on == date(2021, 8, 15)
    assert first.snapshot is not None
    assert first.snapshot["values"]["onset_on"] == "2021-08-16"


def test_after_acceptance_a_correction_waits_and_changes_only_its_own_items(app: Flask) -> None:
    first = submitted(app)
    clerk, doctor = cast.actor("aoki"), cast.actor("endo")
    case = first.case
    assert case is not None
    with acting_as(clerk), transaction():
        service.accept(first, by=clerk)
        case.first_visit_on = date(2021, 8, 17)
    with acting_as(doctor):
        second = service.correct(
            first,
            read(app, onset_on="2021/8/15", test_nucleic_acid_specimen="sputum"),
            by=doctor,
        )
    assert (case.onset_on, case.status) == (date(2021, 8, 16), "under_investigation")
    with acting_as(clerk):
        service.accept(second, by=clerk)
    assert (case.onset_on, case.first_visit_on) == (date(2021, 8, 15), date(2021, 8, 17))
    assert [t.specimen for t in case.lab_tests] == ["sputum"]


def test_a_withdrawal_takes_the_case_back(app: Flask) -> None:
    notification = submitted(app)
    doctor = cast.actor("endo")
    with acting_as(doctor):
        service.withdraw(notification, "誤って届け出たため", by=doctor)
        with pytest.raises(InvalidState):
            service.withdraw(notification, "もう一度", by=doctor)
    assert notification.case is not None
    assert (notification.state, notification.case.status) == ("withdrawn", "withdrawn")


def test_the_reason_stands_in_the_history(app: Flask) -> None:
    notification = submitted(app)
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        service.return_to_sender(notification, "氏名の確認", by=clerk)
    with acting_as(system_actor("test")):
        entry = db.session.scalars(
            select(HistoryEntry)
            .where(
                HistoryEntry.record_type == "notification",
                HistoryEntry.record_id == notification.id,
                HistoryEntry.action == "changed",
            )
            .order_by(HistoryEntry.id.desc())
        ).first()
    assert entry is not None
    assert (entry.reason, entry.user_name) == ("氏名の確認", "aoki")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": None}, "name"),
        ({"kana": "　"}, "kana"),
        ({"symptoms": None}, "symptoms"),
        ({"diagnosis_methods": None}, "diagnosis_methods"),
        ({"onset_on": "2021/8/21"}, "onset_on"),
        ({"birth_on": "2021/8/20"}, "birth_on"),
        (
            {
                "diagnosis_type": "body_confirmed",
                "body_examined_on": "2021/8/19",
                "birth_on": "1950/1/1",
                "died_on": "1949/12/31",
            },
            "birth_on",
        ),
        ({"address": None, "postal_code": None}, "address"),
        ({"address": "大阪府吹田市江坂町1-1", "postal_code": None}, "responsible_centre_id"),
        ({"test_nucleic_acid_collected_on": "2021/8/20"}, "diagnosis_methods"),
    ],
)
def test_what_is_missing_or_contradicts_is_named_at_its_field(
    app: Flask, changes: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        submitted(app, **changes)
    assert field in refused.value.problems
    with acting_as(system_actor("test")):
        assert "佐藤 健一" not in db.session.scalars(select(Person.name)).all()


def test_a_question_is_asked_once_and_passes_when_confirmed(app: Flask) -> None:
    doctor = cast.actor("endo")
    with acting_as(doctor):
        with pytest.raises(Unconfirmed) as asked:
            service.submit(read(app, test_nucleic_acid_result="negative"), by=doctor)
        codes = [rule.code for rule in asked.value.rules]
        assert codes == ["confirmed_without_positive"]
        stored = service.submit(
            read(app, test_nucleic_acid_result="negative"), by=doctor, confirmed=codes
        )
    assert stored.state == "submitted"


def test_the_same_person_again_is_a_question(app: Flask) -> None:
    submitted(app)
    doctor = cast.actor("endo")
    with acting_as(doctor), pytest.raises(Unconfirmed) as asked:
        service.submit(read(app), by=doctor)
    assert [rule.code for rule in asked.value.rules] == ["possible_duplicate"]


def test_the_chosen_centre_wins_over_the_address(app: Flask) -> None:
    notification = submitted(app, responsible_centre_id=str(_id("hc-chiyoda")))
    assert notification.case is not None
    assert notification.case.responsible_centre_id == _id("hc-chiyoda")
    assert notification.case.residence_centre_id == _id("hc-shinjuku")


def test_the_form_of_2020_has_no_additions(app: Flask) -> None:
    days = {"reported_on": "2021/2/9", "diagnosed_on": "2021/2/9", "first_visit_on": "2021/2/9"}
    notification = submitted(
        app,
        **days,
        onset_on="2021/2/8",
        test_nucleic_acid_collected_on="2021/2/8",
        severity="mild",
        dose1="yes",
        oxygen_saturation="98",
    )
    assert notification.form_version == "2020-02"
    assert (notification.severity, notification.dose1, notification.oxygen_saturation) == (
        None,
        None,
        None,
    )
    assert notification.disease.code == "covid_19"


def test_a_known_person_is_reused_and_the_episode_counted(app: Flask) -> None:
    with acting_as(system_actor("test")):
        person = db.session.get(Person, cast.own_episode().person)
    doctor = cast.actor("endo")
    with acting_as(doctor):
        stored = service.submit(
            read(app, name="山田 花子", kana="ヤマダ ハナコ", birth_on="1955/4/30", sex="female"),
            by=doctor,
            person=person,
            confirmed=("possible_duplicate",),
        )
    assert stored.case is not None
    assert (stored.case.person, stored.case.episode) == (person, 2)


def test_a_draft_keeps_anything_and_becomes_the_document(app: Flask) -> None:
    doctor = cast.actor("endo")
    with acting_as(doctor):
        draft = service.save_draft({"onset_on": ["2021年2月29日"], "name": [""]}, by=doctor)
        assert (draft.state, draft.draft) == (
            "draft",
            {"onset_on": ["2021年2月29日"], "name": [""]},
        )
        service.submit(read(app), by=doctor, draft=draft)
        assert (draft.state, draft.draft) == ("submitted", None)
        with pytest.raises(InvalidState):
            service.save_draft({}, by=doctor, draft=draft)
        with pytest.raises(InvalidState):
            service.submit(read(app), by=doctor, draft=draft)


def test_another_clinic_may_not_submit_a_foreign_draft(app: Flask) -> None:
    doctor, stranger = cast.actor("endo"), cast.actor("fujii")
    with acting_as(doctor):
        draft = service.save_draft({}, by=doctor)
    with acting_as(stranger), pytest.raises(NotAllowed):
        service.submit(read(app), by=stranger, draft=draft)


def test_a_refused_submission_leaves_nothing_behind(app: Flask) -> None:
    with pytest.raises(InvalidInput):
        submitted(app, responsible_centre_id=None, address="架空県架空市1", postal_code=None)
    with acting_as(system_actor("test")):
        assert (
            db.session.scalar(select(Notification.id).where(Notification.case_id.is_(None))) is None
        )
        assert (
            db.session.scalar(select(Case.id).where(Case.status == "awaiting_acceptance")) is None
        )


def test_answers_to_a_question_taken_back_are_dropped(app: Flask) -> None:
    notification = submitted(app, travel_from_on="2021/8/1", symptoms_other="歯痛")
    assert notification.snapshot is not None
    assert not {"travel_from_on", "symptoms_other"} & notification.snapshot["values"].keys()
