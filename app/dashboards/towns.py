"""New cases by municipality of residence: the period, the one before, and per 100,000."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, or_, select

from app.core.charts import Group, group_chart
from app.core.dates import format_date
from app.core.db import db
from app.core.labels import Label
from app.dashboards.panel import Heading, Panel
from app.dashboards.people import NOT_KNOWN, TOTAL
from app.dashboards.source import Source
from app.institutions.models import Municipality, MunicipalityPopulation, Prefecture
from app.institutions.queries import municipalities_of
from app.statistics import derived
from app.statistics.areas import Area
from app.statistics.definitions import PER_100K
from app.statistics.populations import who_enters
from app.statistics.profile_queries import people_by_municipality
from app.statistics.profiles import UNKNOWN
from app.statistics.queries import Asked

TOWN = Label("市区町村（居住地）", "Municipality of residence")
CODE = Label("団体コード", "Code")
POPULATION = Label("人口", "Population")
DRAWN = 15
"""The picture shows so many: those with the most new cases."""


@dataclass(frozen=True, slots=True)
class Town:
    """A municipality with its name as the reader needs it."""

    code: str
    name: str
    population: int | None


def towns(source: Source) -> Panel | None:
    """The municipalities of an area, the most new cases first; none for the country.

    National roles are given none: what lies below a prefecture is its own (docs/adr/0016).
    """
    asked = source.question
    if asked.is_national or asked.area == Area():
        return None
    period = source.asked
    days = (period.last - period.first).days + 1
    eve = period.first - timedelta(days=1)
    earlier = Asked(period.basis, eve - timedelta(days=days - 1), eve, period.area)
    now, before = people_by_municipality(period, earlier)
    found = _towns_of(source, set(now) | set(before))
    found.sort(key=lambda one: (-now.get(one.code, 0), -before.get(one.code, 0), one.code))
    rows: list[tuple[Any, ...]] = [
        (
            one.name,
            one.code,
            now.get(one.code, 0),
            before.get(one.code, 0),
            derived.per_100k(now.get(one.code, 0), one.population),
            one.population,
        )
        for one in found
    ]
    if now.get(UNKNOWN) or before.get(UNKNOWN):
        rows.append((str(NOT_KNOWN), "", now.get(UNKNOWN, 0), before.get(UNKNOWN, 0), None, None))
    total = (str(TOTAL), "", sum(now.values()), sum(before.values()), None, None)
    title = _("New cases by municipality, %(place)s", place=asked.standing.name)
    return Panel(
        "towns",
        title,
        (
            Heading(TOWN, "text"),
            Heading(CODE, "text"),
            Heading(_("New in the period")),
            Heading(_("Period before")),
            Heading(PER_100K, "decimal", 2),
            Heading(POPULATION),
        ),
        [*rows, total],
        _drawing(source, title, rows) if total[2] or total[3] else None,
        _notes(period, earlier, found),
    )


def _drawing(source: Source, title: str, rows: Sequence[tuple[Any, ...]]) -> Any:
    shown = [row for row in rows if row[1] and (row[2] or row[3])][:DRAWN]

    def draw(width: int) -> Markup:
        return group_chart(
            [Group(row[0], (row[2], row[3])) for row in shown],
            labels=[_("New in the period"), _("Period before")],
            key=f"towns-{width}",
            title=title,
            description=_(
                "Bars: the municipalities with the most new cases, at most %(most)s.", most=DRAWN
            ),
            width=width,
        )

    return draw if shown else None


def _notes(period: Asked, earlier: Asked, found: Sequence[Town]) -> tuple[str, ...]:
    notes = [
        _(
            "New cases of %(first)s to %(last)s beside %(begin)s to %(end)s, by where people live; "
            "the most first. People of other prefectures are among them.",
            first=format_date(period.first),
            last=format_date(period.last),
            begin=format_date(earlier.first),
            end=format_date(earlier.last),
        )
    ]
    missing = sum(one.population is None for one in found)
    if missing:
        notes.append(
            _(
                "Per 100,000 is empty for %(number)s municipalities without a population. %(who)s",
                number=missing,
                who=who_enters(),
            )
        )
    return tuple(notes)


def _towns_of(source: Source, codes: set[str]) -> list[Town]:
    """The municipalities of the area, without a case too, and those ``codes`` elsewhere."""
    entered, area = MunicipalityPopulation, source.question.area
    own = source.spot.prefecture_codes
    statement = (
        select(
            Municipality.code,
            Municipality.name,
            Prefecture.code,
            Prefecture.name,
            entered.population,
        )
        .join(Prefecture, Prefecture.code == Municipality.prefecture_code)
        .outerjoin(entered, entered.municipality_code == Municipality.code)
        .where(or_(Municipality.code.in_(sorted(codes - {UNKNOWN})), _belongs_to(area)))
    )
    return [
        Town(code, name if at in own else f"{prefecture} {name}", people)
        for code, name, at, prefecture, people in db.session.execute(statement)
    ]


def _belongs_to(area: Area) -> ColumnElement[bool]:
    if not area.is_below_prefecture:
        # The wards of a designated city stand for it.
        there = Municipality.prefecture_code == area.prefecture_code
        return there & (Municipality.kind != "designated_city")
    key = area.centre_id or area.authority_id
    assert key is not None
    return Municipality.code.in_(municipalities_of(key))
