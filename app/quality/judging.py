"""Brings the findings of some cases and contacts to their present state."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import Connection, RowMapping, Table, bindparam, insert, select, update

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.quality.catalogue import CASE_RULES
from app.quality.contact_rules import CONTACT_RULES
from app.quality.facts import Limits
from app.quality.imported import batches_behind
from app.quality.models import QualityFinding
from app.quality.reading import Read, read_cases, read_contacts
from app.quality.rules import Found, findings

_FINDING: Table = QualityFinding.__table__
_PLACE = ("disease_id", "centre_id", "authority_id", "prefecture_code")
_CHANGED = ("state", "since_at", "ended_at", "record_id", "batch_id", *_PLACE)


def judge(
    connection: Connection, *, cases: Iterable[int] = (), contacts: Iterable[int] = ()
) -> dict[tuple[str, int], tuple[Found, ...]]:
    """Look at the records again; (``case`` or ``contact``, key) → what is found now.

    For the system, inside the caller's transaction: eight reads for any number of cases, three
    for contacts, and at most one insert and one update.
    """
    limits = Limits(clock.today(), int(current_app.config["QUALITY_LATE_TOLERANCE_DAYS"]))
    found: dict[tuple[str, int], tuple[Found, ...]] = {}
    for subject, ids in (("case", sorted(set(cases))), ("contact", sorted(set(contacts)))):
        if not ids:
            continue
        _hold(connection, subject, ids)
        if subject == "case":
            read, rules = read_cases(connection, ids, limits.today), CASE_RULES
        else:
            read, rules = read_contacts(connection, ids), CONTACT_RULES
        now = {key: findings(one.facts, rules, limits) for key, one in read.items()}
        _write(connection, subject, ids, read, now)
        found |= {(subject, key): those for key, those in now.items()}
    return found


def _hold(connection: Connection, subject: str, ids: Sequence[int]) -> None:
    """Nobody else judges these records until the commit; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        table: Table = (Case if subject == "case" else Contact).__table__
        mine = select(table.c.id).where(table.c.id.in_(ids)).order_by(table.c.id)
        connection.execute(mine.with_for_update(key_share=True))


def _write(
    connection: Connection,
    subject: str,
    ids: Sequence[int],
    read: Mapping[int, Read],
    now: Mapping[int, tuple[Found, ...]],
) -> None:
    key = _FINDING.c[f"{subject}_id"]
    stored = {
        (row[key.name], row["rule"]): row
        for row in connection.execute(select(_FINDING).where(key.in_(ids))).mappings()
    }
    fresh, changed = [], []
    batches = _batches(connection, subject, now, stored)
    for record, those in now.items():
        for one in those:
            row = stored.pop((record, one.rule.code), None)
            if row is None:
                fresh.append(_new(key.name, record, one, read[record], batches.get(record)))
            elif (values := _standing(row, one, read[record], batches)) is not None:
                changed.append(values)
    changed += [_gone(row) for row in stored.values() if row["state"] != "gone"]
    if fresh:
        connection.execute(insert(_FINDING), fresh)
    if changed:
        connection.execute(_CHANGE, changed)


def _batches(
    connection: Connection,
    subject: str,
    now: Mapping[int, tuple[Found, ...]],
    stored: Mapping[tuple[int, str], RowMapping],
) -> dict[int, int]:
    """The imports behind cases of which something is found anew."""
    if subject != "case":
        return {}
    anew = {
        record
        for record, those in now.items()
        for one in those
        if (row := stored.get((record, one.rule.code))) is None or _opens_again(row, one)
    }
    return batches_behind(connection, sorted(anew)) if anew else {}


_CHANGE = (
    update(_FINDING)
    .where(_FINDING.c.id == bindparam("key"))
    .values({name: bindparam(f"new_{name}") for name in _CHANGED})
    .values(row_version=_FINDING.c.row_version + 1)
)


def _new(key: str, record: int, one: Found, read: Read, batch: int | None) -> dict[str, Any]:
    return {
        key: record,
        "row_version": 1,
        "rule": one.rule.code,
        "severity": one.rule.severity,
        "record_id": one.record_id,
        "state": "open",
        "since_at": clock.now(),
        "batch_id": batch,
        **read.place,
    }


def _opens_again(row: RowMapping, one: Found) -> bool:
    changed = row["state"] == "checked" and row["checked_values"] != one.values
    return row["state"] == "gone" or changed


def _standing(
    row: RowMapping, one: Found, read: Read, batches: Mapping[int, int]
) -> dict[str, Any] | None:
    """What a finding that is found again changes to; None when nothing changes.

    What was found to be correct opens again with another value.
    """
    values = {name: row[name] for name in _CHANGED} | read.place | {"record_id": one.record_id}
    if _opens_again(row, one):
        values |= {"state": "open", "since_at": clock.now(), "ended_at": None}
        values["batch_id"] = batches.get(row["case_id"])
    if all(values[name] == row[name] for name in _CHANGED):
        return None
    return {"key": row["id"]} | {f"new_{name}": value for name, value in values.items()}


def _gone(row: RowMapping) -> dict[str, Any]:
    values = {name: row[name] for name in _CHANGED} | {"state": "gone", "ended_at": clock.now()}
    return {"key": row["id"]} | {f"new_{name}": value for name, value in values.items()}
