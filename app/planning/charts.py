"""The pictures of this package: counts solid, estimates dashed and hatched."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts import Threshold, responsive, trailing_mean
from app.core.charts.fan import Fan, FanDay, fan_chart
from app.core.dates import format_date
from app.planning.outlook import CARE, NEW, Outlook
from app.planning.projection import Band
from app.planning.reproduction import Estimate
from app.planning.situation import LOOK_BACK, Situation
from app.planning.words import ESTIMATE, REPRODUCTION
from app.statistics.definitions import NEW as COUNTED_NEW

DESK = 1080
_STOCKS = {"admitted": "in_hospital", "severe": "severe", "hotel": "hotel"}


def reproduction_chart(estimates: Sequence[Estimate], last: date, until: date) -> Markup:
    """The number by day with its interval; days after ``last`` are greyed."""
    known = [one for one in estimates if one.value is not None]
    days = [
        FanDay(one.day, one.value, ((one.low, one.high),))
        for one in known
        if one.value is not None and one.low is not None and one.high is not None
    ]
    first = estimates[0].day if estimates else until
    title = str(REPRODUCTION)
    description = _(
        "By day from %(first)s to %(last)s with its 95%% interval; the red line is 1.",
        first=format_date(first),
        last=format_date(last),
    )
    greyed = (last + timedelta(days=1), _("Not complete yet")) if until > last else None

    def draw(width: int) -> Markup:
        return fan_chart(
            [Fan(title, days, is_ahead=False)],
            key=f"reproduction-{width}",
            title=title,
            description=description,
            first=first,
            last=max(until, first),
            thresholds=[Threshold(1, _("1: neither growing nor shrinking"))],
            shaded=greyed,
            decimals=2,
            width=width,
            height=220,
        )

    return responsive(draw, wide=DESK)


def new_cases_chart(situation: Situation, outlook: Outlook) -> Markup:
    """New cases of the last days, their mean of 7 days, and the estimate."""
    counts = _past(situation, situation.counts)
    means = trailing_mean(situation.counts, 7)
    begin = situation.first
    mean = [
        FanDay(begin + timedelta(days=n), value)
        for n, value in enumerate(means)
        if value is not None
    ][-LOOK_BACK:]
    fans = [
        Fan(str(NEW), mean, is_ahead=False),
        Fan(f"{NEW} {ESTIMATE}", _days(outlook.days, outlook.new)),
    ]
    return _ahead_chart("new", str(NEW), fans, counts, str(COUNTED_NEW.label), outlook)


def care_chart(
    situation: Situation,
    outlook: Outlook,
    keys: Sequence[str],
    thresholds: Sequence[Threshold] = (),
) -> Markup:
    """People in the kinds of care ``keys``: the first as columns, the others as lines."""
    head, *others = keys
    counts = _past(situation, situation.people(_STOCKS[head]))
    fans = [Fan(f"{CARE[head]} {ESTIMATE}", _days(outlook.days, outlook.care[head]))]
    for key in others:
        past = [
            FanDay(day, value) for day, value in _past(situation, situation.people(_STOCKS[key]))
        ]
        fans.append(Fan(str(CARE[key]), past, is_ahead=False))
        fans.append(Fan(f"{CARE[key]} {ESTIMATE}", _days(outlook.days, outlook.care[key])))
    title = "・".join(str(CARE[key]) for key in keys)
    return _ahead_chart(f"care-{head}", title, fans, counts, str(CARE[head]), outlook, thresholds)


def comparison_chart(
    key: str, title: str, courses: Sequence[tuple[str, Sequence[date], Sequence[Band]]]
) -> Markup:
    """The same kind of care under several plans."""
    # The inner bands only: two outer ones upon each other cannot be read.
    fans = [
        Fan(
            f"{name} {ESTIMATE}",
            [
                FanDay(day, one.middle, ((one.low_80, one.high_80),))
                for day, one in zip(days, course, strict=True)
            ],
        )
        for name, days, course in courses
    ]
    first = min(days[0] for _name, days, _course in courses)
    last = max(days[-1] for _name, days, _course in courses)

    def draw(width: int) -> Markup:
        return fan_chart(
            fans,
            key=f"compare-{key}-{width}",
            title=title,
            description=_described(),
            first=first,
            last=last,
            width=width,
            height=220,
        )

    return responsive(draw, wide=DESK)


def _ahead_chart(
    key: str,
    title: str,
    fans: Sequence[Fan],
    counts: Sequence[tuple[date, float]],
    counted: str,
    outlook: Outlook,
    thresholds: Sequence[Threshold] = (),
) -> Markup:
    def draw(width: int) -> Markup:
        return fan_chart(
            fans,
            key=f"ahead-{key}-{width}",
            title=title,
            description=_described(),
            first=counts[0][0],
            last=outlook.days[-1],
            counts=counts,
            counted=counted,
            thresholds=thresholds,
            width=width,
        )

    return responsive(draw, wide=DESK)


def _described() -> str:
    return _(
        "Columns are counts. The dashed line is an estimate; the hatched band is to hold 80 of"
        " 100 outcomes, the paler one 95."
    )


def _past(situation: Situation, numbers: Sequence[int]) -> list[tuple[date, float]]:
    """The last four weeks."""
    first = situation.last - timedelta(days=LOOK_BACK - 1)
    return [(first + timedelta(days=n), value) for n, value in enumerate(numbers[-LOOK_BACK:])]


def _days(days: Sequence[date], course: Sequence[Band]) -> list[FanDay]:
    return [
        FanDay(day, one.middle, ((one.low_80, one.high_80), (one.low_95, one.high_95)))
        for day, one in zip(days, course, strict=True)
    ]
