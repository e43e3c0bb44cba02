"""The laws of the session and the policies made of them give every actor the same rows."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, insert, inspect, not_, select
from sqlalchemy.types import TypeDecorator

from app.api.models import ApiKey
from app.breakglass.models import BreakGlass
from app.cases.models import CaseAccess
from app.contacts.models import Contact
from app.coordination.models import (
    BedReport,
    HotelRoom,
    MeetingRoom,
    PlacementOffer,
    PlacementRequest,
)
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.issuing.models import IssuingBatch
from app.jobs.models import JobRun
from app.laboratory.models import ResultFile
from app.publication.models import DailyCountChange
from app.quarantine.models import ReturneeDelivery, ReturneeList
from app.reports.models import ReportLayout
from app.reports.schedules.models import ReportIssue, ReportSchedule
from app.security import rows
from app.security.actor import Actor, acting_as, system_actor
from app.security.policies import lawful_policies
from app.security.role_names import ACCOUNT_ROLES
from app.statistics.models import DailyCount, ProfileCount
from tests.support import cast
from tests.support.cast import Episode
from tests.support.clock import NOON
from tests.support.walls import bare

CAST = tuple(name for name, *_ in cast._PEOPLE)
TESTS = system_actor("test")


@pytest.fixture
def crowded(walled: Flask) -> Iterator[Flask]:
    """Rows of every table under a law, tied to the cast in every way there is: also a contact
    that became a case with days before that, and a foreign case opened by one person alone."""
    own, foreign = cast.own_episode(), cast.foreign_episode()
    people = [cast.actor(who) for who in ("aoki", "hogo", "zaizen")]
    with clock.frozen_at(NOON), acting_as(TESTS), transaction() as session:
        for one in (own, foreign):
            contact = session.get_one(Contact, one.contact)
            contact.case_id, contact.status = one.case, "became_case"
            session.add(HealthObservation(contact_id=contact.id, observed_on=date(2021, 8, 12)))
        session.add_all(_opened_by(people[0], foreign))
        for one, centre in ((own, people[0]), (foreign, people[2])):
            session.add_all(_placed(one, centre, cast.actor("fujii"), cast.actor("goto")))
        for actor in people:
            session.add_all(_made_by(actor))
            session.add_all(_reports_of(actor))
        session.flush()
        for there, (one, actor) in enumerate(((own, people[0]), (foreign, people[2]))):
            _fill_the_rest(session, one, actor, there)
        session.add(_results_of(cast.actor("mori")))
        session.add_all(_lists_of(cast.actor("nemoto")))
    with clock.frozen_at(NOON):
        yield walled


def _results_of(laboratory: Actor) -> ResultFile:
    return ResultFile(
        institution_id=laboratory.institution_id,
        user_name="x",
        source="x.csv",
        uploaded_at=NOON,
        counts={},
    )


def _lists_of(station: Actor) -> list[Any]:
    own = {"institution_id": station.institution_id, "number": "x"}
    sent = {"state": "review", "source": "x.csv", "received_by": "x", "counts": {}}
    return [ReturneeList(**own), ReturneeDelivery(**own, **sent)]


def _fill_the_rest(session: Any, one: Episode, actor: Actor, there: int) -> None:
    """One plain row more in each table that has no more than ``there``."""
    empty = {model.__table__: model for model in rows.models_with_laws()}
    made: dict[str, int] = {
        "case_record": one.case,
        "contact": one.contact,
        "institution": actor.institution_id or 0,
        "ab_user": actor.user_id or 0,
    }
    for table in db.metadata.sorted_tables:
        model = empty.get(table)
        if model is None or session.query(model).count() > there:
            continue
        stored = session.connection().execute(insert(table).values(_values(model, made, actor)))
        made[table.name] = stored.inserted_primary_key[0]


_BESIDE = frozenset({"case_id", "institution_id", "centre_id", "responsible_centre_id", "user_id"})
"""Keys that tie a row to somebody also where they may be left out."""
_PLAIN: dict[type, Any] = {
    int: 1,
    bool: False,
    date: date(2021, 8, 20),
    datetime: NOON,
    dict: {},
    list: [],
}


def _values(model: type[Any], made: dict[str, int], actor: Actor) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for attribute in inspect(model).column_attrs:
        column = attribute.columns[0]
        asked = not column.nullable and column.default is None and not column.primary_key
        tables = [key.column.table.name for key in column.foreign_keys]
        if attribute.key in {"authority_id", "prefecture_code"}:
            values[column.key] = getattr(actor, attribute.key)
        elif tables and (asked or attribute.key in _BESIDE):
            values[column.key] = made.get(tables[0], 1)
        elif asked:
            values[column.key] = _plain(column.type, actor)
    return values


def _plain(kind: Any, actor: Actor) -> Any:
    """A value of the kind; whatever is not listed, encrypted or not, takes a text."""
    stored = kind.impl_instance if isinstance(kind, TypeDecorator) else kind
    return _PLAIN.get(stored.python_type, str(actor.user_id))


def _opened_by(actor: Actor, one: Episode) -> list[Any]:
    until = NOON + timedelta(hours=1)
    by = {"case_id": one.case, "user_id": actor.user_id, "institution_id": actor.institution_id}
    tie = CaseAccess(role="break_glass", from_at=NOON, to_at=until, **by)
    opening = BreakGlass(
        user_name=actor.name,
        role=actor.role.value,
        reason="emergency_transport",
        explanation="意識不明",
        opened_at=NOON,
        expires_at=until,
        prefecture_code="27",
        **by,
    )
    return [tie, opening]


def _placed(one: Episode, centre: Actor, hospital: Actor, hotel: Actor) -> list[Any]:
    """A request the hospital is asked for and the hotel refused, with a room for a meeting."""
    request = PlacementRequest(
        case_id=one.case,
        centre_id=centre.institution_id,
        wanted="hospital",
        waiting_since_on=date(2021, 8, 20),
        requested_at=NOON,
        state="offered",
    )
    asked = {"request": request, "case_id": one.case, "offered_at": NOON, "offered_by": "x"}
    place = {"prefecture_code": centre.prefecture_code}
    return [
        PlacementOffer(institution_id=hospital.institution_id, **asked),
        PlacementOffer(institution_id=hotel.institution_id, state="refused", **asked),
        BedReport(
            institution_id=hospital.institution_id,
            declared_on=date(2021, 8, 1) + timedelta(days=one.case),
            declared_at=NOON,
            **place,
        ),
        HotelRoom(institution_id=hotel.institution_id, name=str(one.case), **place),
        MeetingRoom(case_id=one.case, name="x", opened_at=NOON, opened_by="x"),
    ]


def _made_by(actor: Actor) -> list[Any]:
    at = {"institution_id": actor.institution_id}
    who = {"user_id": actor.user_id, **at}
    return [
        JobRun(kind="export", title="x", username=actor.name, role=actor.role.value, **who),
        IssuingBatch(source="x.xlsx", rows=[], outcomes=[], created_at=NOON, **who),
        ApiKey(
            name="x",
            role="hospital",
            scopes=("case:read",),
            expires_on=date(2022, 8, 20),
            ending="abcdef",
            issued_at=NOON,
            **at,
        ),
        DailyCount(
            disease_id=1,
            grain="centre_day",
            prefecture_code=actor.prefecture_code,
            measure=f"of {actor.name}",
            counted_on=date(2021, 8, 20),
            authority_id=actor.authority_id or 0,
            centre_id=actor.institution_id,
            n=1,
        ),
        ProfileCount(
            disease_id=1,
            grain="centre_day",
            prefecture_code=actor.prefecture_code,
            dimension=f"of {actor.name}",
            centre_id=actor.institution_id,
            counted_on=date(2021, 8, 20),
            value="20s:female",
            authority_id=actor.authority_id or 0,
            n=1,
        ),
        DailyCountChange(
            disease_id=1,
            grain="centre_day",
            prefecture_code=actor.prefecture_code,
            measure=f"of {actor.name}",
            counted_on=date(2021, 8, 20),
            known_on=date(2021, 8, 20),
            authority_id=actor.authority_id or 0,
            centre_id=actor.institution_id,
            cause="new",
            gained=1,
            lost=0,
        ),
    ]


def _reports_of(centre: Actor) -> list[Any]:
    """The own layout of a health centre, and what it is made regularly."""
    layout = ReportLayout(
        kind="press",
        prefecture_code=centre.prefecture_code,
        authority_id=centre.authority_id or 0,
        centre_id=centre.institution_id,
        name="x",
        is_default=False,
        columns="",
        sort="",
        descending=False,
        preset="",
        saved_at=NOON,
        saved_by="x",
    )
    of_area = {
        "kind": "daily",
        "action": "figures",
        "centre_id": centre.institution_id,
        "role": centre.role.value,
        "institution_id": centre.institution_id,
    }
    when = {"every": "day", "hour": 6, "weekday": 0, "month_day": 1, "next_at": NOON}
    whose = {"user_id": centre.user_id, "owner": "x", "state": "active"}
    schedule = ReportSchedule(**of_area, **when, **whose)
    days = dict.fromkeys(("first_on", "last_on"), date(2021, 8, 19))
    issue = ReportIssue(schedule=schedule, job_id=1, due_at=NOON, state="ready", **days, **of_area)
    return [layout, schedule, issue]


def test_law_and_policy_give_every_role_the_same_rows(crowded: Flask) -> None:
    actors = [cast.actor(who) for who in CAST]
    assert {actor.role for actor in actors} == set(ACCOUNT_ROLES)
    for model in rows.models_with_laws():
        keys = select(*inspect(model).primary_key)
        given: set[frozenset[Any]] = set()
        for actor in actors:
            law = rows.visible(model, actor)
            assert law is not None
            shown = rows.shown_by_wall(model, actor)
            with bare(TESTS) as connection:
                by_law = set(connection.execute(keys.where(law)).all())
                to_be_shown = set(connection.execute(keys.where(shown)).all())
            with bare(actor) as connection:
                by_wall = set(connection.execute(keys).all())
                # The walls of the other tables stand in the way of what the law looks for there.
                by_law_behind_walls = set(connection.execute(keys.where(law)).all())
            what = (actor.name, model.__tablename__)
            assert by_wall == to_be_shown, what
            assert by_law_behind_walls == by_law, what
            given.add(frozenset(by_law))
        assert len(given) > 1, f"nobody's rows of {model.__tablename__} differ: nothing is compared"


def test_only_contacts_are_shown_beyond_the_law_and_only_on_the_way_to_their_case_or_person(
    crowded: Flask,
) -> None:
    beyond = set()
    for who in CAST:
        actor = cast.actor(who)
        for model in rows.models_with_laws():
            law = rows.visible(model, actor)
            assert law is not None
            more = select(func.count()).where(rows.shown_by_wall(model, actor), not_(law))
            with bare(TESTS) as connection:
                if connection.scalar(more.select_from(model)):
                    beyond.add((model.__tablename__, who))
    # A health centre has the contacts of a case it meets by the law itself.
    met = ("endo", "fujii", "goto", "honda", "ito", "doi", "kato", "mori", "niida", "hogo")
    assert beyond == {("contact", who) for who in met}


def test_every_law_can_be_asked_of_the_database(app: Flask) -> None:
    tables = [policy.table for policy in lawful_policies()]
    assert tables == sorted(model.__tablename__ for model in rows.models_with_laws())
