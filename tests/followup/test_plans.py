"""Plans follow their people; reports fill the plan and what the board sorts by."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry
from app.cases.models import Case, Stay
from app.contacts import service as contacts
from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact
from app.core import clock
from app.core.clock import TOKYO
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.followup.plan_rules import (
    Period,
    PlanRule,
    Slot,
    case_period,
    contact_period,
    replanned,
    slot_at,
    slots_between,
    turn_at,
)
from app.followup.plans import ObservationPlan
from app.followup.service import plan_of, report
from app.followup.tasks import plan_who_has_none
from app.security.actor import Actor, acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")

TODAY = date(2021, 8, 20)
RULE = PlanRule()


def at(hour: int, minute: int = 0, day: int = 20) -> datetime:
    return datetime(2021, 8, day, hour, minute, tzinfo=TOKYO)


# -- pure rules -------------------------------------------------------------------------------


def test_a_contact_is_observed_for_fourteen_days_from_the_last_exposure() -> None:
    period = contact_period(RULE, date(2021, 8, 12), None, TODAY)
    assert period == Period(date(2021, 8, 12), date(2021, 8, 26))
    until = contact_period(RULE, date(2021, 8, 12), date(2021, 8, 30), TODAY)
    assert until.ends_on == date(2021, 8, 30)


@pytest.mark.parametrize(
    ("days", "ends_on"),
    [
        ({"onset_on": date(2021, 8, 15), "diagnosed_on": date(2021, 8, 18)}, date(2021, 8, 25)),
        ({"onset_on": None, "diagnosed_on": date(2021, 8, 18)}, date(2021, 8, 28)),
        ({}, date(2021, 8, 30)),
        # Found long after the onset: the first day at least is observed.
        ({"onset_on": date(2021, 7, 1)}, TODAY),
    ],
)
def test_a_case_is_observed_for_ten_days_from_the_first_known_date(
    days: dict[str, date | None], ends_on: date
) -> None:
    assert case_period(RULE, days, TODAY) == Period(TODAY, ends_on)


def test_planning_anew_never_drops_a_day_already_reported() -> None:
    wanted = Period(date(2021, 8, 15), date(2021, 8, 18))
    done = [date(2021, 8, 14), date(2021, 8, 16), date(2021, 8, 19)]
    assert replanned(wanted, done) == Period(date(2021, 8, 14), date(2021, 8, 19))
    assert replanned(wanted, []) == wanted


def test_the_sheet_of_a_contact_has_fifteen_days_of_morning_and_evening() -> None:
    period = contact_period(RULE, date(2021, 8, 12), None, TODAY)
    slots = slots_between(period, 2)
    assert len(slots) == 30
    assert slots[:2] == (Slot(date(2021, 8, 12), "morning"), Slot(date(2021, 8, 12), "evening"))
    assert len(slots_between(period, 1)) == 15


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        (at(23, 59, 19), Slot(date(2021, 8, 19), "evening")),
        (at(0), Slot(TODAY, "morning")),
        (at(11, 59), Slot(TODAY, "morning")),
        (at(12), Slot(TODAY, "evening")),
    ],
)
def test_the_day_changes_at_midnight_in_japan_and_the_evening_begins_at_noon(
    now: datetime, slot: Slot
) -> None:
    assert slot_at(now, 2) == slot
    assert slot_at(now, 1) == Slot(slot.on, "once")


def test_done_due_and_overdue_are_told_apart_by_two_instants() -> None:
    morning = turn_at(at(9), 2)
    assert (morning.done_from, morning.due_from) == (at(0), at(12, day=19))
    evening = turn_at(at(15), 2)
    assert (evening.done_from, evening.due_from) == (at(12), at(0))
    once = turn_at(at(9), 1)
    assert (once.done_from, once.due_from) == (at(0), at(0, day=19))
    assert turn_at(at(12), 1).due_from == at(0)


# -- plans that follow ------------------------------------------------------------------------


def register(nurse: Actor, exposed_on: date = date(2021, 8, 12)) -> Contact:
    case = db.session.get_one(Case, cast.own_episode().case)
    return contacts.register_contact(
        case, by=nurse, identity={"name": "佐藤 健"}, exposure={"exposed_on": exposed_on}
    )


def plan(subject: Any) -> ObservationPlan:
    found = plan_of(subject)
    assert found is not None
    return found


def fresh(subject: Any) -> ObservationPlan:
    db.session.expire_all()
    return plan(subject)


def test_a_case_at_home_and_a_contact_of_the_cast_have_their_plans(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        case = db.session.get_one(Case, cast.own_episode().case)
        mine = plan(case)
        # Ten days from the onset on 10 August; the day it was entered is the first.
        assert (mine.starts_on, mine.ends_on) == (TODAY, TODAY)
        assert (mine.status, mine.times_per_day, mine.reporter) == ("active", 2, "patient")
        assert mine.institution_id == mine.centre_id == nurse.institution_id
        contact = register(nurse)
        other = plan(contact)
        assert (other.starts_on, other.ends_on) == (date(2021, 8, 12), date(2021, 8, 26))


def test_whoever_was_observed_before_there_were_plans_gets_one_in_the_night(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        before = {(p.case_id, p.contact_id) for p in db.session.scalars(select(ObservationPlan))}
        assert before
        with transaction() as session:
            for one in session.scalars(select(ObservationPlan)):
                session.delete(one)
        with transaction():
            assert plan_who_has_none(clock.today()) == len(before)
        after = {(p.case_id, p.contact_id) for p in db.session.scalars(select(ObservationPlan))}
        assert after == before
        with transaction():
            assert plan_who_has_none(clock.today()) == 0


def test_a_further_exposure_plans_anew_and_keeps_the_days_done(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        send(nurse, contact, Slot(date(2021, 8, 13), "morning"), temperature="36.5")
        case = db.session.get_one(Case, cast.own_episode().case)
        contacts.record_exposure(contact, case, {"exposed_on": date(2021, 8, 18)}, by=nurse)
        again = fresh(contact)
        assert (again.starts_on, again.ends_on) == (date(2021, 8, 13), date(2021, 9, 1))


def test_a_converted_contact_goes_on_as_a_case_with_all_its_days(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        contact = register(nurse)
        send(nurse, contact, Slot(date(2021, 8, 19), "morning"), spo2="92")
        case = convert_to_case(contact, by=nurse)
        db.session.expire_all()
        assert plan_of(contact) is None
        going_on = plan(case)
        assert going_on.status == "active"
        assert going_on.starts_on == date(2021, 8, 12)
        assert going_on.risk == 3
        assert going_on.latest_reading_at == at(8, day=19)
        # A report by the old link belongs to the case.
        later = send(nurse, contact, Slot(TODAY, "morning"), spo2="97")
        assert (later.case_id, later.contact_id) == (case.id, None)
        assert fresh(case).risk == 0


def test_a_plan_rests_in_hospital_and_ends_with_the_case(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")):
        case = db.session.get_one(Case, cast.own_episode().case)
        with transaction() as session:
            session.add(Stay(case_id=case.id, place="hospital", from_on=TODAY))
        assert fresh(case).status == "paused"
        with transaction() as session:
            case.discharged_on = TODAY
            session.flush()
        assert fresh(case).status == "finished"
        with transaction():
            case.discharged_on = None
        assert fresh(case).status == "paused"


# -- reports ----------------------------------------------------------------------------------


def send(
    by: Actor, subject: Any, slot: Slot, source: str = "nurse", **values: object
) -> HealthObservation:
    return report(by=by, subject=subject, slot=slot, values=values, source=source)


MORNING = Slot(TODAY, "morning")


def own_case() -> Case:
    return db.session.get_one(Case, cast.own_episode().case)


def test_a_report_is_read_as_people_write_and_moves_the_board(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("phone page")) as phone:
        case = own_case()
        made = send(
            phone, case, MORNING, "web", temperature="３８，６", spo2=" 94％ ", symptoms=["cough"]
        )
        assert (made.temperature, made.spo2, made.symptoms) == (Decimal("38.6"), 94, ("cough",))
        assert (made.source, made.entered_by_kind) == ("web", "patient")
        mine = fresh(case)
        assert (mine.risk, mine.latest_reading_at, mine.latest_entry_at) == (2, at(8), NOON)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"temperature": "45.9"}, "temperature"),
        ({"temperature": "36.55"}, "temperature"),
        ({"temperature": "熱い"}, "temperature"),
        ({"spo2": "9"}, "spo2"),
        ({"spo2": "97.5"}, "spo2"),
        ({"spo2": "101"}, "spo2"),
        ({"symptoms": ["plague"]}, "symptoms"),
        ({"temperature": " "}, "temperature"),
    ],
)
def test_what_cannot_be_is_refused_at_its_item_and_nothing_is_stored(
    app: Flask, values: dict[str, object], field: str
) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        before = db.session.scalar(select(func.count(HealthObservation.id)))
        with pytest.raises(InvalidInput) as refused:
            send(nurse, own_case(), MORNING, **values)
        assert field in refused.value.problems
        assert db.session.scalar(select(func.count(HealthObservation.id))) == before


def test_a_second_report_for_the_slot_corrects_it_and_the_history_keeps_both(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        first = send(nurse, own_case(), MORNING, temperature="36.5", spo2="97")
        second = send(nurse, own_case(), MORNING, temperature="37.9")
        assert second.id == first.id
        assert (second.temperature, second.spo2) == (Decimal("37.9"), 97)
    with app.app_context(), acting_as(system_actor("test")):
        entries = db.session.scalars(
            select(HistoryEntry)
            .where(HistoryEntry.record_type == "observation", HistoryEntry.record_id == first.id)
            .order_by(HistoryEntry.id)
        ).all()
        assert [entry.action for entry in entries] == ["created", "changed"]
        assert entries[1].changes["temperature"] == ["36.5", "37.9"]


def test_a_report_after_the_end_is_refused_by_the_phone_and_taken_from_a_nurse(
    app: Flask,
) -> None:
    with app.app_context(), clock.frozen_at(NOON + timedelta(days=1)):
        tomorrow = Slot(date(2021, 8, 21), "morning")
        with acting_as(system_actor("phone page")) as phone:
            with pytest.raises(InvalidState):
                send(phone, own_case(), tomorrow, "web", temperature="36.5")
            # The evening of the last day may still come in after midnight.
            send(phone, own_case(), Slot(TODAY, "evening"), "web", temperature="36.5")
        with acting_as(cast.actor("baba")) as nurse:
            assert send(nurse, own_case(), tomorrow, temperature="36.5").id


def test_a_report_of_tomorrow_is_refused(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        with pytest.raises(InvalidInput) as refused:
            send(nurse, own_case(), Slot(date(2021, 8, 21), "morning"), temperature="36.5")
        assert "observed_on" in refused.value.problems
