"""A notification that follows from a positive test of a case that is open already.

The draft knows its case. Where the own institution notified the case before (as suspected), the
new document is the next version of that one; else it is a first one, and the case is kept.
"""

from collections.abc import Collection, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from werkzeug.datastructures import MultiDict

from app.audit.causes import reason
from app.audit.history import because
from app.cases.models import Case, LabTest
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState
from app.core.fields import CodesField
from app.core.fields.choices import NONE_OF_THESE
from app.core.labels import Label
from app.core.transaction import transaction
from app.notifications import service
from app.notifications.checking import check, completed, home_of
from app.notifications.correction import apply_correction, readdress
from app.notifications.document import values_of
from app.notifications.entry_form import entry_form_class, form_data_of
from app.notifications.guard import may_become
from app.notifications.layout import LINES
from app.notifications.models import Notification
from app.notifications.opening import pass_access
from app.notifications.parties import addressee_of, disease_on, notifier_of
from app.notifications.queries import form_options
from app.notifications.starting import starting_values
from app.notifications.steps import require_draft
from app.security.actor import Actor
from app.security.rights import require
from app.security.roles import HEALTH_CENTRE_ROLES

POSITIVE = reason("positive_test", Label("検査陽性による発生届", "Notified after a positive test"))
CONFIRMED = frozenset({"confirmed", "asymptomatic_carrier", "body_confirmed"})
_OTHER_NAMES = {"risk_factors": "underlying_conditions"}


def draft_for_test(test: LabTest, *, by: Actor) -> Notification:
    """A draft with everything the portal knows of the case; the one begun before, if any.

    Raises:
        InvalidState: the test is not positive, or its case is notified already.
    """
    require(by, "add", "notification")
    # Whoever does not meet the case has none here.
    case: Case | None = test.case
    if test.result != "positive" or not case or case.diagnosis_type in CONFIRMED:
        raise InvalidState(_l("There is nothing to notify after this test."))
    begun = _latest(case, by, "draft")
    if begun is not None:
        return begun
    former = _latest(case, by)
    data = _known(case, former, by) | _of_test(test)
    family = case.disease.family
    by_proxy = by.role in HEALTH_CENTRE_ROLES
    options = form_options(family, clock.today())
    made = entry_form_class(options, by_proxy=by_proxy, family=family)
    typed = _raw(made(data=data, meta={"csrf": False}))
    with transaction() as session:
        draft = service.save_draft(typed, by=by, family=family)
        draft.case_id = case.id
        session.flush()
    return draft


def submit_draft(
    values: Mapping[str, Any], *, by: Actor, draft: Notification, confirmed: Collection[str] = ()
) -> Notification:
    """Submit a draft: on its case where it has one, else as a first notification.

    Raises: as ``service.submit``.
    """
    if draft.case_id is None:
        return service.submit(values, by=by, draft=draft, confirmed=confirmed)
    require(by, "add", "notification")
    case = draft.case
    if case is None:
        raise InvalidState(_l("The case is no longer open to your institution."))
    full = completed(values)
    home = home_of(full)
    with because(POSITIVE()), transaction() as session:
        require_draft(draft, by)
        check(full, home, confirmed, case_id=case.id)
        former = _latest(case, by)
        centre = addressee_of(full, home) if case.accepted_at is None else case.responsible_centre
        notifier = notifier_of(full, by) if former is None else former.institution
        service.fill(draft, full, notifier, centre, disease_on(full["family"], full["reported_on"]))
        if former is not None:
            draft.version, draft.previous = former.version + 1, former
            former.state = "corrected"
        if case.accepted_at is None:
            case.notification_state = "submitted"
            apply_correction(draft, case)
            readdress(case, centre, by=by)
        session.flush()
        if former is None:
            pass_access(case, draft, by=by)
    return draft


def _latest(case: Case, by: Actor, state: str | None = None) -> Notification | None:
    """The own institution's newest document of the case that can still be followed."""
    own = or_(
        Notification.institution_id == by.institution_id,
        Notification.entering_institution_id == by.institution_id,
    )
    statement = select(Notification).where(Notification.case_id == case.id, own)
    found = db.session.scalars(statement.order_by(Notification.id.desc())).all()
    if state is not None:
        return next((one for one in found if one.state == state), None)
    return next((one for one in found if may_become(one.state, "corrected")), None)


def _known(case: Case, former: Notification | None, by: Actor) -> dict[str, Any]:
    """What was notified before, else what case and person hold."""
    start = starting_values(by, family=case.disease.family)
    if former is not None and former.snapshot:
        held = form_data_of(values_of(former.snapshot))
    else:
        sources = [record for record in (case.person, case) if record is not None]
        held = {
            name: getattr(record, _OTHER_NAMES.get(name, name))
            for record in sources
            for name in LINES
            if name != "responsible_centre_id" and hasattr(record, _OTHER_NAMES.get(name, name))
        }
    held = {name: value for name, value in held.items() if value is not None}
    return start | held | {"reported_on": clock.today()}


def _of_test(test: LabTest) -> dict[str, Any]:
    found: dict[str, Any] = {
        "diagnosis_type": "confirmed",
        "diagnosed_on": test.resulted_on or clock.today(),
    }
    if test.method:
        found["diagnosis_methods"] = (test.method,)
        for part in ("specimen", "collected_on", "result"):
            found[f"test_{test.method}_{part}"] = getattr(test, part)
    return found


def _raw(form: Any) -> Mapping[str, list[str]]:
    """The form as it would be posted untouched."""
    raw: MultiDict[str, str] = MultiDict()
    for name in LINES:
        if name not in form or form[name].data is None:
            continue
        field = form[name]
        if isinstance(field, CodesField):
            raw.setlist(name, list(field.data or ()) or [NONE_OF_THESE])
        else:
            raw[name] = field.raw_text()
    return dict(raw.lists())
