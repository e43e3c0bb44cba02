"""Counts what a publication gives out, once, with small cells hidden before anything is kept."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, or_, select

from app.coordination.bed_figures import Spot, beds_in
from app.core import clock
from app.core.db import db
from app.institutions.diseases import Disease
from app.publication.areas import PublishedArea
from app.publication.figures import PUBLISHED, Read, definitions_version
from app.publication.line_list import AGE_GROUP_WORDS, SEXES, Positive, numbers_of, positives
from app.publication.models import AreaCount
from app.publication.suppression import suppress
from app.statistics.measures import BASES, STOCKS, unlinked
from app.statistics.models import DailyCount
from app.statistics.queries import (
    FAMILY,
    Asked,
    Figures,
    first_and_last_day,
    new_by_day,
    rollup,
    total_of,
)
from app.statistics.rules import CENTRE_DAY, CENTRE_MONTH, PREFECTURE_DAY, PREFECTURE_MONTH

SCHEMA = "1"
LONGEST_SERIES = 1_096
"""Days of the curve: three years."""
COUNTS = ("people_tested", "tests", "positives", "negatives", "cleared", "calls")


STEPS = 6
"""How often :func:`counted` tells how far it is."""


def counted(
    area: PublishedArea,
    figures_on: date,
    basis: str,
    *,
    smallest: int,
    heard: Callable[[int, int], None] = lambda _done, _all: None,
) -> tuple[dict[str, Any], list[Positive]]:
    """Everything of a publication as plain values, and the rows of its list.

    Nothing is written: the list has no numbers yet, see :func:`listed_in`. The schema stands in
    ``docs/open-data.md``.
    """
    entered = _entered(area, figures_on)
    heard(1, STEPS)
    read = _read(area, figures_on, basis, entered)
    heard(2, STEPS)
    series = _series(area, figures_on)
    heard(3, STEPS)
    places = _places(area, figures_on, basis, smallest)
    heard(4, STEPS)
    listed = positives(area, basis, figures_on, smallest=smallest)
    heard(5, STEPS)
    content = {
        "schema": SCHEMA,
        "area": {
            "code": area.code,
            "prefecture": area.prefecture,
            "municipality": area.municipality,
            "name": area.name,
            "romaji": area.romaji,
            "population": area.population,
        },
        "figures_on": figures_on.isoformat(),
        "date_basis": basis,
        "data_at": clock.now().isoformat(),
        "definitions": definitions_version(),
        "smallest_cell": smallest,
        "figures": [one.described(read) for one in PUBLISHED],
        "series": series,
        "places": places,
        "ages": _ages(listed),
        "counts": [_count_row(row) for row in entered],
    }
    return content, listed


def listed_in(area: PublishedArea, listed: Sequence[Positive]) -> list[list[Any]]:
    """The list as it is given out; cases new to it get the next numbers, in the caller's
    transaction."""
    numbers = numbers_of(area, [row.case_id for row in listed])
    rows = [[numbers[row.case_id], row.published_on.isoformat(), *row.said.words] for row in listed]
    return sorted(rows, key=lambda row: int(row[0]))


def period(area: PublishedArea, last: date, days: int, basis: str) -> Asked:
    """The days up to ``last``."""
    return Asked(basis, last - timedelta(days=days - 1), last, area.area)


def _read(area: PublishedArea, on: date, basis: str, entered: Sequence[AreaCount]) -> Read:
    week = {row.counted_on: row for row in entered if row.counted_on > on - timedelta(days=7)}
    return Read(
        day=_figures(period(area, on, 1, basis)),
        week=_figures(period(area, on, 7, basis)),
        previous=_figures(period(area, on - timedelta(days=7), 7, basis)),
        population=area.population,
        positives=[row.positives for row in week.values()],
        negatives=[row.negatives for row in week.values()],
        beds=beds_in(_spot(area), on),
        has_places=_is_recorded(area, STOCKS, on),
        has_links=_is_recorded(area, tuple(unlinked(one.key) for one in BASES), on),
    )


def _spot(area: PublishedArea) -> Spot:
    """The area as beds know it."""
    return Spot((area.prefecture_code,), None if area.is_prefecture else area.authority_id)


def _is_recorded(area: PublishedArea, measures: Sequence[str], on: date) -> bool:
    """Whether one of these was counted here up to the day: a list from elsewhere may not have it,
    and "nobody" would be a claim."""
    place = DailyCount.prefecture_code == area.prefecture_code
    if not area.is_prefecture:
        place &= DailyCount.authority_id == area.authority_id
    day, month = (
        (PREFECTURE_DAY, PREFECTURE_MONTH) if area.is_prefecture else (CENTRE_DAY, CENTRE_MONTH)
    )
    begins, counted_on = on.replace(day=1), DailyCount.counted_on
    there = select(DailyCount.measure).where(
        DailyCount.disease_id.in_(select(Disease.id).where(Disease.family == FAMILY)),
        or_(
            and_(DailyCount.grain == month, counted_on < begins),
            and_(DailyCount.grain == day, counted_on.between(begins, on)),
        ),
        DailyCount.measure.in_(measures),
        DailyCount.n != 0,
        place,
    )
    return db.session.execute(there.limit(1)).first() is not None


def _figures(asked: Asked) -> Figures:
    return total_of(rollup(_level(asked), asked))


def _level(asked: Asked) -> Any:
    """The coarsest level that is one line, or adds up to it."""
    return "prefecture" if asked.area.prefecture_code else "authority"


def _series(area: PublishedArea, on: date) -> dict[str, Any]:
    """New cases by day, for each date a case has."""
    found: dict[str, Any] = {}
    for basis in BASES:
        span = first_and_last_day(basis.key, area.area)
        if span is None or span[0] > on:
            continue
        first = max(span[0], on - timedelta(days=LONGEST_SERIES - 1))
        asked = Asked(basis.key, first, on, area.area)
        found[basis.key] = {"first": first.isoformat(), "new": new_by_day(asked)}
    return found


def _places(area: PublishedArea, on: date, basis: str, smallest: int) -> dict[str, Any]:
    """New cases of 7 days by authority (of a prefecture) or health centre."""
    level = "authority" if area.is_prefecture else "centre"
    asked = period(area, on, 7, basis)
    rows = rollup(level, asked)  # type: ignore[arg-type]
    named = [row for row in rows if row.code or row.figures.new]
    hidden = suppress([[row.figures.new] for row in named], smallest=smallest)
    return {
        "first": asked.first.isoformat(),
        "last": asked.last.isoformat(),
        "hidden": hidden.hidden,
        "rows": [
            {"name": row.name, "new": cell[0], "population": row.figures.population}
            for row, cell in zip(named, hidden.cells, strict=True)
        ],
        "total": sum(row.figures.new for row in named),
    }


def _ages(listed: Sequence[Positive]) -> dict[str, Any]:
    """Counted from the list as it is given out: the table says nothing that the list hides."""
    n = Counter((row.said.age, row.said.sex) for row in listed)
    groups, sexes = (*AGE_GROUP_WORDS.values(), ""), (*SEXES.values(), "")
    return {
        "groups": list(groups),
        "sexes": list(sexes),
        "cells": [[n[group, sex] for sex in sexes] for group in groups],
    }


def _entered(area: PublishedArea, until: date) -> Sequence[AreaCount]:
    statement = select(AreaCount).where(
        AreaCount.prefecture_code == area.prefecture_code,
        AreaCount.authority_id == area.authority_id,
        AreaCount.counted_on <= until,
    )
    return db.session.scalars(statement.order_by(AreaCount.counted_on)).all()


def _count_row(row: AreaCount) -> dict[str, Any]:
    return {"day": row.counted_on.isoformat()} | {name: getattr(row, name) for name in COUNTS}
