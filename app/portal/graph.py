"""The graph of one member of a household, in the reader's language, where it may be seen (R33).

Drawn from what the household reported itself: measures, and each symptom as a row of its own.
No lines of alarm: what a value means is for the health centre to say.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from markupsafe import Markup, escape

from app.core.charts import Axis, Point, Series, frame, line_chart
from app.core.charts.canvas import Canvas, shortened
from app.core.charts.scale import Days
from app.followup.graph import SHARE
from app.followup.models import HealthObservation
from app.messaging.languages import P
from app.portal.words import EMERGENCIES, PARTS, SYMPTOMS

Say = Callable[..., str]
DAYS = 21
WIDTH = 300
"""Narrower than a phone, so that the letters come out larger than on the screens of staff."""
_LEFT, _RIGHT, _ROW = 38.0, 8.0, 38
_MEASURES = (
    ("temperature", P("Temperature (°C)"), Axis("", "", 36, 39, 1)),
    ("spo2", "SpO2 (%)", Axis("", "", 90, 100)),
)


def pictures(reports: Sequence[HealthObservation], say: Say) -> list[tuple[str, Markup]]:
    """(heading, picture) of the last weeks, aligned day by day; none without a report."""
    if not reports:
        return []
    last = max(one.observed_on for one in reports)
    first = max(min(one.observed_on for one in reports), last - timedelta(days=DAYS - 1))
    shown = [one for one in reports if one.observed_on >= first]
    drawn = [
        (say(words), _measure(name, words, axis, shown, first, last, say))
        for name, words, axis in _MEASURES
    ]
    drawn.append((say("Symptoms"), _symptoms(shown, first, last, say)))
    return [(heading, picture) for heading, picture in drawn if picture]


def _measure(
    name: str,
    words: str,
    axis: Axis,
    reports: Sequence[HealthObservation],
    first: date,
    last: date,
    say: Say,
) -> Markup:
    series = []
    for part, share in SHARE.items():
        points = sorted(
            (
                Point(one.observed_on, float(value), share)
                for one in reports
                if one.part_of_day == part and (value := getattr(one, name)) is not None
            ),
            key=lambda point: point.day,
        )
        if points:
            series.append(Series(say(PARTS[part]) or say(words), points))
    if not series:
        return Markup()
    return line_chart(
        series,
        key=name,
        title=say(words),
        description=say(words),
        first=first,
        last=last,
        axes=(axis,),
        width=WIDTH,
        height=150,
        gutter=(_LEFT, _RIGHT),
    )


def _symptoms(reports: Sequence[HealthObservation], first: date, last: date, say: Say) -> Markup:
    """Each symptom that was reported: its words on a line, its days as squares beneath."""
    rows = [(say("No symptoms"), {one.observed_on for one in reports if _is_well(one)})]
    for name, words in (("symptoms", SYMPTOMS), ("emergency_symptoms", EMERGENCIES)):
        for code, called in words.items():
            days = {o.observed_on for o in reports if code in (getattr(o, name) or ())}
            rows.append((say(called), days))
    rows = [(words, days) for words, days in rows if days]
    bottom = _ROW * len(rows)
    canvas = Canvas("symptoms", WIDTH, bottom + frame.FOOT, say("Symptoms"), say("Symptoms"))
    across = Days(first, last, _LEFT, WIDTH - _RIGHT)
    frame.draw_days(canvas, across, 0, bottom)
    for index, (label, days) in enumerate(rows):
        top = _ROW * index
        canvas.text(2, top + 14, shortened(label, WIDTH))
        canvas.open_series(0).fill(_squares(days, across, top + 20)).close_series()
        canvas.line(0, top + _ROW, across.right, top + _ROW)
    return escape(canvas)


def _squares(days: set[date], across: Days, top: float) -> str:
    """One path for all days: a row of squares stays a few hundred bytes."""
    side = min(across.step * 0.75, 12.0)
    return "".join(
        f"M{across.x(day) - side / 2:.1f} {top:.1f}h{side:.1f}v12h{-side:.1f}z"
        for day in sorted(days)
    )


def _is_well(one: HealthObservation) -> bool:
    return one.symptoms is not None and not (one.symptoms or one.emergency_symptoms)
