"""Reads around the entry form."""

from collections import Counter
from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, or_, select

from app.core.db import db
from app.institutions.diseases import Disease, DiseaseOption
from app.notifications.entry_form import Options
from app.notifications.models import Notification
from app.security.actor import Actor

DRAFTS = 50
USUAL_AMONG = 10
"""Of how many notifications the most frequent disease is the usual one."""


def form_options(family: str, on: date) -> Options:
    """The choices the form of a disease offers on a day (11, 12), as (kind, method, value)."""
    statement = (
        select(DiseaseOption.kind, DiseaseOption.method, DiseaseOption.value)
        .join(Disease, Disease.id == DiseaseOption.disease_id)
        .where(Disease.family == family, *_in_force(on))
        .order_by(DiseaseOption.position, DiseaseOption.id)
    )
    return tuple((kind, method, value) for kind, method, value in db.session.execute(statement))


def families_used_by(actor: Actor) -> Sequence[str]:
    """The diseases of the institution's last notifications, the most frequent first.

    One notification of a rare disease does not change what a clinic usually notifies.
    """
    return () if actor.institution_id is None else families_notified_by(actor.institution_id)


def families_notified_by(institution_id: int) -> Sequence[str]:
    """The same for any institution, as far as the actor sees its notifications."""
    last = (
        select(Notification.disease_id)
        .where(Notification.institution_id == institution_id, Notification.state != "draft")
        .order_by(Notification.id.desc())
        .limit(USUAL_AMONG)
        .subquery()
    )
    families = db.session.scalars(
        select(Disease.family).join_from(last, Disease, Disease.id == last.c.disease_id)
    )
    return [family for family, _n in Counter(families).most_common()]


def notifiable_diseases(on: date) -> Sequence[Disease]:
    """The diseases of which every case is notified on a day, in the order of the law."""
    return db.session.scalars(
        select(Disease)
        .where(Disease.surveillance == "all_cases", *_in_force(on))
        .order_by(Disease.position)
    ).all()


def _in_force(on: date) -> tuple[ColumnElement[bool], ...]:
    return (
        or_(Disease.valid_from.is_(None), Disease.valid_from <= on),
        or_(Disease.valid_to.is_(None), Disease.valid_to >= on),
    )


def last_sent_by(actor: Actor, family: str) -> Notification | None:
    """The last notification of a disease this person sent for the own institution."""
    return db.session.scalar(
        select(Notification)
        .join(Disease, Disease.id == Notification.disease_id)
        .where(
            Disease.family == family,
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
