"""The page of the symptom graph: what is on it, for a case and for a contact alike."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from markupsafe import Markup

from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.dates import format_date
from app.core.pages import Action, Cell, Crumb, PersonHeader, Tab
from app.followup import graph, queries
from app.followup.models import HealthObservation
from app.followup.queries import Event
from app.followup.rules import (
    Alert,
    Level,
    Reading,
    Thresholds,
    assess,
    illness_day,
    observation_day,
    signs,
)
from app.followup.wording import level_cell, reasons_of, words_of
from app.generated.cells import cell_of
from app.generated.paths import path_of
from app.security.actor import Actor

SHOWN = ("part_of_day", "temperature", "spo2", "symptoms", "emergency_symptoms", "entered_by_kind")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: one report, or a day without any (``cells`` empty)."""

    day: str
    number: str
    cells: Mapping[str, Cell]
    level: Cell | None = None
    signs: tuple[str, ...] = ()
    url: str | None = None


@dataclass(frozen=True, slots=True)
class SymptomPage:
    """Everything ``followup/symptoms.html`` shows."""

    title: str
    header: PersonHeader
    tabs: tuple[Tab, ...]
    crumbs: tuple[Crumb, ...]
    actions: tuple[Action, ...]
    level: Cell | None
    reasons: tuple[str, ...]
    charts: tuple[Markup, ...]
    events: tuple[tuple[str, str, str], ...]
    lines: tuple[Line, ...]
    labels: Mapping[str, str]
    missing: int
    period: str
    day_label: str
    course: graph.Course | None = None

    @property
    def drawings(self) -> tuple[Markup, ...]:
        """The pictures for paper."""
        return () if self.course is None else graph.drawings(self.course)


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose course it is: a case or a contact."""

    observations: Sequence[HealthObservation]
    events: Sequence[Event]
    lines: Thresholds
    start: date | None
    end: date
    since: datetime
    expected: bool
    ended: bool
    day_label: str
    number_of: Callable[[date], int | None]


def subject_of_case(case: Case, actor: Actor) -> Subject:
    """The course of a case: from the onset (or what was reported before) to its end."""
    onset = case.onset_on if isinstance(case.onset_on, date) else None
    begun = case.reported_on or clock.in_japan(case.created_at).date()
    found = queries.observations_of_case(case)
    days = [d for d in (case.discharged_on, case.died_on) if isinstance(d, date)]
    start = onset if onset is not None else begun
    return Subject(
        observations=found,
        events=_in_order(queries.events_of_case(case, actor), found),
        lines=Thresholds.of(case.disease),
        start=start,
        end=min([clock.today(), *days]),
        since=case.created_at,
        expected=case.status not in queries.SILENT_STATUSES,
        ended=case.status in ENDED_STATUSES,
        day_label=_("Day of illness"),
        number_of=lambda day: illness_day(onset, day),
    )


def subject_of_contact(contact: Contact) -> Subject:
    """The course of a contact: from the last exposure to the end of the observation."""
    until = contact.observe_until_on
    found = queries.observations_of_contact(contact)
    return Subject(
        observations=found,
        events=_in_order(queries.events_of_contact(contact), found),
        lines=Thresholds.of(contact.disease),
        start=contact.last_exposure_on,
        end=min(clock.today(), until) if until is not None else clock.today(),
        since=contact.created_at,
        expected=True,
        ended=contact.status != "under_observation",
        day_label=_("Day of observation"),
        number_of=lambda day: observation_day(contact.last_exposure_on, day),
    )


def _in_order(events: Sequence[Event], observations: Sequence[HealthObservation]) -> list[Event]:
    taken = queries.medication_in(observations)
    return sorted((*events, *taken), key=lambda event: event.on)


def page_of(
    subject: Subject,
    *,
    header: PersonHeader,
    tabs: tuple[Tab, ...],
    crumbs: tuple[Crumb, ...],
    actions: tuple[Action, ...],
    url_of: Callable[[HealthObservation], str],
) -> SymptomPage:
    """The whole page of a subject."""
    readings = [queries.reading_of(o) for o in subject.observations]
    course = _course(subject, readings)
    alert = _alert(subject, readings)
    return SymptomPage(
        title=_("Symptom graph"),
        header=header,
        tabs=tabs,
        crumbs=crumbs,
        actions=actions,
        level=None if alert is None else level_cell(alert.level),
        reasons=() if alert is None else reasons_of(alert),
        charts=graph.charts(course) if readings else (),
        events=tuple(
            (sign, format_date(event.on), event.words)
            for sign, event in graph.numbered(subject.events, course.first, course.last)
        ),
        lines=tuple(_lines(subject, readings, course, url_of)),
        labels={name: str(path_of(HealthObservation, name).item.label) for name in SHOWN},
        missing=len(course.missing),
        period=f"{format_date(course.first)} – {format_date(course.last)}",
        day_label=subject.day_label,
        course=course if readings else None,
    )


def _course(subject: Subject, readings: Sequence[Reading]) -> graph.Course:
    first, last = graph.window([r.observed_on for r in readings], subject.start, subject.end)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    numbers = {day: number for day in days if (number := subject.number_of(day)) is not None}
    return graph.Course(
        readings, subject.events, subject.lines, first, last, subject.day_label, numbers
    )


def _alert(subject: Subject, readings: Sequence[Reading]) -> Alert | None:
    if subject.ended:
        return None
    return assess(
        readings,
        subject.lines,
        now=clock.now(),
        since=subject.since,
        expected=subject.expected,
    )


def _lines(
    subject: Subject,
    readings: Sequence[Reading],
    course: graph.Course,
    url_of: Callable[[HealthObservation], str],
) -> list[Line]:
    """Newest first; days without a report stand among them."""
    rows: list[tuple[date, int, Line]] = []
    for index, (observation, reading) in enumerate(
        zip(subject.observations, readings, strict=True)
    ):
        found = signs(reading, readings[:index], subject.lines)
        worst = max((reason.level for reason in found), default=Level.NONE)
        line = Line(
            day=format_date(reading.observed_on),
            number=_number(subject, reading.observed_on),
            cells={n: cell_of(path_of(HealthObservation, n), observation) for n in SHOWN},
            level=level_cell(worst) if worst else None,
            signs=tuple(words_of(reason) for reason in found),
            url=url_of(observation),
        )
        rows.append((reading.observed_on, index, line))
    rows += [(day, 0, Line(format_date(day), _number(subject, day), {})) for day in course.missing]
    rows.sort(key=lambda row: row[:2], reverse=True)
    return [line for _day, _index, line in rows]


def _number(subject: Subject, day: date) -> str:
    number = subject.number_of(day)
    return "" if number is None else str(number)
