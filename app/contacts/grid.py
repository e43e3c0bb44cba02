"""Many contacts at once: each row is judged as the form of one contact judges it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.cases.models import Case
from app.contacts.known import expose_known
from app.contacts.models import Contact, ContactExposure
from app.contacts.pasting import COLUMNS, ITEMS, MOST_ROWS, Row, settled
from app.contacts.service import Entered, register_contacts
from app.core import clock
from app.core.db import db
from app.core.forms import ItemForm, form_for
from app.core.japanese import kana_key, name_key, phone_key
from app.core.remembering import remembered
from app.core.transaction import transaction
from app.persons.knowing import NOT_ASKED, Asked, all_known, answered, remember_others
from app.persons.models import Person
from app.persons.rules import day_problem
from app.security.actor import Actor
from app.sheets.cells import code_of

EMPTY_ROWS = 5
"""Rows to type into below those that are filled."""


@dataclass(slots=True)
class Judged:
    """A row with what is wrong with it, by column; ``typed`` stays as it was entered."""

    typed: Row
    left_out: bool = False
    problems: dict[str, list[str]] = field(default_factory=dict)
    entered: Entered | None = None
    answer: str = ""
    """Which of the people shown it is, as it was sent."""
    shown_before: str = ""
    asked: Asked = NOT_ASKED

    @property
    def is_blank(self) -> bool:
        """Nothing was typed."""
        return not any(self.typed.values())


@remembered
def _row_form() -> type[ItemForm]:
    made: Any = ItemForm
    for model in (Person, Contact, ContactExposure):
        names = [name for name, item in ITEMS.items() if item.model is model]
        made = form_for(model, names, base=made)
    return made


def posted_rows(posted: Mapping[str, str]) -> list[Judged]:
    """The rows of the posted grid, those without a word left out."""
    rows = []
    for number in range(MOST_ROWS + EMPTY_ROWS):
        typed = {column: posted.get(f"r{number}_{column}", "") for column in COLUMNS}
        row = Judged(
            typed,
            left_out=bool(posted.get(f"r{number}_out")),
            answer=posted.get(f"r{number}_known", ""),
            shown_before=posted.get(f"r{number}_shown", ""),
        )
        if not row.is_blank:
            rows.append(row)
    return rows


def judge(rows: Sequence[Judged], case: Case) -> bool:
    """Judge each row that is not left out; True when all of them can be registered."""
    seen: dict[tuple[str, str], int] = {}
    known = _known(case)
    for number, row in enumerate(rows, start=1):
        row.problems = {}
        row.entered = None
        if row.left_out:
            continue
        values = _read(row)
        _repeated(row, values, number, seen, known)
        if not row.problems:
            row.entered = _entered(values)
    _ask([row for row in rows if row.entered is not None])
    return all(row.left_out or (row.entered is not None and not row.asked.open) for row in rows)


def _ask(rows: Sequence[Judged]) -> None:
    """Who of the rows is probably known already: one look-up for all of them."""
    many = [
        {**row.entered.identity, "sex": row.entered.details.get("sex")}
        for row in rows
        if row.entered is not None
    ]
    for row, shown in zip(rows, all_known(many), strict=True):
        row.asked = answered(shown, row.answer, row.shown_before)


def save(rows: Sequence[Judged], case: Case, *, by: Actor) -> int:
    """Register all rows that are not left out; gives how many.

    Who was said to be somebody known gets no second record; of the others it is remembered.
    """
    mine = [(row.entered, row.asked) for row in rows if row.entered is not None]
    new = [(entered, asked) for entered, asked in mine if asked.person_id is None]
    with transaction():
        contacts = register_contacts(case, [entered for entered, _asked in new], by=by)
        for contact, (_entered, asked) in zip(contacts, new, strict=True):
            remember_others(contact.person_id, [one.person_id for one in asked.shown])
        for entered, asked in mine:
            if asked.person_id is not None:
                expose_known(
                    case,
                    asked.person_id,
                    by=by,
                    identity=entered.identity,
                    exposure=entered.exposure,
                    details=entered.details,
                )
    return len(mine)


def _read(row: Judged) -> Mapping[str, Any]:
    """The typed values of a row; what cannot be read is noted at its column."""
    texts = settled(row.typed)
    data: MultiDict[str, str] = MultiDict()
    for name, text in texts.items():
        codes = ITEMS[name].codes
        data[name] = code_of(codes, text) if codes is not None and text else text
    form = _row_form()(formdata=data, meta={"csrf": False})
    form.validate()
    row.problems = {f.short_name: [str(e) for e in f.errors] for f in form if f.errors}
    values = {name: form[name].data for name in ITEMS if name not in row.problems}
    if not values.get("name") and not values.get("kana") and not row.problems:
        row.problems["name"] = [_("Enter the name or its kana.")]
    born = values.get("birth_on")
    if born is not None and born > clock.today():
        row.problems["birth_on"] = [_("The date of birth lies in the future.")]
    elif "exposed_on" in values:
        problem = day_problem(values["exposed_on"], today=clock.today(), birth_on=born)
        if problem is not None:
            row.problems["exposed_on"] = [str(problem)]
    return values


def _entered(values: Mapping[str, Any]) -> Entered:
    parts: dict[type[Any], dict[str, Any]] = {Person: {}, Contact: {}, ContactExposure: {}}
    for name, item in ITEMS.items():
        if item.model is not None and values.get(name) is not None:
            parts[item.model][name] = values[name]
    return Entered(parts[Person], parts[ContactExposure], parts[Contact])


def _repeated(
    row: Judged,
    values: Mapping[str, Any],
    number: int,
    seen: dict[tuple[str, str], int],
    known: frozenset[tuple[str, str]],
) -> None:
    """Somebody who stands twice in the grid, or is a contact of the case already."""
    keys = _keys(values)
    at = "name" if values.get("name") else "kana"
    for key in keys:
        if key in known:
            row.problems.setdefault(at, []).append(
                _("This person is a contact of the case already. Leave the row out.")
            )
            return
        if key in seen:
            row.problems.setdefault(at, []).append(
                _("The same person stands in row %(number)s already.", number=seen[key])
            )
            return
    seen.update(dict.fromkeys(keys, number))


def _keys(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What tells people apart: the name with the birth date, or else with the telephone."""
    name = name_key(values.get("name") or "") or kana_key(values.get("kana") or "")
    if not name:
        return []
    if values.get("birth_on") is not None:
        return [(name, values["birth_on"].isoformat())]
    return [(name, phone_key(values.get("mobile_phone") or ""))]


def _known(case: Case) -> frozenset[tuple[str, str]]:
    found = db.session.execute(
        select(Person.name, Person.kana, Person.birth_on, Person.mobile_phone)
        .join(Contact, Contact.person_id == Person.id)
        .join(ContactExposure, ContactExposure.contact_id == Contact.id)
        .where(ContactExposure.case_id == case.id)
    )
    names = ("name", "kana", "birth_on", "mobile_phone")
    return frozenset(key for row in found for key in _keys(dict(zip(names, row, strict=True))))
