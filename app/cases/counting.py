"""Which cases are cases for every published number. The rule is written once, and once in SQL.

A number and the list it leads to must agree, so the statistics, the case list and the
notes on the screens all read this file.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, or_

from app.cases.models import Case
from app.core.labels import Label
from app.generated.searching import Named

COUNTED_TYPES = ("confirmed", "asymptomatic_carrier", "body_confirmed")
"""Positive people: patients, asymptomatic carriers, bodies. Suspected ones are not counted."""
COUNTED_STATES = ("accepted", "corrected")
"""Accepted by a health centre; a correction does not undo the acceptance."""
UNLINKED = ("no", "unknown")
"""Asked, and no source known. Not asked yet is not "unlinked"."""


def is_counted(
    diagnosis_type: str | None, notification_state: str | None, source_system: str | None
) -> bool:
    """True for a case that the statistics count.

    A case without a notification was imported or entered by a health centre itself. An
    imported list holds positive people only and need not say so.
    """
    positive = diagnosis_type in COUNTED_TYPES or (
        diagnosis_type is None and source_system is not None
    )
    return positive and (notification_state is None or notification_state in COUNTED_STATES)


def counted_cases() -> ColumnElement[bool]:
    """:func:`is_counted` as a condition on cases."""
    imported = and_(Case.diagnosis_type.is_(None), Case.source_system.is_not(None))
    return and_(
        or_(Case.diagnosis_type.in_(COUNTED_TYPES), imported),
        or_(Case.notification_state.is_(None), Case.notification_state.in_(COUNTED_STATES)),
    )


def counted_unlinked_cases() -> ColumnElement[bool]:
    """Counted cases whose source is not known."""
    return and_(counted_cases(), Case.link_known.in_(UNLINKED))


def counted_in_hospital() -> ColumnElement[bool]:
    """Counted cases now in hospital, the severe ones among them."""
    return and_(counted_cases(), Case.status.in_(("hospitalised", "hospitalised_severe")))


COUNTED_CASES: Mapping[str, Named] = {
    "counted": Named(
        Label(
            "集計対象（確定し、受理・取込済みの患者）", "Counted (confirmed, accepted or imported)"
        ),
        counted_cases,
    ),
    "unlinked": Named(
        Label("集計対象のうち感染リンク不明", "Counted, without a known link"),
        counted_unlinked_cases,
    ),
    "in_hospital": Named(
        Label("集計対象のうち入院中（重症を含む）", "Counted, in hospital (severe included)"),
        counted_in_hospital,
    ),
}
"""The conditions of the case list that a figure leads to."""
