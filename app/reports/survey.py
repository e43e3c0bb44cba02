"""療養状況等調査: what the portal knows of a Wednesday 0:00, and what was typed in its place.

Columns of the forms of 2020 and 2022 (facts 8.3). The texts of their notes are not public; what the
numbers are taken from here is said in :data:`ORIGINS` and is our own reading.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from app.coordination.models import BedReport, HotelRoom
from app.core.db import db
from app.core.items import item_of, items_of
from app.core.labels import Label
from app.institutions.models import Institution
from app.publication.models import AreaCount
from app.reports.figure_tables import over
from app.reports.models import CareSurvey
from app.security.actor import acting_as, system_actor
from app.statistics import derived
from app.statistics.areas import Area
from app.statistics.queries import Asked, rollup

Values = dict[str, int | None]
NUMBERS = tuple(one.name for one in items_of(CareSurvey) if one.kind == "integer")
"""The columns of the survey that may be typed, in the order of the form of 2022."""
BED_DAYS, WEEK_DAYS = 14, 7
_COUNTING = system_actor("places of care")
_FROM_CASES = Label("患者の療養状況（療養先の記録）から集計", "Counted from the stays of cases")
_FROM_BEDS = Label(
    "医療機関の病床申告（調査日の前日以前14日間の最新）から集計",
    "Sum of the hospitals' latest declarations of the 14 days before",
)
ORIGINS: Mapping[str, Label] = {
    **dict.fromkeys(("hospital", "severe", "hotel", "social_facility", "waiting"), _FROM_CASES),
    "home": _FROM_CASES,
    **dict.fromkeys(
        (
            "hospital_secured",
            "beds_usable",
            "beds_secured",
            "severe_secured",
            "severe_beds_usable",
            "severe_beds_secured",
        ),
        _FROM_BEDS,
    ),
    "rooms_usable": Label(
        "宿泊療養施設の使用可の部屋数（現在）", "Rooms in use of the hotels, as of now"
    ),
    "tests": Label(
        "検査実施件数の入力値の合計（直近1週間）", "Sum of the tests entered for the week"
    ),
}
"""Where a number comes from; what is not here the portal cannot know."""


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

    @property
    def in_care(self) -> int | None:
        """療養者数: the sum of its places, where one of them is known."""
        parts = [self.shown[name] for name in ("hospital", "hotel", "home", "waiting")]
        found = [one for one in parts if one is not None]
        return sum(found) if found else None

    @property
    def bed_use(self) -> float | None:
        """確保病床使用率."""
        return derived.percent(self.shown["hospital_secured"], self.shown["beds_secured"])

    @property
    def severe_bed_use(self) -> float | None:
        """重症者用 確保病床使用率."""
        return derived.percent(self.shown["severe_secured"], self.shown["severe_beds_secured"])

    @property
    def admission_rate(self) -> float | None:
        """入院率."""
        return derived.percent(self.shown["hospital"], self.in_care)

    @property
    def room_use(self) -> float | None:
        """確保居室使用率."""
        return derived.percent(self.shown["hotel"], self.shown["rooms_secured"])


def survey_rows(area: Area, wednesday: date, *, family: str) -> list[SurveyRow]:
    """The authorities of an area with their numbers, by code; under the reader's own law."""
    last = wednesday - timedelta(days=1)
    asked = Asked("reported", last, last, area, family)
    figures = {row.key: row for row in rollup("authority", over(asked, last, last))}
    keys = [key for key in figures if isinstance(key, int) and key]
    saved = _saved(keys, wednesday)
    beds, rooms, tests = _declared(keys, last)
    where = _prefectures(keys)
    rows = []
    for key in keys:
        figure = figures[key]
        known: Values = dict.fromkeys(NUMBERS, None)
        stocks = figure.figures.stocks
        known |= {
            "hospital": stocks["in_hospital"],
            "severe": stocks["severe"],
            "hotel": stocks["hotel"],
            "home": stocks["home"] + stocks["social_facility"],
            "social_facility": stocks["social_facility"],
            "waiting": stocks["waiting"],
            "rooms_usable": rooms.get(key),
            "tests": tests.get(key),
        }
        known |= beds.get(key, {})
        typed = saved.get(key)
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


def label_of(name: str) -> Label:
    """The word of a number."""
    return item_of(CareSurvey, name).label


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


def _declared(
    keys: Sequence[int], last: date
) -> tuple[dict[int, Values], dict[int, int], dict[int, int]]:
    """Beds, rooms and tests of authorities the reader's figures are about: sums and no more, so
    they are read as the system, whoever may see the single declarations."""
    with acting_as(_COUNTING):
        return _beds(keys, last), _rooms(keys), _tests(keys, last)


def _beds(keys: Sequence[int], last: date) -> dict[int, Values]:
    latest = (
        select(BedReport.institution_id, func.max(BedReport.declared_on).label("day"))
        .where(BedReport.declared_on.between(last - timedelta(days=BED_DAYS - 1), last))
        .group_by(BedReport.institution_id)
        .subquery()
    )
    names = {
        "hospital_secured": BedReport.occupied,
        "beds_usable": BedReport.usable,
        "beds_secured": BedReport.total,
        "severe_secured": BedReport.severe_occupied,
        "severe_beds_usable": BedReport.severe_usable,
        "severe_beds_secured": BedReport.severe_total,
    }
    rows = db.session.execute(
        select(Institution.authority_id, *(func.sum(column) for column in names.values()))
        .select_from(BedReport)
        .join(
            latest,
            (latest.c.institution_id == BedReport.institution_id)
            & (latest.c.day == BedReport.declared_on),
        )
        .join(Institution, Institution.id == BedReport.institution_id)
        .where(Institution.authority_id.in_(keys))
        .group_by(Institution.authority_id)
    )
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _rooms(keys: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Institution.authority_id, func.count(HotelRoom.id))
        .join(HotelRoom, HotelRoom.institution_id == Institution.id)
        .where(Institution.authority_id.in_(keys), HotelRoom.usable == "yes")
        .group_by(Institution.authority_id)
    )
    return {key: number for key, number in rows if key is not None}


def _tests(keys: Sequence[int], last: date) -> dict[int, int]:
    rows = db.session.execute(
        select(AreaCount.authority_id, func.sum(AreaCount.tests))
        .where(
            AreaCount.authority_id.in_(keys),
            AreaCount.counted_on.between(last - timedelta(days=WEEK_DAYS - 1), last),
            AreaCount.tests.is_not(None),
        )
        .group_by(AreaCount.authority_id)
    )
    return {row[0]: row[1] for row in rows}
