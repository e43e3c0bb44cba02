"""A bundle is received, typed sheet by sheet, looked at in a sample, and goes back."""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.bundles.codes import BUNDLE_STATE
from app.bundles.models import BundleSheet, PaperBundle
from app.bundles.queries import draft_of, sheets_of, tally_of
from app.bundles.rules import obstacle, sample_size
from app.bundles.typists import hindrance, typist_of
from app.cases.models import Case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.japanese import digits
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.institutions.models import Institution
from app.intake import service as intake
from app.notifications import service as notifications
from app.notifications.models import Notification
from app.security.actor import Actor, acting_as
from app.security.rights import require

MOST_WRONG = 99


def check_holder(bundle: PaperBundle) -> None:
    """Who may type what: notifications the health centre, and contractors with that duty.

    Raises:
        InvalidInput: at ``holder_id``, ``from_on`` or ``until_on``.
    """
    problems: dict[str, list[object]] = {}
    with db.session.no_autoflush:
        key = bundle.holder_id
        holder = None if key is None else db.session.get(Institution, key)
    if holder is not None and holder.id != bundle.centre_id:
        lacks = hindrance(holder, bundle.kind)
        if lacks is not None:
            problems["holder_id"] = [lacks]
    if bundle.from_on and bundle.until_on and bundle.from_on > bundle.until_on:
        problems["until_on"] = [_l("The period ends before it begins.")]
    if bundle.received_on > clock.today():
        problems["received_on"] = [_l("This day lies in the future.")]
    if problems:
        raise InvalidInput(problems)


def begin_sheet(bundle: PaperBundle, *, by: Actor, signed_as: str) -> BundleSheet:
    """Begin to type a notification straight from paper: a draft of the bundle's disease.

    Raises:
        InvalidState: the bundle is done, or more sheets than were counted.
        InvalidInput: it holds other paper.
        NotAllowed: a contractor that may not type notifications.
    """
    require(by, "type", "paper_bundle")
    if bundle.kind != "notification":
        raise InvalidInput({}, _l("This bundle holds follow-up sheets."))
    with bundle_step(bundle, ("received", "typing")) as session:
        sheet = _new_sheet(session, bundle)
        sheet.typed_by, sheet.typed_by_user_id = signed_as[:100], by.user_id
        typist = typist_of(bundle, by=by)
        with acting_as(typist):
            draft = notifications.save_draft({}, by=typist, family=bundle.disease.family)
            sheet.notification_id = draft.id
            session.flush()
    return sheet


def attach_scans(
    bundle: PaperBundle, scans: Sequence[Sequence[bytes]], *, by: Actor, signed_as: str
) -> int:
    """Put scans of a bundle into the queue of papers, a sheet each; how many.

    Raises:
        InvalidState: the bundle is done.
        InvalidInput: it holds other paper.
    """
    require(by, "type", "paper_bundle")
    if bundle.kind != "notification":
        raise InvalidInput({}, _l("This bundle holds follow-up sheets."))
    with bundle_step(bundle, ("received", "typing")) as session:
        made = intake.receive_all(scans, by=by, signed_as=signed_as)
        for scan in made:
            sheet = _new_sheet(session, bundle)
            sheet.scan = scan
            session.flush()
    return len(made)


def follow_up_typed(
    bundle: PaperBundle,
    subject: str,
    first: date,
    last: date,
    *,
    by: Actor,
    signed_as: str,
) -> BundleSheet:
    """Tick a follow-up sheet off: the observations of its days stand in the portal.

    Args:
        subject: number of a case, or of a contact with ``#`` before it.

    Raises:
        InvalidState: the bundle is done.
        InvalidInput: nobody with this number, or nothing observed on these days.
    """
    require(by, "type", "paper_bundle")
    if bundle.kind != "follow_up_sheet":
        raise InvalidInput({}, _l("This bundle holds notifications."))
    require(by, "add", "observation")
    found = _subject(subject)
    if found is None:
        raise InvalidInput({"subject": [_l("There is no such case or contact.")]})
    column = HealthObservation.case_id if isinstance(found, Case) else HealthObservation.contact_id
    days = db.session.scalar(
        select(func.count())
        .select_from(HealthObservation)
        .where(column == found.id, HealthObservation.observed_on.between(first, last))
    )
    if not days:
        told = _l("No observation of these days is entered yet. Enter those of the sheet first.")
        raise InvalidInput({"first": [told]})
    with bundle_step(bundle, ("received", "typing")) as session:
        sheet = _new_sheet(session, bundle)
        sheet.case_id = found.id if isinstance(found, Case) else None
        sheet.contact_id = found.id if isinstance(found, Contact) else None
        sheet.days = int(days)
        _typed(sheet, by, signed_as)
        session.flush()
    return sheet


def leave_out(sheet: BundleSheet, why: str, *, by: Actor) -> None:
    """A sheet that is not typed: a double, illegible, no notification.

    Raises:
        InvalidState: it is typed.
        InvalidInput: no reason.
    """
    require(by, "type", "paper_bundle")
    said = " ".join(why.split())
    if not 0 < len(said) <= 400:
        raise InvalidInput({"reason": [_l("Enter the reason.")]})
    if sheet.state != "typing":
        raise InvalidState(_l("This sheet is done."))
    with bundle_step(sheet.bundle, ("typing",)):
        scan = sheet.scan
        sheet.state, sheet.left_out_because = "left_out", said
        if scan is not None and scan.state in ("received", "typing"):
            intake.discard(scan, said, by=by)
        else:
            _discard_draft(sheet, typist_of(sheet.bundle, by=by))


