"""Bundles belong to the health centre that received them.

A contractor meets those it was given to type, while it types them, and nothing of the others.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, select

from app.audit.history import historied
from app.bundles.models import BundleSheet, PaperBundle
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES, RoleName
from app.security.rows import row_law

_BUNDLE = PaperBundle.__table__


@row_law(PaperBundle)
def visible_bundles(actor: Actor) -> ColumnElement[bool]:
    """The own centre's; for a contractor those given to it."""
    return _met(actor, PaperBundle)


@row_law(BundleSheet)
def visible_sheets(actor: Actor) -> ColumnElement[bool]:
    """Sheets of visible bundles."""
    if actor.role not in HEALTH_CENTRE_ROLES | {RoleName.FOLLOW_UP_CONTRACTOR}:
        return false()
    bundle = _BUNDLE.alias()
    return (
        select(bundle.c.id)
        .where(bundle.c.id == BundleSheet.bundle_id, _met(actor, bundle.c))
        .exists()
    )


def _met(actor: Actor, bundle: Any) -> ColumnElement[bool]:
    """``bundle`` is the model or a table's columns."""
    if actor.institution_id is None:
        return false()
    if actor.role in HEALTH_CENTRE_ROLES:
        own: ColumnElement[bool] = bundle.centre_id == actor.institution_id
        return own
    if actor.role is not RoleName.FOLLOW_UP_CONTRACTOR:
        return false()
    return and_(bundle.holder_id == actor.institution_id, bundle.state.in_(("received", "typing")))


historied(PaperBundle, as_="paper_bundle")
historied(BundleSheet, as_="bundle_sheet", case="case_id")
