"""Two cases of one episode made one, and taken apart again."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import Case, CaseAccess, Stay
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.imports.known import known_cases
from app.imports.readings import ReadRow
from app.matching import merging
from app.matching.case_merging import merge_cases, merged_items, take_cases_back
from app.matching.children import STAYS, children, references
from app.matching.episode_rules import Episode, one_episode
from app.matching.models import CaseMerge
from app.security.actor import acting_as, system_actor
from app.security.rows import mapped_models
from app.statistics.models import CaseContribution, DailyCount, ProfileCount
from tests.matching.conftest import AUGUST, EnterPerson, person
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")
SYSTEM = system_actor("tests")


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        ({"onset_on": (8, 10)}, {"onset_on": (8, 10)}, "same_day"),
        ({"onset_on": (8, 10)}, {"diagnosed_on": (10, 9)}, "near_days"),
        ({"onset_on": (8, 10)}, {"diagnosed_on": (10, 10)}, "far_apart"),
        ({"specimen_on": (8, 10), "reported_on": (12, 1)}, {"diagnosed_on": (8, 20)}, "near_days"),
        ({"onset_on": (8, 10), "ended_on": (8, 20)}, {"onset_on": (8, 20)}, "near_days"),
        ({"onset_on": (8, 10), "ended_on": (8, 20)}, {"onset_on": (8, 21)}, "began_after_end"),
        ({"onset_on": (8, 21)}, {"onset_on": (8, 10), "ended_on": (8, 20)}, "began_after_end"),
        ({"died_on": (8, 10)}, {"died_on": (8, 11)}, "two_deaths"),
        ({"onset_on": (8, 10)}, {}, "no_day"),
        ({"person_id": 1}, {"person_id": 2}, "other_person"),
        ({"person_id": None}, {"person_id": None}, "other_person"),
        ({}, {"family": "measles"}, "other_disease"),
        ({}, {"state": "withdrawn"}, "given_up"),
        ({"given_up": True}, {}, "given_up"),
        ({"state": "submitted"}, {"state": "accepted"}, "waiting"),
    ],
)
def test_one_episode(first: dict[str, Any], second: dict[str, Any], told: str) -> None:
    def episode(values: dict[str, Any]) -> Episode:
        days = {n: date(2021, *v) if isinstance(v, tuple) else v for n, v in values.items()}
        return Episode(**({"person_id": 1, "family": "covid19"} | days))

    for verdict in (
        one_episode(episode(first), episode(second)),
        one_episode(episode(second), episode(first)),
    ):
        assert (*verdict.speaks_for, *verdict.against, *verdict.closed) == (told,)
        assert verdict.same is (told in ("same_day", "near_days"))


def test_every_foreign_key_to_a_case_changes_hands_or_says_why_not() -> None:
    known = {f"{model.__tablename__}.{name}" for model, name in references(Case)}
    moved = {f"{model.__tablename__}.{name}" for model, name in children(Case)}
    kept = {place for place in STAYS if place.endswith("case_id") or "case_merge" in place}

    assert known == moved | kept
    assert {"stay.case_id", "lab_test.case_id", "notification.case_id", "contact.case_id"} <= moved
    assert {"imported_case.case_id", "message.case_id", "case_record.merged_into_id"} <= moved
    loose = {
        model.__tablename__
        for model in mapped_models()
        for column in model.__table__.columns
        if column.name == "case_id" and not column.foreign_keys
    }
    # Sums and publications follow each case by themselves; the rest was written once.
    assert loose == {
        "history_entry",
        "read_entry",
        "quality_due",
        "case_contribution",
        "case_count_change",
        "public_number",
    }


def everything() -> dict[str, list[Any]]:
    """Every row below a case, every case whole, who meets it, what it adds to the sums."""
    with acting_as(SYSTEM):
        db.session.expire_all()
        rows: dict[str, list[Any]] = {}
        for model, name in children(Case):
            kept = [c for c in model.__table__.columns if c.name != "row_version"]
            found = db.session.connection().execute(select(*kept).order_by(kept[0]))
            place = [c.name for c in kept].index(model.__mapper__.columns[name].name)
            rows[f"{model.__tablename__}.{name}"] = [
                (row.id, row[place], str(row)) for row in found
            ]
        for model in (Case, CaseAccess, CaseContribution, DailyCount, ProfileCount):
            kept = [c for c in model.__table__.columns if c.name != "row_version"]
            found = db.session.connection().execute(select(*kept).order_by(kept[0]))
            # A sum of nothing is no sum.
            kept_rows = [r for r in found if r._mapping.get("n") != 0]
            rows[model.__tablename__] = sorted((tuple(r) for r in kept_rows), key=str)
        return rows


def both(keys: tuple[int, int]) -> tuple[Case, Case]:
    db.session.expire_all()
    first, second = (db.session.get_one(Case, key) for key in keys)
    return first, second


def test_merging_two_cases_and_taking_it_back_is_as_if_nothing_had_been(
    app: Flask, twice: tuple[int, int]
) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        before = everything()
        first, second = both(twice)
        merged = merge_cases(first, second, by=aoki, take=("severity", "remarks"), why="二重届出")
        between = everything()
        first, second = both(twice)
        assert (first.severity, first.remarks) == ("moderate_1", "検査機関から")
        assert (first.former_numbers, first.status) == (second.number, "hotel")
        assert (second.merged_into_id, second.status) == (first.id, "withdrawn")
        assert second.id not in {case for _key, case, _row in between["stay.case_id"]}
        assert set(between["imported_case.case_id"]) != set(before["imported_case.case_id"])
        # Of one morning a case has one record: the other one stays where it was written.
        kept = [
            key for key, case, _row in between["health_observation.case_id"] if case == second.id
        ]
        assert len(kept) == 1
        assert sum(row[-1] for row in between["daily_count"]) < sum(
            row[-1] for row in before["daily_count"]
        )
        met = {row[2] for row in between["case_access"] if row[1] == first.id}
        assert met >= {row[2] for row in before["case_access"] if row[1] in twice}

        assert take_cases_back(merged, "別の療養期間", by=aoki) == []
        after = everything()
        assert {name for name in before if before[name] != after[name]} == set()


@pytest.mark.one_database
def test_a_file_that_names_the_case_given_up_speaks_of_the_one_that_stayed(
    app: Flask, twice: tuple[int, int]
) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        first, second = both(twice)
        old, kept = second.number, first.number
        rows = [
            ReadRow(number, case_number=named) for number, named in ((2, old), (3, kept), (4, "9"))
        ]
        assert {n: k.case_id for n, k in known_cases(rows, "nesid", by=aoki).items()} == {
            2: second.id,
            3: first.id,
        }
        merge_cases(first, second, by=aoki)
        known = known_cases(rows, "nesid", by=aoki)
        assert {n: k.case_id for n, k in known.items()} == {2: first.id, 3: first.id}
        assert known[2].case is known[3].case is first
        # The other system's number went with it.
        assert known[2].imported.key == "A1234567"


@pytest.mark.one_database
@pytest.mark.parametrize("seed", range(1, 8, 2))
def test_what_was_changed_since_stays_changed(
    app: Flask, twice: tuple[int, int], seed: int
) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        first, second = both(twice)
        merged = merge_cases(first, second, by=aoki, take=("severity",))
        left: list[list[Any]] = []
        first, second = both(twice)
        with transaction() as session:
            if seed & 1:
                first.severity = "severe"
                left.append(["case", "severity", first.id])
            if seed & 2:
                stay = session.scalars(select(Stay).where(Stay.place == "hotel")).first()
                assert stay is not None
                session.delete(stay)
                left.append(["stay", "case_id", stay.id])
            if seed & 4:
                key = merged.before["ties"][0][0]
                tie = session.get_one(CaseAccess, key)
                tie.to_at = datetime(2021, 9, 1, tzinfo=UTC)
                left.append(["case_access", "role", key])
        assert sorted(take_cases_back(merged, "別の療養期間", by=aoki)) == sorted(left)


@pytest.mark.one_database
def test_what_may_not_be_merged(app: Flask, twice: tuple[int, int]) -> None:
    with app.app_context():
        with acting_as(cast.actor("baba")) as nurse, pytest.raises(NotAllowed):
            merge_cases(*both(twice), by=nurse)
        with acting_as(cast.actor("aoki")) as aoki:
            with acting_as(SYSTEM), transaction():
                first, second = both(twice)
                centre = second.responsible_centre_id
                second.responsible_centre_id = second.reporting_institution_id
            with pytest.raises(NotAllowed):
                merge_cases(*both(twice), by=aoki)
            with acting_as(SYSTEM), transaction():
                first, second = both(twice)
                second.responsible_centre_id, second.onset_on = centre, date(2022, 2, 1)
            first, second = both(twice)
            with pytest.raises(InvalidInput):
                merge_cases(first, second, by=aoki, in_spite=True)
            with pytest.raises(InvalidState):
                merge_cases(first, first, by=aoki)
            merge_cases(first, second, by=aoki, in_spite=True, why="発病日の誤記")
            first, second = both(twice)
            with pytest.raises(InvalidState):
                merge_cases(first, second, by=aoki)
            second.remarks = "もう一度"
            with pytest.raises(InvalidState):
                db.session.flush()
            db.session.rollback()
            db.session.get_one(Case, second.id)
            db.session.add(Stay(case_id=second.id, place="home", from_on=date(2021, 8, 20)))
            with pytest.raises(InvalidState):
                db.session.flush()


def _case_of(person_id: int) -> int:
    return db.session.scalars(select(Case.id).where(Case.person_id == person_id)).one()


@pytest.mark.one_database
def test_persons_are_taken_apart_after_their_cases(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter(**AUGUST)
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        mine = (cast.own_episode().case, _case_of(other))
        persons = merging.merge(person(hanako), person(other), by=aoki)
        cases = merge_cases(*both(mine), by=aoki, in_spite=True, why="同じ")
        with pytest.raises(InvalidState):
            merging.take_back(persons, "別人と判明", by=aoki)
        take_cases_back(cases, "別人と判明", by=aoki)
        assert merging.take_back(persons, "別人と判明", by=aoki) == []


@pytest.mark.one_database
def test_the_old_number_and_that_of_nesid_lead_to_the_case(
    app: Flask, twice: tuple[int, int], clerk: FlaskClient
) -> None:
    with app.app_context():
        first, second = twice
        with acting_as(cast.actor("aoki")) as aoki:
            one, other = both(twice)
            numbers = str(one.number), str(other.number)
            merge_cases(one, other, by=aoki)
    for typed in (*numbers, "A1234567"):
        page = clerk.get("/cases/list/", query_string={"number": typed}).text
        assert f"/cases/show/{first}" in page
        assert f"/cases/show/{second}" not in page
    given_up = clerk.get(f"/cases/show/{second}").text
    assert f"/cases/show/{first}" in given_up
    assert merged_items()
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.scalars(select(CaseMerge)).one().merged_by == "青木 一郎"
