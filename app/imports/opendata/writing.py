"""Writes rows of a file as cases, batch by batch, below the ORM.

A list of 100,000 rows through the ORM would take minutes and hold every record until the
commit. So this module does itself what a flush would do: status, version, history, and telling
the statistics. It runs for the system actor only, inside the caller's transaction.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from app.audit.history import changes_between, record_explicitly
from app.audit.models import HistoryEntry
from app.cases.models import Case, Stay
from app.cases.rules import Course, derive_status
from app.cases.written import cases_written
from app.core import clock
from app.core.errors import Conflict
from app.imports.opendata.findings import Effect, Finding
from app.imports.opendata.places import Places
from app.imports.opendata.rows import Row
from app.institutions.diseases import Disease

ACTOR_NAME = "import open-data"
"""Who wrote, in the history; also how an import tells its own changes from people's."""

_CASE: Table = Case.__table__
_STAY: Table = Stay.__table__
_HISTORY: Table = HistoryEntry.__table__
_COURSE = ("notification_state", "diagnosis_type", "outcome", "waiting_since_on")
_ENDS = ("discharged_on", "died_on")
_WRITABLE = (
    "published_on",
    "onset_on",
    "diagnosed_on",
    "disease_id",
    "residence",
    "municipality_code",
    "age_group",
    "sex",
    "occupation",
    "occupation_detail",
    "severity",
    "outcome",
    "symptoms",
    "symptoms_other",
    "travelled",
    "link_known",
    "remarks",
)
"""Items a later version of the file may change."""


@dataclass(frozen=True, slots=True)
class Diseases:
    """The periods of COVID-19 in the law, earliest first: (first day, disease id)."""

    periods: Sequence[tuple[date, int]]

    def on(self, day: date) -> int:
        """The disease of a day; January 2020 counts to the first period, as publishers do."""
        begun = [disease_id for first, disease_id in self.periods if first <= day]
        return begun[-1] if begun else self.periods[0][1]


@dataclass(slots=True)
class Written:
    """What became of a batch."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    findings: list[Finding] = field(default_factory=list)


def covid_19(session: Session) -> Diseases:
    """The diseases imported rows count to. Master data has to be loaded."""
    family = select(Disease.valid_from, Disease.id).where(Disease.family == "covid_19")
    found = sorted((first, key) for first, key in session.execute(family) if first is not None)
    return Diseases(found)


def write(
    session: Session, rows: Sequence[Row], places: Places, diseases: Diseases, *, dry_run: bool
) -> Written:
    """Bring the cases of these rows to what the rows say; a row without changes costs a lookup.

    Raises:
        Conflict: somebody saved one of the cases at the same moment.
    """
    done = Written()
    known = _known(session, rows)
    new = [row for row in rows if (row.source_system, row.key) not in known]
    changed = []
    for row in rows:
        record = known.get((row.source_system, row.key))
        if record is None:
            continue
        if record["source_hash"] == row.fingerprint:
            done.unchanged += 1
        else:
            changed.append((row, record))
    done.created = len(new)
    if new and not dry_run:
        _insert(session, [_new_case(row, places, diseases) for row in new])
    if changed:
        _change(session, changed, diseases, done, dry_run=dry_run)
    return done


def _known(session: Session, rows: Sequence[Row]) -> dict[tuple[str, str], Mapping[str, Any]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        keys[row.source_system].append(row.key)
    names = ("id", "row_version", "source_system", "source_key", "source_hash", "status")
    columns = [_CASE.c[name] for name in dict.fromkeys((*names, *_WRITABLE, *_COURSE, *_ENDS))]
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for system, mine in keys.items():
        where = (_CASE.c.source_system == system, _CASE.c.source_key.in_(mine))
        for record in session.connection().execute(select(*columns).where(*where)).mappings():
            found[record["source_system"], record["source_key"]] = dict(record)
    return found


def _new_case(row: Row, places: Places, diseases: Diseases) -> dict[str, Any]:
    """A case without a person, a notification or a health centre: the publisher's count."""
    values = {**dict.fromkeys(_WRITABLE), **row.values}
    return {
        **values,
        "disease_id": diseases.on(row.values["published_on"]),
        "diagnosis_type": "confirmed",
        "first_prefecture_code": row.prefecture_code,
        "authority_id": places.authority_of(row.publisher),
        "status": derive_status(
            Course(diagnosis_type="confirmed", outcome=values["outcome"]), (), clock.today()
        ),
        "episode": 1,
        "created_at": clock.now(),
        "source_system": row.source_system,
        "source_key": row.key,
        "source_hash": row.fingerprint,
    }


