"""The snapshot: every item of the form as it stood at submission, and what it fills in a case."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from app.cases.models import Case, LabTest
from app.core.items import items_of
from app.notifications.entry_form import item_of_line
from app.notifications.layout import LINES
from app.notifications.models import Notification
from app.persons.models import Person

_DERIVED = ("age_years", "age_months", "body_examined", "specimens")
_OWN = frozenset(i.name for i in items_of(Notification) if i.editable)
_PERSON = frozenset(i.name for i in items_of(Person) if i.editable)
_CASE = frozenset(i.name for i in items_of(Case) if i.editable)
# What the doctor writes of the case as a whole stays in the document.
_NOT_COPIED = frozenset({"remarks", "responsible_centre_id"})
_OTHER_NAMES = {
    "hospitalised": "hospitalised_at_notification",
    "underlying_conditions": "risk_factors",
}
_IDENTIFYING_OF_TESTS = frozenset(i.name for i in items_of(LabTest) if i.privacy.is_personal)
Values = Mapping[str, Any]


def snapshot_of(values: Values, names: Mapping[str, str]) -> dict[str, Any]:
    """The document as plain JSON; ``names`` are the words of referred institutions."""
    kept = (*LINES, *_DERIVED)
    return {
        "form_version": values["form_version"],
        "family": values["family"],
        "values": {name: _plain(values[name]) for name in kept if values.get(name) is not None},
        "lab_tests": [{k: _plain(v) for k, v in test.items()} for test in values["lab_tests"]],
        "names": dict(names),
    }


def values_of(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """The typed values of a snapshot, as they were submitted."""
    values = {name: _typed(name, value) for name, value in snapshot["values"].items()}
    tests = [{k: _test_value(k, v) for k, v in test.items()} for test in snapshot["lab_tests"]]
    kept = {name: snapshot[name] for name in ("form_version", "family") if name in snapshot}
    return values | {"lab_tests": tuple(tests)} | kept


def without_identity(snapshot: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The document with what is counted alone: by privacy class, line by line."""
    if snapshot is None:
        return None
    return dict(snapshot) | {
        "values": {n: v for n, v in snapshot["values"].items() if not _identifies(n)},
        "lab_tests": [
            {n: v for n, v in test.items() if n not in _IDENTIFYING_OF_TESTS}
            for test in snapshot["lab_tests"]
        ],
    }


def _identifies(name: str) -> bool:
    if name in _DERIVED:
        return False
    return name not in LINES or item_of_line(name).privacy.is_personal


def own_values(values: Values) -> dict[str, Any]:
    """The notification's own items."""
    skipped = {"disease_id", "responsible_centre_id"}
    return {n: values.get(n) for n in _OWN - skipped if n in values}


def person_values(values: Values) -> dict[str, Any]:
    """The items that identify the person."""
    return {name: values.get(name) for name in _PERSON if name in LINES}


def case_values(values: Values) -> dict[str, Any]:
    """The items the case takes over from the form."""
    held = {n: values.get(n) for n in (*LINES, "age_years", "age_months") if n in _CASE}
    held = {n: v for n, v in held.items() if n not in _NOT_COPIED}
    return held | {name: values.get(source) for name, source in _OTHER_NAMES.items()}


def changed_values(before: Values, after: Values) -> dict[str, Any]:
    """The entries of ``after`` that differ from ``before``."""
    return {name: value for name, value in after.items() if before.get(name) != value}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _typed(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if name in LINES and item_of_line(name).kind == "date":
        return date.fromisoformat(value)
    return value


def _test_value(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "collected_on" and value else value
