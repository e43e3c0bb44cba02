"""療養状況等調査: what the portal knows of a Wednesday 0:00, and what was typed in its place.

What the columns are is said in ``app/statistics/weekly_survey.py``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.coordination.bed_figures import BedSums, RoomSums, beds_by_authority, rooms_by_authority
from app.core.db import db
from app.institutions.models import Institution
from app.publication.models import AreaCount
from app.reports.figure_tables import over
from app.reports.models import CareSurvey
from app.security.actor import acting_as, system_actor
from app.statistics.areas import Area
from app.statistics.queries import Asked, rollup
from app.statistics.weekly_survey import COLUMNS, NUMBERS, counted_until, known_numbers

Values = dict[str, int | None]
WEEK_DAYS = 7
_COUNTING = system_actor("places of care")


@dataclass(frozen=True, slots=True)
class SurveyRow:
    """An authority, or the sum of several (``authority_id`` None).

    ``known`` is the portal's own, ``shown`` with what was typed in its place.
    """

    authority_id: int | None
    name: str
    code: str
    prefecture: str
    known: Values
    shown: Values
    saved: CareSurvey | None = None

    def figure(self, key: str) -> float | None:
        """A column of the survey, made from the numbers shown."""
        return COLUMNS[key].of(self.shown)

    @property
    def in_care(self) -> float | None:
        """療養者数."""
        return self.figure("in_care")


def survey_rows(area: Area, wednesday: date, *, family: str) -> list[SurveyRow]:
    """The authorities of an area with their numbers, by code; under the reader's own law.

    Beds, rooms and tests are sums, whoever may see the single declarations.
    """
    last = counted_until(wednesday)
    asked = Asked("reported", last, last, area, family)
    figures = {row.key: row for row in rollup("authority", over(asked, last, last))}
    keys = [key for key in figures if isinstance(key, int) and key]
    saved = _saved(keys, wednesday)
    beds, rooms = beds_by_authority(area.spot, last), rooms_by_authority(area.spot)
    tests, where = _tests(keys, last), _prefectures(keys)
    rows = []
    for key in keys:
        figure, typed = figures[key], saved.get(key)
        stocks, declared = figure.figures.stocks, beds.get(key, BedSums())
        known = known_numbers(stocks, declared, rooms.get(key, RoomSums()), tests.get(key))
        code = figure.code.removeprefix("authority_")
        shown = _shown(known, typed)
        rows.append(SurveyRow(key, figure.name, code, where.get(key, ""), known, shown, typed))
    return rows


def total_of(rows: Sequence[SurveyRow], name: str, *, prefecture: str = "") -> SurveyRow:
    """The roll-up of authorities; a number that none of them has stays empty."""

    def summed(values: Sequence[int | None]) -> int | None:
        found = [one for one in values if one is not None]
        return sum(found) if found else None

    # Phases of different authorities do not add up.
    apart = ("phase_now", "phase_last")
    known = {n: None if n in apart else summed([row.known[n] for row in rows]) for n in NUMBERS}
    shown = {n: None if n in apart else summed([row.shown[n] for row in rows]) for n in NUMBERS}
    return SurveyRow(None, name, "", prefecture, known, shown)


def _shown(known: Values, typed: CareSurvey | None) -> Values:
    if typed is None:
        return dict(known)
    if typed.sent is not None:
        return {name: typed.sent.get(name) for name in NUMBERS}
    entered = {name: getattr(typed, name) for name in NUMBERS}
    return known | {name: number for name, number in entered.items() if number is not None}


def _saved(keys: Sequence[int], wednesday: date) -> dict[int, CareSurvey]:
    found = db.session.scalars(
        select(CareSurvey).where(
            CareSurvey.survey_on == wednesday, CareSurvey.authority_id.in_(keys)
        )
    )
    return {one.authority_id: one for one in found}


def _prefectures(keys: Sequence[int]) -> dict[int, str]:
    rows = db.session.execute(
        select(Institution.id, Institution.prefecture_code).where(Institution.id.in_(keys))
    )
    return {key: code or "" for key, code in rows}


def _tests(keys: Sequence[int], last: date) -> dict[int, int]:
    statement = (
        select(AreaCount.authority_id, func.sum(AreaCount.tests))
        .where(
            AreaCount.authority_id.in_(keys),
            AreaCount.counted_on.between(last - timedelta(days=WEEK_DAYS - 1), last),
            AreaCount.tests.is_not(None),
        )
        .group_by(AreaCount.authority_id)
    )
    with acting_as(_COUNTING):
        rows = db.session.execute(statement).all()
    return {row[0]: row[1] for row in rows}
