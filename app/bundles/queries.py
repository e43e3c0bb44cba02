"""Reads around bundles."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from app.bundles.models import BundleSheet, PaperBundle
from app.bundles.rules import Tally
from app.core.db import db
from app.core.errors import NotVisible
from app.notifications.models import Notification

SHOWN = 200


def bundles(state: str | None = None) -> Sequence[PaperBundle]:
    """The bundles that exist for the actor, newest first."""
    statement = select(PaperBundle).options(
        joinedload(PaperBundle.disease), joinedload(PaperBundle.holder)
    )
    if state is not None:
        statement = statement.where(PaperBundle.state == state)
    return db.session.scalars(statement.order_by(PaperBundle.id.desc()).limit(SHOWN)).all()


def tallies(found: Sequence[PaperBundle]) -> Mapping[int, Tally]:
    """What was counted of each bundle, in one statement."""
    if not found:
        return {}

    def how_many(condition: Any) -> Any:
        return func.sum(case((condition, 1), else_=0))

    looked_at = BundleSheet.in_sample & BundleSheet.wrong_items.is_not(None)
    statement = (
        select(
            BundleSheet.bundle_id,
            func.count(),
            how_many(BundleSheet.state == "typed"),
            how_many(BundleSheet.state == "left_out"),
            how_many(BundleSheet.in_sample),
            how_many(looked_at),
            how_many(looked_at & (BundleSheet.wrong_items > 0)),
            func.coalesce(func.sum(BundleSheet.wrong_items), 0),
        )
        .where(BundleSheet.bundle_id.in_([one.id for one in found]))
        .group_by(BundleSheet.bundle_id)
    )
    rows = {row[0]: [int(n) for n in row[1:]] for row in db.session.execute(statement)}
    return {one.id: Tally(one.sheet_count, *rows.get(one.id, ())) for one in found}


def tally_of(bundle: PaperBundle) -> Tally:
    """What was counted of one bundle."""
    return tallies([bundle])[bundle.id]


def bundle_by_id(key: int) -> PaperBundle:
    """The bundle. Raises NotVisible when it does not exist for the actor."""
    found = db.session.scalars(
        select(PaperBundle)
        .where(PaperBundle.id == key)
        .options(joinedload(PaperBundle.disease), joinedload(PaperBundle.holder))
    ).one_or_none()
    if found is None:
        raise NotVisible
    return found


def sheets_of(bundle: PaperBundle) -> Sequence[BundleSheet]:
    """The sheets somebody began, in order."""
    return db.session.scalars(
        select(BundleSheet)
        .where(BundleSheet.bundle_id == bundle.id)
        .options(joinedload(BundleSheet.scan), joinedload(BundleSheet.notification))
        .order_by(BundleSheet.number)
        .limit(10_000)
    ).all()


def sheet_of(bundle: PaperBundle, number: int) -> BundleSheet:
    """The sheet of a bundle with this number. Raises NotVisible."""
    found = db.session.scalars(
        select(BundleSheet).where(BundleSheet.bundle_id == bundle.id, BundleSheet.number == number)
    ).one_or_none()
    if found is None:
        raise NotVisible
    return found


def draft_of(sheet: BundleSheet) -> Notification | None:
    """The notification begun from a sheet, as far as it exists for the actor of the moment."""
    key = sheet.notification_id
    if key is None:
        return None
    return db.session.scalars(select(Notification).where(Notification.id == key)).one_or_none()


def sheet_of_notification(notification: Notification, scan_id: int | None) -> BundleSheet | None:
    """The sheet a notification is typed from: begun with it, or scanned."""
    ways = BundleSheet.notification_id == notification.id
    if scan_id is not None:
        ways = ways | (BundleSheet.scan_id == scan_id)
    return db.session.scalars(select(BundleSheet).where(ways).limit(1)).first()
