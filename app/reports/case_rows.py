"""Cases of an area and of days: the condition every list of cases shares."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.core.db import db
from app.exports.service import count_rows, stream_batches
from app.institutions.diseases import Disease
from app.reports.kind import Making, Wanted
from app.reports.listing import Rows
from app.statistics.areas import Area
from app.statistics.measures import BASIS


def in_area(area: Area) -> ColumnElement[bool]:
    """Cases the area answers for; which of them exist for the actor is the row law's answer."""
    if area.centre_id is not None:
        return Case.responsible_centre_id == area.centre_id
    if area.authority_id is not None:
        return Case.authority_id == area.authority_id
    if area.prefecture_code is not None:
        return Case.prefecture_code == area.prefecture_code
    return true()


def of_family(family: str) -> ColumnElement[bool]:
    """Cases of a disease under whichever category."""
    return Case.disease_id.in_(select(Disease.id).where(Disease.family == family))


def day_of(wanted: Wanted) -> Any:
    """The date a report counts by."""
    return getattr(Case, BASIS[wanted.basis].attribute)


def asked_cases(wanted: Wanted, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The cases of the days asked for."""
    return select(Case).where(
        day_of(wanted).between(wanted.first, wanted.last),
        in_area(wanted.area),
        of_family(wanted.family),
        *conditions,
    )


def rows_of(statement: Select[Any], order: Sequence[Any]) -> Rows:
    """Counted by a statement of its own, then streamed with what a row's columns need."""
    session = db.session()
    shown = statement.order_by(*order, Case.id).options(
        joinedload(Case.person),
        joinedload(Case.municipality),
        joinedload(Case.prefecture),
        joinedload(Case.responsible_centre),
        joinedload(Case.reporting_institution),
    )
    return Rows(count_rows(session, statement), stream_batches(session, shown))


def people_of(cases: Sequence[Any]) -> Iterable[int]:
    """The keys of the people behind cases that have one."""
    return (case.person_id for case in cases if case.person_id is not None)


def number_in(making: Making, *conditions: ColumnElement[bool]) -> int:
    """How many cases of the days meet further conditions."""
    counted = asked_cases(making.wanted, *conditions).with_only_columns(func.count(Case.id))
    return db.session.scalar(counted.order_by(None)) or 0
