"""What the bed plan's pages are given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from app.core.charts import Threshold
from app.core.dates import format_date, format_instant
from app.generated.hooks import may
from app.planning import charts, pages, service
from app.planning.asking import read_assumptions, read_period, stays_typed, typed_of
from app.planning.assumptions import PLAN_KEYS, SCENARIOS, SETTINGS, Values
from app.planning.models import BedPlan
from app.planning.outlook import CARE, NEW, Need, Outlook, PhaseResult, needs_of, phases_of
from app.planning.past import PastPlan
from app.planning.situation import Situation, declared_places, situation_of
from app.security.actor import Actor

KINDS = ("admitted", "severe", "hotel")


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """A phase of the table: its places, use at the peak, and when they are reached."""

    label: str
    places: str
    use: str
    days: tuple[str, str, str]
    """By the middle path, and the earliest by the 80 % and 95 % intervals."""
    tone: str


@dataclass(frozen=True, slots=True)
class NeedLine:
    """The highest need of a kind of care."""

    label: str
    day: str
    cells: pages.BandCells


@dataclass(frozen=True, slots=True)
class Compared:
    """A saved plan, as it is or was, calculated from today's figures."""

    plan: BedPlan | PastPlan
    situation: Situation
    values: Values
    outlook: Outlook


def plan_contents(situation: Situation, values: Values, plan: str | None) -> dict[str, Any]:
    """Results, charts and tables of a scenario, opened from the plan of that key or from none."""
    outlook, now = plan_outlook(situation, values)
    phases = phases_of(outlook, now, values)
    return {
        "needs": [_need_line(one) for one in needs_of(outlook)],
        "phases": [_phase_line(one, outlook) for one in phases],
        "bed_chart": charts.care_chart(
            situation, outlook, ("admitted", "severe"), _lines(values, ("beds", "severe_beds"))
        ),
        "hotel_chart": charts.care_chart(situation, outlook, ("hotel",), _rooms(values)),
        "assumed_here": pages.conditions_of(situation, values)[3:],
        "headings": [str(NEW), *(str(CARE[key]) for key in outlook.care)],
        "ahead": pages.ahead_lines(outlook),
        "actions": pages.downloads("BedPlanView.download", situation.question, values, plan=plan),
    }


def plan_outlook(situation: Situation, values: Values) -> tuple[Outlook, dict[str, int]]:
    """The estimates of every kind of care, and who is there now."""
    now = {key: situation.people(pages.STOCK_OF[key])[-1] for key in KINDS}
    return pages.outlook_from(situation, values, KINDS), now


def saved_contents(actor: Actor) -> list[dict[str, Any]]:
    """The saved plans with their addresses."""
    return [
        {
            "id": plan.id,
            "name": plan.name,
            "note": plan.note or "",
            "owner": plan.owner,
            "saved_at": format_instant(plan.saved_at),
            "url": url_for("BedPlanView.saved", pk=plan.id),
            "history_url": url_for("BedPlanView.history", pk=plan.id),
            "remove_url": url_for("BedPlanView.remove", pk=plan.id)
            if plan.user_id == actor.user_id and may("save", "planning")
            else None,
        }
        for plan in service.saved_plans()
    ]


def address_of_plan(plan: BedPlan | PastPlan) -> str:
    """The scenario's page with the plan's numbers, up to today."""
    arguments: dict[str, Any] = dict(plan.assumptions)
    return url_for("BedPlanView.page", **arguments, plan=plan.id)


def stated_for(values: Values, plan: BedPlan | PastPlan | None) -> Values:
    """The values with what the plan says of those numbers that still are the plan's."""
    if plan is None or not plan.sources:
        return values
    typed, kept = typed_of(values), dict(plan.assumptions)
    stated = {key: text for key, text in plan.sources.items() if typed.get(key) == kept.get(key)}
    return replace(values, stated=stated)


def source_lines(values: Values, typed: Mapping[str, str], form: FlaskForm) -> list[dict[str, str]]:
    """Where each number comes from, to be stated when the scenario is saved."""
    return [
        {
            "name": f"source_{setting.key}",
            "label": str(setting.label),
            "number": f"{_number(values.numbers[setting.key])} {setting.unit or ''}".strip(),
            "hint": str(
                setting.source if setting.key in values.stated else form[setting.key].description
            ),
            "value": typed.get(f"source_{setting.key}", values.stated.get(setting.key, "")),
        }
        for setting in SETTINGS
        if values.numbers.get(setting.key) is not None
    ]


