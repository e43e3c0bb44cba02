"""Columns of the list of contacts that no single item gives."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from app.contacts.codes import RELATIONSHIP
from app.contacts.models import Contact, ContactExposure
from app.contacts.rules import days_left
from app.core import clock
from app.core.db import db
from app.core.pages import Cell


def relations(records: Sequence[Contact]) -> Mapping[int, Cell]:
    """How each contact is related to the patients, in the order of exposure."""
    ids = [record.id for record in records]
    found = db.session.execute(
        select(ContactExposure.contact_id, ContactExposure.relation)
        .where(ContactExposure.contact_id.in_(ids), ContactExposure.relation.is_not(None))
        .order_by(ContactExposure.exposed_on, ContactExposure.id)
    )
    words: dict[int, list[str]] = {}
    for contact_id, relation in found:
        label = RELATIONSHIP.label(relation)
        if label not in words.setdefault(contact_id, []):
            words[contact_id].append(label)
    return {contact_id: Cell("、".join(labels)) for contact_id, labels in words.items()}


def days_to_come(records: Sequence[Contact]) -> Mapping[int, Cell]:
    """Days of observation still to come, for those under observation."""
    today = clock.today()
    cells = {}
    for record in records:
        left = days_left(record.observe_until_on, today)
        if left is not None and record.status == "under_observation":
            words = _("Until today") if left == 0 else _("%(days)s days", days=left)
            cells[record.id] = Cell(words)
    return cells
