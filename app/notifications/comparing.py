"""Side by side: what a notification says and what a case holds, and two versions of one."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.cases.models import Case
from app.core.items import item_of
from app.core.pages import Card, Cell, Field
from app.generated.cells import cell
from app.notifications.document import values_of
from app.notifications.entry_form import item_of_line, label_of_line
from app.notifications.layout import LINES
from app.notifications.models import Notification
from app.persons.knowing import likeness
from app.persons.models import Person

_OF_PERSON = (
    "name",
    "kana",
    "birth_on",
    "address",
    "mobile_phone",
    "home_phone",
)
_OF_CASE = ("sex", "occupation_detail", "diagnosed_on", "onset_on", "first_visit_on")


@dataclass(frozen=True, slots=True)
class Compared:
    """One item on both sides; ``same`` when both hold the same value."""

    label: str
    ours: str
    theirs: str
    same: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case beside the notification."""

    case_id: int
    number: str
    url: str
    notifier: str
    lines: tuple[Compared, ...]
    score: int | None = None
    reasons: tuple[str, ...] = ()


def compared(notification: Notification, case: Case) -> Sheet:
    """The items by which people tell two persons apart, from the provisional case and the
    existing one."""
    provisional = notification.case
    lines = [
        *(_line(Person, name, _person(provisional), _person(case)) for name in _OF_PERSON),
        *(_line(Case, name, provisional, case) for name in _OF_CASE),
    ]
    notifier = case.reporting_institution
    score, reasons = likeness(_person(provisional), _person(case)) or (None, ())
    return Sheet(
        case.id,
        str(case),
        url_for("CaseView.show", pk=case.id),
        notifier.name if notifier is not None else "",
        tuple(line for line in lines if line.ours or line.theirs),
        score,
        reasons,
    )


def changes_card(new: Notification) -> Card | None:
    """What a corrected version changed: old → new, item by item; None when there is no former
    version or nothing differs."""
    if new.previous is None or not new.previous.snapshot or not new.snapshot:
        return None
    before, after = values_of(new.previous.snapshot), values_of(new.snapshot)
    names = [n for n in LINES if not n.startswith("test_") and before.get(n) != after.get(n)]
    fields = [_changed(name, before, after, new) for name in names]
    if before["lab_tests"] != after["lab_tests"]:
        words = Cell(_("The tests of item 12 were changed."))
        fields.append(Field("lab_tests", "12", words, wide=True))
    return Card("changes", _("Changes from the version before"), tuple(fields)) if fields else None


def _changed(
    name: str, before: Mapping[str, Any], after: Mapping[str, Any], new: Notification
) -> Field:
    item = item_of_line(name)
    sides = []
    for values, version in ((before, new.previous), (after, new)):
        named = (version.snapshot or {}).get("names", {}) if version is not None else {}
        shown = named.get(name) or cell(item, values.get(name)).text
        sides.append(shown if values.get(name) is not None else _("(blank)"))
    number = LINES[name].number
    label = f"{number}　{label_of_line(name)}" if number else str(item.label)
    return Field(name, label, Cell(f"{sides[0]} → {sides[1]}"), wide=True)


def _line(model: type[Any], name: str, ours: Any, theirs: Any) -> Compared:
    item = item_of(model, name)
    left, right = (None if side is None else getattr(side, name) for side in (ours, theirs))
    texts = [cell(item, value).text for value in (left, right)]
    return Compared(str(item.label), texts[0], texts[1], left == right)


def _person(case: Case | None) -> Person | None:
    return None if case is None else case.person