def _discard_draft(sheet: BundleSheet, typist: Actor) -> None:
    with acting_as(typist):
        draft = draft_of(sheet)
        if draft is not None and draft.state == "draft":
            sheet.notification = None
            db.session.flush()
            notifications.discard_draft(draft, by=typist)


def draw_sample(bundle: PaperBundle, *, by: Actor) -> int:
    """Draw the sheets a second person looks at, by lot; how many there are now.

    Raises:
        InvalidState: nothing is typed, or the bundle is done.
    """
    require(by, "check", "paper_bundle")
    sheets = [one for one in sheets_of(bundle) if one.state == "typed"]
    missing = sample_size(len(sheets)) - sum(one.in_sample for one in sheets)
    rest = [one for one in sheets if not one.in_sample]
    if not sheets:
        raise InvalidState(_l("No sheet was typed yet."))
    with bundle_step(bundle, ("typing",)):
        for sheet in secrets.SystemRandom().sample(rest, max(0, missing)):
            sheet.in_sample = True
    return sample_size(len(sheets))


def look_at_sheet(sheet: BundleSheet, wrong_items: int, *, by: Actor, signed_as: str) -> None:
    """A second person compared paper and record; errors are corrected on the record itself.

    Raises:
        NotAllowed: the same person typed it.
        InvalidState: it is not in the sample.
    """
    require(by, "check", "paper_bundle")
    if not sheet.in_sample:
        raise InvalidState(_l("This sheet is not in the sample."))
    if sheet.typed_by_user_id is not None and sheet.typed_by_user_id == by.user_id:
        raise NotAllowed(_l("Somebody other than the first typist has to check."))
    if not 0 <= wrong_items <= MOST_WRONG:
        raise InvalidInput({"wrong_items": [_l("From 0 to %(limit)s.", limit=MOST_WRONG)]})
    with bundle_step(sheet.bundle, ("typing",)):
        sheet.wrong_items, sheet.checked_by = wrong_items, signed_as[:100]


def finish(bundle: PaperBundle, explanation: str, *, by: Actor, signed_as: str) -> None:
    """Call a bundle checked: numbers match or the difference is explained in words.

    Raises:
        InvalidInput: at ``explanation`` or the whole form, why not yet.
        InvalidState: it is checked already.
    """
    require(by, "check", "paper_bundle")
    said = " ".join(explanation.split())[:400]
    problem = obstacle(tally_of(bundle), said)
    if problem is not None:
        raise InvalidInput({"explanation": [problem]})
    with bundle_step(bundle, ("typing",)):
        bundle.state, bundle.checked_on = "checked", clock.today()
        bundle.checked_by, bundle.difference = signed_as[:100], said or None


def give_back(bundle: PaperBundle, *, by: Actor) -> None:
    """The paper went back where it came from, or to the archive. Raises InvalidState."""
    require(by, "check", "paper_bundle")
    with bundle_step(bundle, ("checked",)):
        bundle.state, bundle.returned_on = "returned", clock.today()


def typed_from(sheet: BundleSheet, notification: Notification, by: Actor, signed_as: str) -> None:
    """The notification typed from a sheet was submitted: the sheet counts."""
    sheet.notification = notification
    _typed(sheet, by, signed_as)
    if sheet.bundle.state == "received":
        _begun(sheet.bundle)


def _typed(sheet: BundleSheet, by: Actor, signed_as: str) -> None:
    sheet.state, sheet.typed_at = "typed", clock.now()
    sheet.typed_by, sheet.typed_by_user_id = signed_as[:100], by.user_id


def _new_sheet(session: Session, bundle: PaperBundle) -> BundleSheet:
    last = session.scalar(
        select(func.max(BundleSheet.number)).where(BundleSheet.bundle_id == bundle.id)
    )
    sheet = BundleSheet(bundle=bundle, number=(last or 0) + 1, state="typing")
    session.add(sheet)
    _begun(bundle)
    return sheet


def _begun(bundle: PaperBundle) -> None:
    bundle.state = "typing"
    bundle.begun_on = bundle.begun_on or clock.today()


def _subject(text: str) -> Any:
    number = digits(text)
    if not 0 < len(number) <= 12:
        return None
    if text.strip().startswith(("#", "＃")):
        return (
            db.session.scalars(select(Contact).where(Contact.id == int(number))).one_or_none()
            if int(number) < 2**31
            else None
        )
    return db.session.scalars(select(Case).where(Case.number == number)).one_or_none()


@contextmanager
def bundle_step(bundle: PaperBundle, standing_at: Sequence[str]) -> Iterator[Session]:
    """A change in one transaction; whoever comes second is told where the bundle stands."""
    if bundle.state not in standing_at:
        raise InvalidState(_l("This bundle is: %(state)s.", state=BUNDLE_STATE.label(bundle.state)))
    try:
        with transaction() as session:
            yield session
            session.flush()
    except StaleDataError:
        db.session.refresh(bundle)
        raise InvalidState(_l("Somebody else changed this meanwhile.")) from None
