"""Whose saved analyses exist for whom. What they show is a matter of the reader's own records.

| sharing | exists for |
| --- | --- |
| own | whoever saved it |
| institution | everybody there who may use the analysis |
| area | those, and the institutions of the authority, prefecture or country it stands for |
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_

from app.analysis.models import AnalysisAsked, AnalysisResult, SavedAnalysis
from app.audit.history import historied
from app.security.actor import Actor
from app.security.roles import role_of
from app.security.rows import internal, row_law


@row_law(SavedAnalysis)
def visible_analyses(actor: Actor) -> ColumnElement[bool]:
    """The table above."""
    if actor.user_id is None or not role_of(actor.role).may("show", "analysis"):
        return false()
    own = SavedAnalysis.user_id == actor.user_id
    shared = [own]
    if actor.institution_id is not None:
        at_home = SavedAnalysis.institution_id == actor.institution_id
        shared.append(and_(at_home, SavedAnalysis.sharing.in_(("institution", "area"))))
    return or_(*shared, and_(SavedAnalysis.sharing == "area", *_above(actor)))


def _above(actor: Actor) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """It stands for an area the actor is in; without a key it stands for everything."""
    return (
        _all_or(SavedAnalysis.authority_id, actor.authority_id),
        _all_or(SavedAnalysis.prefecture_code, actor.prefecture_code),
    )


def _all_or(column: Any, value: object) -> ColumnElement[bool]:
    everywhere: ColumnElement[bool] = column.is_(None)
    return everywhere if value is None else or_(everywhere, column == value)


internal(AnalysisResult, reason="sums of whole tables, found again by the scope they were made in")
internal(AnalysisAsked, reason="compared with what the same person asks next; shown to nobody")
historied(SavedAnalysis, as_="saved_analysis")
