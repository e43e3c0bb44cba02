"""The beds of an area over past days: what held on each of them by the rule of the declarations.

Declarations stay when newer ones come, so a past day is told as it was declared then. Rooms of
hotels are kept as they are now only: for them there is no past.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Date, and_, func, literal, or_, select, union_all

from app.coordination.bed_figures import COLUMNS, COUNTING, VALID_DAYS, BedSums, Spot, below
from app.coordination.models import BedReport
from app.core.db import db
from app.institutions.models import Institution
from app.security.actor import acting_as


def beds_on_days(spot: Spot, days: Sequence[date]) -> dict[date, BedSums]:
    """Day → the declarations in force on it, summed; in one statement. Days without any are
    left out: nobody declared, which does not mean no bed."""
    if not days:
        return {}
    window = union_all(
        *(
            select(
                literal(day - timedelta(days=VALID_DAYS), Date).label("after"),
                literal(day, Date).label("day"),
            )
            for day in days
        )
    ).cte("days")
    report = BedReport
    within = and_(report.declared_on > window.c.after, report.declared_on <= window.c.day)
    latest = (
        select(
            window.c.day,
            report.institution_id,
            func.max(report.declared_on).label("declared_on"),
        )
        .select_from(window)
        .join(report, within)
        .where(
            report.prefecture_code.in_(spot.prefecture_codes),
            # The whole span, so that the index is entered once.
            report.declared_on > min(days) - timedelta(days=VALID_DAYS),
            report.declared_on <= max(days),
        )
        .group_by(window.c.day, report.institution_id)
        .subquery()
    )
    its_last = and_(
        report.institution_id == latest.c.institution_id,
        report.declared_on == latest.c.declared_on,
    )
    is_open = or_(Institution.closed_on.is_(None), Institution.closed_on > latest.c.day)
    statement = (
        select(latest.c.day, func.count(), *(func.sum(one) for one in COLUMNS))
        .select_from(latest)
        .join(report, its_last)
        .join(Institution, Institution.id == report.institution_id)
        .where(is_open, *below(spot))
        .group_by(latest.c.day)
    )
    with acting_as(COUNTING):
        rows = db.session.execute(statement).all()
    return {day: BedSums(*map(int, numbers)) for day, *numbers in rows}
