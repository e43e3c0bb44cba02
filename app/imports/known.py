"""The cases the rows of a file speak of, as they stand in the portal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from app.audit.history import plain
from app.cases.models import Case, LabTest
from app.core.db import db
from app.imports.judging import digest_of
from app.imports.models import ImportedCase
from app.imports.readings import ReadRow
from app.imports.targets import COMPARED, TARGETS, TESTS
from app.security.actor import Actor

_CASE = Case.__table__
_IMPORTED = ImportedCase.__table__
_CASE_ITEMS = tuple(name for name in COMPARED if TARGETS[name].owner == "case")
_PERSON_ITEMS = tuple(name for name in COMPARED if TARGETS[name].owner == "person")


@dataclass(slots=True)
class Known:
    """A case that a row speaks of.

    ``case`` is None where it need not be read (the file says what it said last time) or does not
    exist for the actor (``foreign``).
    """

    case_id: int
    imported: Any = None
    case: Case | None = None
    foreign: bool = False

    @property
    def last(self) -> Mapping[str, Any]:
        """What was imported last, by item."""
        return {} if self.imported is None else (self.imported.values or {})

    @property
    def unchanged(self) -> bool:
        """The file says exactly what it said last time."""
        return self.case is None and not self.foreign


def known_cases(rows: Sequence[ReadRow], source: str, *, by: Actor) -> dict[int, Known]:
    """Row number → its case, in three statements and a few more for what has changed."""
    imported = _imported(source, [row.key for row in rows if row.key is not None])
    found: dict[int, Known] = {}
    for row in rows:
        record = imported.get(row.key or "")
        if record is not None:
            found[row.number] = Known(record.case_id, record)
    _by_number(rows, found, source)
    stale = {
        row.number: found[row.number]
        for row in rows
        if row.number in found and not _says_the_same(row, found[row.number])
    }
    cases = _cases({known.case_id for known in stale.values()})
    for known in stale.values():
        case = cases.get(known.case_id)
        closed = case is not None and case.anonymised_on is not None
        mine = case is not None and case.responsible_centre_id == by.institution_id
        known.case, known.foreign = (case, False) if mine and not closed else (None, True)
    return found


def ours_of(case: Case, known: Known) -> dict[str, Any]:
    """The compared items as the case holds them; what it has no item for as last imported."""
    values = {name: plain(getattr(case, TARGETS[name].attribute)) for name in _CASE_ITEMS}
    person = case.person
    if person is not None:
        values |= {name: plain(getattr(person, TARGETS[name].attribute)) for name in _PERSON_ITEMS}
    for name, test in tests_of(case, known.imported).items():
        values[name] = plain_test(test)
    return values | {n: v for n, v in known.last.items() if TARGETS[n].owner == "extra"}


def tests_of(case: Case, imported: Any) -> dict[str, LabTest]:
    """Which test stands in which of the four places: as imported, else in their order."""
    by_id = {test.id: test for test in case.lab_tests}
    places = {} if imported is None else imported.tests
    found = {name: by_id[key] for name, key in places.items() if key in by_id}
    rest = sorted(by_id.keys() - {test.id for test in found.values()})
    if imported is None:
        found |= {name: by_id[key] for name, key in zip(TESTS, rest, strict=False)}
    return found


def plain_test(test: LabTest) -> list[Any]:
    """Method, specimen, day and result of a test, in plain form."""
    return [test.method, test.specimen, plain(test.collected_on), test.result]


def _says_the_same(row: ReadRow, known: Known) -> bool:
    return known.imported is not None and known.imported.digest == digest_of(row.key, row.values)


def _imported(source: str, keys: Sequence[str]) -> dict[str, Any]:
    if not keys:
        return {}
    statement = select(_IMPORTED).where(_IMPORTED.c.source == source, _IMPORTED.c.key.in_(keys))
    return {row.key: row for row in db.session.connection().execute(statement)}


def _by_number(rows: Sequence[ReadRow], found: dict[int, Known], source: str) -> None:
    """Cases named by the portal's own number, which other systems do not know yet or do."""
    named = [row for row in rows if row.case_number and row.number not in found]
    ids = _by_numbers({row.case_number for row in named if row.case_number})
    if not ids:
        return
    mine = _IMPORTED.c.case_id.in_(set(ids.values()))
    tied = {
        row.case_id: row
        for row in db.session.connection().execute(
            select(_IMPORTED).where(mine, _IMPORTED.c.source == source)
        )
    }
    for row in named:
        key = ids.get(row.case_number or "")
        if key is not None:
            found[row.number] = Known(key, tied.get(key))


def _by_numbers(numbers: set[str]) -> dict[str, int]:
    """Number → case; of a case that was made one with another, the one that stayed.

    Paper and other systems go on using the number of the one that was given up.
    """
    if not numbers:
        return {}
    stayed = func.coalesce(_CASE.c.merged_into_id, _CASE.c.id)
    statement = select(_CASE.c.number, stayed).where(_CASE.c.number.in_(numbers))
    named = dict(db.session.connection().execute(statement).all())
    # Keys alone so far: the law of cases stands on those that are found.
    seen = set(db.session.scalars(select(Case.id).where(Case.id.in_(set(named.values())))))
    return {number: key for number, key in named.items() if key in seen}


def _cases(keys: set[int]) -> dict[int, Case]:
    if not keys:
        return {}
    statement = (
        select(Case)
        .where(Case.id.in_(keys))
        .options(joinedload(Case.person), selectinload(Case.lab_tests))
        .execution_options(populate_existing=True)
    )
    return {case.id: case for case in db.session.scalars(statement)}
