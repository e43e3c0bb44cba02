"""The life of a 発生届: drafted and submitted by a clinic, accepted or returned by a health centre.

A submitted notification is a document; what follows from it is written into person, case, tests
and access in the same transaction.
"""

from collections.abc import Collection, Mapping
from typing import Any

from app.cases.care_access import let_reporting_end
from app.cases.models import Case
from app.cases.rules import case_number
from app.core import clock
from app.core.errors import InvalidState
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.models import Institution
from app.notifications.beside import tell_submitted
from app.notifications.checking import check, completed, home_of
from app.notifications.correction import apply_correction, readdress
from app.notifications.deadline import deadline
from app.notifications.document import own_values, snapshot_of
from app.notifications.drafting import begun, discard_draft, save_draft
from app.notifications.duplicates import require_looked_at, stands_without
from app.notifications.entry_form import PREFECTURES
from app.notifications.guard import may_become
from app.notifications.models import Notification
from app.notifications.opening import (
    complete_case,
    open_case,
    pass_access,
    registered_case,
    tell_case_opened,
)
from app.notifications.parties import addressee_of, disease_on, notifier_of
from app.notifications.steps import (
    ACCEPTED,
    CORRECTED,
    TOO_LATE,
    reason_of,
    require_addressee,
    require_draft,
    require_sender,
    step,
)
from app.persons.models import Person
from app.security.actor import Actor
from app.security.rights import require

__all__ = [
    "accept",
    "correct",
    "discard_draft",
    "fill",
    "return_to_sender",
    "save_draft",
    "submit",
    "withdraw",
]


def submit(
    values: Mapping[str, Any],
    *,
    by: Actor,
    draft: Notification | None = None,
    person: Person | None = None,
    confirmed: Collection[str] = (),
    entry_way: str = "screen",
) -> Notification:
    """Notify: the document, the person, the case, its tests and who meets it, all or nothing.

    Args:
        values: typed values by item name, with ``lab_tests`` (see ``entry_form.typed_values``).
        draft: the draft these values were typed in; it becomes the document.
        person: somebody the portal knows already (a contact who falls ill); else a new one.
        confirmed: codes of the questions the doctor has answered with a tick.
        entry_way: how it came in, a word of ``ENTRY_WAY``.

    Raises:
        InvalidInput: missing or contradicting items, by field.
        Unconfirmed: questions not yet confirmed.
        InvalidState: the draft was submitted before.
    """
    require(by, "add", "notification")
    full = completed(values)
    home = home_of(full)
    with transaction() as session:
        notification = draft if draft is not None else begun(by, None)
        require_draft(notification, by)
        person = person or notification.person
        check(full, home, confirmed)
        notifier = notifier_of(full, by)
        centre = addressee_of(full, home)
        disease = disease_on(full["family"], full["reported_on"])
        notification.entry_way = entry_way
        # Written once, as a whole: a document is not changed after it.
        with session.no_autoflush:
            fill(notification, full, notifier, centre, disease)
            known = registered_case(person, disease.family)
            if known is None:
                case = open_case(full, home, notification=notification, person=person)
            else:
                case = complete_case(known, full, notification)
        notification.case = case
        session.add(notification)
        pass_access(case, notification, by=by)
        session.flush()
        tell_submitted(notification, by=by)
        if person is not None:
            tell_case_opened(case, by)
    return notification


def accept(notification: Notification, *, by: Actor, signed_as: str | None = None) -> Notification:
    """Receive a notification: the case gets its number, the clinic sees 受理 (R54, R48).

    Raises:
        NotAllowed: the notification is not addressed to the actor's health centre.
        InvalidState: it is not waiting (any more); the sentence says what happened.
        PossibleDuplicate: a case of perhaps the same person was not looked at yet.
    """
    require(by, "accept", "notification")
    require_addressee(notification, by)
    if may_become(notification.state, "accepted"):
        require_looked_at(notification)
    with step(notification, "accepted", because_of=ACCEPTED()):
        case = _case_of(notification)
        now = clock.now()
        if case.accepted_at is not None:
            apply_correction(notification, case)
        notification.state = "accepted"
        notification.accepted_at = now
        notification.accepted_by = signed_as or by.name
        notification.accepted_by_user_id = by.user_id
        notification.accepted_centre_id = notification.responsible_centre_id
        case.notification_state = "accepted"
        case.number = case.number or case_number(case.id)
        if case.accepted_at is None:
            case.accepted_at = now
            case.accepted_centre_id = notification.responsible_centre_id
            case.accepted_authority_id = case.authority_id
            let_reporting_end(case)
    return notification


