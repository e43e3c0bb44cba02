"""Writes new cases of a file, some hundreds at a time, below the ORM.

Does itself what a flush would do: status, age group, search keys, versions, history, and telling
the statistics. The rows are written as the system; the history names who applied the file.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, bindparam, insert, update
from sqlalchemy.orm import Session

from app.audit.history import changes_between, record_explicitly
from app.cases.models import Case, CaseAccess, LabTest
from app.cases.rules import Course, age_group_of, case_number, derive_status
from app.cases.written import cases_written
from app.core import clock
from app.imports.judging import digest_of
from app.imports.master import Centre, Masters
from app.imports.models import ImportedCase
from app.imports.readings import ReadRow
from app.imports.targets import ACCEPTED_BY, TARGETS, TESTS, typed
from app.persons.lookups import SEARCHED
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
    owner: tuple(target for target in TARGETS.values() if target.owner == owner)
    for owner in ("person", "case")
}


def create_cases(
    session: Session, rows: Sequence[ReadRow], source: str, masters: Masters, *, by: Actor
) -> dict[int, int]:
    """Row number → key of the case made of it, inside the caller's transaction."""
    if not rows:
        return {}
    with acting_as(system_actor(WRITER)):
        persons = [_values(row, "person") for row in rows]
        person_ids = _inserted(session, _PERSON, persons)
        cases = [
            _case(row, person_id, source, masters)
            for row, person_id in zip(rows, person_ids, strict=True)
        ]
        case_ids = _inserted(session, _CASE, cases)
        for case, key in zip(cases, case_ids, strict=True):
            case["number"] = case_number(key)
        session.connection().execute(
            update(_CASE).where(_CASE.c.id == bindparam("of_id")).values(number=bindparam("no")),
            [{"of_id": k, "no": c["number"]} for k, c in zip(case_ids, cases, strict=True)],
        )
        accesses = [_access(case, key) for case, key in zip(cases, case_ids, strict=True)]
        access_ids = _inserted(session, _ACCESS, accesses)
        tests = [test for row, key in zip(rows, case_ids, strict=True) for test in _tests(row, key)]
        test_ids = _inserted(session, _TEST, [test for _place, test in tests])
        _remember(session, rows, case_ids, source, tests, test_ids)
        write_search_keys(
            session.connection(),
            [
                {"id": key, **{name: person.get(name) for name in SEARCHED}}
                for key, person in zip(person_ids, persons, strict=True)
            ],
        )
    with acting_as(by):
        record_explicitly(session, _entries("person", person_ids, persons, None, person_ids))
        record_explicitly(session, _entries("case", case_ids, cases, case_ids, person_ids))
        record_explicitly(session, _entries("case_access", access_ids, accesses, case_ids, None))
        owners = [test["case_id"] for _place, test in tests]
        plain_tests = [test for _place, test in tests]
        record_explicitly(session, _entries("lab_test", test_ids, plain_tests, owners, None))
    with acting_as(system_actor(WRITER)):
        cases_written(session.connection(), case_ids)
    return {row.number: key for row, key in zip(rows, case_ids, strict=True)}


def _inserted(session: Session, table: Table, values: Sequence[Mapping[str, Any]]) -> list[int]:
    """Insert in one statement; the keys in the order of the values."""
    if not values:
        return []
    names = dict.fromkeys(name for one in values for name in one)
    rows = [{**dict.fromkeys(names), **one, "row_version": 1} for one in values]
    statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return list(session.connection().execute(statement, rows).scalars())


def _values(row: ReadRow, owner: str) -> dict[str, Any]:
    return {target.attribute: typed(target, row.values.get(target.name)) for target in _OWN[owner]}


def _case(row: ReadRow, person_id: int, source: str, masters: Masters) -> dict[str, Any]:
    values = _values(row, "case")
    centre = _centre(row, masters)
    prefecture, town = masters.place_of(row.values.get("person.address"))
    if values["accepted_at"] is not None:
        values["accepted_centre_id"] = values["accepted_centre_id"] or centre.id
        values["accepted_authority_id"] = values["accepted_authority_id"] or centre.authority_id
    dated = ("diagnosis_type", "outcome", "discharged_on", "died_on")
    course = Course(**{name: values[name] for name in dated})
    return values | {
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


def _centre(row: ReadRow, masters: Masters) -> Centre:
    for centre in masters.centres.values():
        if centre.id == row.centre_id:
            return centre
    raise LookupError(ACCEPTED_BY)


def _access(case: Mapping[str, Any], case_id: int) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "institution_id": case["responsible_centre_id"],
        "role": "responsible",
        "from_at": case["created_at"],
    }


def _tests(row: ReadRow, case_id: int) -> list[tuple[str, dict[str, Any]]]:
    return [
        (place, test_values(row.values[place]) | {"case_id": case_id})
        for place in TESTS
        if place in row.values
    ]


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


def _remember(
    session: Session,
    rows: Sequence[ReadRow],
    case_ids: Sequence[int],
    source: str,
    tests: Sequence[tuple[str, Mapping[str, Any]]],
    test_ids: Sequence[int],
) -> None:
    places: dict[int, dict[str, int]] = {}
    for (place, test), key in zip(tests, test_ids, strict=True):
        places.setdefault(test["case_id"], {})[place] = key
    session.connection().execute(
        insert(_IMPORTED),
        [
            {
                "source": source,
                "key": row.key,
                "case_id": case_id,
                "digest": digest_of(row.key, row.values),
                "values": row.values,
                "tests": places.get(case_id, {}),
            }
            for row, case_id in zip(rows, case_ids, strict=True)
        ],
    )


def _entries(
    record_type: str,
    keys: Sequence[int],
    values: Sequence[Mapping[str, Any]],
    case_ids: Sequence[int] | None,
    person_ids: Sequence[int] | None,
) -> list[dict[str, Any]]:
    return [
        {
            "record_type": record_type,
            "record_id": key,
            "case_id": None if case_ids is None else case_ids[at],
            "person_id": None if person_ids is None else person_ids[at],
            "action": "created",
            "changes": changes_between({}, one),
        }
        for at, (key, one) in enumerate(zip(keys, values, strict=True))
    ]
