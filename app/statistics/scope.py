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
    return of_own_area(DailyCount, actor)


@row_law(ProfileCount)
def visible_profiles(actor: Actor) -> ColumnElement[bool]:
    """The same table."""
    return of_own_area(ProfileCount, actor)


def of_own_area(model: Any, actor: Actor) -> ColumnElement[bool]:
    """The table above for any model with a centre, an authority and a prefecture."""
    if actor.role in NATIONAL_ROLES:
        return true()
    if actor.role in CENTRE_ROLES:
        return is_own(model.centre_id, actor.institution_id)
    if actor.role is RoleName.AUTHORITY_SUPERVISOR:
        return is_own(model.authority_id, actor.authority_id)
    if actor.role in PREFECTURE_ROLES:
        return is_own(model.prefecture_code, actor.prefecture_code)
    return false()


def is_own(column: Any, value: object) -> ColumnElement[bool]:
    """The column names the actor's own place; nothing does where the actor has none."""
    if value is None:
        return false()
    condition: ColumnElement[bool] = column == value
    return condition


internal(CaseContribution, reason="the bookkeeping of the roll-up; shows nothing to anybody")
