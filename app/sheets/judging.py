"""What becomes of a row: read by the entry form and held against the rules of the web form.

Nothing is decided here that the form on the screen would decide otherwise; the workbook only
adds what can happen to rows: sent before, standing there twice, or saying what is not asked for.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.dates import format_date
from app.core.db import db
from app.core.japanese import kana_key, name_key
from app.core.workbooks.reading import SheetRow
from app.notifications.checking import asked_at, completed, home_of, questions, refusals
from app.notifications.document import snapshot_of
from app.notifications.entry_form import EntryForm, typed_values
from app.notifications.layout import COVID_19, LINES
from app.notifications.places import Residence
from app.notifications.rule import Rule
from app.notifications.starting import particulars_of
from app.security.actor import Actor
from app.sheets.cells import posted
from app.sheets.layout import CONFIRMATION, CONFIRMED, PROXY, RESULT, ROW_KEY, SheetForm
from app.sheets.models import SubmittedRow

_CHUNK = 500
LEFT_OUT = "left_out"
ROW_USED = "row_used"
_FOLLOWS = frozenset({"reported_on", "institution_name", "institution_address"}) | {
    "institution_phone"
}
"""What the portal fills in where the cell is blank: no difference between two sendings."""
Outcome = dict[str, Any]


@dataclass(slots=True)
class Judge:
    """Judges the rows of one workbook in their order; rows know of those above them."""

    by: Actor
    copy: str
    form: SheetForm
    own: Mapping[str, Any]
    known: dict[str, list[SubmittedRow]]
    seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def key_of(self, row: SheetRow) -> str:
        """The key under which this row is submitted once; rows put in between have none."""
        return (row.texts.get(ROW_KEY, "").strip() or f"{self.copy}+{row.number}")[:40]

    def values_of(self, row: SheetRow) -> dict[str, Any]:
        """The typed values of the row, as the service takes them."""
        return typed_values(self._form(row))

    def asked(self, row: SheetRow, rule: Rule) -> dict[str, str]:
        """A question about the row, at the column in which it is answered."""
        form = self._form(row)
        return _question(form, completed(typed_values(form)), rule)

    def judge(self, row: SheetRow) -> Outcome:
        """The outcome of the row as the database stands now, as plain JSON."""
        form = self._form(row)
        form.validate()
        full = completed(typed_values(form))
        outcome: Outcome = {
            "row": row.number,
            "key": self.key_of(row),
            "name": row.texts.get("name", "")[:60],
            "outcome": "ready",
            "problems": {},
            "asked": [],
            "confirmed": CONFIRMATION.value_of(row.texts.get(CONFIRMED, "").strip()) is not None,
            "notification": None,
            "person": None,
        }
        sent = self._sent_before(outcome["key"], full)
        if sent is not None:
            return outcome | _standing(sent, full)
        home = home_of(full)
        problems = self._problems(form, full, home, row)
        if problems:
            return outcome | {"outcome": "refused", "problems": problems}
        asked = list(self._asked(form, full, home, outcome["key"], row))
        return outcome | {"outcome": "question" if asked else "ready", "asked": asked}

    def _form(self, row: SheetRow) -> EntryForm:
        data = posted(row.texts, self.form)
        for name, value in self.own.items():
            if value and not data.get(name):
                data[name] = str(value)
        if not data.get("reported_on"):
            data["reported_on"] = format_date(clock.today())
        return self.form.made(formdata=data, meta={"csrf": False})

    def _sent_before(self, key: str, full: Mapping[str, Any]) -> SubmittedRow | None:
        return next((one for one in self.known.get(key, ()) if _is_same(one, full)), None)

    def _problems(
        self, form: EntryForm, full: Mapping[str, Any], home: Residence, row: SheetRow
    ) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {
            one.short_name: [str(error) for error in one.errors] for one in form if one.errors
        }
        unread_test = any(name.startswith("test_") for name in found)
        for name, sentences in refusals(full, home).items():
            # A specimen that cannot be read is not one that is missing besides.
            if name not in found and not (unread_test and name == "diagnosis_methods"):
                found[name if name in form else RESULT] = [str(one) for one in sentences]
        if self.form.by_proxy and full.get(PROXY) is None and PROXY not in found:
            found[PROXY] = [_("Name the medical institution that notifies.")]
        for name, sentence in self._repeated(full, row):
            found.setdefault(name, []).append(sentence)
        return found

    def _repeated(self, full: Mapping[str, Any], row: SheetRow) -> Iterator[tuple[str, str]]:
        kana, born = full.get("kana"), full.get("birth_on")
        if not kana or born is None:
            return
        first = self.seen.setdefault((kana_key(kana), born.isoformat()), row.number)
        if first != row.number:
            yield "kana", _("The same person stands in row %(number)s already.", number=first)

    def _asked(
        self, form: EntryForm, full: Mapping[str, Any], home: Residence, key: str, row: SheetRow
    ) -> Iterator[dict[str, str]]:
        """Code, column and sentence of everything to be confirmed."""
        for rule in questions(full, home):
            yield _question(form, full, rule)
        for name in row.texts:
            # Tests are read as a whole; a clinic notifies in its own name, whatever is written.
            if name not in LINES or name == PROXY:
                continue
            if name not in form:
                yield _left_out(name, RESULT, self.form.label(name))
            elif form[name].data in (None, ()) or full.get(name) is not None:
                continue
            elif not name.startswith("test_"):
                yield _left_out(name, name)
        if self.known.get(key):
            sentence = _("This row was submitted for somebody else before. Is this another person?")
            yield {"code": ROW_USED, "item": "name", "sentence": sentence}


def judge_for(by: Actor, form: SheetForm, copy: str, rows: Sequence[SheetRow]) -> Judge:
    """A judge who knows which of these rows were submitted for this disease before."""
    judge = Judge(by, copy, form, {} if form.by_proxy else particulars_of(by), {})
    keys = sorted({judge.key_of(row) for row in rows})
    for start in range(0, len(keys), _CHUNK):
        for one in _submitted(by, keys[start : start + _CHUNK]):
            # A row carried over from the workbook of another disease is a row of its own.
            if (one.notification.snapshot or {}).get("family", COVID_19) == form.disease.family:
                judge.known.setdefault(one.row_key, []).append(one)
    return judge


def _question(form: EntryForm, full: Mapping[str, Any], rule: Rule) -> dict[str, str]:
    name = asked_at(rule.item, full)
    item = name if name in form else RESULT
    return {"code": rule.code, "item": item, "sentence": str(rule.sentence)}


def _submitted(by: Actor, keys: Collection[str]) -> Sequence[SubmittedRow]:
    statement = (
        select(SubmittedRow)
        .where(SubmittedRow.institution_id == by.institution_id, SubmittedRow.row_key.in_(keys))
        .options(joinedload(SubmittedRow.notification))
        .order_by(SubmittedRow.id)
    )
    return db.session.scalars(statement).all()


def _left_out(name: str, item: str, label: str = "") -> dict[str, str]:
    sentence = _("This is not asked for here and is left out of the notification.")
    told = f"{label}：{sentence}" if label else sentence
    return {"code": f"{LEFT_OUT}:{name}", "item": item, "sentence": told}


def _identity(kana: Any, name: Any, born: Any) -> tuple[str, str, str]:
    return kana_key(kana or ""), name_key(name or ""), str(born or "")


def _is_same(sent: SubmittedRow, full: Mapping[str, Any]) -> bool:
    """The row still speaks of the person it was submitted for."""
    held = (sent.notification.snapshot or {}).get("values", {})
    before = _identity(held.get("kana"), held.get("name"), held.get("birth_on"))
    now = _identity(full.get("kana"), full.get("name"), full.get("birth_on"))
    # One of the three may have been corrected: more than a slip is somebody else.
    return sum(one == other for one, other in zip(before, now, strict=True)) >= 2


def _standing(sent: SubmittedRow, full: Mapping[str, Any]) -> Outcome:
    held = sent.notification.snapshot or {}
    now = snapshot_of(full, {})
    differs = now["lab_tests"] != held.get("lab_tests") or _told(now["values"]) != _told(
        held.get("values", {})
    )
    return {"outcome": "changed" if differs else "existing", "notification": sent.notification_id}


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in _FOLLOWS}
