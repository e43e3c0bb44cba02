"""What a row of the board shows of a person: everything for a page in one further statement."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import or_, select

from app.cases.codes import SEX
from app.contacts.models import Contact
from app.core import clock
from app.core.charts import sparkline
from app.core.dates import format_date
from app.core.db import db
from app.core.pages import Cell
from app.followup.board import BOARD_GROUP
from app.followup.codes import CALL_RESULT, CALL_WANTED
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.followup.queries import reading_of
from app.followup.rules import (
    Alert,
    Reading,
    Thresholds,
    assess,
    illness_day,
    in_order,
    observation_day,
)
from app.followup.wording import reasons_of
from app.institutions.diseases import Disease
from app.security.fields import MASKED
from app.security.rows import EXEMPT

DAYS = 10
"""Days in the small pictures of a row."""
LOOK_BACK = timedelta(days=21)
SHOWN_REASONS = 2
"""The call sheet names them all."""
BAD = frozenset({"red", "orange", "yellow"})
OLD = 65
"""From this age on age itself is a risk (発生届 19; 重症化リスク因子)."""


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One person on the board."""

    key: int
    url: str
    person_url: str
    name: Cell
    kana: Cell
    kind: str
    age: str
    risks: tuple[str, ...]
    day: str
    group: str
    tag: Cell
    reasons: tuple[str, ...]
    settled: bool
    latest: str
    temperature: Markup | None
    temperature_now: str
    oxygen: Markup | None
    oxygen_now: str
    last_call: str
    call_tone: str
    call_again: str
    nurse: str
    body: str
    mine: bool


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the rows of a page have in common.

    ``nurses`` and ``bodies`` are names by key; ``link`` is the choice, so that a call leads
    back to the same board.
    """

    nurses: Mapping[int, str]
    bodies: Mapping[int, str]
    own_id: int | None
    link: Mapping[str, Any]


def rows_of(
    found: Sequence[tuple[ObservationPlan, str, bool]], around: Surroundings
) -> list[BoardRow]:
    """The rows of one page."""
    plans = [plan for plan, _group, _settled in found]
    readings = readings_of(plans)
    lines = lines_of(plan.disease_id for plan in plans)
    now = clock.now()
    rows = []
    for plan, group, settled in found:
        mine = readings.get(plan.id, [])
        alert = assess(mine, lines[plan.disease_id], now=now, since=plan.begun_at)
        rows.append(_row(plan, (group, settled), mine, alert, around))
    return rows


def readings_of(plans: Sequence[ObservationPlan]) -> Mapping[int, list[Reading]]:
    """Plan → its latest weeks, the days before a contact became the case included; one
    statement whatever the number of plans."""
    of_case = {plan.case_id: plan.id for plan in plans if plan.case_id is not None}
    of_contact = {plan.contact_id: plan.id for plan in plans if plan.contact_id is not None}
    if not plans:
        return {}
    contact = Contact.__table__
    earlier = select(contact.c.id).where(contact.c.case_id.in_(tuple(of_case)))
    became = (
        select(contact.c.case_id)
        .where(contact.c.id == HealthObservation.contact_id)
        .correlate(HealthObservation)
        .scalar_subquery()
    )
    # The plans were found under the law, and whoever meets them reads their whole course.
    statement = (
        select(HealthObservation, became)
        .where(
            or_(
                HealthObservation.case_id.in_(tuple(of_case)),
                HealthObservation.contact_id.in_(tuple(of_contact)),
                HealthObservation.contact_id.in_(earlier),
            ),
            HealthObservation.observed_on >= clock.today() - LOOK_BACK,
        )
        .execution_options(**{EXEMPT: "the days of people found under the law"})
    )
    found: dict[int, list[Reading]] = defaultdict(list)
    for seen, case_id in db.session.execute(statement):
        owners = {of_case.get(seen.case_id), of_case.get(case_id), of_contact.get(seen.contact_id)}
        for owner in owners - {None}:
            found[owner or 0].append(reading_of(seen))
    return {key: in_order(values) for key, values in found.items()}


def lines_of(disease_ids: Iterable[int]) -> Mapping[int, Thresholds]:
    """Disease → its thresholds, in one statement."""
    keys = set(disease_ids)
    if not keys:
        return {}
    found = db.session.scalars(select(Disease).where(Disease.id.in_(keys)))
    return {disease.id: Thresholds.of(disease) for disease in found}


def risk_factors(subject: Any) -> tuple[str, ...]:
    """What makes a bad course more likely, as far as the reader may know it."""
    found = []
    age = subject.age_years
    if age is not MASKED and age is not None and age >= OLD:
        found.append(_("65 or over"))
    words = {
        "has_underlying_condition": _("Underlying condition"),
        "immunosuppressed": _("Immunosuppressed"),
        "pregnant": _("Pregnant"),
    }
    found += [word for name, word in words.items() if getattr(subject, name, None) == "yes"]
    return tuple(found)


def day_words(plan: ObservationPlan, today: date) -> str:
    """Day of illness of a case, day of observation of a contact; empty where not known."""
    if plan.case is not None:
        onset = plan.case.onset_on
        number = illness_day(onset, today) if isinstance(onset, date) else None
        return "" if number is None else _("Day %(number)s of illness", number=number)
    exposed = plan.contact.last_exposure_on if plan.contact is not None else None
    number = observation_day(exposed, today) if isinstance(exposed, date) else None
    return "" if number is None else _("Day %(number)s of 14", number=number)


def call_words(plan: ObservationPlan) -> tuple[str, str]:
    """The latest call as words and the tone of its result; empty strings without one."""
    if plan.last_call_at is None or plan.last_call_result is None:
        return "", "neutral"
    result = CALL_RESULT.label(plan.last_call_result)
    tone = CALL_RESULT.tones.get(plan.last_call_result, "neutral")
    return f"{moment(plan.last_call_at)} {result}", tone


def wanted_words(plan: ObservationPlan) -> tuple[str, ...]:
    """Why and since when somebody waits for a call by a person; empty when nobody does."""
    if plan.call_wanted_at is None or plan.call_wanted is None:
        return ()
    return (f"{CALL_WANTED.label(plan.call_wanted)}（{moment(plan.call_wanted_at)}）",)


def moment(instant: datetime | None) -> str:
    """``8/20 14:05`` on a Japanese clock, without the day when it is today."""
    if instant is None:
        return ""
    local = clock.in_japan(instant)
    if local.date() == clock.today():
        return f"{local:%H:%M}"
    return f"{local.month}/{local.day} {local:%H:%M}"


def _row(
    plan: ObservationPlan,
    place: tuple[str, bool],
    readings: Sequence[Reading],
    alert: Alert,
    around: Surroundings,
) -> BoardRow:
    group, settled = place
    subject = plan.subject
    called, tone = call_words(plan)
    latest = readings[-1] if readings else None
    door = "CaseView.show" if plan.case_id is not None else "ContactView.show"
    person = subject.person
    return BoardRow(
        key=plan.id,
        url=url_for("BoardView.call", pk=plan.id, **around.link),
        person_url=url_for(door, pk=subject.id),
        name=_name(person, "name"),
        kana=_name(person, "kana"),
        kind=_("Case") if plan.case_id is not None else _("Contact"),
        age=_age(subject),
        risks=risk_factors(subject),
        day=day_words(plan, clock.today()),
        group=group,
        tag=Cell(BOARD_GROUP.label(group), "code", tone=BOARD_GROUP.tones[group]),
        reasons=(*wanted_words(plan), *reasons_of(alert))[:SHOWN_REASONS] if group in BAD else (),
        settled=settled,
        latest="" if latest is None else _latest(latest),
        temperature=_spark(readings, "temperature", plan.id, _("Temperature")),
        temperature_now=_value(readings, "temperature", "℃"),
        oxygen=_spark(readings, "spo2", plan.id, _("Oxygen saturation")),
        oxygen_now=_value(readings, "spo2", "%"),
        last_call=called,
        call_tone=tone,
        call_again=moment(plan.call_again_at) if _is_to_come(plan) else "",
        nurse=around.nurses.get(plan.nurse_id or 0, ""),
        body=""
        if plan.institution_id == around.own_id
        else around.bodies.get(plan.institution_id or 0, ""),
        mine=plan.institution_id == around.own_id,
    )


def _is_to_come(plan: ObservationPlan) -> bool:
    return plan.call_again_at is not None and (
        plan.last_call_at is None or plan.call_again_at > plan.last_call_at
    )


def _name(person: Any, attribute: str) -> Cell:
    value = getattr(person, attribute, None)
    return Cell(masked=True) if value is MASKED else Cell(value or "")


def _age(subject: Any) -> str:
    age, sex = subject.age_years, subject.sex
    words = [] if age is None or age is MASKED else [_("%(age)s years", age=age)]
    if isinstance(sex, str):
        words.append(SEX.label(sex))
    return " ".join(words)


def _latest(reading: Reading) -> str:
    part = {"morning": _("morning"), "evening": _("evening")}.get(reading.part_of_day, "")
    return f"{format_date(reading.observed_on)} {part}".strip()


def _value(readings: Sequence[Reading], name: str, unit: str) -> str:
    known = [getattr(r, name) for r in readings if getattr(r, name) is not None]
    return f"{known[-1]}{unit}" if known else ""


def _spark(readings: Sequence[Reading], name: str, key: int, title: str) -> Markup | None:
    """Two points a day for the last days; a missing report is a gap."""
    first = clock.today() - timedelta(days=DAYS - 1)
    values: list[float | None] = [None] * (DAYS * 2)
    for reading in readings:
        place = (reading.observed_on - first).days * 2 + (reading.part_of_day == "evening")
        value = getattr(reading, name)
        if value is not None and 0 <= place < len(values):
            values[place] = float(value)
    if all(value is None for value in values):
        return None
    known = [value for value in values if value is not None]
    words = _("%(low)s to %(high)s", low=f"{min(known):g}", high=f"{max(known):g}")
    return sparkline(values, key=f"{name}-{key}", title=title, description=words, width=96)
