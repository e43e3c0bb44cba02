"""Whose figures exist for whom: own centre, own authority, own prefecture, or the country.

| roles | figures |
| --- | --- |
| health centre | of its own cases |
| authority headquarters | of the authority's health centres |
| prefecture headquarters, information centre, laboratory | of the prefecture |
| national institute, ministry | all |
| clinic, hospital, hotel, contractor, ID administrator | none |
"""

from typing import Any

from sqlalchemy import ColumnElement, false, true

from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import internal, row_law
from app.statistics.models import CaseContribution, DailyCount, ProfileCount

CENTRE_ROLES = frozenset({RoleName.HEALTH_CENTRE_CLERK, RoleName.HEALTH_CENTRE_NURSE})
PREFECTURE_ROLES = frozenset(
    {RoleName.PREFECTURE_SUPERVISOR, RoleName.INFORMATION_CENTRE, RoleName.LABORATORY}
)
NATIONAL_ROLES = frozenset({RoleName.NATIONAL_INSTITUTE, RoleName.MINISTRY})


@row_law(DailyCount)
def visible_counts(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return _visible(DailyCount, actor)


@row_law(ProfileCount)
def visible_profiles(actor: Actor) -> ColumnElement[bool]:
    """The same table."""
    return _visible(ProfileCount, actor)


def _visible(sums: type[DailyCount | ProfileCount], actor: Actor) -> ColumnElement[bool]:
    if actor.role in NATIONAL_ROLES:
        return true()
    if actor.role in CENTRE_ROLES:
        return _own(sums.centre_id, actor.institution_id)
    if actor.role is RoleName.AUTHORITY_SUPERVISOR:
        return _own(sums.authority_id, actor.authority_id)
    if actor.role in PREFECTURE_ROLES:
        return _own(sums.prefecture_code, actor.prefecture_code)
    return false()


def _own(column: Any, value: object) -> ColumnElement[bool]:
    if value is None:
        return false()
    condition: ColumnElement[bool] = column == value
    return condition


internal(CaseContribution, reason="the bookkeeping of the roll-up; shows nothing to anybody")
