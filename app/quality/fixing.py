"""The values a rule finds fault with, and the small form that mends just those items."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField

from app.cases.care_access import require_place_of_care
from app.cases.models import Case, LabTest, Stay
from app.cases.rules import contradictions
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import Conflict, InvalidInput
from app.core.fields.base import ItemField
from app.core.forms import ItemForm, form_for
from app.core.pages import Cell
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.generated.cells import cell_of
from app.generated.paths import path_of
from app.generated.references import sources_of
from app.notifications.models import Notification
from app.persons.models import Person
from app.quality.catalogue import RULES
from app.quality.models import QualityFinding
from app.security.actor import Actor
from app.security.fields import MASKED
from app.security.rights import require

MODELS: Mapping[str, type[Any]] = {
    "case": Case,
    "person": Person,
    "contact": Contact,
    "lab_test": LabTest,
    "stay": Stay,
    "observation": HealthObservation,
    "notification": Notification,
}
Records = Mapping[str, Any]
"""Word of a rule's item → the record that holds it, of those that are there for the reader."""


class _Base(ItemForm):
    """Hidden: the versions of all records the form was made from."""

    versions_ = HiddenField()


@cache
def form_class(rule: str) -> type[ItemForm] | None:
    """The form of just the items a rule names; None for rules that need more than that."""
    by_model: dict[str, list[str]] = {}
    for name in RULES[rule].fix:
        word, _dot, item = name.partition(".")
        by_model.setdefault(word, []).append(item)
    base: type[ItemForm] = _Base
    for word, names in by_model.items():
        model, chosen = MODELS[word], tuple(names)
        base = form_for(model, chosen, references=sources_of(model, chosen), base=base)
    return base if by_model else None


def records_of(finding: QualityFinding) -> Records:
    """The records behind a finding, under the law of the reader."""
    subject = finding.case if finding.case is not None else finding.contact
    found: dict[str, Any] = {"case": finding.case, "contact": finding.contact}
    found["person"] = None if subject is None else subject.person
    for name in RULES[finding.rule].items:
        word = name.partition(".")[0]
        if word not in found and finding.record_id is not None:
            found[word] = db.session.get(MODELS[word], finding.record_id)
    return {word: record for word, record in found.items() if record is not None}


def faulty_values(finding: QualityFinding, records: Records) -> Iterator[tuple[str, Cell]]:
    """(label, cell) of every item the rule looks at; hidden where the reader may not see it."""
    for name in RULES[finding.rule].items:
        word, _dot, item = name.partition(".")
        path = path_of(MODELS[word], item)
        record = records.get(word)
        hidden = Cell(masked=True, kind=path.item.kind)
        yield str(path.item.label), hidden if record is None else cell_of(path, record)


def blank_form(finding: QualityFinding, records: Records) -> Any:
    """The form as the records stand; None where it cannot be mended here."""
    form = form_class(finding.rule)
    words = {name.partition(".")[0] for name in RULES[finding.rule].fix}
    if form is None or not words <= records.keys():
        return None
    values: dict[str, Any] = {"versions_": _versions(finding, records)}
    for name in RULES[finding.rule].fix:
        word, _dot, item = name.partition(".")
        value = getattr(records[word], item)
        if value is MASKED:
            return None
        values[item] = value
    return form(formdata=None, data=values)


def mend(finding: QualityFinding, form: Any, records: Records, *, by: Actor) -> None:
    """Store what was corrected (the caller judges the record anew).

    Raises:
        NotAllowed: the role may not.
        Conflict: somebody saved one of the records in between.
        InvalidInput: nothing was changed, or the values contradict each other.
    """
    require(by, "edit", "quality_finding")
    if form.versions_.data != _versions(finding, records):
        raise Conflict(
            _l(
                "Somebody else saved this record in between. Its present values stand beside the form."
            )
        )
    with transaction() as session:
        changed = [field for field in form if isinstance(field, ItemField) and _set(field, records)]
        if not changed:
            sentence = _l("Nothing was changed. Correct a value, or say that it is right.")
            raise InvalidInput({}, sentence)
        problems = contradictions(records["case"]) if "case" in records else {}
        named = {field.short_name for field in changed}
        here = {name: told for name, told in problems.items() if name in named}
        if here:
            raise InvalidInput(here)
        if "stay" in records:
            require_place_of_care(records["stay"], by=by)
        session.flush()


def _set(field: Any, records: Records) -> bool:
    record = next(r for r in records.values() if type(r) is field.item.model)
    value = None if field.data == "" else field.data
    if getattr(record, field.item.name) == value:
        return False
    setattr(record, field.item.name, value)
    return True


def _versions(finding: QualityFinding, records: Records) -> str:
    words = {name.partition(".")[0] for name in RULES[finding.rule].fix}
    return ",".join(
        f"{word}:{records[word].row_version}" for word in sorted(words & records.keys())
    )
