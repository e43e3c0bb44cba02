"""Reads around the entry form."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from app.core.db import db
from app.institutions.diseases import Disease, DiseaseOption
from app.notifications.entry_form import Options
from app.notifications.models import Notification
from app.security.actor import Actor

DRAFTS = 50


def form_options(family: str, on: date) -> Options:
    """The choices the form of a disease offers on a day (11, 12), as (kind, method, value)."""
    statement = (
        select(DiseaseOption.kind, DiseaseOption.method, DiseaseOption.value)
        .join(Disease, Disease.id == DiseaseOption.disease_id)
        .where(
            Disease.family == family,
            or_(Disease.valid_from.is_(None), Disease.valid_from <= on),
            or_(Disease.valid_to.is_(None), Disease.valid_to >= on),
        )
        .order_by(DiseaseOption.position, DiseaseOption.id)
    )
    return tuple((kind, method, value) for kind, method, value in db.session.execute(statement))


def last_sent_by(actor: Actor) -> Notification | None:
    """The last notification this person sent for the own institution."""
    return db.session.scalar(
        select(Notification)
        .where(
            Notification.institution_id == actor.institution_id,
            Notification.created_by_user_id == actor.user_id,
            Notification.state != "draft",
        )
        .order_by(Notification.id.desc())
        .limit(1)
    )


def drafts_of(actor: Actor) -> Sequence[Notification]:
    """The newest drafts of the actor's institution."""
    return db.session.scalars(
        select(Notification)
        .where(
            Notification.state == "draft",
            or_(
                Notification.institution_id == actor.institution_id,
                Notification.entering_institution_id == actor.institution_id,
            ),
        )
        .order_by(Notification.id.desc())
        .limit(DRAFTS)
    ).all()


def draft_by_id(key: int) -> Notification | None:
    """A notification the actor may see; None when there is none of that key."""
    found: Notification | None = db.session.get(Notification, key)
    return found


def version_after(notification: Notification) -> Notification | None:
    """The version that corrected this one."""
    return db.session.scalar(
        select(Notification).where(Notification.previous_id == notification.id).limit(1)
    )
