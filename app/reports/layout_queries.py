"""Reads of own layouts, under the reader's own law."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core.db import db
from app.core.errors import NotVisible
from app.reports.kind import ReportKind, Wanted
from app.reports.layout import Layout, plain_layout
from app.reports.models import ReportLayout
from app.security.actor import Actor


def layout_for(wanted: Wanted, kind: ReportKind, by: Actor) -> Layout:
    """The layout chosen; else the default one of the actor's health centre, authority or
    prefecture, the nearest first; else the portal's own.

    Raises:
        NotVisible: the chosen one does not exist for the actor.
    """
    assert kind.listing is not None, kind.key
    plain = plain_layout(kind.listing)
    if wanted.plain:
        return plain
    if wanted.layout_id is not None:
        chosen = layout_by_id(wanted.layout_id)
        if chosen.kind != kind.key:
            raise NotVisible(_l("There is no such record."))
        return chosen.layout
    found = next((one for one in layouts_of(kind.key) if one.is_default), None)
    return plain if found is None else found.layout


def layouts_of(kind: str) -> Sequence[ReportLayout]:
    """The layouts of a report that exist for the actor: the nearest first."""
    statement = select(ReportLayout).where(ReportLayout.kind == kind)
    ordered = statement.order_by(
        ReportLayout.centre_id.desc(), ReportLayout.authority_id.desc(), ReportLayout.id
    )
    return db.session.scalars(ordered).all()


def layout_by_id(layout_id: int) -> ReportLayout:
    """A layout. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalar(select(ReportLayout).where(ReportLayout.id == layout_id))
    if found is None:
        raise NotVisible(_l("There is no such record."))
    return found
