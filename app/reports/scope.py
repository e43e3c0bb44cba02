"""Whose layouts and whose survey numbers exist for whom.

| what | who |
| --- | --- |
| layout of a health centre | itself |
| layout of an authority | its headquarters and its health centres |
| layout of a prefecture | its headquarters, and everybody of the former in the prefecture |
| survey numbers | the authority, its prefecture, and those whose figures are the country's |
"""

from sqlalchemy import ColumnElement, and_, false, or_, true

from app.audit.history import historied
from app.publication.models import WHOLE_PREFECTURE
from app.reports.models import NO_CENTRE, CareSurvey, ReportLayout
from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import row_law
from app.statistics.scope import CENTRE_ROLES, NATIONAL_ROLES

LAYING_OUT = CENTRE_ROLES | {RoleName.AUTHORITY_SUPERVISOR, RoleName.PREFECTURE_SUPERVISOR}


@row_law(ReportLayout)
def visible_layouts(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role not in LAYING_OUT or actor.prefecture_code is None:
        return false()
    whole = and_(
        ReportLayout.prefecture_code == actor.prefecture_code,
        ReportLayout.authority_id == WHOLE_PREFECTURE,
        ReportLayout.centre_id == NO_CENTRE,
    )
    if actor.role is RoleName.PREFECTURE_SUPERVISOR:
        return whole
    found = [whole]
    if actor.authority_id is not None:
        found.append(
            and_(
                ReportLayout.authority_id == actor.authority_id,
                ReportLayout.centre_id == NO_CENTRE,
            )
        )
    if actor.role in CENTRE_ROLES and actor.institution_id is not None:
        found.append(ReportLayout.centre_id == actor.institution_id)
    return or_(*found)


@row_law(CareSurvey)
def visible_surveys(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role in NATIONAL_ROLES:
        return true()
    if actor.role is RoleName.AUTHORITY_SUPERVISOR and actor.authority_id is not None:
        return CareSurvey.authority_id == actor.authority_id
    if actor.role is RoleName.PREFECTURE_SUPERVISOR and actor.prefecture_code is not None:
        return CareSurvey.prefecture_code == actor.prefecture_code
    return false()


historied(ReportLayout, as_="report_layout")
historied(CareSurvey, as_="care_survey")
