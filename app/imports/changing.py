"""Writes what a newer file says into cases that exist, through the session and its laws."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from app.cases.models import Case, LabTest
from app.imports.creating import test_values
from app.imports.judging import ATTACHED, decided, digest_of
from app.imports.known import tests_of
from app.imports.models import ImportedCase
from app.imports.planning import Planned
from app.imports.targets import TARGETS, typed

_IMPORTED = ImportedCase.__table__


def change_case(session: Session, one: Planned, choice: str | None, source: str) -> dict[str, Any]:
    """Bring a case to what was decided; what was written, and what was remembered before.

    Nothing is flushed: that happens once for all rows of a chunk.
    """
    known = one.known
    assert known is not None
    assert known.case is not None
    case = known.case
    written = decided(one.verdict, choice)
    tests = tests_of(case, known.imported)
    made: dict[str, LabTest] = {}
    for name, (_held, new) in written.items():
        if name != ATTACHED:
            _set(session, case, name, new, tests, made)
    kept: dict[str, Any] = {
        "set": written,
        "conflict": one.verdict.disputed,
        "base": dict(known.last),
    }
    kept["digest"] = None if known.imported is None else known.imported.digest
    kept["tests"] = None if known.imported is None else known.imported.tests
    return kept | {"made": made, "places": tests, "source": source}


def remember(session: Session, one: Planned, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Note what the file said last, once the tests have their keys; gives what the row keeps."""
    known = one.known
    assert known is not None
    made = {name: test.id for name, test in kept["made"].items()}
    read = one.read
    if read.key is not None and ATTACHED not in one.verdict.disputed:
        values = {**known.last, **read.values}
        row = {"digest": digest_of(read.key, read.values), "values": values}
        places = {name: test.id for name, test in kept["places"].items()} | made
        row["tests"] = {name: key for name, key in places.items() if name in values}
        connection = session.connection()
        if known.imported is None:
            of_case = {"source": kept["source"], "key": read.key, "case_id": known.case_id}
            connection.execute(insert(_IMPORTED), [row | of_case])
        else:
            connection.execute(
                update(_IMPORTED).where(_IMPORTED.c.id == known.imported.id).values(row)
            )
    stored = {name: kept[name] for name in ("set", "conflict", "base", "digest", "tests")}
    return stored | {"made": made}


def put_back(session: Session, case: Case, changes: Mapping[str, Any]) -> None:
    """Set a case back to what it held before a row changed it."""
    tests = {test.id: test for test in case.lab_tests}
    places = {**(changes.get("tests") or {})}
    for name, (held, _new) in changes["set"].items():
        target = TARGETS[name]
        if name == ATTACHED or target.owner == "extra":
            continue
        if target.kind != "test":
            owner = case.person if target.owner == "person" else case
            setattr(owner, target.attribute, typed(target, held))
        elif name in changes.get("made", {}):
            test = tests.get(changes["made"][name])
            if test is not None:
                session.delete(test)
        elif places.get(name) in tests:
            _fill(tests[places[name]], held)


def _set(
    session: Session,
    case: Case,
    name: str,
    new: Any,
    tests: Mapping[str, LabTest],
    made: dict[str, LabTest],
) -> None:
    target = TARGETS[name]
    if target.owner in ("case", "person"):
        owner = case if target.owner == "case" else case.person
        setattr(owner, target.attribute, typed(target, new))
    elif target.kind == "test" and name in tests:
        _fill(tests[name], new)
    elif target.kind == "test":
        made[name] = LabTest(case=case, **test_values(new))
        session.add(made[name])


def _fill(test: LabTest, plain: Sequence[Any]) -> None:
    for attribute, value in test_values(plain).items():
        if attribute != "purpose":
            setattr(test, attribute, value)