def calculated(plan: BedPlan | PastPlan, actor: Actor, until: str) -> Compared | None:
    """A plan from the figures of the day ``until`` (blank: of today); None where the day cannot
    be read, or its numbers no longer fit the limits.

    Raises:
        NotVisible: its area lies outside the actor's own.
    """
    arguments = _arguments(plan)
    arguments["to"] = arguments["from"] = until
    _form, question = read_period(arguments, actor)
    if question is None:
        return None
    situation = situation_of(question)
    known = situation.shares(stays_typed(arguments)) | declared_places(question.asked.area)
    _assumed, values = read_assumptions(arguments, PLAN_KEYS, known)
    if values is None:
        return None
    values = stated_for(values, plan)
    return Compared(plan, situation, values, plan_outlook(situation, values)[0])


def comparison_contents(both: Sequence[Compared]) -> dict[str, Any]:
    """Two plans side by side: what they assume, their peaks, and their courses."""
    assumed = [
        (
            _("New cases from now on"),
            [SCENARIOS.label(one.values.scenario) for one in both],
        ),
        *(
            (str(setting.label), [_stated(one.values, setting.key) for one in both])
            for setting in SETTINGS
        ),
    ]
    needs = [_needs_by_key(one.outlook) for one in both]
    return {
        "conditions": [(_("Counts up to"), format_date(both[0].situation.last))],
        "names": [one.plan.name for one in both],
        "places": [one.situation.place.name for one in both],
        "notes_of_plans": [one.plan.note or "" for one in both],
        "links": [address_of_plan(one.plan) for one in both],
        "assumed": [(label, values, values[0] != values[1]) for label, values in assumed],
        "peaks": [
            (str(CARE[key]), [_peak_words(each.get(key)) for each in needs]) for key in KINDS
        ],
        "phase_rows": _phase_rows(both),
        "comparison": [
            (str(CARE[key]), charts.comparison_chart(key, str(CARE[key]), _courses(both, key)))
            for key in KINDS
        ],
    }


def _courses(both: Sequence[Compared], key: str) -> list[tuple[str, Sequence[date], Any]]:
    return [(one.plan.name, one.outlook.days, one.outlook.care[key]) for one in both]


def _phase_rows(both: Sequence[Compared]) -> list[tuple[str, list[str]]]:
    found: dict[str, list[str]] = {}
    for place, one in enumerate(both):
        now = {key: one.situation.people(pages.STOCK_OF[key])[-1] for key in KINDS}
        for result in phases_of(one.outlook, now, one.values):
            line = _phase_line(result, one.outlook)
            found.setdefault(line.label, ["－", "－"])[place] = f"{line.places}: {line.days[0]}"
    return list(found.items())


def _needs_by_key(outlook: Outlook) -> dict[str, Need]:
    return {one.key: one for one in needs_of(outlook)}


def _peak_words(need: Need | None) -> str:
    if need is None:
        return "－"
    cells = pages.band_cells(need.band)
    return f"{cells.middle} ({cells.in_80}) {format_date(need.day)}"


def _need_line(need: Need) -> NeedLine:
    return NeedLine(str(CARE[need.key]), format_date(need.day), pages.band_cells(need.band))


def _phase_line(result: PhaseResult, outlook: Outlook) -> PhaseLine:
    found = result.reached
    top = max((band.middle for band in outlook.care[result.key]), default=0)
    use = f"{100 * top / found.places:,.0f}%" if found.places else "－"
    tone = "neutral" if found.early_95 is None else "warning"
    if result.is_reached or found.middle is not None:
        tone = "danger"
    label = {"admitted": _("Phase %(n)s", n=result.phase), "hotel": _("Hotel rooms")}.get(
        result.key, _("Phase %(n)s, severe", n=result.phase)
    )
    already = _("Reached already")
    days = (already, already, already)
    if not result.is_reached:
        days = (_day(found.middle), _day(found.early_80), _day(found.early_95))
    return PhaseLine(label, f"{found.places:,.0f}", use, days, tone)


def _day(day: date | None) -> str:
    return _("Not in these days") if day is None else format_date(day)


def _lines(values: Values, kinds: Sequence[str]) -> list[Threshold]:
    words = {
        "beds": lambda n: _("Phase %(n)s", n=n),
        "severe_beds": lambda n: _("Phase %(n)s, severe", n=n),
    }
    return [
        Threshold(number, f"{words[kind](phase)}: {number:,.0f}")
        for kind in kinds
        for phase, number in values.places(kind)
        if number
    ]


def _rooms(values: Values) -> list[Threshold]:
    rooms = values.numbers.get("rooms")
    return [Threshold(rooms, f"{_('Hotel rooms')}: {rooms:,.0f}")] if rooms else []


def _number(value: float | None) -> str:
    return "－" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def _stated(values: Values, key: str) -> str:
    number = _number(values.numbers.get(key))
    return f"{number} – {values.stated[key]}" if key in values.stated else number


def _arguments(plan: BedPlan | PastPlan) -> MultiDict[str, str]:
    return MultiDict((name, value) for name, value in plan.assumptions)
