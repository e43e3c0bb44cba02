"""Plain cases for measuring: right in themselves, counted, and never twice."""

from datetime import date

from flask import Flask
from sqlalchemy import func, select

from app.cases.models import Case, CaseAccess
from app.cases.rules import case_number
from app.cases.service import refresh_status
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.devtools.demo.fill import fill
from app.devtools.demo.load import load_network
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from app.statistics.models import DailyCount
from tests.support.clock import NOON


def test_plain_cases_are_added_up_to_the_number_and_counted(app: Flask) -> None:
    with app.app_context(), clock.frozen_at(NOON), acting_as(system_actor("test")) as actor:
        load_network(by=actor)
        assert fill(120, by=actor) == 120
        assert fill(150, by=actor) == 30
        assert fill(150, by=actor) == 0
        filled = list(db.session.scalars(select(Case).where(Case.source_system == "fill")))
        assert len(filled) == 150
        for case in filled:
            before = case.status
            refresh_status(case)
            assert case.status == before
            assert case.number == case_number(case.id)
        met = select(func.count()).select_from(CaseAccess).join(Case)
        assert db.session.scalar(met.where(Case.source_system == "fill")) == 150
        counted = select(func.sum(DailyCount.n)).where(
            DailyCount.measure == "new_published", DailyCount.grain == "prefecture_day"
        )
        by_hand = select(func.count()).where(Case.published_on.is_not(None))
        assert db.session.scalar(counted) == db.session.scalar(by_hand) == 150
        db.session.rollback()


def test_the_portal_goes_on_giving_keys_of_its_own(app: Flask) -> None:
    with app.app_context(), clock.frozen_at(NOON), acting_as(system_actor("test")) as actor:
        load_network(by=actor)
        fill(10, by=actor)
        with transaction() as session:
            person = Person(name="後 から", kana="アト カラ", birth_on=date(2000, 1, 1))
            session.add(person)
        assert db.session.scalar(select(func.max(Person.id))) == person.id
