"""Identity goes when its period is over: never before, never unannounced, never by accident."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.audit import history
from app.audit.history import subject_of
from app.audit.verifying import verify_history
from app.cases.models import Case, LabTest
from app.contacts.models import Contact
from app.core.crypto.types import Encrypted
from app.core.db import db
from app.core.errors import InvalidState
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.institutions.models import Institution
from app.notifications.models import Notification
from app.notifications.service import discard_draft, save_draft
from app.persons.models import Person, PersonPosting, PersonSearch
from app.quarantine.models import Returnee, ReturneeList
from app.retention import applying
from app.retention.holding import place_hold, release
from app.retention.kinds import KINDS
from app.retention.models import RetentionHold, RetentionRule
from app.retention.parts import ELSEWHERE, erased_columns, reached_models
from app.retention.preview import bound_of
from app.security.actor import acting_as, system_actor
from app.security.rows import mapped_models
from app.statistics.models import CaseContribution, DailyCount
from app.statistics.service import rebuild
from tests.retention.conftest import DUE, LISTED, apply, decide, entries, keys, on, preview
from tests.support import cast
from tests.support.world import forget

pytestmark = pytest.mark.usefixtures("inside")
LATER = DUE + timedelta(days=3000)
MARKERS = (
    "山田 花",
    "山田様",
    "ヤマダ ハ",
    "09011112222",
    "1954-02-28",
    "date(1954, 2, 28)",
    "shinjukuのどこか",
)


def own_case() -> Case:
    with acting_as(system_actor("test")):
        case = db.session.get(Case, keys.own.case)
        assert case is not None
        return case


def own_person() -> Person:
    with acting_as(system_actor("test")):
        return db.session.get_one(Person, keys.own.person)


def change_case(**values: Any) -> None:
    with acting_as(cast.actor("aoki")), transaction() as session:
        case = session.get_one(Case, keys.own.case)
        for name, value in values.items():
            setattr(case, name, value)
    forget()


def hold(**values: Any) -> int:
    aoki = cast.actor("aoki")
    given = {"case_id": keys.own.case, "reach": "record", "reason": "訴訟のため"}
    with acting_as(aoki):
        key = place_hold(RetentionHold(**(given | values)), by=aoki).id
    forget()
    return key


def test_without_a_rule_nothing_is_ever_listed_or_erased() -> None:
    assert preview(LATER).entered == 0
    assert apply(LATER + timedelta(days=30)).anonymised == 0
    assert own_person().name == "山田 花子"


def test_a_record_is_listed_a_week_before_and_anonymised_when_the_week_is_over() -> None:
    decide()
    assert preview(LISTED - timedelta(days=1)).entered == 0
    assert preview(LISTED).entered == 1
    assert preview(LISTED).entered == 0
    assert apply(DUE - timedelta(days=1)).anonymised == 0
    assert own_person().name == "山田 花子"
    assert apply(DUE).anonymised == 1
    assert entries() == [("case", "applied", None)]
    assert own_person().name is None


def test_who_is_found_late_still_stands_for_seven_full_days() -> None:
    decide()
    preview(LATER)
    assert apply(LATER + timedelta(days=6)).anonymised == 0
    with on(LATER + timedelta(days=7), hour=2), acting_as(system_actor("x")) as system:
        assert applying.run_apply(LATER + timedelta(days=7), by=system).anonymised == 0
    forget()
    assert apply(LATER + timedelta(days=7)).anonymised == 1


def test_a_hold_takes_the_record_off_at_once_and_keeps_it_until_it_is_released() -> None:
    decide()
    preview(LISTED)
    key = hold()
    assert entries() == [("case", "left", "held")]
    preview(DUE)
    assert apply(LATER).anonymised == 0
    aoki = cast.actor("aoki")
    with acting_as(aoki):
        release(db.session.get_one(RetentionHold, key), "判決確定", by=aoki)
        with pytest.raises(InvalidState):
            release(db.session.get_one(RetentionHold, key), "もう一度", by=aoki)
    forget()
    assert preview(LATER).entered == 1
    assert apply(LATER + timedelta(days=7)).anonymised == 1


def test_a_hold_ends_with_its_last_day() -> None:
    decide()
    hold(until_on=LATER)
    assert preview(LATER).entered == 0
    assert preview(LATER + timedelta(days=1)).entered == 1


def test_a_hold_on_a_contact_keeps_the_case_it_was_exposed_to() -> None:
    decide()
    hold(case_id=None, contact_id=keys.own.contact)
    assert preview(LATER).entered == 0


def test_a_changed_record_leaves_the_preview_and_waits_another_week() -> None:
    decide()
    preview(LISTED)
    change_case(severity="mild")
    assert apply(DUE).anonymised == 0
    assert entries() == [("case", "left", "changed")]
    assert preview(DUE).entered == 1
    assert apply(DUE + timedelta(days=6)).anonymised == 0
    assert apply(DUE + timedelta(days=7)).anonymised == 1


def test_a_new_part_is_a_change_too() -> None:
    decide()
    preview(LISTED)
    with acting_as(cast.actor("baba")), transaction() as session:
        session.add(LabTest(case_id=keys.own.case, result="negative"))
    forget()
    assert preview(DUE).left == 1


def test_a_rule_that_was_changed_or_withdrawn_empties_the_preview() -> None:
    key = decide()
    preview(LISTED)
    hogo = cast.actor("hogo")
    with acting_as(hogo), transaction() as session:
        session.get_one(RetentionRule, key).basis = "改正"
    forget()
    done = preview(DUE)
    assert (done.left, done.entered) == (1, 1)
    with acting_as(hogo), transaction() as session:
        session.delete(session.get_one(RetentionRule, key))
    forget()
    assert preview(DUE).left == 1
    assert apply(LATER).anonymised == 0
    assert [why for _kind, _state, why in entries()] == ["rule", "rule"]


def test_identity_stays_while_another_record_of_the_person_is_kept() -> None:
    decide()
    own = keys.own
    with acting_as(system_actor("test")), transaction() as session:
        case = session.get_one(Case, own.case)
        contact = Contact(
            person_id=own.person,
            disease_id=case.disease_id,
            responsible_centre_id=case.responsible_centre_id,
            authority_id=case.authority_id,
            observe_until_on=date(2021, 7, 1),
        )
        session.add(contact)
    forget()
    assert preview(DUE).entered == 0
    decide(kind="contact", event="observation_ended", amount=7)
    assert preview(date(2028, 6, 24)).entered == 0
    assert preview(date(2028, 6, 25)).entered == 2
    assert apply(date(2028, 7, 2)).anonymised == 2


def test_each_institution_decides_for_the_records_it_answers_for() -> None:
    osaka, foreign = cast.actor("zaizen").institution_id, keys.foreign.person
    with acting_as(system_actor("test")), transaction() as session:
        session.add(
            RetentionRule(
                kind="case",
                event="case_reported",
                amount=1,
                unit="years",
                basis="大阪",
                institution_id=osaka,
            )
        )
    forget()
    preview(LATER)
    apply(LATER + timedelta(days=7))
    assert own_person().name == "山田 花子"
    with acting_as(system_actor("test")):
        assert db.session.get_one(Person, foreign).name is None


def test_a_run_that_was_killed_in_the_middle_has_done_some_wholly_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide()
    decide(kind="contact", event="observation_ended", amount=1)
    own = keys.own
    with acting_as(system_actor("test")), transaction() as session:
        session.get_one(Contact, own.contact).observe_until_on = date(2021, 8, 25)
    forget()
    assert preview(LATER).entered == 2
    day = LATER + timedelta(days=7)

    class Killed(Exception):
        pass

    done = []
    whole = applying.anonymise

    def dies_at_the_second(session: Session, subject: Any, **rest: Any) -> None:
        whole(session, subject, **rest)
        done.append(subject.key)
        if len(done) == 2:
            raise Killed

    monkeypatch.setattr(applying, "anonymise", dies_at_the_second)
    with pytest.raises(Killed):
        apply(day)
    forget()
    assert sorted(state for _kind, state, _why in entries()) == ["applied", "waiting"]
    monkeypatch.setattr(applying, "anonymise", whole)
    assert apply(day).anonymised == 1
    assert apply(day).anonymised == 0
    assert {state for _kind, state, _why in entries()} == {"applied"}


def everything_counted() -> dict[str, list[object]]:
    """Every sum and what each case gave to it, and every item of a case that is not personal."""
    with acting_as(system_actor("test")):
        found: dict[str, list[object]] = {}
        for model in (DailyCount, CaseContribution):
            columns = list(inspect(model).columns)
            found[model.__tablename__] = sorted(map(str, db.session.execute(select(*columns))))
        kept = [
            column
            for column in inspect(Case).columns
            if not isinstance(column.type, Encrypted)
            and column.key not in {"row_version", "anonymised_on"}
        ]
        found["cases"] = sorted(map(str, db.session.execute(select(*kept))))
        return found


def gone() -> None:
    decide()
    preview(LISTED)
    assert apply(DUE).anonymised == 1


def test_every_figure_stays_as_it_was_also_when_it_is_counted_anew() -> None:
    with acting_as(system_actor("test")) as system:
        rebuild(by=system)
    forget()
    before = everything_counted()
    assert before["daily_count"]
    gone()
    assert everything_counted() == before
    with acting_as(system_actor("test")) as system:
        rebuild(by=system)
    forget()
    assert everything_counted() == before


def test_the_age_is_written_down_before_the_birth_date_goes() -> None:
    with acting_as(system_actor("test")), transaction() as session:
        session.get_one(Case, keys.own.case).age_years = None
    forget()
    gone()
    assert own_person().birth_on is None
    # Born on 30 April 1955, diagnosed on 12 August 2021.
    assert (own_case().age_years, own_case().age_group) == (66, "60s")


def rich_record() -> int:
    """Names in every corner: free words, a document, deleted parts, former values.

    Returns the key of the document.
    """
    with acting_as(system_actor("test")), transaction() as session:
        first = session.get_one(Notification, keys.own.notification)
        document = Notification(
            disease_id=first.disease_id,
            case_id=keys.own.case,
            institution_id=first.institution_id,
            state="accepted",
            remarks="山田様",
            snapshot={
                "form_version": "2020-02",
                "values": {"name": "山田 花子", "kana": "ヤマダ ハナコ", "sex": "female"},
                "lab_tests": [{"result": "positive", "other_results": "山田様"}],
                "names": {},
            },
        )
        session.add(document)
        session.flush()
        key = document.id
        person = session.get_one(Person, keys.own.person)
        person.name, person.birth_on = "山田 花代", date(1954, 2, 28)
        days = HealthObservation(
            contact_id=keys.own.contact, observed_on=date(2021, 8, 14), remarks="山田様の姉"
        )
        test = LabTest(case_id=keys.own.case, other_results="山田様の結果")
        session.add_all([days, test])
        session.flush()
        session.delete(days)
        session.delete(test)
        session.get_one(Contact, keys.own.contact).observe_until_on = date(2021, 8, 25)
    forget()
    with acting_as(cast.actor("baba")), transaction() as session:
        session.get_one(Person, keys.own.person).name = "山田 花子"
    forget()
    return key


def all_values() -> list[str]:
    """Whatever the keys open, in every row of every table."""
    found = []
    with acting_as(system_actor("test")):
        for model in mapped_models():
            columns = list(inspect(model).columns)
            found += [
                f"{model.__tablename__} {row}"
                for row in map(str, db.session.execute(select(*columns)))
            ]
    return found


def test_no_row_of_any_table_holds_the_name_any_more_even_with_the_keys() -> None:
    rich_record()
    found = "\n".join(all_values())
    assert all(marker in found for marker in MARKERS)
    decide()
    decide(kind="contact", event="observation_ended", amount=1)
    preview(LATER)
    assert apply(LATER + timedelta(days=7)).anonymised == 2
    # The doctor's name is the institution's, whoever the patient was.
    names = [v.replace("山田 花子の医師", "") for v in all_values()]
    assert [v for v in names if any(marker in v for marker in MARKERS)] == []


def test_the_document_keeps_what_is_counted() -> None:
    document = rich_record()
    gone()
    with acting_as(system_actor("test")):
        snapshot = db.session.get_one(Notification, document).snapshot
    assert snapshot is not None
    assert snapshot["values"] == {"sex": "female"}
    assert snapshot["lab_tests"] == [{"result": "positive"}]


def test_the_history_verifies_and_says_what_was_erased() -> None:
    rich_record()
    gone()
    with acting_as(system_actor("test")):
        done = verify_history(db.session())
    assert done.findings == []
    assert done.erased > 0


def test_nobody_finds_the_person_any_more() -> None:
    gone()
    with acting_as(system_actor("test")):
        for model in (PersonSearch, PersonPosting):
            mine = select(model.person_id).where(model.person_id == keys.own.person)
            assert db.session.scalars(mine).all() == []


def test_an_anonymised_record_is_not_changed_whichever_door_is_tried() -> None:
    gone()
    with pytest.raises(InvalidState):
        change_case(severity="mild")
    aoki = cast.actor("aoki")
    for record in (
        LabTest(case_id=keys.own.case, result="positive"),
        HealthObservation(case_id=keys.own.case, observed_on=date(2021, 8, 15)),
    ):
        with pytest.raises(InvalidState), acting_as(aoki), transaction() as session:
            session.add(record)
        forget()
    with pytest.raises(InvalidState), acting_as(aoki), transaction() as session:
        session.get_one(LabTest, keys.own.lab_test).result = "negative"
    forget()


@pytest.mark.one_database
def test_retention_reaches_every_table_that_holds_something_of_a_person() -> None:
    own = [m for m in mapped_models() if m.__module__.startswith("app.")]
    holding = {m for m in own if erased_columns(m)}
    assert {m.__tablename__ for m in holding - reached_models()} == set(ELSEWHERE)


def test_what_was_typed_into_a_discarded_draft_goes_when_the_period_of_drafts_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The first release kept what was typed into a draft in its history; its rows are still there.
    kept = subject_of(Notification)
    assert kept is not None
    monkeypatch.setitem(history._historied, Notification, replace(kept, unkept=frozenset()))
    clinic = cast.actor("endo")
    with on(date(2021, 8, 20)), acting_as(clinic):
        draft = save_draft({"name": ["山田 花子"]}, by=clinic)
        discard_draft(draft, by=clinic)
    forget()
    decide(kind="draft", event="draft_begun", amount=30, unit="days")
    assert any("山田 花子" in v for v in all_values() if "history" in v[:8] and "draft" in v)
    assert apply(date(2021, 9, 19)).discarded == 0
    assert apply(date(2021, 9, 20)).discarded == 1
    assert not any("山田 花子" in v for v in all_values() if "history" in v[:8] and "draft" in v)
    assert apply(date(2021, 9, 20)).discarded == 0


def test_a_draft_nobody_submits_is_listed_and_emptied() -> None:
    clinic = cast.actor("endo")
    with on(date(2021, 8, 20)), acting_as(clinic):
        key = save_draft({"name": ["山田 花子"]}, by=clinic).id
    forget()
    decide(kind="draft", event="draft_begun", amount=30, unit="days")
    assert preview(date(2021, 9, 13)).entered == 1
    assert apply(date(2021, 9, 20)).anonymised == 1
    with acting_as(system_actor("test")):
        assert db.session.get_one(Notification, key).draft is None


@pytest.mark.one_database
def test_what_is_due_is_read_by_an_index_in_its_order_and_never_by_going_through_the_table() -> (
    None
):
    for kind in KINDS.values():
        for columns in kind.events.values():
            for column in columns:
                due = select(kind.model.id).where(
                    kind.of_centre(5), kind.condition, column <= bound_of(column, DUE)
                )
                page = due.order_by(column, kind.model.id).limit(200)
                sql = page.compile(db.engine, compile_kwargs={"literal_binds": True})
                plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")
                steps = [row[3] for row in plan]
                assert not any(step.startswith("SCAN") for step in steps), steps
                if kind.name == "draft":  # few, and found as such: no case has come of them
                    assert any("(case_id=?)" in step for step in steps), steps
                    continue
                assert any(f"{column.key}<?" in step for step in steps), steps
                assert not any("TEMP B-TREE" in step for step in steps), steps


@pytest.mark.one_database
def test_returnees_nobody_took_over_lose_their_identity_by_the_period_of_their_office() -> None:
    """One closed by the health centre, one no centre was found for, one taken over since."""
    aoki, doi = cast.actor("aoki"), cast.actor("doi")
    with acting_as(system_actor("test")), transaction() as session:
        station = session.scalars(
            select(Institution.id).where(Institution.kind == "quarantine_station")
        ).first()
        listed = ReturneeList(institution_id=station, number="NRT-1")
        session.add(listed)
        session.flush()
        contact = session.scalars(select(Contact.id)).first()
        held = [
            {"centre_id": aoki.institution_id, "state": "closed", "closed_reason": "出国"},
            {"prefecture_code": doi.prefecture_code, "state": "unassigned"},
            {"centre_id": aoki.institution_id, "state": "followed", "contact_id": contact},
            # Nobody knows where: the station answers for it.
            {"state": "unassigned"},
        ]
        people = [
            Returnee(
                list_id=listed.id,
                institution_id=station,
                list_number="NRT-1",
                key=f"Q-{line}",
                line=line,
                name="佐藤 帰子",
                arrived_on=date(2021, 8, 20),
                **one,
            )
            for line, one in enumerate(held, start=1)
        ]
        session.add_all(people)
        session.flush()
        keys = [one.id for one in people]
        headquarters = session.scalars(
            select(Institution.id).where(
                Institution.kind == "prefecture_hq",
                Institution.prefecture_code == doi.prefecture_code,
            )
        ).one()
    forget()
    given = {"event": "returnee_arrived", "amount": 30, "unit": "days"}
    decide(kind="returnee", **given)
    with acting_as(system_actor("test")), transaction() as session:
        rule = RetentionRule(kind="unassigned", basis="規程", institution_id=headquarters, **given)
        session.add(rule)
        rule = RetentionRule(kind="unplaced", basis="規程", institution_id=station, **given)
        session.add(rule)
    forget()
    assert preview(date(2021, 9, 13)).entered == 3
    assert apply(date(2021, 9, 20)).anonymised == 3
    with acting_as(system_actor("test")):
        found = [db.session.get_one(Returnee, key) for key in keys]
        assert [one.name for one in found] == [None, None, "佐藤 帰子", None]
        assert [one.closed_reason for one in found] == [None, None, None, None]
        assert [one.arrived_on for one in found] == [date(2021, 8, 20)] * 4
