"""The epidemic curve, and its comparison per 100,000."""

from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts import (
    Axis,
    BarSeries,
    Point,
    Series,
    bar_chart,
    line_chart,
    trailing_mean,
)
from app.core.dates import format_date
from app.dashboards.compared import Compared
from app.dashboards.panel import Heading, Panel
from app.dashboards.rules import rolling, weeks_of
from app.dashboards.source import Source
from app.statistics import derived
from app.statistics.areas import Area, standing_of
from app.statistics.definitions import NEW
from app.statistics.measures import BASIS


def curve(source: Source) -> Panel:
    """New cases by day with the mean of seven days, or by week; the newest marked incomplete."""
    return _by_week(source) if source.question.step == "week" else _by_day(source)


def _by_day(source: Source) -> Panel:
    asked = source.question
    before = source.sums.new(asked.first - timedelta(days=6), asked.first - timedelta(days=1))
    new = source.sums.new(asked.first, asked.last)
    mean = trailing_mean([*before, *new], 7)[len(before) :]
    days = [asked.first + timedelta(days=n) for n in range(len(new))]
    sure = [_is_complete(source, day) for day in days]

    def draw(width: int) -> Markup:
        return bar_chart(
            [BarSeries(str(NEW.label), new)],
            key=f"curve-{width}",
            title=_title(source),
            description=_description(source),
            first=asked.first,
            before=before,
            incomplete=sure.count(False),
            width=width,
        )

    return Panel(
        "curve",
        _title(source),
        (
            Heading(BASIS[asked.basis].label, "date"),
            Heading(NEW.label, definition=str(NEW.sentence)),
            Heading(derived.MEAN_7.label, "decimal", 1, definition=str(derived.MEAN_7.sentence)),
            Heading(_("Remarks"), "text"),
        ),
        list(zip(days, new, mean, map(_remark, sure), strict=True)),
        draw,
        _notes(source),
    )


def _by_week(source: Source) -> Panel:
    asked = source.question
    mondays = weeks_of(asked.first, asked.last)
    new = [sum(source.sums.new(day, min(_sunday(day), asked.last))) for day in mondays]
    sure = [_sunday(d) <= asked.last and _is_complete(source, _sunday(d)) for d in mondays]

    def draw(width: int) -> Markup:
        return bar_chart(
            [BarSeries(str(NEW.label), new)],
            key=f"curve-{width}",
            title=_title(source),
            description=_description(source),
            first=mondays[0],
            every=7,
            mean_days=None,
            incomplete=sure.count(False),
            width=width,
        )

    rows = [
        (_week_name(day), day, _sunday(day), n, _remark(known))
        for day, n, known in zip(mondays, new, sure, strict=True)
    ]
    weeks = _("Weeks run from Monday to Sunday (ISO 8601); the first begins before the period.")
    return Panel(
        "curve",
        _title(source),
        (
            Heading(_("Week"), "text"),
            Heading(_("From"), "date"),
            Heading(_("To"), "date"),
            Heading(NEW.label, definition=str(NEW.sentence)),
            Heading(_("Remarks"), "text"),
        ),
        rows,
        draw,
        (weeks, *_notes(source)),
    )


