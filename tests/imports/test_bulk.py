"""A row written in bulk leaves what a record saved by the session leaves, in every table."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Table, inspect, select

from app.audit.models import HistoryEntry
from app.cases.models import Case, CaseAccess, LabTest
from app.core.bulk import reserve_keys
from app.core.compact_json import canonical, compact
from app.core.db import db
from app.core.transaction import transaction
from app.persons.models import Person, PersonPosting, PersonSearch
from app.publication.models import CaseCountChange, DailyCountChange
from app.quality.models import QualityDue
from app.security.actor import Actor, acting_as, system_actor
from app.statistics.models import CaseContribution, DailyCount
from tests.imports.nesid import applied, case_of, content, row

OWN = {"id", "number", "case_id", "person_id", "source_key", "row_version"}
"""What two records that are otherwise alike cannot share."""


def values(record: Any) -> dict[str, Any]:
    names = [column.key for column in inspect(type(record)).column_attrs]
    return {name: getattr(record, name) for name in names if name not in OWN}


def rows(table: Table, *leave: str, **where: int) -> list[tuple[Any, ...]]:
    columns = [column for column in table.c if column.name not in {"id", *where, *leave}]
    mine = [table.c[name] == key for name, key in where.items()]
    found = db.session.connection().execute(select(*columns).where(*mine))
    return sorted(map(tuple, found), key=repr)


def saved_one_by_one(case: Case) -> Case:
    """The same person, case, access and tests, saved through the session."""
    with acting_as(system_actor("tests")), transaction() as session:
        copy = Case(**values(case), person=Person(**values(case.person)), number=f"X{case.id}")
        session.add(copy)
        session.flush()
        (access,) = session.scalars(select(CaseAccess).where(CaseAccess.case_id == case.id))
        session.add(CaseAccess(**values(access), case_id=copy.id))
        session.add_all(LabTest(**values(test), case_id=copy.id) for test in case.lab_tests)
    return copy


def history(case: Case) -> list[Any]:
    found = db.session.scalars(
        select(HistoryEntry).where(
            (HistoryEntry.case_id == case.id) | (HistoryEntry.person_id == case.person_id)
        )
    )
    entries = (
        (
            entry.record_type,
            entry.action,
            entry.number,
            sorted(entry.item_names.split(";")),
            sorted(entry.proof.keys() - OWN),
            sorted(pair for pair in entry.changes.items() if pair[0] not in OWN),
        )
        for entry in found
    )
    return sorted(entries, key=repr)


def left_behind(case: Case) -> dict[str, Any]:
    tables: dict[str, Callable[[], Any]] = {
        "history": lambda: history(case),
        "search keys": lambda: rows(PersonSearch.__table__, person_id=case.person_id or 0),
        "postings": lambda: rows(PersonPosting.__table__, person_id=case.person_id or 0),
        "contribution": lambda: rows(CaseContribution.__table__, case_id=case.id),
        "journal": lambda: rows(CaseCountChange.__table__, "known_at", case_id=case.id),
        "to be judged": lambda: rows(QualityDue.__table__, case_id=case.id),
    }
    return {name: read() for name, read in tables.items()}


def sums() -> dict[Any, int]:
    return {
        key: n
        for table, names in ((DailyCount, ("n",)), (DailyCountChange, ("gained", "lost")))
        for *key_parts, n in rows_with_numbers(table.__table__, names)
        for key in [(table.__name__, *key_parts)]
    }


def rows_with_numbers(table: Table, names: tuple[str, ...]) -> list[tuple[Any, ...]]:
    keys = [column for column in table.c if column.name not in {"id", *names}]
    found = db.session.connection().execute(select(*keys, *(table.c[name] for name in names)))
    return [
        (name, *record[: len(keys)], record[len(keys) + at])
        for record in found
        for at, name in enumerate(names)
    ]


def grown(before: dict[Any, int], after: dict[Any, int]) -> dict[Any, int]:
    found = {key: n - before.get(key, 0) for key, n in after.items()}
    return {key: n for key, n in found.items() if n}


@pytest.mark.usefixtures("frozen_clock")
def test_a_row_applied_in_bulk_leaves_what_the_session_would_leave(aoki: Actor) -> None:
    with acting_as(system_actor("tests")):
        start = sums()
    applied(
        content(
            [
                row(診断方法2="抗原定性検査;唾液;2020/8/19;陰性"),
                row(key="20200002", 氏名="渡邉　花子", フリガナ="ﾜﾀﾅﾍﾞ ﾊﾅｺ", 症状="", 診断方法1=""),
            ]
        ),
        aoki,
    )
    with acting_as(system_actor("tests")):
        imported = sums()
        made = [case_of(key) for key in ("20200001", "20200002")]
        copies = [saved_one_by_one(case) for case in made]
        for case, copy in zip(made, copies, strict=True):
            assert left_behind(case) == left_behind(copy)
            assert left_behind(case)["journal"]
        assert len(made[0].lab_tests) == 2
        assert grown(start, imported) == grown(imported, sums()) != {}


@pytest.mark.usefixtures("aoki")
def test_reserved_keys_are_given_to_nobody_else() -> None:
    with acting_as(system_actor("tests")), transaction() as session:
        first = reserve_keys(session.connection(), Person.__table__, 3)
        person = Person(name="後の人")
        session.add(person)
        session.flush()
        second = reserve_keys(session.connection(), Person.__table__, 2)
    assert first == list(range(first[0], first[0] + 3))
    assert len({*first, person.id, *second}) == 6


def test_json_is_what_the_standard_library_writes() -> None:
    said = {"b": [None, '山\n"1"'], "a": {"z": 1, "y": [True, 1.5]}}
    assert compact(said) == '{"b":[null,"山\\n\\"1\\""],"a":{"z":1,"y":[true,1.5]}}'
    assert canonical(said) == '{"a":{"y":[true,1.5],"z":1},"b":[null,"山\\n\\"1\\""]}'
