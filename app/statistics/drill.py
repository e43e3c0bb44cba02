"""From a number to its rows: the case list under the same conditions, for those who may see it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from app.core import clock
from app.generated.hooks import may
from app.statistics.areas import Area
from app.statistics.asking import Question
from app.statistics.measures import BASIS
from app.statistics.models import NOWHERE
from app.statistics.queries import RollupRow

STATUS_OF_STOCK = {
    "severe": "hospitalised_severe",
    "hotel": "hotel",
    "home": "home",
    "social_facility": "social_facility",
    "waiting": "waiting",
}


@dataclass(frozen=True, slots=True)
class Span:
    """The days a row's numbers are of."""

    first: date
    last: date


def case_links(question: Question, row: RollupRow | None) -> dict[str, str]:
    """Indicator → address of its cases; empty where the role lists no cases at all.

    ``row`` None is the total. A stock leads to its cases on the present day only: the list
    knows where people are, not where they were.
    """
    if not may("list", "case") or (row is not None and row.key == NOWHERE):
        return {}
    area = _area(question, row)
    span = Span(question.asked.first, question.asked.last)
    if row is not None and isinstance(row.key, date):
        span = Span(row.key, row.key)
    date_name = BASIS[question.asked.basis].attribute
    links = {
        "new": _list(area, "counted", _days(date_name, span)),
        "unlinked": _list(area, "unlinked", _days(date_name, span)),
        "cumulative": _list(area, "counted", {f"{date_name}_to": span.last.isoformat()}),
        "discharged": _list(area, "counted", _days("discharged_on", span)),
        "died": _list(area, "counted", _days("died_on", span)),
    }
    if span.last == clock.today():
        links["in_hospital"] = _list(area, "in_hospital", {})
        for stock, status in STATUS_OF_STOCK.items():
            links[stock] = _list(area, "counted", {"status": status})
    return links


def deeper_link(question: Question, row: RollupRow) -> str | None:
    """The address of the row's place broken down further, or of its day by place."""
    if isinstance(row.key, date):
        day = row.key.isoformat()
        level = question.asked.area.finest_level
        return (
            None if level == "day" else question.address(**{"from": day, "to": day, "level": level})
        )
    if row.key == NOWHERE:
        return None
    area = _area(question, row)
    return question.address_of_area(area, area.finest_level)


def _area(question: Question, row: RollupRow | None) -> Area:
    """The row's own place."""
    area = question.asked.area
    if row is None or isinstance(row.key, date):
        return area
    if question.level == "prefecture":
        return Area(prefecture_code=str(row.key))
    key = int(row.key)
    if question.level == "authority":
        return Area(area.prefecture_code, key)
    return Area(area.prefecture_code, area.authority_id, key)


def _list(area: Area, condition: str, conditions: dict[str, str]) -> str:
    places = {
        "prefecture_code": area.prefecture_code,
        "authority_id": area.authority_id,
        "responsible_centre_id": area.centre_id,
    }
    values: dict[str, Any] = {n: v for n, v in places.items() if v is not None} | conditions
    return url_for("CaseView.list", **values, status_is=condition)


def _days(name: str, span: Span) -> dict[str, str]:
    return {f"{name}_from": span.first.isoformat(), f"{name}_to": span.last.isoformat()}