def comparison(source: Source) -> Panel:
    """Both lines per 100,000: new cases of seven days up to each day."""
    asked = source.question
    compared = asked.compared
    assert compared is not None
    title = _("Compared: %(mine)s and %(other)s", mine=_mine(source), other=compared.name)
    people = asked.standing.population
    others = people if compared.area == asked.area else _population(compared.area)
    lacking = [
        name
        for name, known in ((asked.standing.name, people), (compared.name, others))
        if not known
    ]
    figure = derived.WEEK_PER_100K
    headings = (
        Heading(BASIS[asked.basis].label, "date"),
        Heading(_mine(source), "decimal", 2, definition=str(figure.sentence)),
        Heading(_("Day of the comparison"), "date"),
        Heading(compared.name, "decimal", 2),
    )
    if lacking:
        words = _(
            "No population is registered for %(names)s, so nothing can be said per 100,000.",
            names="、".join(dict.fromkeys(lacking)),
        )
        return Panel("comparison", title, headings, (), lacking=words)
    mine = rolling(source.sums.new(asked.first - timedelta(days=6), asked.last))
    other = rolling(source.other)
    days = [asked.first + timedelta(days=n) for n in range(len(mine))]
    rows: list[tuple[date, Any, date, Any]] = [
        (
            day,
            derived.per_100k(mine[n], people),
            compared.first + timedelta(days=n),
            derived.per_100k(other[n], others),
        )
        for n, day in enumerate(days)
    ]
    notes = [f"{figure.label}: {figure.sentence}", *_notes(source)[:1]]
    if compared.first != asked.first:
        notes.append(_("The other period is laid over day by day, from its first day on."))
    return Panel(
        "comparison", title, headings, rows, _lines(source, compared, title, rows), tuple(notes)
    )


def _lines(source: Source, compared: Compared, title: str, rows: list[Any]) -> Any:
    asked = source.question
    figure = derived.WEEK_PER_100K

    def draw(width: int) -> Markup:
        return line_chart(
            [
                Series(_mine(source), [Point(row[0], row[1]) for row in rows]),
                Series(compared.name, [Point(row[0], row[3]) for row in rows]),
            ],
            key=f"comparison-{width}",
            title=title,
            description=_("Two lines by day: %(figure)s", figure=figure.label),
            first=asked.first,
            last=asked.last,
            axes=[Axis(str(figure.label), minimum=0, decimals=2)],
            width=width,
        )

    return draw


def _population(area: Area) -> int | None:
    return standing_of(area).population


def _mine(source: Source) -> str:
    asked = source.question
    if asked.compared is not None and asked.compared.area == asked.area:
        return f"{format_date(asked.first)}–{format_date(asked.last)}"
    return asked.standing.name


def _title(source: Source) -> str:
    place = source.question.standing.name
    if source.question.step == "week":
        return _("New cases by week, %(place)s", place=place)
    return _("New cases by day, %(place)s", place=place)


def _description(source: Source) -> str:
    asked = source.question
    span = {
        "basis": BASIS[asked.basis].label,
        "first": format_date(asked.first),
        "last": format_date(asked.last),
    }
    if asked.step == "week":
        return _("%(basis)s, %(first)s to %(last)s; columns are weeks from Monday.", **span)
    return _(
        "%(basis)s, %(first)s to %(last)s; columns are days, the line is the mean of 7 days.",
        **span,
    )


def _notes(source: Source) -> tuple[str, ...]:
    """How it was decided which days are incomplete, and who is in no column."""
    notes = []
    known = source.completeness
    if known is not None:
        span = {"days": known.days, "number": f"{known.observed:,}"}
        if known.observed:
            notes.append(
                _(
                    "Hatched columns are incomplete: of %(number)s cases observed here, 90 %% were "
                    "known %(days)s days after their day or sooner; younger days are marked.",
                    **span,
                )
            )
        else:
            notes.append(
                _(
                    "Hatched columns are incomplete: too few cases were observed here to tell how "
                    "fast they come in, so days younger than %(days)s days are marked "
                    "(an assumption of the portal).",
                    **span,
                )
            )
    undated = sum(source.sums.flow(f"undated_{source.question.basis}", *_period(source)))
    if undated:
        notes.append(
            _(
                "%(number)s cases have no date of this kind and are in no column.",
                number=f"{undated:,}",
            )
        )
    return tuple(notes)


def _period(source: Source) -> tuple[date, date]:
    return source.question.first, source.question.last


def _is_complete(source: Source, day: date) -> bool:
    known = source.completeness
    return known is None or known.is_complete(day, source.today)


def _remark(complete: bool) -> str:
    return "" if complete else _("Incomplete")


def _sunday(monday: date) -> date:
    return monday + timedelta(days=6)


def _week_name(monday: date) -> str:
    year, week, _day = monday.isocalendar()
    return _("%(year)s, week %(week)s", year=year, week=week)
