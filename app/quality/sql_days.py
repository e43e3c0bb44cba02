"""Days between dates, and the week of a date, counted by the database itself."""

from typing import Any

from sqlalchemy import Date, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class DaysBetween(GenericFunction[int]):
    """``DaysBetween(earlier, later)``: whole days, negative the wrong way round."""

    type = Integer()
    inherit_cache = True
    name = "portal_days_between"


class JapanDay(GenericFunction[Any]):
    """The calendar day in Japan of a stored instant (UTC; Japan has no summer time)."""

    type = Date()
    inherit_cache = True
    name = "portal_japan_day"


class WeekOf(GenericFunction[Any]):
    """The Monday of a date's week."""

    type = Date()
    inherit_cache = True
    name = "portal_week_of"


@compiles(DaysBetween)
def _days_between(element: Any, compiler: Any, **kw: Any) -> str:
    first, second = (compiler.process(one, **kw) for one in element.clauses)
    return f"({second} - {first})"


@compiles(DaysBetween, "sqlite")
def _days_between_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    first, second = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(julianday({second}) - julianday({first}) AS INTEGER)"


@compiles(JapanDay)
def _japan_day(element: Any, compiler: Any, **kw: Any) -> str:
    (instant,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST({instant} + INTERVAL '9 hours' AS DATE)"


@compiles(JapanDay, "sqlite")
def _japan_day_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    (instant,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"date({instant}, '+9 hours')"


@compiles(WeekOf)
def _week_of(element: Any, compiler: Any, **kw: Any) -> str:
    (day,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"CAST(date_trunc('week', {day}) AS DATE)"


@compiles(WeekOf, "sqlite")
def _week_of_sqlite(element: Any, compiler: Any, **kw: Any) -> str:
    (day,) = (compiler.process(one, **kw) for one in element.clauses)
    return f"date({day}, '-6 days', 'weekday 1')"
