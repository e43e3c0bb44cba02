"""The symptom graph: what happened day by day, drawn on the server (R71, R102)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from flask_babel import gettext as _
from markupsafe import Markup

from app.core.charts import (
    Axis,
    BandRow,
    Point,
    Series,
    StripRow,
    Threshold,
    band_chart,
    line_chart,
    responsive,
    strip_chart,
)
from app.core.dates import format_date
from app.followup.codes import EMERGENCY_SYMPTOM, OBSERVED_SYMPTOM, PART_OF_DAY
from app.followup.queries import Event
from app.followup.rules import Reading, Thresholds, missing_days

SHARE = {"morning": 0.28, "once": 0.5, "evening": 0.72}
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
DESK = 1080
"""Width of the pictures on a desk, in user units."""
LONGEST = 42
"""Days in one picture; the table beneath holds them all."""


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn: readings by time, events, and the number each day carries."""

    readings: Sequence[Reading]
    events: Sequence[Event]
    lines: Thresholds
    first: date
    last: date
    day_label: str
    day_numbers: Mapping[date, int]

    @property
    def missing(self) -> tuple[date, ...]:
        """Days in the picture without any report."""
        return missing_days((r.observed_on for r in self.readings), self.first, self.last)


def window(days: Sequence[date], start: date | None, end: date) -> tuple[date, date]:
    """First and last day of the picture: from ``start`` or the first report to ``end``, at
    most LONGEST days and at most two weeks beyond the last report."""
    last = min(end, days[-1] + timedelta(days=14)) if days else end
    firsts = [day for day in (start, days[0] if days else None) if day is not None and day <= last]
    first = min(firsts, default=last)
    return max(first, last - timedelta(days=LONGEST - 1)), last


def numbered(events: Sequence[Event], first: date, last: date) -> list[tuple[str, Event]]:
    """The events in the picture with the sign that stands for each."""
    shown = [event for event in events if first <= event.on <= last]
    return list(zip(CIRCLED, shown, strict=False))


def charts(course: Course) -> tuple[Markup, ...]:
    """The pictures from top to bottom, aligned day by day."""
    return tuple(responsive(partial(one, course), wide=DESK) for one in _parts(course))


def drawings(course: Course) -> tuple[Markup, ...]:
    """The same for paper: each picture once, in its full width."""
    return tuple(one(course, DESK) for one in _parts(course))


def _parts(course: Course) -> tuple[Callable[[Course, int], Markup], ...]:
    measured = any(r.spo2 is not None and _in(course, r) for r in course.readings)
    return (_strip, _temperature, *((_oxygen,) if measured else ()), _symptoms)


def _gutter(width: int) -> tuple[float, float]:
    return (190.0, 16.0) if width == DESK else (88.0, 10.0)


def _period(course: Course) -> str:
    return _(
        "%(first)s to %(last)s",
        first=format_date(course.first),
        last=format_date(course.last),
    )


def _strip(course: Course, width: int) -> Markup:
    events: dict[date, str] = {}
    for sign, event in numbered(course.events, course.first, course.last):
        events[event.on] = events.get(event.on, "") + sign
    missing = course.missing
    reported = {r.observed_on: "○" for r in course.readings}
    numbers = {day: str(number) for day, number in course.day_numbers.items()}
    rows = [
        StripRow(course.day_label, numbers, "label", numbered=True),
        StripRow(_("Events"), events),
        StripRow(_("Reports"), reported),
        StripRow(_("Not entered"), dict.fromkeys(missing, "×"), "alert"),
    ]
    return strip_chart(
        rows,
        key="days",
        title=_("Day of illness, events and reports"),
        description=_(
            "%(period)s: %(missing)s days without a report.",
            period=_period(course),
            missing=len(missing),
        ),
        first=course.first,
        last=course.last,
        shaded={day: _("Not entered") for day in missing},
        width=width,
        gutter=_gutter(width),
    )


def _temperature(course: Course, width: int) -> Markup:
    series = []
    for part in ("morning", "evening", "once"):
        points = [
            Point(r.observed_on, float(r.temperature), SHARE[part])
            for r in course.readings
            if r.part_of_day == part and r.temperature is not None and _in(course, r)
        ]
        if points:
            series.append(Series(PART_OF_DAY.label(part), points))
    yellow, orange = float(course.lines.fever_yellow), float(course.lines.fever_orange)
    values = [p.value for each in series for p in each.points]
    return line_chart(
        series,
        key="temperature",
        title=_("Temperature"),
        description=_range(values, "°C", course),
        first=course.first,
        last=course.last,
        axes=(Axis(_("Temperature"), "℃", 36, 39, 1),),
        thresholds=tuple(Threshold(v, f"{v:.1f}℃") for v in (yellow, orange)),
        width=width,
        height=190,
        gutter=_gutter(width),
    )


def _oxygen(course: Course, width: int) -> Markup:
    points = [
        Point(r.observed_on, float(r.spo2), SHARE.get(r.part_of_day, 0.5))
        for r in course.readings
        if r.spo2 is not None and _in(course, r)
    ]
    red, normal = course.lines.spo2_red, course.lines.spo2_orange + 1
    return line_chart(
        (Series("SpO2", points),),
        key="oxygen",
        title=_("Oxygen saturation"),
        description=_range([p.value for p in points], "%", course),
        first=course.first,
        last=course.last,
        axes=(Axis("SpO2", "%", 90, 100),),
        thresholds=tuple(Threshold(v, f"{v}%") for v in (red, normal)),
        width=width,
        height=150,
        gutter=_gutter(width),
    )


def _symptoms(course: Course, width: int) -> Markup:
    rows = [_band(course, "symptoms", code.value, str(code.label)) for code in OBSERVED_SYMPTOM]
    for code in EMERGENCY_SYMPTOM:
        row = _band(course, "emergency_symptoms", code.value, str(code.label))
        if any(row.days.values()):
            rows.append(BandRow(f"！{row.label}", row.days))
    present = [row.label for row in rows if any(row.days.values())]
    return band_chart(
        rows,
        key="symptoms",
        title=_("Symptoms"),
        description=_("Reported: %(symptoms)s", symptoms="、".join(present) or _("none")),
        first=course.first,
        last=course.last,
        width=width,
        gutter=_gutter(width),
    )


def _band(course: Course, name: str, code: str, label: str) -> BandRow:
    days: dict[date, bool] = {}
    for reading in course.readings:
        value = getattr(reading, name)
        if value is not None and _in(course, reading):
            days[reading.observed_on] = days.get(reading.observed_on, False) or code in value
    return BandRow(label, days)


def _in(course: Course, reading: Reading) -> bool:
    return course.first <= reading.observed_on <= course.last


def _range(values: Sequence[float], unit: str, course: Course) -> str:
    if not values:
        return _("%(period)s: nothing was measured.", period=_period(course))
    return _(
        "%(period)s: lowest %(low)s %(unit)s, highest %(high)s %(unit)s.",
        period=_period(course),
        low=f"{min(values):g}",
        high=f"{max(values):g}",
        unit=unit,
    )
