"""With what a curve is compared: an earlier period of the same area, or another area."""

from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.core import clock
from app.core.dates import format_date
from app.core.labels import Label
from app.dashboards.rules import year_before
from app.institutions.rules import InstitutionKind
from app.statistics.areas import (
    PREFECTURES,
    Area,
    Standing,
    institution_names,
    is_within,
    prefecture_names,
)

NONE, BEFORE, YEAR, FROM = "", "before", "year", "from"
PERIODS = {
    BEFORE: Label("直前の同じ長さの期間", "The period just before"),
    YEAR: Label("前年の同じ期間", "The same period a year before"),
    FROM: Label("指定する日からの期間", "A period from a day of my choice"),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """The other line: an area from a first day on, for as many days as the curve has."""

    area: Area
    first: date
    name: str
    asked_from: date | None = None


def area_choices(
    area: Area, own: Area, standing: Standing, *, is_national: bool
) -> list[tuple[str, str]]:
    """(key, name) of the areas of the actor's duty above the area, beside it and below it."""
    choices = [(key_of(up), name) for name, up in standing.above if is_within(own, up)]
    if is_national:
        found = [(key_of(Area(one.key)), one.name) for one in prefecture_names(PREFECTURES)]  # type: ignore[arg-type]
    elif area.centre_id is not None:
        found = []
    else:
        deeper = area.authority_id is not None
        kind = InstitutionKind.HEALTH_CENTRE if deeper else InstitutionKind.AUTHORITY
        found = [
            (key_of(Area(centre_id=one.key) if deeper else Area(authority_id=one.key)), one.name)  # type: ignore[arg-type]
            for one in institution_names(kind, area, set())
        ]
    mine = key_of(area)
    return [one for one in (*choices, *found) if one[0] != mine]


def key_of(area: Area) -> str:
    """An area as one word: ``jp``, ``p13``, ``a12``, ``c34``."""
    if area.centre_id is not None:
        return f"c{area.centre_id}"
    if area.authority_id is not None:
        return f"a{area.authority_id}"
    return f"p{area.prefecture_code}" if area.prefecture_code else "jp"


def read_compared(
    form: FlaskForm, period: tuple[date, date], area: Area, areas: list[tuple[str, str]]
) -> Compared | None:
    """The comparison asked for; problems are put at their fields."""
    chosen, field = form["against"], form["against_from"]
    asked = chosen.data or NONE
    names = dict(areas)
    if asked == NONE:
        return None
    if asked in names:
        return Compared(_area_of(asked), period[0], names[asked])
    if asked not in PERIODS:
        chosen.errors = [_("Please choose from the list.")]
        return None
    if asked == FROM and field.data is None:
        field.errors = [_("Please enter the first day of the other period.")]
        return None
    first = _first_day(asked, period, field.data)
    last = first + (period[1] - period[0])
    if last > clock.today():
        field.errors = [_("This period would end in the future.")]
        return None
    words = f"{format_date(first)}–{format_date(last)}"
    return Compared(area, first, words, field.data if asked == FROM else None)


def _first_day(asked: str, period: tuple[date, date], chosen: date | None) -> date:
    first, last = period
    if asked == BEFORE:
        return first - (last - first) - timedelta(days=1)
    return year_before(first) if asked == YEAR or chosen is None else chosen


def _area_of(key: str) -> Area:
    if key == "jp":
        return Area()
    kind, number = key[0], key[1:]
    if kind == "p":
        return Area(prefecture_code=number)
    return Area(authority_id=int(number)) if kind == "a" else Area(centre_id=int(number))
