"""What the pages of the review list show, in words."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from app.cases.codes import CASE_STATUS
from app.contacts.codes import CONTACT_STATUS
from app.core.dates import format_date, format_instant
from app.core.items import Item
from app.core.pages import Cell
from app.generated.cells import cell
from app.matching.codes import REASON, STATE
from app.matching.finding import Alike
from app.matching.merging import merged_items
from app.matching.models import MatchPair, PersonMerge
from app.matching.queries import Belongings
from app.matching.rules import POINTS, PROBABLE, VETOES
from app.persons.blocks import PHONES
from app.persons.models import Person
from app.persons.reading import address_key, room_of
from app.persons.rules import kana_key, name_key, phone_key

_SURE = 80
_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "kana": kana_key,
    "name": name_key,
    "address": lambda text: address_key(text) and (address_key(text), room_of(text)),
    **dict.fromkeys(PHONES, phone_key),
}
"""Items of which two spellings may be one thing, with what they then have in common."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason: its word, and whether it speaks for it, against it, or forbids it."""

    text: str
    tone: str


@dataclass(frozen=True, slots=True)
class Side:
    """Whom a card or column is about."""

    key: int
    name: str
    kana: str
    birth: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item on both sides; ``take_second`` when the second value is proposed."""

    name: str
    label: str
    first: Cell
    second: Cell
    same: bool
    spelling: bool
    """The same thing written in another way."""
    take_second: bool


@dataclass(frozen=True, slots=True)
class RecordLine:
    """A case or contact of a person."""

    text: str
    url: str
    kind: str
    status: Cell
    detail: str


def reasons_of(codes: Iterable[str]) -> tuple[Reason, ...]:
    """The reasons in the reader's words, what forbids it first."""
    ordered = sorted(codes, key=lambda code: code not in VETOES)
    return tuple(Reason(REASON.label(code), _tone(code)) for code in ordered)


def score_tone(score: int, codes: Iterable[str]) -> str:
    """The colour of a score."""
    if set(codes) & set(VETOES):
        return "danger"
    if score >= _SURE:
        return "success"
    return "info" if score >= PROBABLE else "neutral"


def side_of(person: Person) -> Side:
    """A person as named on a list."""
    return Side(person.id, person.name or "", person.kana or "", format_date(person.birth_on))


def pair_line(pair: MatchPair) -> dict[str, Any]:
    """One row of the review list."""
    return {
        "url": url_for("MatchView.show", pk=pair.id),
        "number": str(pair),
        "score": pair.score,
        "tone": score_tone(pair.score, pair.reasons),
        "reasons": reasons_of(pair.reasons),
        "sides": (side_of(pair.first), side_of(pair.second)),
        "state": Cell(STATE.label(pair.state), tone=STATE.tones[pair.state]),
        "found": format_instant(pair.found_at),
        "decided": pair.decided_by or "",
        "note": pair.note or "",
    }


def alike_line(one: Alike) -> dict[str, Any]:
    """One card of the persons who are probably the same."""
    values = one.values
    return {
        "key": one.person_id,
        "name": values["name"] or "",
        "kana": values["kana"] or "",
        "birth": format_date(values["birth_on"]),
        "address": values["address"] or "",
        "phone": values["mobile_phone"] or values["home_phone"] or "",
        "score": one.judgement.score,
        "tone": score_tone(one.judgement.score, one.judgement.vetoes),
        "reasons": reasons_of((*one.judgement.reasons, *one.judgement.vetoes)),
    }


def item_lines(first: Person, second: Person) -> tuple[ItemLine, ...]:
    """Items with a value on either side; a value stands against a blank."""
    lines = []
    for item in merged_items():
        left, right = getattr(first, item.name), getattr(second, item.name)
        if left is None and right is None:
            continue
        same = left == right
        lines.append(
            ItemLine(
                item.name,
                str(item.label),
                cell(item, left),
                cell(item, right),
                same,
                not same and _same_thing(item.name, left, right),
                left is None and right is not None,
            )
        )
    return tuple(lines)


def _same_thing(name: str, left: Any, right: Any) -> bool:
    key = _KEYS.get(name)
    return key is not None and bool(key(left)) and key(left) == key(right)


def record_lines(owned: Belongings) -> tuple[RecordLine, ...]:
    """The cases and contacts of a person."""
    cases = [
        RecordLine(
            _("Case %(number)s", number=str(case)),
            url_for("CaseView.show", pk=case.id),
            str(case.disease),
            Cell(
                CASE_STATUS.label(case.status or ""), tone=CASE_STATUS.tones.get(case.status or "")
            ),
            _detail((_("Onset"), case.onset_on), (_("Diagnosed"), case.diagnosed_on), case),
        )
        for case in owned.cases
    ]
    contacts = [
        RecordLine(
            _("Contact %(number)s", number=str(contact)),
            url_for("ContactView.show", pk=contact.id),
            str(contact.disease),
            Cell(
                CONTACT_STATUS.label(contact.status), tone=CONTACT_STATUS.tones.get(contact.status)
            ),
            _detail((_("Last exposure"), contact.last_exposure_on), None, contact),
        )
        for contact in owned.contacts
    ]
    return (*cases, *contacts)


def merge_line(merged: PersonMerge) -> dict[str, Any]:
    """One row of the merges."""
    return {
        "number": str(merged),
        "person": side_of(merged.winner),
        "url": url_for("PersonView.show", pk=merged.winner_id),
        "gone": f"#{merged.loser_id}",
        "gone_url": url_for("PersonView.show", pk=merged.loser_id),
        "at": format_instant(merged.merged_at),
        "by": merged.merged_by,
        "reason": merged.reason or "",
        "score": merged.score,
        "moved": len(merged.moved or ()),
        "undone": format_instant(merged.undone_at) if merged.undone_at else "",
        "undone_by": merged.undone_by or "",
        "undo_reason": merged.undo_reason or "",
        "undo_url": "" if merged.undone_at else url_for("MergeView.undo", pk=merged.id),
    }


def words_of_left(
    left: Sequence[Sequence[Any]], items: Iterable[Item], own: str = "person"
) -> list[str]:
    """What taking a merge back left as it is, as far as its reader may know: items by name.

    ``own`` marks what is an item of the record itself.
    """
    labels = {item.name: str(item.label) for item in items}
    edited = [labels.get(name, name) for table, name, _key in left if table == own]
    records = sum(1 for table, *_rest in left if table != own)
    words = [_("%(item)s (edited since)", item=item) for item in edited]
    if records:
        words.append(_("Records changed since: %(number)s", number=records))
    return words


def _detail(one: tuple[str, Any] | None, other: tuple[str, Any] | None, record: Any) -> str:
    days = [f"{label} {format_date(day)}" for label, day in filter(None, (one, other)) if day]
    centre = record.responsible_centre
    return " ・ ".join([*days, *([centre.name] if centre is not None else [])])


def _tone(code: str) -> str:
    if code in VETOES:
        return "danger"
    return "success" if POINTS[code] > 0 else "warning"
