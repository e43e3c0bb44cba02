"""The list of positive people of an area as it may be given out: number, day, place, age, sex."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select

from app.cases.codes import AGE_GROUP
from app.cases.counting import counted_cases
from app.cases.models import Case
from app.cases.rules import age_group_of
from app.core.db import db
from app.institutions.diseases import Disease
from app.institutions.models import Municipality
from app.publication.areas import PublishedArea, cases_of
from app.publication.generalising import Said, generalised
from app.publication.may_publish import AGE, PLACE, SEX, publishable_items
from app.publication.models import PublicNumber
from app.statistics.measures import BASIS
from app.statistics.queries import FAMILY

MOST_ROWS = 200_000
"""The list holds the latest so many; a file of more opens in no spreadsheet."""
SEXES = {"male": "男性", "female": "女性", "other": "その他"}
"""As the standard words them; unknown stays blank."""


@dataclass(frozen=True, slots=True)
class Positive:
    """A row of the list."""

    case_id: int
    published_on: date
    said: Said


def positives(area: PublishedArea, basis: str, until: date, *, smallest: int) -> list[Positive]:
    """The list up to a day, the oldest first.

    Read as the system within the area: what leaves is what ``may_publish`` and
    ``generalised`` let through.
    """
    found = _cases(area, basis, until)
    said = generalised([_said(case) for case in found], smallest=smallest)
    return [Positive(case.id, case.day, one) for case, one in zip(found, said, strict=True)]


def _cases(area: PublishedArea, basis: str, until: date) -> list[Any]:
    day = getattr(Case, BASIS[basis].attribute)
    columns = (Case.id, day.label("day"), Case.age_group, Case.age_years, Case.sex)
    place = Municipality.name.label("place")
    statement = (
        select(*columns, Case.withheld_items, place)
        .outerjoin(Municipality, Municipality.code == Case.municipality_code)
        .where(
            counted_cases(),
            cases_of(area),
            Case.disease_id.in_(select(Disease.id).where(Disease.family == FAMILY)),
            day <= until,
        )
        .order_by(day.desc(), Case.id.desc())
        .limit(MOST_ROWS)
    )
    return list(reversed(db.session.execute(statement).all()))


def _said(case: Any) -> Said:
    allowed = publishable_items(case.withheld_items)
    age = case.age_group or age_group_of(case.age_years)
    return Said(
        place=case.place or "" if PLACE in allowed else "",
        age=AGE_GROUP_WORDS.get(age, "") if AGE in allowed else "",
        sex=SEXES.get(case.sex, "") if SEX in allowed else "",
    )


AGE_GROUP_WORDS = {code.value: code.label.ja for code in AGE_GROUP if code.value != "unknown"}


def numbers_of(area: PublishedArea, case_ids: list[int]) -> dict[int, int]:
    """Case → its public number; those without one get the next."""
    table = PublicNumber.__table__
    ours = (
        table.c.prefecture_code == area.prefecture_code,
        table.c.authority_id == area.authority_id,
    )
    connection = db.session.connection()
    held = select(table.c.case_id, table.c.number).where(*ours)
    numbers: dict[int, int] = {row.case_id: row.number for row in connection.execute(held)}
    last = connection.scalar(select(func.max(table.c.number)).where(*ours)) or 0
    new = [case_id for case_id in case_ids if case_id not in numbers]
    given = {case_id: number for number, case_id in enumerate(new, start=last + 1)}
    rows = [
        {
            "prefecture_code": area.prefecture_code,
            "authority_id": area.authority_id,
            "case_id": case_id,
            "number": number,
        }
        for case_id, number in given.items()
    ]
    if rows:
        connection.execute(insert(table), rows)
    return numbers | given
