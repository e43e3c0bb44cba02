"""How a new version of a notification reaches the case: only in the items it changes.

The health centre may have corrected other items meanwhile; those stay.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from app.cases.models import Case, LabTest
from app.cases.service import end_access, set_responsible_centre
from app.institutions.models import Institution
from app.notifications.checking import home_of
from app.notifications.document import (
    case_values,
    changed_values,
    person_values,
    values_of,
)
from app.notifications.models import Notification
from app.notifications.opening import lab_test_of
from app.security.actor import Actor

Values = Mapping[str, Any]


def apply_correction(new: Notification, case: Case) -> None:
    """Write into person, case and tests what ``new`` changes against the version in force.

    Without a version before it (a case that was open already) everything it says is new.
    """
    former = None if new.previous is None else _in_force_before(new, case).snapshot
    before = values_of(former or _EMPTY)
    after = values_of(new.snapshot or _EMPTY)
    _set(case, changed_values(case_values(before), case_values(after)))
    if case.person is not None:
        _set(case.person, changed_values(person_values(before), person_values(after)))
    _apply_tests(new, case, before["lab_tests"], after["lab_tests"])
    if any(before.get(n) != after.get(n) for n in ("postal_code", "address")):
        home = home_of(after)
        case.prefecture_code = home.prefecture_code
        case.municipality_code = home.municipality_code
        case.residence_centre_id = home.centre.id if home.centre else None


def readdress(case: Case, centre: Institution | None, *, by: Actor) -> None:
    """A case not accepted yet goes to the centre of the correction; the former loses it."""
    former = case.responsible_centre_id
    if centre is None or former == centre.id:
        return
    set_responsible_centre(case, centre, by=by)
    if former is not None:
        end_access(case, former, by=by)


def changed_lines(new: Notification) -> frozenset[str]:
    """Names of the items in which a version differs from the one before it."""
    if new.previous is None or new.snapshot is None or new.previous.snapshot is None:
        return frozenset()
    before, after = new.previous.snapshot["values"], new.snapshot["values"]
    return frozenset(n for n in {*before, *after} if before.get(n) != after.get(n))


def _in_force_before(new: Notification, case: Case) -> Notification:
    """The version whose values the case holds."""
    version = new.previous
    while (
        case.accepted_at is not None
        and version is not None
        and version.accepted_at is None
        and version.previous is not None
    ):
        version = version.previous
    return version if version is not None else new


def _set(record: Any, values: Values) -> None:
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)


def _apply_tests(
    new: Notification, case: Case, before: Sequence[Values], after: Sequence[Values]
) -> None:
    old = {test["method"]: test for test in before}
    for test in after:
        former = old.get(test["method"])
        if former == test:
            continue
        # The result may stand in the case already: a laboratory or somebody else entered it.
        known = _matching(case.lab_tests, former or test) or _matching(case.lab_tests, test)
        if known is None:
            case.lab_tests.append(lab_test_of(test, new.institution_id))
        else:
            _set(known, test)


def _matching(tests: Sequence[LabTest], wanted: Values) -> LabTest | None:
    parts = ("method", "specimen", "collected_on", "result")
    return next((t for t in tests if all(getattr(t, p) == wanted.get(p) for p in parts)), None)


_EMPTY: dict[str, Any] = {"values": {}, "lab_tests": [], "form_version": "2020-02"}
