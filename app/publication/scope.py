"""Who sees what of publication.

| what | who |
| --- | --- |
| journal of the sums | as the sums themselves (``app.statistics.scope``) |
| journal by case | whoever meets the case; explanations count it, and name nobody |
| publications | signed off: everybody whose role reads them; before that: their own area |
| files given out | everybody, by ``/open/`` |
| numbers entered by hand | the area they are about |
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from app.audit.history import historied
from app.publication.models import (
    WHOLE_PREFECTURE,
    AreaCount,
    CaseCountChange,
    DailyCountChange,
    Publication,
    PublicationFile,
    PublicNumber,
)
from app.security.actor import Actor
from app.security.roles import RoleName
from app.security.rows import append_only, internal, row_law
from app.statistics.scope import (
    CENTRE_ROLES,
    NATIONAL_ROLES,
    PREFECTURE_ROLES,
    is_own,
    of_own_area,
)

READERS = CENTRE_ROLES | PREFECTURE_ROLES | NATIONAL_ROLES | {RoleName.AUTHORITY_SUPERVISOR}


@row_law(DailyCountChange)
def visible_changes(actor: Actor) -> ColumnElement[bool]:
    """As the sums: the reach of the role."""
    return of_own_area(DailyCountChange, actor)


@row_law(Publication)
def visible_publications(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.role not in READERS:
        return false()
    released = Publication.state.in_(("signed_off", "withdrawn"))
    return or_(released, own_area(actor, Publication))


@row_law(AreaCount)
def visible_area_counts(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    return own_area(actor, AreaCount)


def own_area(actor: Actor, model: Any) -> ColumnElement[bool]:
    """What is about the very area a headquarters answers for."""
    if actor.role is RoleName.AUTHORITY_SUPERVISOR:
        return is_own(model.authority_id, actor.authority_id)
    if actor.role is RoleName.PREFECTURE_SUPERVISOR:
        whole = model.authority_id == WHOLE_PREFECTURE
        return and_(is_own(model.prefecture_code, actor.prefecture_code), whole)
    return false()


internal(
    CaseCountChange,
    reason="the journal behind explanations, which are counted from it within the area asked for",
    follows={"case_id": "case_record"},
)
internal(PublicationFile, reason="read by /open/ alone, which asks for what is released")
internal(PublicNumber, reason="which number a case was published under; given by the service")
append_only(CaseCountChange)
append_only(PublicationFile)
append_only(PublicNumber)
historied(AreaCount, as_="area_count")
# Of the figures themselves the history keeps the digest.
historied(Publication, as_="publication", unkept=("content",))
