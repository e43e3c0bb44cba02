"""The facts of a case that are counted, read from its rows: for a save and for a rebuild."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Table, select

from app.cases.counting import UNLINKED, is_counted
from app.cases.models import Case, Stay
from app.core.clock import in_japan
from app.institutions.models import Institution
from app.statistics.following import COLUMNS, followed, joined
from app.statistics.measures import BASES
from app.statistics.models import NOWHERE
from app.statistics.rules import CaseFacts, StayFacts

COUNTED_ITEMS = frozenset(
    {
        "disease_id",
        "prefecture_code",
        "first_prefecture_code",
        "authority_id",
        "responsible_centre_id",
        "reporting_institution_id",
        "municipality_code",
        "diagnosis_type",
        "notification_state",
        "source_system",
        "link_known",
        "outcome",
        "waiting_since_on",
        "discharged_on",
        "died_on",
        "age_group",
        "age_years",
        "sex",
        "severity",
        "severe_on",
        "accepted_at",
        *(basis.attribute for basis in BASES),
    }
)
"""What a contribution depends on; a save that changes none of them recounts nothing."""
STAY_ITEMS = frozenset({"case_id", "place", "from_on", "to_on", "icu", "ventilator", "ecmo"})

_CASE: Table = Case.__table__
_STAY: Table = Stay.__table__
_REPORTER: Table = Institution.__table__
_STAY_COLUMNS = [
    _STAY.c[name].label(f"stay_{name}") for name in ("id", *sorted(STAY_ITEMS - {"case_id"}))
]


def facts_of(rows: Sequence[Any]) -> CaseFacts:
    """The facts of one case from its rows (one per stay, test and notification)."""
    case = rows[0]
    follows = followed(rows)
    place = (
        case.disease_id,
        case.prefecture_code or case.first_prefecture_code,
        case.authority_id or NOWHERE,
        case.responsible_centre_id or NOWHERE,
    )
    return CaseFacts(
        place=place,
        counted=is_counted(case.diagnosis_type, case.notification_state, case.source_system),
        unlinked=case.link_known in UNLINKED,
        dates={basis.key: getattr(case, basis.attribute) for basis in BASES},
        diagnosis_type=case.diagnosis_type,
        outcome=case.outcome,
        waiting_since_on=case.waiting_since_on,
        discharged_on=case.discharged_on,
        died_on=case.died_on,
        stays=_stays(rows),
        age_group=case.age_group,
        age_years=case.age_years,
        sex=case.sex,
        severity=case.severity,
        severe_on=case.severe_on,
        entered_on=_entered_on(case),
        accepted_on=None if case.accepted_at is None else in_japan(case.accepted_at).date(),
        variant=follows.variant,
        doses=follows.vaccine_doses,
        municipality=case.municipality_code,
        reporter=case.reporter_kind,
    )


def _entered_on(case: Any) -> date | None:
    """The day somebody typed the case in; a list of another system was loaded, not typed."""
    return in_japan(case.created_at).date() if case.source_system is None else None


def facts_statement(*columns: Any) -> Any:
    """Cases with their stays, tests of variants and notifications, in the order of cases and
    stays; ``columns`` are read besides."""
    items: list[Any] = [_CASE.c[name] for name in sorted(COUNTED_ITEMS)]
    items.append(_REPORTER.c.kind.label("reporter_kind"))
    reported = _CASE.outerjoin(_REPORTER, _REPORTER.c.id == _CASE.c.reporting_institution_id)
    return (
        select(_CASE.c.id, _CASE.c.created_at, *items, *_STAY_COLUMNS, *COLUMNS, *columns)
        .select_from(joined(reported.outerjoin(_STAY, _STAY.c.case_id == _CASE.c.id)))
        .order_by(_CASE.c.id, _STAY.c.id)
    )


def by_case(rows: Iterable[Any]) -> Iterator[tuple[int, list[Any]]]:
    """Rows of :func:`facts_statement`, case by case."""
    held: list[Any] = []
    for row in rows:
        if held and held[0].id != row.id:
            yield held[0].id, held
            held = []
        held.append(row)
    if held:
        yield held[0].id, held


def _stays(rows: Sequence[Any]) -> tuple[StayFacts, ...]:
    """Each once: a case with two tests of variants has every stay twice."""
    stays = {row.stay_id: _stay(row) for row in rows if row.stay_id is not None}
    return tuple(stays.values())


def _stay(row: Any) -> StayFacts:
    return StayFacts(
        row.stay_place,
        row.stay_from_on,
        row.stay_to_on,
        row.stay_icu,
        row.stay_ventilator,
        row.stay_ecmo,
    )
