"""フォローアップシート: who is under observation on a day, by urgency (R119 d; R71, R91)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import joinedload

from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.labels import Label
from app.exports.service import count_rows, stream_batches
from app.followup.board import GROUPS, group_at
from app.followup.board_rows import (
    lines_of,
    readings_of,
)
from app.followup.plans import ObservationPlan
from app.followup.rules import Level, assess
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.reports.columns import readable
from app.reports.follow_up_columns import COLUMNS, Followed
from app.reports.kind import DISEASE, Making, ReportKind, Wanted
from app.reports.list_book import build
from app.reports.listing import Listing, Order, Rows
from app.statistics.care_queries import institutions_of

_PLAN = ObservationPlan


def _rows(making: Making, order: Order) -> Rows:
    wanted, session = making.wanted, db.session()
    columns: tuple[Any, ...] = (_PLAN, group_at(clock.now()).label("board_group"))
    statement = (
        select(*columns)
        .join(Institution, Institution.id == _PLAN.centre_id)
        .where(*_followed(wanted), _PRESETS[order.preset][1]())
    )
    keys = [key.desc() if order.descending else key for key in _SORTS[order.sort][1]()]
    shown = statement.order_by(*keys, _PLAN.id).options(
        joinedload(_PLAN.case).joinedload(Case.person),
        joinedload(_PLAN.case).joinedload(Case.municipality),
        joinedload(_PLAN.contact).joinedload(Contact.person),
        joinedload(_PLAN.contact).joinedload(Contact.municipality),
        joinedload(_PLAN.centre),
        joinedload(_PLAN.institution),
    )
    return Rows(count_rows(session, statement), _known(stream_batches(session, shown), wanted))


def _known(batches: Iterable[Sequence[Any]], wanted: Wanted) -> Iterator[Sequence[Followed]]:
    """Each batch with its readings, in one further statement."""
    now = clock.now()
    for batch in batches:
        plans = [plan for plan, _group in batch]
        readings, lines = readings_of(plans), lines_of(plan.disease_id for plan in plans)
        yield [
            Followed(
                plan,
                GROUPS[group],
                mine,
                assess(mine, lines[plan.disease_id], now=now, since=plan.begun_at),
            )
            for plan, group in batch
            for mine in ([r for r in readings.get(plan.id, []) if r.observed_on <= wanted.last],)
        ]


def _followed(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    """Observed on the day, in the area; today those whose values still call for somebody too."""
    on = wanted.last
    open_still = (_PLAN.status == "active") & (_PLAN.risk > int(Level.NONE))
    late = open_still if on >= clock.today() else (_PLAN.id < 0)
    conditions = [
        _PLAN.disease_id.in_(select(Disease.id).where(Disease.family == wanted.family)),
        _PLAN.starts_on <= on,
        or_(_PLAN.ends_on >= on, late),
        _PLAN.status.in_(("active", "paused") if on >= clock.today() else _EVER),
    ]
    return (*conditions, institutions_of(wanted.area))


_EVER = ("active", "paused", "finished", "converted")


def _people_of(rows: Sequence[Followed]) -> Iterable[int]:
    subjects = (row.plan.subject for row in rows)
    return (one.person_id for one in subjects if one is not None and one.person_id is not None)


_PRESETS: Mapping[str, tuple[Label, Any]] = {
    "all": (Label("全員", "Everybody"), true),
    "cases": (Label("患者のみ", "Cases only"), lambda: _PLAN.case_id.is_not(None)),
    "contacts": (Label("濃厚接触者のみ", "Contacts only"), lambda: _PLAN.contact_id.is_not(None)),
    "urgent": (
        Label("至急・早めの連絡が必要な人", "To be called soon"),
        lambda: _PLAN.risk >= int(Level.ORANGE),
    ),
}
_SORTS: Mapping[str, tuple[Label, Any]] = {
    "urgency": (
        Label("優先度順", "Urgency"),
        lambda: (group_at(clock.now()), func.coalesce(_PLAN.latest_reading_at, _PLAN.begun_at)),
    ),
    "reported": (
        Label("最終報告の古い順", "Longest without a report"),
        lambda: (func.coalesce(_PLAN.latest_reading_at, _PLAN.begun_at),),
    ),
    "ends": (Label("観察終了予定日順", "End of observation"), lambda: (_PLAN.ends_on,)),
}
_SHOWN = (
    "group", "number", "kind", "name", "mobile_phone", "age_years", "sex", "risks", "status",
    "day", "reported_on", "temperature", "spo2", "symptoms", "last_call_at", "last_call_result",
    "ends_on", "observer",
)  # fmt: skip
FOLLOW_UP = ReportKind(
    "follow_up",
    Label("フォローアップシート", "Follow-up sheet"),
    Label(
        "その日に健康観察の対象である患者・濃厚接触者を、優先度、リスク、最終報告とともに一覧にする。",
        "Everybody under observation on a day with urgency, risk and latest report.",
    ),
    "day",
    holds_people=True,
    contents=(Label("健康観察対象者の一覧", "People under observation"),),
    build=build,
    parameters=frozenset({DISEASE}),
    listing=Listing(
        columns=lambda actor: readable(COLUMNS, actor),
        default=_SHOWN,
        sorts={key: label for key, (label, _keys) in _SORTS.items()},
        presets={key: label for key, (label, _condition) in _PRESETS.items()},
        rows=_rows,
        people_of=_people_of,
        notes=(
            Label(
                "優先度と連絡結果は作成時点のもの。体温等は対象日までの最終報告（直近3週間以内）による。",
                "Urgency and calls as of the making; values of the last report up to the day.",
            ),
        ),
    ),
)
