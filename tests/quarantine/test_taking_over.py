"""A health centre takes somebody over: a contact for 14 days, nobody doubled."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import InvalidState
from app.followup.plans import ObservationPlan
from app.persons.models import Person
from app.quarantine import queries, service, taking_over
from app.quarantine.models import Returnee
from app.security.actor import acting_as, system_actor
from tests.quarantine.conftest import applied, arrival, everybody
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")
TODAY = date(2021, 8, 20)


def _taken() -> Contact:
    aoki = cast.actor("aoki")
    with acting_as(aoki):
        (waiting,) = queries.to_take_over(aoki)
        return taking_over.take_over(waiting, by=aoki)


def _count(model: type[Any]) -> int:
    with acting_as(system_actor("tests")):
        return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


def test_who_is_taken_over_is_observed_for_14_days_from_the_arrival(hand_over: Any) -> None:
    hand_over(arrival(症状の有無="有"))
    contact = _taken()
    with acting_as(cast.actor("aoki")):
        plan = db.session.scalars(
            select(ObservationPlan).where(ObservationPlan.contact_id == contact.id)
        ).one()
        assert contact.observe_until_on == date(2021, 9, 3)
        assert (plan.ends_on, plan.status) == (date(2021, 9, 3), "active")
        assert contact.person.mobile_phone == "090-0000-0001"
        assert "米国" in (contact.remarks or "")
        assert contact.status == "under_observation"


@pytest.mark.one_database
def test_a_returnee_who_falls_ill_becomes_a_case_as_any_contact(hand_over: Any) -> None:
    hand_over(arrival())
    contact, aoki = _taken(), cast.actor("aoki")
    with acting_as(aoki):
        case = convert_to_case(contact, by=aoki)
        assert (case.person_id, case.link_known) == (contact.person_id, None)


def test_everybody_meets_only_their_own(hand_over: Any) -> None:
    hand_over(
        arrival(),
        arrival(番号="2", 質問票番号="Q-2", 市区町村="千代田区"),
        arrival(番号="3", 質問票番号="Q-3", 市区町村="不明町"),
        arrival(番号="4", 質問票番号="Q-4", 都道府県="大阪府", 市区町村="不明町"),
    )
    seen = {}
    for who in ("nemoto", "aoki", "chiba", "zaizen", "doi", "ito", "oka", "endo", "honda"):
        with acting_as(cast.actor(who)):
            lines = db.session.scalars(select(Returnee.line).order_by(Returnee.line)).all()
            seen[who] = list(lines)
    nobody: list[int] = []
    assert seen == {
        "nemoto": [1, 2, 3, 4],
        "aoki": [1],
        "chiba": [2],
        "zaizen": nobody,
        "doi": [3],
        "ito": nobody,
        "oka": nobody,
        "endo": nobody,
        "honda": nobody,
    }


def test_the_prefecture_gives_somebody_to_a_health_centre_without_seeing_who(
    hand_over: Any,
) -> None:
    hand_over(arrival(市区町村="西新宿"))
    doi, aoki = cast.actor("doi"), cast.actor("aoki")
    with acting_as(doi):
        (lost,) = queries.unassigned()
        assert str(lost.name) != "佐藤 帰子"
        service.assign(lost, aoki.institution_id or 0, by=doi)
    db.session.expunge_all()
    with acting_as(aoki):
        assert [one.name for one in queries.to_take_over(aoki)] == ["佐藤 帰子"]


@pytest.mark.one_database
def test_somebody_known_is_shown_and_gets_no_second_record(hand_over: Any) -> None:
    hand_over(arrival())
    first, aoki = _taken(), cast.actor("aoki")
    people = _count(Person)
    hand_over(arrival(到着日="2021/8/18"), number="NRT-0818")
    with acting_as(aoki):
        (again,) = queries.to_take_over(aoki)
        (known,) = queries.known_as(again)
        assert (known.person.id, known.same_phone) == (first.person_id, True)
        assert taking_over.take_over_all(by=aoki) == taking_over.Taken(0, 1)
        contact = taking_over.take_over(again, by=aoki, person_id=known.person.id)
        assert contact.id == first.id
        # The later arrival counts.
        assert contact.observe_until_on == date(2021, 9, 3)
    assert _count(Person) == people


@pytest.mark.one_database
def test_all_who_are_new_are_taken_over_at_once(hand_over: Any) -> None:
    hand_over(arrival(), arrival(番号="2", 質問票番号="Q-2", ふりがな="ベツジン", 氏名="別 人"))
    aoki = cast.actor("aoki")
    with acting_as(aoki):
        assert taking_over.take_over_all(by=aoki) == taking_over.Taken(2, 0)
        assert queries.to_take_over(aoki) == []
    with acting_as(cast.actor("nemoto")):
        figures = next(iter(queries.figures([1]).values()))
        assert (figures.followed, figures.silent) == (2, 0)


@pytest.mark.one_database
def test_after_the_hand_over_a_list_overwrites_nothing(hand_over: Any) -> None:
    hand_over(arrival())
    _taken()
    assert hand_over(arrival(電話番号="03-0000-0000"))["conflict"] == 1
    assert everybody()[0].phone == "090-0000-0001"


@pytest.mark.one_database
def test_nobody_is_taken_over_twice_and_a_wrong_address_goes_back(hand_over: Any) -> None:
    hand_over(arrival(), arrival(番号="2", 質問票番号="Q-2"))
    aoki = cast.actor("aoki")
    with acting_as(aoki):
        first, second = queries.to_take_over(aoki)
        taking_over.give_back(first, by=aoki)
        taking_over.close(second, "出国済み", by=aoki)
        with pytest.raises(InvalidState):
            taking_over.take_over(second, by=aoki)
    assert [one.state for one in everybody()] == ["unassigned", "closed"]


@pytest.mark.one_database
def test_the_pages_open_for_those_they_are_made_for(app: Flask) -> None:
    with app.test_request_context():
        applied(arrival(), arrival(番号="2", 質問票番号="Q-2", 市区町村="西新宿"))
    station = cast.sign_in(app.test_client(), "nemoto")
    for path in ("/quarantine/", "/quarantine/add", "/quarantine/deliveries/1", "/returnees/list/"):
        assert station.get(path).status_code == 200, path
    assert "佐藤 帰子" in station.get("/returnees/show/1").text
    assert station.get("/quarantine/deliveries/1/marked.xlsx").status_code == 200
    assert station.get("/quarantine/template.xlsx").status_code == 200
    aoki = cast.sign_in(app.test_client(), "aoki")
    assert "佐藤 帰子" in aoki.get("/returnees/new/").text
    assert "佐藤 帰子" in aoki.get("/returnees/new/1").text
    assert aoki.get("/returnees/new/2").status_code == 404
    doi = cast.sign_in(app.test_client(), "doi")
    page = doi.get("/returnees/unassigned/").text
    assert "HND-0820-2" in page
    assert "佐藤" not in page
