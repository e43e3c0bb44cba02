"""Writes new cases of a file, some hundreds at a time, below the ORM.

Does itself what a flush would do: status, age group, search keys, versions, history, and telling
the statistics. The rows are written as the system; the history names who applied the file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.orm import Session

from app.audit.history import record_explicitly, values_of_new
from app.cases.models import Case, CaseAccess, LabTest
from app.cases.rules import Course, age_group_of, case_number, derive_status
from app.cases.written import cases_written
from app.core import clock
from app.core.bulk import execute_many, insert_many, inserting, reserve_keys
from app.imports.judging import digest_of
from app.imports.master import Centre, Masters
from app.imports.models import ImportedCase
from app.imports.readings import ReadRow
from app.imports.targets import TARGETS, TESTS, typed
from app.persons.models import Person
from app.persons.search_keys import write_search_keys
from app.security.actor import Actor, acting_as, system_actor

WRITER = "import of files"
_PERSON: Table = Person.__table__
_CASE: Table = Case.__table__
_ACCESS: Table = CaseAccess.__table__
_TEST: Table = LabTest.__table__
_IMPORTED: Table = ImportedCase.__table__
_OWN = {
    owner: tuple(
        (target.attribute, name, target)
        for name, target in TARGETS.items()
        if target.owner == owner
    )
    for owner in ("person", "case")
}
"""The columns of a table, the items they come from, and what these are."""


def create_cases(
    session: Session, rows: Sequence[ReadRow], source: str, masters: Masters, *, by: Actor
) -> dict[int, int]:
    """Row number → key of the case made of it, inside the caller's transaction."""
    if not rows:
        return {}
    with acting_as(system_actor(WRITER)):
        made = _made(session.connection(), rows, source, masters)
        _insert(session.connection(), made, rows, source)
    with acting_as(by):
        record_explicitly(session, _entries(made))
    with acting_as(system_actor(WRITER)):
        cases_written(session.connection(), [case["id"] for case in made.cases])
    return {row.number: case["id"] for row, case in zip(rows, made.cases, strict=True)}


@dataclass(frozen=True, slots=True)
class _Made:
    """The rows of every table with their keys; ``places`` says where in the file a test stood."""

    persons: list[dict[str, Any]]
    cases: list[dict[str, Any]]
    accesses: list[dict[str, Any]]
    tests: list[dict[str, Any]]
    places: dict[int, dict[str, int]]


def _made(connection: Connection, rows: Sequence[ReadRow], source: str, masters: Masters) -> _Made:
    person_ids = reserve_keys(connection, _PERSON, len(rows))
    case_ids = reserve_keys(connection, _CASE, len(rows))
    access_ids = reserve_keys(connection, _ACCESS, len(rows))
    said = [
        (place, key, row.values[place])
        for row, key in zip(rows, case_ids, strict=True)
        for place in TESTS
        if place in row.values
    ]
    test_ids = reserve_keys(connection, _TEST, len(said)) if said else []
    centres = {centre.id: centre for centre in masters.centres.values()}
    cases = [
        _case(row, key, person_id, source, masters, centres[row.centre_id or 0])
        for row, key, person_id in zip(rows, case_ids, person_ids, strict=True)
    ]
    places: dict[int, dict[str, int]] = {}
    for (place, case_id, _plain), key in zip(said, test_ids, strict=True):
        places.setdefault(case_id, {})[place] = key
    return _Made(
        persons=[
            {"id": key} | _values(row, "person") for row, key in zip(rows, person_ids, strict=True)
        ],
        cases=cases,
        accesses=[_access(case, key) for case, key in zip(cases, access_ids, strict=True)],
        tests=[
            {"id": key} | test_values(plain) | {"case_id": case_id}
            for (_place, case_id, plain), key in zip(said, test_ids, strict=True)
        ],
        places=places,
    )


def _insert(connection: Connection, made: _Made, rows: Sequence[ReadRow], source: str) -> None:
    for table, values in (
        (_PERSON, made.persons),
        (_CASE, made.cases),
        (_ACCESS, made.accesses),
        (_TEST, made.tests),
    ):
        columns = {name: [one[name] for one in values] for name in values[0]} if values else {}
        columns["row_version"] = [1] * len(values)
        execute_many(connection, inserting(table, connection.dialect.name), columns)
    remembered = [
        {
            "source": source,
            "key": row.key,
            "case_id": case["id"],
            "digest": digest_of(row.key, row.values),
            "values": row.values,
            "tests": made.places.get(case["id"], {}),
        }
        for row, case in zip(rows, made.cases, strict=True)
    ]
    insert_many(connection, _IMPORTED, remembered)
    write_search_keys(connection, made.persons)


def _values(row: ReadRow, owner: str) -> dict[str, Any]:
    said = row.values
    return {
        attribute: typed(target, said[name]) if name in said else None
        for attribute, name, target in _OWN[owner]
    }


def _case(
    row: ReadRow, key: int, person_id: int, source: str, masters: Masters, centre: Centre
) -> dict[str, Any]:
    values = _values(row, "case")
    prefecture, town = masters.place_of(row.values.get("person.address"))
    if values["accepted_at"] is not None:
        values["accepted_centre_id"] = values["accepted_centre_id"] or centre.id
        values["accepted_authority_id"] = values["accepted_authority_id"] or centre.authority_id
    dated = ("diagnosis_type", "outcome", "discharged_on", "died_on")
    course = Course(**{name: values[name] for name in dated})
    return (
        {"id": key, "number": case_number(key)}
        | values
        | {
            "person_id": person_id,
            "prefecture_code": prefecture or centre.prefecture_code,
            "first_prefecture_code": prefecture or centre.prefecture_code,
            "municipality_code": town,
            "responsible_centre_id": centre.id,
            "authority_id": centre.authority_id,
            "age_group": None if values["age_years"] is None else age_group_of(values["age_years"]),
            "status": derive_status(course, (), clock.today()),
            "episode": 1,
            "created_at": clock.now(),
            "source_system": source,
            "source_key": row.key,
        }
    )


def _access(case: Mapping[str, Any], key: int) -> dict[str, Any]:
    return {
        "id": key,
        "case_id": case["id"],
        "institution_id": case["responsible_centre_id"],
        "role": "responsible",
        "from_at": case["created_at"],
    }


def test_values(plain: Sequence[Any]) -> dict[str, Any]:
    """The columns of a test, from its plain form."""
    method, specimen, day, result = plain
    return {
        "method": method,
        "specimen": specimen,
        "collected_on": typed(TARGETS["case.onset_on"], day),
        "result": result,
        "purpose": "diagnosis",
    }


def _entries(made: _Made) -> list[dict[str, Any]]:
    persons = [_entry("person", one, None, one["id"]) for one in made.persons]
    cases = [_entry("case", one, one["id"], one["person_id"]) for one in made.cases]
    accesses = [_entry("case_access", one, one["case_id"], None) for one in made.accesses]
    tests = [_entry("lab_test", one, one["case_id"], None) for one in made.tests]
    return persons + cases + accesses + tests


def _entry(
    record_type: str, record: Mapping[str, Any], case_id: int | None, person_id: int | None
) -> dict[str, Any]:
    changes = values_of_new(record)
    del changes["id"]
    return {
        "record_type": record_type,
        "record_id": record["id"],
        "case_id": case_id,
        "person_id": person_id,
        "action": "created",
        "changes": changes,
    }
