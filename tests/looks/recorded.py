"""What was recorded of looks."""

from typing import Any

from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.contacts.models import Contact
from app.core.db import db
from app.security.actor import acting_as, system_actor
from tests.support.cast import Episode


def looks(app: Flask) -> list[Any]:
    columns = (
        ReadEntry.door,
        ReadEntry.relation,
        ReadEntry.case_id,
        ReadEntry.person_id,
        ReadEntry.part,
        ReadEntry.record_count,
        ReadEntry.user_name,
    )
    with app.app_context(), acting_as(system_actor("test")):
        return list(db.session.execute(select(*columns).order_by(ReadEntry.id)).all())


def exposed(app: Flask, own: Episode) -> int:
    with app.app_context(), acting_as(system_actor("test")):
        key = db.session.scalar(select(Contact.person_id).where(Contact.id == own.contact))
    assert key is not None
    return key
