"""What a line of the follow-up sheet says of a person under observation."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.cases.models import Case
from app.core import clock
from app.core.items import item_of
from app.core.labels import Label
from app.followup.board import BOARD_GROUP
from app.followup.board_rows import day_words, risk_factors, wanted_words
from app.followup.codes import OBSERVED_SYMPTOM
from app.followup.models import HealthObservation
from app.followup.plans import ObservationPlan
from app.followup.rules import Alert, Reading
from app.followup.wording import reasons_of
from app.persons.models import Person
from app.reports.columns import Declared, of_item, told

_PLAN = ObservationPlan
CASE, CONTACT = Label("患者", "Case"), Label("濃厚接触者", "Contact")


@dataclass(frozen=True, slots=True)
class Followed:
    """A row: the plan, its group on the board, its readings up to the day, and what they say."""

    plan: ObservationPlan
    group: str
    readings: Sequence[Reading]
    alert: Alert

    @property
    def latest(self) -> Reading | None:
        """The last report."""
        return self.readings[-1] if self.readings else None


def _subject(row: Followed) -> Any:
    return row.plan.subject


def _person(row: Followed) -> Any:
    subject = row.plan.subject
    return None if subject is None else subject.person


def _case(row: Followed) -> Any:
    return row.plan.case


def _seen(name: str) -> Any:
    return lambda row: None if row.latest is None else getattr(row.latest, name)


def _symptoms(row: Followed) -> str | None:
    latest = row.latest
    if latest is None or not latest.symptoms:
        return None
    return "、".join(OBSERVED_SYMPTOM.label(one) for one in latest.symptoms)


def _reasons(row: Followed) -> str:
    return " ".join((*wanted_words(row.plan), *reasons_of(row.alert)))


def _in_japan(name: str) -> Any:
    def value(row: Followed) -> Any:
        instant = getattr(row.plan, name)
        return None if instant is None else clock.in_japan(instant).replace(tzinfo=None)

    return value


def _seen_item(name: str) -> Any:
    return item_of(HealthObservation, name)


_AGE, _SEX = item_of(Case, "age_years"), item_of(Case, "sex")
_ONSET = item_of(Case, "onset_on")
_TEMPERATURE = _seen_item("temperature")
_RISKS = tuple(
    item_of(Case, name) for name in ("has_underlying_condition", "immunosuppressed", "pregnant")
)
COLUMNS: tuple[Declared, ...] = (
    told(
        "group",
        Label("優先度", "Urgency"),
        lambda row: BOARD_GROUP.label(row.group),
        of=[_TEMPERATURE],
        width=13,
        definition="現在の健康観察ボードの区分。",
    ),
    of_item("number", item_of(Case, "number"), _case),
    told(
        "kind",
        Label("区分", "Kind"),
        lambda row: str(CASE if row.plan.case_id is not None else CONTACT),
        of=[item_of(_PLAN, "starts_on")],
    ),
    of_item("name", item_of(Person, "name"), _person, width=13),
    of_item("kana", item_of(Person, "kana"), _person, width=15),
    of_item("mobile_phone", item_of(Person, "mobile_phone"), _person, width=14),
    of_item("home_phone", item_of(Person, "home_phone"), _person, width=14),
    of_item("age_years", _AGE, _subject),
    of_item("sex", _SEX, _subject, width=7),
    of_item("municipality", item_of(Case, "municipality_code"), _subject),
    told(
        "risks",
        Label("重症化リスク", "Risk factors"),
        lambda row: "、".join(risk_factors(_subject(row))),
        of=[_AGE, *_RISKS],
        width=14,
    ),
    of_item("status", item_of(Case, "status"), _case),
    of_item("severity", item_of(Case, "severity"), _case),
    of_item("onset_on", _ONSET, _case),
    told(
        "day",
        Label("病日・観察日", "Day"),
        lambda row: day_words(row.plan, clock.today()),
        of=[_ONSET],
        width=20,
    ),
    told(
        "reported_on",
        Label("最終報告日", "Last report"),
        _seen("observed_on"),
        of=[_TEMPERATURE],
        kind="date",
    ),
    told(
        "temperature", _TEMPERATURE.label, _seen("temperature"), of=[_TEMPERATURE], kind="decimal"
    ),
    told("spo2", _seen_item("spo2").label, _seen("spo2"), of=[_seen_item("spo2")], kind="integer"),
    told(
        "symptoms", _seen_item("symptoms").label, _symptoms, of=[_seen_item("symptoms")], width=20
    ),
    told(
        "reasons", Label("確認を要する理由", "Why to check"), _reasons, of=[_TEMPERATURE], width=34
    ),
    told(
        "last_call_at",
        Label("直近の連絡日時", "Latest call"),
        _in_japan("last_call_at"),
        of=[item_of(_PLAN, "last_call_result")],
        kind="instant",
    ),
    of_item("last_call_result", item_of(_PLAN, "last_call_result"), lambda row: row.plan),
    of_item("plan_status", item_of(_PLAN, "status"), lambda row: row.plan),
    of_item("starts_on", item_of(_PLAN, "starts_on"), lambda row: row.plan),
    of_item("ends_on", item_of(_PLAN, "ends_on"), lambda row: row.plan),
    of_item("observer", item_of(_PLAN, "institution_id"), lambda row: row.plan, width=16),
    told(
        "centre",
        Label("担当保健所", "Responsible health centre"),
        lambda row: str(row.plan.centre or ""),
        of=[item_of(_PLAN, "starts_on")],
        width=18,
    ),
)
