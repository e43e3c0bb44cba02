"""Saving questions and results, and comparing what is asked with what was shown before."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.analysis.codes import SHARING
from app.analysis.figures import Figures, restored
from app.analysis.models import NAME_LENGTH, AnalysisAsked, AnalysisResult, SavedAnalysis
from app.analysis.question import Question
from app.analysis.reach import Reach
from app.audit.signing import signature_of
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName

SAVED_LIMIT = 100
REMEMBERED_DAYS = 90
"""How long a protected table is compared with later ones."""
COMPARED = 200
_ABOVE_PREFECTURE = frozenset({RoleName.MINISTRY, RoleName.NATIONAL_INSTITUTE})


def sharings_of(actor: Actor) -> tuple[str, ...]:
    """With whom the actor may share; below a health centre there is nobody."""
    every = SHARING.values
    return every[:2] if actor.role in HEALTH_CENTRE_ROLES else every


def save_analysis(question: Question, name: str, sharing: str, *, by: Actor) -> SavedAnalysis:
    """Keep a question under a name; one's own of the same name is replaced.

    Raises:
        InvalidInput: no name, too long a one, or sharing that the role has not.
        InvalidState: there are too many already.
    """
    named = " ".join(name.split())
    if not named or len(named) > NAME_LENGTH or "\x00" in named:
        sentence = _l("Type a name of at most %(limit)s characters.", limit=NAME_LENGTH)
        raise InvalidInput({"name": [sentence]})
    if sharing not in sharings_of(by) or by.user_id is None:
        raise InvalidInput({"sharing": [_l("Choose one of the list.")]})
    with transaction() as session:
        mine = session.scalars(
            select(SavedAnalysis).where(SavedAnalysis.user_id == by.user_id)
        ).all()
        saved = next((one for one in mine if one.name == named), None)
        if saved is None:
            if len(mine) >= SAVED_LIMIT:
                raise InvalidState(_l("Remove an analysis you saved earlier first."))
            saved = SavedAnalysis(user_id=by.user_id, **_standing(by))
            session.add(saved)
        saved.name, saved.sharing, saved.owner = named, sharing, signature_of(by)[:120]
        saved.question, saved.saved_at = question.stored(), clock.now()
    return saved


def remove_analysis(saved_id: int, *, by: Actor) -> str:
    """Remove one's own; gives its name.

    Raises:
        NotVisible: there is none for the actor.
        NotAllowed: somebody else's.
    """
    with transaction() as session:
        saved = saved_by_id(saved_id)
        if saved.user_id != by.user_id:
            raise NotAllowed(_l("Only whoever saved it may remove it."))
        session.delete(saved)
    return saved.name


def saved_by_id(saved_id: int) -> SavedAnalysis:
    """A saved question. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalars(select(SavedAnalysis).where(SavedAnalysis.id == saved_id)).first()
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found


def saved_analyses() -> Sequence[SavedAnalysis]:
    """Those that exist for the actor, newest first."""
    statement = select(SavedAnalysis).order_by(SavedAnalysis.saved_at.desc(), SavedAnalysis.id)
    found: Sequence[SavedAnalysis] = db.session.scalars(statement.limit(SAVED_LIMIT)).all()
    return found


def keep_result(question: Question, reach: Reach, figures: Figures) -> None:
    """Keep the figures of long work; those that are too old go."""
    with transaction() as session:
        oldest = clock.now() - timedelta(hours=current_app.config["ANALYSIS_RESULT_HOURS"])
        same = (
            AnalysisResult.fingerprint == question.fingerprint,
            AnalysisResult.scope == reach.scope,
        )
        session.execute(delete(AnalysisResult).where(AnalysisResult.made_at < oldest))
        session.execute(delete(AnalysisResult).where(*same))
        session.add(
            AnalysisResult(
                fingerprint=question.fingerprint,
                scope=reach.scope,
                made_at=clock.now(),
                figures=figures.stored(),
            )
        )


def kept_result(question: Question, reach: Reach) -> tuple[Figures, Any] | None:
    """Figures kept for those who see the same records, and their time; None when there are none."""
    oldest = clock.now() - timedelta(hours=current_app.config["ANALYSIS_RESULT_HOURS"])
    found = db.session.scalars(
        select(AnalysisResult).where(
            AnalysisResult.fingerprint == question.fingerprint,
            AnalysisResult.scope == reach.scope,
            AnalysisResult.made_at >= oldest,
        )
    ).first()
    return None if found is None else (restored(found.figures), found.made_at)


def shown_before(actor: Actor) -> Sequence[AnalysisAsked]:
    """The protected tables the actor was shown lately, newest first."""
    since = clock.today() - timedelta(days=REMEMBERED_DAYS)
    mine = (AnalysisAsked.user_id == actor.user_id, AnalysisAsked.asked_on >= since)
    statement = select(AnalysisAsked).where(*mine).order_by(AnalysisAsked.id.desc())
    found: Sequence[AnalysisAsked] = db.session.scalars(statement.limit(COMPARED)).all()
    return found


def remember_shown(question: Question, records: int, *, by: Actor) -> None:
    """Note that a protected table was shown; those that are too old go."""
    with transaction() as session:
        since = clock.today() - timedelta(days=REMEMBERED_DAYS)
        session.execute(delete(AnalysisAsked).where(AnalysisAsked.asked_on < since))
        session.add(
            AnalysisAsked(
                user_id=by.user_id,
                asked_on=clock.today(),
                asked_at=clock.now(),
                fingerprint=question.fingerprint,
                question=question.stored(),
                records=records,
            )
        )


def _standing(by: Actor) -> dict[str, Any]:
    """Where a shared question reaches: the authority, the prefecture, or everywhere."""
    national = by.role in _ABOVE_PREFECTURE
    of_authority = by.role is RoleName.AUTHORITY_SUPERVISOR
    return {
        "institution_id": by.institution_id,
        "authority_id": by.authority_id if of_authority else None,
        "prefecture_code": None if national else by.prefecture_code,
    }