def _insert(session: Session, cases: list[dict[str, Any]]) -> None:
    connection = session.connection()
    statement = insert(_CASE).returning(_CASE.c.id, _CASE.c.source_system, _CASE.c.source_key)
    stored = connection.execute(statement, [case | {"row_version": 1} for case in cases])
    ids = {(system, key): case_id for case_id, system, key in stored}
    record_explicitly(
        session,
        [
            {
                "record_type": "case",
                "record_id": (case_id := ids[case["source_system"], case["source_key"]]),
                "case_id": case_id,
                "action": "created",
                "changes": changes_between({}, case),
            }
            for case in cases
        ],
    )
    cases_written(connection, list(ids.values()))


def _change(
    session: Session,
    changed: Sequence[tuple[Row, Mapping[str, Any]]],
    diseases: Diseases,
    done: Written,
    *,
    dry_run: bool,
) -> None:
    ids = [record["id"] for _row, record in changed]
    touched, stays = _touched_by_people(session, ids), _stays(session, ids)
    updates, entries = [], []
    for row, record in changed:
        wanted = {**row.values, "disease_id": diseases.on(row.values["published_on"])}
        mine = touched[record["id"]]
        after = {n: wanted[n] if n in wanted and n not in mine else record[n] for n in _WRITABLE}
        done.findings.extend(_kept(row, record, wanted, mine))
        after["status"] = _status({**record, **after}, stays[record["id"]])
        differences = changes_between(record, after)
        done.updated += bool(differences)
        done.unchanged += not differences
        updates.append(_update_of(record, after, row.fingerprint, bool(differences)))
        if differences:
            entries.append(_entry(record["id"], differences))
    if not dry_run:
        _apply(session, updates)
        record_explicitly(session, entries)
        cases_written(session.connection(), [entry["case_id"] for entry in entries])


def _kept(
    row: Row, record: Mapping[str, Any], wanted: Mapping[str, Any], mine: set[str]
) -> Iterator[Finding]:
    """Items somebody corrected in the portal: the newer file is not the truer one."""
    for name in _WRITABLE:
        if name in mine and name in wanted and wanted[name] != record[name]:
            reason = f"{name} was changed in the portal since the last import"
            yield Finding(row.line, name, Effect.KEPT, reason)


def _touched_by_people(session: Session, ids: Sequence[int]) -> defaultdict[int, set[str]]:
    """Case → items that somebody else than an import changed."""
    entries = select(_HISTORY.c.record_id, _HISTORY.c.item_names).where(
        _HISTORY.c.record_type == "case",
        _HISTORY.c.record_id.in_(ids),
        _HISTORY.c.action == "changed",
        _HISTORY.c.user_name != ACTOR_NAME,
    )
    touched: defaultdict[int, set[str]] = defaultdict(set)
    for record_id, names in session.connection().execute(entries):
        touched[record_id].update(names.strip(";").split(";"))
    return touched


def _stays(session: Session, ids: Sequence[int]) -> defaultdict[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for stay in session.connection().execute(select(_STAY).where(_STAY.c.case_id.in_(ids))):
        found[stay.case_id].append(stay)
    return found


def _status(values: Mapping[str, Any], stays: Sequence[Any]) -> str:
    course = Course(**{name: values[name] for name in (*_COURSE, *_ENDS)})
    return derive_status(course, stays, clock.today())


def _update_of(
    record: Mapping[str, Any], after: Mapping[str, Any], fingerprint: str, differs: bool
) -> dict[str, Any]:
    """Parameters of one update; a new fingerprint alone is no change anybody made."""
    return {
        **after,
        "source_hash": fingerprint,
        "row_version": record["row_version"] + differs,
        "of_id": record["id"],
        "of_version": record["row_version"],
    }


def _entry(case_id: int, changes: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "record_type": "case",
        "record_id": case_id,
        "case_id": case_id,
        "action": "changed",
        "changes": changes,
    }


def _apply(session: Session, updates: list[dict[str, Any]]) -> None:
    written = (*_WRITABLE, "status", "source_hash", "row_version")
    statement = (
        update(_CASE)
        .where(_CASE.c.id == bindparam("of_id"), _CASE.c.row_version == bindparam("of_version"))
        .values({name: bindparam(name) for name in written})
    )
    if session.connection().execute(statement, updates).rowcount != len(updates):
        raise Conflict("somebody saved one of these cases at the same moment; run it again")
