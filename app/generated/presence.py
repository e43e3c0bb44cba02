"""Who has the same form open: a soft notice, no lock. Nobody is kept from saving."""

from datetime import timedelta
from typing import Any

from flask_appbuilder.security.sqla.models import User
from flask_babel import gettext as _
from sqlalchemy import Row, delete, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.generated.models import OpenForm
from app.security.actor import Actor

FORGOTTEN_AFTER = timedelta(minutes=3)


def others_editing(resource: str, key: int, *, by: Actor) -> tuple[str, ...]:
    """Note that the actor has the form of this record open; sentences about who else has.

    Names stay within an institution: others are told of as users of another institution.
    """
    if by.user_id is None:
        return ()
    with transaction():
        _note(resource, key, by, by.user_id)
    seen = (
        select(OpenForm.institution_id, User.last_name, User.first_name)
        .join(User, User.id == OpenForm.user_id)
        .where(
            OpenForm.record_type == resource,
            OpenForm.record_id == key,
            OpenForm.user_id != by.user_id,
            OpenForm.seen_at > clock.now() - FORGOTTEN_AFTER,
        )
        .order_by(OpenForm.opened_at)
        .limit(20)
    )
    rows = db.session.execute(seen).all()
    return tuple(dict.fromkeys(_sentence(row, by) for row in rows))


def done_editing(resource: str, key: int, *, by: Actor) -> None:
    """The actor saved the form: nobody is told of it any more."""
    mine = (OpenForm.record_id == key) & (OpenForm.user_id == by.user_id)
    with transaction() as session:
        session.execute(delete(OpenForm).where(OpenForm.record_type == resource, mine))


def purge_open_forms() -> int:
    """Delete what was forgotten (nightly); how many there were."""
    old = OpenForm.seen_at < clock.now() - FORGOTTEN_AFTER
    with transaction() as session:
        return len(session.execute(delete(OpenForm).where(old).returning(OpenForm.id)).all())


def _note(resource: str, key: int, by: Actor, user_id: int) -> None:
    now = clock.now()
    again = update(OpenForm).where(
        OpenForm.record_type == resource,
        OpenForm.record_id == key,
        OpenForm.user_id == user_id,
    )
    if db.session.execute(again.values(seen_at=now).returning(OpenForm.id)).first() is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(
                OpenForm(
                    record_type=resource,
                    record_id=key,
                    user_id=user_id,
                    institution_id=by.institution_id,
                    opened_at=now,
                    seen_at=now,
                )
            )
    except IntegrityError:
        # Opened in two windows at once: the other one has noted it.
        return


def _sentence(row: Row[Any], by: Actor) -> str:
    if row.institution_id is None or row.institution_id != by.institution_id:
        told: str = _("A user of another institution has this form open.")
    else:
        name = f"{row.last_name} {row.first_name}".strip()
        told = _("%(name)s of your institution has this form open.", name=name)
    return told
