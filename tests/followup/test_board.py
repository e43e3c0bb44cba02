"""The board of the day: groups, order, counts that equal the lists, calls, shifts."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import HistoryEntry, ReadEntry
from app.cases.models import Case, CaseAccess
from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact
from app.core import clock
from app.core.clock import TOKYO
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.followup import board, calling
from app.followup.board import Choice
from app.followup.calls import FollowUpCall, ShiftHandover
from app.followup.models import HealthObservation
from app.followup.plan_rules import Slot
from app.followup.plans import ObservationPlan
from app.followup.service import plan_of, report
from app.institutions.queries import institution_by_code
from app.jobs.daily import do_daily_chores
from app.persons.models import Person
from app.security.actor import Actor, acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import statements

pytestmark = pytest.mark.usefixtures("frozen_clock")

TODAY = date(2021, 8, 20)
YESTERDAY = date(2021, 8, 19)


def at(hour: int, day: int = 20) -> datetime:
    return datetime(2021, 8, day, hour, tzinfo=TOKYO)


@pytest.fixture
def nurse(app: Flask) -> Iterator[Actor]:
    with app.app_context(), acting_as(cast.actor("baba")) as actor:
        yield actor


def contact(nurse: Actor, kana: str = "テスト", **values: Any) -> Contact:
    """Somebody exposed on 12 August, under observation since noon of the 18th."""
    own = db.session.get_one(Case, cast.own_episode().case)
    given = {
        "disease_id": own.disease_id,
        "responsible_centre_id": nurse.institution_id,
        "last_exposure_on": date(2021, 8, 12),
        "observe_until_on": date(2021, 8, 26),
    }
    with clock.frozen_at(at(12, 18)), transaction() as session:
        made = Contact(person=Person(name=f"{kana}さん", kana=kana), **(given | values))
        session.add(made)
    return made


def saw(subject: Any, day: date, part: str, **values: Any) -> None:
    if "temperature" in values:
        values["temperature"] = Decimal(str(values["temperature"]))
    with transaction() as session:
        session.add(
            HealthObservation(contact_id=subject.id, observed_on=day, part_of_day=part, **values)
        )


def group_of(actor: Actor, subject: Any, now: datetime = NOON) -> str | None:
    db.session.expire_all()
    plan = plan_of(subject)
    assert plan is not None
    found = {p.id: group for p, group, _s in board.people(actor, Choice(), now)}
    return found.get(plan.id)


@pytest.mark.parametrize(
    ("values", "group"),
    [
        ({"emergency_symptoms": ("chest_pain",)}, "red"),
        ({"spo2": 93}, "red"),
        ({"spo2": 94}, "orange"),
        ({"spo2": 95}, "orange"),
        ({"temperature": 38.5}, "orange"),
        ({"symptoms": ("dyspnoea",)}, "orange"),
        ({"temperature": 38.4}, "done"),
        ({"spo2": 96}, "done"),
    ],
)
def test_the_group_follows_the_report(nurse: Actor, values: dict[str, Any], group: str) -> None:
    person = contact(nurse)
    saw(person, TODAY, "evening", **values)
    assert group_of(nurse, person) == group


def test_two_feverish_days_and_a_fall_of_oxygen_are_seen_too(nurse: Actor) -> None:
    feverish, falling = contact(nurse, "ネツ"), contact(nurse, "サンソ")
    saw(feverish, YESTERDAY, "evening", temperature=37.5)
    saw(feverish, TODAY, "morning", temperature=37.5)
    saw(falling, YESTERDAY, "evening", spo2=99)
    saw(falling, TODAY, "morning", spo2=96)
    assert group_of(nurse, feverish) == "yellow"
    assert group_of(nurse, falling) == "orange"


@pytest.mark.parametrize(
    ("heard", "now", "group"),
    [
        ((TODAY, "morning"), at(9), "done"),
        ((YESTERDAY, "evening"), at(9), "due"),
        ((YESTERDAY, "morning"), at(7), "silent"),
        # More than 24 hours after the hour the report stands for.
        ((YESTERDAY, "morning"), at(9), "yellow"),
        ((TODAY, "morning"), at(12), "due"),
        ((YESTERDAY, "evening"), at(12), "silent"),
        ((TODAY, "evening"), at(19), "done"),
        # The day changes at midnight.
        ((TODAY, "evening"), at(0, 21), "due"),
    ],
)
def test_the_clock_alone_makes_people_due_silent_and_yellow(
    nurse: Actor, heard: tuple[date, str], now: datetime, group: str
) -> None:
    person = contact(nurse)
    saw(person, *heard, temperature=36.5)
    assert group_of(nurse, person, now) == group


def test_who_never_reported_is_silent_and_after_a_day_yellow(nurse: Actor) -> None:
    person = contact(nurse)
    assert group_of(nurse, person, at(13, 18)) == "due"
    assert group_of(nurse, person, at(11, 19)) == "due"
    assert group_of(nurse, person, at(13, 19)) == "yellow"


def test_finished_people_leave_at_midnight_and_a_sick_case_stays(nurse: Actor) -> None:
    person = contact(nurse)
    assert group_of(nurse, person, at(23, 26)) == "yellow"
    assert group_of(nurse, person, at(0, 27)) is None
    case = db.session.get_one(Case, cast.own_episode().case)
    assert group_of(nurse, case, at(0, 21)) is None
    report(by=nurse, subject=case, slot=Slot(TODAY, "morning"), values={"spo2": 92}, source="nurse")
    assert group_of(nurse, case, at(0, 21)) == "red"


def test_a_converted_contact_stays_on_the_board_once(nurse: Actor) -> None:
    person = contact(nurse)
    saw(person, TODAY, "morning", spo2=93)
    case = convert_to_case(person, by=nurse)
    assert group_of(nurse, case) == "red"
    names = [p.subject.person_id for p, _g, _s in board.people(nurse, Choice(), NOON)]
    assert names.count(person.person_id) == 1


def test_the_counts_are_the_lengths_of_the_lists(nurse: Actor) -> None:
    for number, value in enumerate((99, 95, 94, 92, 99, 93)):
        saw(contact(nurse, f"ヒト{number}"), TODAY, "morning", spo2=value)
    contact(nurse, "ムゴン")
    numbers = board.counts(nurse, Choice(), NOON)
    assert (numbers["red"], numbers["orange"]) == (2, 2)
    for name in board.GROUPS:
        found = board.people(nurse, Choice(group=name), NOON)
        assert len(found) == numbers[name]
        assert {group for _p, group, _s in found} <= {name}
    everybody = board.people(nurse, Choice(), NOON)
    assert len(everybody) == sum(numbers.values())
    places = [board.GROUPS.index(group) for _p, group, _s in everybody]
    assert places == sorted(places)


def test_another_centre_sees_nobody_of_ours(app: Flask, nurse: Actor) -> None:
    person = contact(nurse)
    with acting_as(cast.actor("chiba")) as other:
        db.session.expunge_all()
        plans = [plan for plan, _g, _s in board.people(other, Choice(), NOON)]
        assert person.id not in {plan.contact_id for plan in plans}


# -- calls ------------------------------------------------------------------------------------


def plan(subject: Any) -> ObservationPlan:
    db.session.expire_all()
    found = plan_of(subject)
    assert found is not None
    return found


def queue(actor: Actor, now: datetime = NOON) -> list[int]:
    """Whom the next key opens, one after the other, when each call finds everything fine."""
    order = []
    while (key := board.next_to_call(actor, Choice(), now)) is not None and len(order) < 20:
        order.append(key)
        calling.record_call(db.session.get_one(ObservationPlan, key), by=actor, result="fine")
        db.session.expire_all()
    return order


def test_the_next_person_is_the_most_urgent_who_was_not_answered(nurse: Actor) -> None:
    orange, red = contact(nurse, "ダイダイ"), contact(nurse, "アカ")
    saw(orange, TODAY, "morning", spo2=95)
    saw(red, TODAY, "morning", spo2=92)
    order = queue(nurse)
    assert order[:2] == [plan(red).id, plan(orange).id]
    assert len(order) == len(set(order))
    # A new bad report brings somebody back who was settled.
    with clock.frozen_at(NOON + timedelta(minutes=1)):
        saw(orange, TODAY, "evening", spo2=91)
        assert board.next_to_call(nurse, Choice(), clock.now()) == plan(orange).id


def test_who_did_not_answer_comes_back_after_half_an_hour(nurse: Actor) -> None:
    person = contact(nurse)
    saw(person, TODAY, "morning", spo2=92)
    calling.record_call(plan(person), by=nurse, result="no_answer")
    key = plan(person).id
    assert board.next_to_call(nurse, Choice(group="red"), NOON) is None
    later = NOON + timedelta(minutes=30)
    assert board.next_to_call(nurse, Choice(group="red"), later) == key


def test_a_sheet_open_at_a_colleague_is_not_given_out_again(nurse: Actor) -> None:
    person = contact(nurse)
    saw(person, TODAY, "morning", spo2=92)
    calling.hold(plan(person), by=nurse)
    other = cast.actor("aoki")
    with acting_as(other):
        assert board.next_to_call(other, Choice(group="red"), NOON) is None
        freed = NOON + calling.CLAIM
        assert board.next_to_call(other, Choice(group="red"), freed) == plan(person).id
    assert board.next_to_call(nurse, Choice(group="red"), NOON) == plan(person).id


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"result": "lost"}, "result"),
        ({"result": "call_again"}, "again_at"),
        ({"result": "call_again", "again_at": NOON}, "again_at"),
        ({"result": "fine", "values": {"spo2": "9"}}, "spo2"),
    ],
)
def test_a_call_that_cannot_be_is_refused_and_leaves_nothing(
    nurse: Actor, given: dict[str, Any], field: str
) -> None:
    person = contact(nurse)
    with pytest.raises(InvalidInput) as refused:
        calling.record_call(plan(person), by=nurse, **given)
    assert field in refused.value.problems
    assert db.session.scalars(select(FollowUpCall)).all() == []


def test_values_heard_on_the_telephone_are_the_report_of_the_slot(nurse: Actor) -> None:
    person = contact(nurse)
    values = {"temperature": Decimal("38.6"), "symptoms": ("cough",)}
    calling.record_call(plan(person), by=nurse, result="see_doctor", values=values)
    seen = db.session.scalars(
        select(HealthObservation).where(HealthObservation.contact_id == person.id)
    ).one()
    assert (seen.observed_on, seen.part_of_day, seen.source) == (TODAY, "evening", "telephone")
    assert (seen.confirmed_by, seen.entered_by_kind) == ("phone", "health_centre")
    standing = plan(person)
    assert (standing.risk, standing.last_call_result) == (2, "see_doctor")


# -- who calls whom ---------------------------------------------------------------------------


def test_the_load_is_spread_by_weight() -> None:
    given = calling.balanced({1: 0, 2: 3}, [(10, 4), (11, 2), (12, 1), (13, 1)])
    # 10 → 1 (4), 11 → 2 (5), 12 → 1 (5), 13 → 1 (6).
    assert given == {1: [10, 12, 13], 2: [11]}


def test_people_are_given_to_colleagues_only(nurse: Actor) -> None:
    person = contact(nurse)
    clerk = cast.actor("aoki")
    assert calling.assign([plan(person)], clerk.user_id, by=nurse) == 1
    assert plan(person).nurse_id == clerk.user_id
    with pytest.raises(InvalidInput):
        calling.assign([plan(person)], cast.actor("chiba").user_id, by=nurse)


def test_a_shift_leaves_its_people_and_a_word(nurse: Actor) -> None:
    person, clerk = contact(nurse), cast.actor("aoki")
    calling.assign([plan(person)], nurse.user_id, by=nurse)
    left = calling.hand_over_shift([plan(person)], by=nurse, to_user_id=clerk.user_id, note="夜間")
    assert (left.people, left.note, left.to_name) == (1, "夜間", "青木 一郎")
    assert plan(person).nurse_id == clerk.user_id
    with pytest.raises(InvalidInput):
        calling.hand_over_shift([], by=nurse, to_user_id=None, note=None)


def test_the_words_of_a_shift_are_gone_after_a_month(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        key = calling.hand_over_shift([], by=nurse, to_user_id=None, note="夜間").id
    for days, kept in ((30, "夜間"), (32, None)):
        with app.app_context(), clock.frozen_at(NOON + timedelta(days=days)):
            do_daily_chores()
            with acting_as(system_actor("test")):
                assert db.session.get_one(ShiftHandover, key).note == kept
    with app.app_context(), acting_as(system_actor("test")):
        kept_changes = db.session.scalars(select(HistoryEntry.changes)).all()
        assert not any("夜間" in str(one) for one in kept_changes)


def test_a_contractor_sees_whom_it_was_given_as_long_as_it_observes(nurse: Actor) -> None:
    person = contact(nurse)
    contractor = institution_by_code("contractor-tokyo")
    assert contractor is not None
    watcher = cast.actor("honda")
    calling.hand_over(plan(person), contractor.id, by=nurse, reporter="contractor")
    # Both sides have the person on their boards.
    assert group_of(nurse, person) is not None
    with acting_as(watcher):
        db.session.expunge_all()
        mine = [p for p, _g, _s in board.people(watcher, Choice(kind="contact"), NOON)]
        assert [p.contact_id for p in mine] == [person.id]
        assert mine[0].contact is not None
        assert mine[0].contact.person.name == "テストさん"
        report(
            by=watcher,
            subject=mine[0].contact,
            slot=Slot(TODAY, "morning"),
            values={"spo2": "95"},
            source="nurse",
        )
        centre = institution_by_code("hc-shinjuku")
        assert centre is not None
        calling.hand_over(mine[0], centre.id, by=watcher)
        db.session.expunge_all()
        assert board.people(watcher, Choice(kind="contact"), NOON) == []
    assert group_of(nurse, person) == "orange"


def test_a_case_handed_to_a_contractor_is_met_until_it_is_handed_back(nurse: Actor) -> None:
    case = db.session.get_one(Case, cast.own_episode().case)
    contractor, centre = institution_by_code("contractor-tokyo"), institution_by_code("hc-shinjuku")
    assert contractor is not None
    assert centre is not None
    ties = select(CaseAccess).where(
        CaseAccess.case_id == case.id, CaseAccess.institution_id == contractor.id
    )
    calling.hand_over(plan(case), contractor.id, by=nurse)
    assert db.session.scalars(ties).one().to_at is None
    calling.hand_over(plan(case), centre.id, by=nurse)
    assert db.session.scalars(ties).one().to_at == NOON
    foreign = institution_by_code("hc-osaka")
    assert foreign is not None
    with pytest.raises(InvalidInput):
        calling.hand_over(plan(case), foreign.id, by=nurse)


def test_nobody_gives_out_the_people_of_another_institution(nurse: Actor) -> None:
    person, contractor = contact(nurse), institution_by_code("contractor-tokyo")
    assert contractor is not None
    calling.hand_over(plan(person), contractor.id, by=nurse)
    with pytest.raises(InvalidState):
        calling.assign([plan(person)], nurse.user_id, by=nurse)


# -- pages ------------------------------------------------------------------------------------


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return cast.sign_in(app.test_client(), "baba")


def sent(client: FlaskClient, path: str, **values: Any) -> Any:
    page = client.get(path).text
    hidden = dict(re.findall(r'name="(csrf_token|form_token_)"[^>]*value="([^"]*)"', page))
    return client.post(path, data=hidden | values)


def test_the_board_names_reasons_and_its_showing_is_a_look(
    app: Flask, browser: FlaskClient
) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        person = contact(nurse)
        saw(person, TODAY, "morning", spo2=92)
        key, person_id = plan(person).id, person.person_id
    page = browser.get("/board/?group=red").text
    assert "テストさん" in page
    assert "92%" in page
    assert f"/board/call/{key}?group=red" in page
    assert browser.get(f"/board/call/{key}").status_code == 200
    with app.app_context(), acting_as(system_actor("test")):
        looks = db.session.scalars(select(ReadEntry).order_by(ReadEntry.id)).all()
        assert [look.door for look in looks if look.part == 0] == ["board.list", "board.call"]
        assert looks[-1].person_id == person_id


def test_a_call_is_noted_with_two_fields_and_the_next_sheet_opens(
    app: Flask, browser: FlaskClient
) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        red, orange = contact(nurse, "アカ"), contact(nurse, "ダイダイ")
        saw(red, TODAY, "morning", spo2=92)
        saw(orange, TODAY, "morning", spo2=95)
        first, second = plan(red).id, plan(orange).id
    assert browser.get("/board/next").headers["Location"].startswith(f"/board/call/{first}")
    answer = sent(browser, f"/board/call/{first}", result="fine")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/board/call/{second}")


def test_bad_values_in_the_call_sheet_stay_typed_and_nothing_is_noted(
    app: Flask, browser: FlaskClient
) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        key = plan(contact(nurse)).id
    answer = sent(browser, f"/board/call/{key}", result="fine", temperature="45.9", remarks="咳")
    assert answer.status_code == 422
    assert 'value="45.9"' in answer.text
    assert "咳" in answer.text
    assert sent(browser, f"/board/call/{key}", temperature="36.5").status_code == 422
    with app.app_context(), acting_as(system_actor("test")):
        assert db.session.scalars(select(FollowUpCall)).all() == []


def test_what_was_typed_survives_the_end_of_the_session(app: Flask, browser: FlaskClient) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        key = plan(contact(nurse)).id
    page = browser.get(f"/board/call/{key}").text
    hidden = dict(re.findall(r'name="(csrf_token|form_token_)"[^>]*value="([^"]*)"', page))
    typed = hidden | {"result": "see_doctor", "remarks": "息苦しさが続く", "temperature": "38.2"}
    with clock.frozen_at(NOON + timedelta(minutes=31)):
        here = {"Referer": f"http://localhost/board/call/{key}"}
        refused = browser.post(f"/board/call/{key}", data=typed, headers=here)
        assert refused.headers["Location"].endswith(f"/board/call/{key}?parked%3D1")
        again = cast.sign_in(app.test_client(), "baba").get(f"/board/call/{key}?parked=1").text
    assert "息苦しさが続く" in again
    assert 'value="38.2"' in again
    assert re.search(r'value="see_doctor"[^>]*checked', again)


def test_the_board_costs_the_same_statements_for_five_and_for_fifty_people(
    app: Flask, browser: FlaskClient
) -> None:
    def asked() -> tuple[int, int]:
        with statements(app) as listed:
            assert browser.get("/board/").status_code == 200
        with statements(app) as opened:
            assert browser.get("/board/next").status_code == 303
        return len(listed), len(opened)

    def fill(number: int) -> None:
        with app.app_context(), acting_as(cast.actor("baba")) as nurse:
            for index in range(number):
                person = contact(nurse, f"ヒト{index}")
                saw(person, TODAY, "morning", spo2=90 + index % 9)

    fill(5)
    few = asked()
    fill(45)
    assert asked() == few
    # Who asks, counts, rows, the look, staff, days, lines, the note left, and two counts of the menu.
    assert few[0] <= 10
    assert few[1] <= 2


def test_an_open_board_is_told_what_is_new_and_nothing_else(
    app: Flask, browser: FlaskClient
) -> None:
    mark = re.search(r'data-mark="([0-9a-f]{16})"', browser.get("/board/").text)
    assert mark is not None
    unchanged = browser.get(f"/board/pulse?mark={mark[1]}")
    assert (unchanged.status_code, unchanged.data) == (204, b"")
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        saw(contact(nurse, "アタラシイ"), TODAY, "morning", spo2=90)
    told = browser.get(f"/board/pulse?mark={mark[1]}")
    assert told.status_code == 200
    assert "アタラシイ" in told.text
    assert f'data-mark="{mark[1]}"' not in told.text


def test_the_overview_counts_without_names(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        case = db.session.get_one(Case, cast.own_episode().case)
        report(
            by=nurse,
            subject=case,
            slot=Slot(TODAY, "morning"),
            values={"spo2": 92},
            source="nurse",
        )
    page = cast.sign_in(app.test_client(), "doi").get("/board/overview").text
    assert "新宿区保健所" in page
    assert "山田" not in page
    assert cast.sign_in(app.test_client(), "doi").get("/board/").status_code == 403
