"""What the outlook and back-test pages are given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.core.dates import format_date
from app.core.pages import Action, Crumb
from app.generated.hooks import may
from app.planning import charts, words
from app.planning.asking import address, places_below
from app.planning.assumptions import SCENARIOS, SETTING, Setting, Values
from app.planning.backtest import Course, Outcome, Score, run_backtest
from app.planning.outlook import CARE, NEW, Outlook, outlook_of
from app.planning.projection import Band
from app.planning.reproduction import Estimate, over_time
from app.planning.situation import Situation
from app.statistics.areas import Standing, is_within
from app.statistics.asking import Question
from app.statistics.measures import BASIS

STOCK_OF = {"admitted": "in_hospital", "severe": "severe", "hotel": "hotel"}
BACKTEST_DAYS = 365
_EVERY = 7


@dataclass(frozen=True, slots=True)
class BandCells:
    """A number with its two intervals, as people read it."""

    middle: str
    in_80: str
    in_95: str


@dataclass(frozen=True, slots=True)
class AheadLine:
    """A day of the table of estimates."""

    day: str
    cells: tuple[BandCells, ...]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """A horizon of a back-test, in words."""

    horizon: int
    tried: str
    held_80: str
    held_95: str
    off: str
    off_naive: str


def frame_of(question: Question | None, active: str) -> dict[str, Any]:
    """What every page of the package has: the ways between them, asking about the same area."""
    pages = (
        ("PlanningView.page", words.OUTLOOK),
        ("BedPlanView.page", words.BED_PLAN),
        ("ClusterSumsView.page", words.CLUSTERS),
        ("DelayView.page", words.DELAYS),
        ("PlanningView.backtest", words.BACKTEST),
    )
    ways = [
        {
            "label": str(label),
            "url": address(endpoint, question) if question else url_for(endpoint),
            "active": endpoint == active,
            "count": None,
        }
        for endpoint, label in pages
    ]
    return {"ways": ways, "words": words}


def page(
    template: str, period: FlaskForm, question: Question | None, endpoint: str, **shown: Any
) -> str:
    """A page about an area and a period; None: the period is to be corrected first."""
    narrowing, places = places_below(question.own) if question else ("", [])
    return render_template(
        template,
        period=period,
        question=question,
        endpoint=endpoint,
        narrowing=narrowing,
        places=places,
        **frame_of(question, endpoint),
        **shown,
    )


def place_contents(situation: Situation) -> dict[str, Any]:
    """Where and when, in words; and what is to be said before any number."""
    question, last = situation.question, situation.last
    asked = question.asked
    return {
        "place": situation.place.name,
        "crumbs": crumbs_of(question, situation.place),
        "conditions": [
            (_("Area"), situation.place.name),
            (_("Date counted by"), str(BASIS[asked.basis].label)),
            (_("Counts up to"), format_date(last)),
        ],
        "is_empty": situation.is_empty,
        "silent": situation.silent_days,
        "left_out": max((asked.last - last).days, 0),
        "basis": str(BASIS[asked.basis].label),
    }


def conditions_of(situation: Situation, values: Values) -> list[tuple[str, str]]:
    """Area, last day counted and every assumption, in words."""
    numbers = [
        (str(SETTING[key].label), _assumed(number, SETTING[key], values.stated.get(key)))
        for key, number in values.numbers.items()
        if number is not None
    ]
    return [
        (_("Area"), situation.place.name),
        (_("Date counted by"), str(BASIS[situation.question.asked.basis].label)),
        (_("Counts up to"), format_date(situation.last)),
        (_("New cases from now on"), SCENARIOS.label(values.scenario)),
        *numbers,
    ]


def _assumed(number: float, setting: Setting, stated: str | None) -> str:
    words = f"{number:g} {setting.unit or ''}".strip()
    return words if stated is None else f"{words} – {stated}"


def crumbs_of(question: Question, place: Standing) -> tuple[Crumb, ...]:
    """The areas above that the actor may open."""
    endpoint = request.endpoint or "PlanningView.page"
    above = [
        Crumb(
            name,
            url_for(
                endpoint,
                basis=question.asked.basis,
                prefecture=area.prefecture_code,
                authority=area.authority_id,
            ),
        )
        for name, area in place.above
        if is_within(question.own, area)
    ]
    return (*above, Crumb(place.name))


def reproduction_contents(situation: Situation) -> dict[str, Any]:
    """The number of the last complete day, its course and table."""
    asked = situation.question.asked
    estimates = [
        one
        for one in over_time(situation.counts, situation.first, situation.last)
        if one.day >= asked.first
    ]
    return {
        "reproduction": _estimate_words(estimates[-1]) if estimates else None,
        "reproduction_chart": charts.reproduction_chart(estimates, situation.last, asked.last),
        "estimates": [
            (format_date(one.day), _estimate_words(one), f"{one.cases:,}")
            for one in reversed(estimates)
        ],
    }


def outlook_contents(situation: Situation, values: Values) -> dict[str, Any]:
    """Charts and tables of the coming days."""
    outlook = outlook_from(situation, values, ("admitted", "severe"))
    return {
        "new_chart": charts.new_cases_chart(situation, outlook),
        "care_chart": charts.care_chart(situation, outlook, ("admitted", "severe")),
        # Area, date and last day stand above everything already.
        "assumed_here": conditions_of(situation, values)[3:],
        "headings": [str(words_of) for words_of in (NEW, *map(CARE.get, outlook.care))],
        "weeks": ahead_lines(outlook)[_EVERY - 1 :: _EVERY],
        "ahead": ahead_lines(outlook),
        "actions": downloads("PlanningView.download", situation.question, values),
    }


def outlook_from(situation: Situation, values: Values, keys: Sequence[str]) -> Outlook:
    """The estimates from the people in care on the last complete day."""
    now = {key: situation.people(STOCK_OF[key])[-1] for key in keys}
    return outlook_of(situation.present, now, values)


def ahead_lines(outlook: Outlook) -> list[AheadLine]:
    """A line per day: new cases, then each kind of care."""
    lines = []
    for n, day in enumerate(outlook.days):
        bands = [outlook.new[n], *(course[n] for course in outlook.care.values())]
        decimals = [1, *(0 for _care in outlook.care)]
        cells = tuple(map(band_cells, bands, decimals))
        lines.append(AheadLine(format_date(day), cells))
    return lines


def band_cells(band: Band, decimals: int = 0) -> BandCells:
    """A band in words."""

    def shown(value: float) -> str:
        return f"{value:,.{decimals}f}"

    return BandCells(
        shown(band.middle),
        f"{shown(band.low_80)}–{shown(band.high_80)}",
        f"{shown(band.low_95)}–{shown(band.high_95)}",
    )


def downloads(
    endpoint: str, question: Question, values: Values, **more: str | None
) -> tuple[Action, ...]:
    """The same as files."""
    if not may("download", "planning"):
        return ()
    return tuple(
        Action(label, address(endpoint, question, values, format=ending, **more), icon="download")
        for label, ending in ((_("Excel"), "xlsx"), (_("CSV"), "csv"))
    )


def backtest_contents(first: date, counts: Sequence[int]) -> dict[str, Any]:
    """How the projection would have fared on the area's own past."""
    course = Course("", first, list(accumulate(max(one, 0) for one in counts)))
    outcome = run_backtest([course])
    return {
        "scores": score_lines(outcome),
        "total": f"{sum(counts):,}",
        "period_words": f"{format_date(first)}–{format_date(first + timedelta(days=len(counts) - 1))}",
        "is_untried": not any(one.tried for one in outcome.scores.values()),
    }


def score_lines(outcome: Outcome) -> list[ScoreLine]:
    """A line per horizon."""
    return [_score_words(one) for one in outcome.scores.values()]


def _score_words(score: Score) -> ScoreLine:
    def shown(value: float | None, unit: str = "") -> str:
        return "－" if value is None else f"{value:,.1f}{unit}"

    return ScoreLine(
        score.horizon,
        f"{score.tried:,}",
        shown(score.percent_held(80), "%"),
        shown(score.percent_held(95), "%"),
        shown(score.mean_off),
        shown(score.mean_off_naive),
    )


def _estimate_words(one: Estimate) -> str:
    if one.value is None or one.low is None or one.high is None:
        return str(words.TOO_FEW)
    return f"{one.value:.2f} ({one.low:.2f}–{one.high:.2f})"