def return_to_sender(notification: Notification, reason: str, *, by: Actor) -> Notification:
    """Send a notification back for correction, saying why.

    Raises:
        NotAllowed, InvalidState: as :func:`accept`.
        InvalidInput: no reason.
    """
    require(by, "return", "notification")
    require_addressee(notification, by)
    why = reason_of(reason)
    with step(notification, "returned", because_of=why):
        notification.state = "returned"
        notification.returned_reason = why
        case = _case_of(notification)
        if case.accepted_at is None:
            case.notification_state = "returned"
    return notification


def correct(
    notification: Notification,
    values: Mapping[str, Any],
    *,
    by: Actor,
    confirmed: Collection[str] = (),
) -> Notification:
    """Submit a new version; the former stays as it was, marked as corrected.

    Until the case is accepted the new version takes effect at once; afterwards when the health
    centre accepts it, and then only in the items the correction changes.

    Raises:
        NotAllowed: another institution's notification.
        InvalidState: it cannot be corrected in its state.
        InvalidInput, Unconfirmed: as :func:`submit`.
    """
    require(by, "edit", "notification")
    require_sender(notification, by)
    full = completed({"family": notification.disease.family, **values})
    home = home_of(full)
    with step(notification, "corrected", because_of=CORRECTED()) as session:
        check(full, home, confirmed, case_id=notification.case_id)
        case = _case_of(notification)
        centre = addressee_of(full, home) if case.accepted_at is None else case.responsible_centre
        new = begun(by, notification.disease)
        fill(new, full, notification.institution, centre, notification.disease)
        new.institution_id = notification.institution_id
        new.version = notification.version + 1
        new.previous = notification
        new.duplicate = notification.duplicate
        new.person_id = notification.person_id
        new.forwarded_from_id = notification.forwarded_from_id
        new.case = case
        notification.state = "corrected"
        session.add(new)
        if case.accepted_at is None:
            case.notification_state = "submitted"
            apply_correction(new, case)
            readdress(case, centre, by=by)
    return new


def withdraw(notification: Notification, reason: str, *, by: Actor) -> Notification:
    """Take a notification back (an error, a diagnosis that did not stand).

    Raises:
        NotAllowed, InvalidState: as :func:`correct`.
        InvalidInput: no reason.
    """
    require(by, "edit", "notification")
    require_sender(notification, by)
    why = reason_of(reason)
    with step(notification, "withdrawn", because_of=why):
        notification.state = "withdrawn"
        notification.withdrawn_reason = why
        case = _case_of(notification)
        # A case that others notified too, or that was there before, goes on without this one.
        if not stands_without(case, notification):
            case.notification_state = "withdrawn"
            let_reporting_end(case)
    return notification


def fill(
    notification: Notification,
    values: Mapping[str, Any],
    notifier: Institution,
    centre: Institution | None,
    disease: Disease,
) -> None:
    """Make the document of ``completed`` values; from now on it does not change."""
    for name, value in own_values(values).items():
        setattr(notification, name, value)
    names = {"institution_id": notifier.name, "disease": disease.name}
    area = values.get("area_prefecture_code")
    if area is not None:
        names["area_prefecture_code"] = PREFECTURES.label(area)
    if centre is not None:
        names["responsible_centre_id"] = centre.name
    notification.institution_id = notifier.id
    notification.responsible_centre = centre
    notification.disease = disease
    notification.form_version = values["form_version"]
    notification.snapshot = snapshot_of(values, names)
    notification.draft = None
    notification.state = "submitted"
    notification.submitted_at = clock.now()
    due = deadline(disease.notification_timing, values.get("diagnosed_on"))
    notification.due_at = None if due is None else due.due_at


def _case_of(notification: Notification) -> Case:
    if notification.case is None:
        raise InvalidState(TOO_LATE)
    return notification.case
