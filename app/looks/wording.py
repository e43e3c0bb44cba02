"""Entries, changes and findings in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.accounts.names import names_of_users
from app.audit.doors import door_label
from app.audit.grounds import LOOK_RELATION
from app.audit.models import HistoryEntry, ReadEntry
from app.cases.rules import LARGEST_ID, case_number
from app.core.dates import format_date, format_instant
from app.core.items import items_of
from app.looks.models import UnusualLook
from app.looks.queries import names_of_institutions, names_of_people
from app.looks.rules import UNUSUAL
from app.security.actor import Actor
from app.security.roles import RoleName, role_of
from app.security.rows import mapped_models
from app.security.system_actors import system_name


@dataclass(frozen=True, slots=True)
class LookRow:
    """One look: when, who, from where, by which right, at what, through which door."""

    at: str
    who: str
    username: str
    institution: str
    role: str
    relation: str
    tone: str | None
    door: str
    subject: str
    name: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change, without the values: those stand on the record's own history."""

    at: str
    who: str
    institution: str
    what: str
    how: str
    items: str
    reason: str


def look_rows(entries: Sequence[ReadEntry], actor: Actor, *, about: int | None) -> list[LookRow]:
    """The rows of a page; ``about``: the person the page is about, who is not named again."""
    users = names_of_users({e.user_id for e in entries if e.user_id})
    places = names_of_institutions({e.institution_id for e in entries if e.institution_id})
    people = {e.person_id for e in entries if e.person_id} if about is None else set()
    names = names_of_people(people, actor)
    return [_look_row(entry, users, places, names, about) for entry in entries]


def _look_row(
    entry: ReadEntry,
    users: dict[int, str],
    places: dict[int, str],
    names: dict[int, str],
    about: int | None,
) -> LookRow:
    return LookRow(
        at=format_instant(entry.at),
        who=users.get(entry.user_id or 0, ""),
        username=entry.user_name,
        institution=places.get(entry.institution_id or 0, ""),
        role=role_label(entry.role),
        relation=LOOK_RELATION.label(entry.relation),
        tone=LOOK_RELATION.tones.get(entry.relation),
        door=door_of(entry),
        subject=subject_of(entry, about),
        name=names.get(entry.person_id or 0, ""),
        person_id=entry.person_id if entry.person_id in names else None,
    )


def subject_of(entry: ReadEntry, about: int | None = None) -> str:
    """The number of the case, or how many records stood on the page or in the file."""
    if entry.case_id is not None and entry.case_id <= LARGEST_ID:
        return case_number(entry.case_id)
    if entry.person_id is not None:
        return _("One person")
    if about is not None:
        return _("Among others")
    return ngettext("%(num)s record", "%(num)s records", entry.record_count)


def door_of(entry: ReadEntry) -> str:
    """The door; of a file that was made for somebody, who got it and what for."""
    said = entry.filters or {}
    if not said.get("recipient"):
        return door_label(entry.door)
    return _(
        "%(door)s (for: %(recipient)s, purpose: %(purpose)s)",
        door=door_label(entry.door),
        recipient=said["recipient"],
        purpose=said.get("purpose", ""),
    )


def role_label(role: str) -> str:
    """The role in words; one that no longer exists as it was stored."""
    known = {one.value: one for one in RoleName}
    return str(role_of(known[role]).label) if role in known else role


def change_rows(entries: Sequence[HistoryEntry]) -> list[ChangeRow]:
    """The rows of the changes of a page."""
    users = names_of_users({e.user_id for e in entries if e.user_id})
    places = names_of_institutions({e.institution_id for e in entries if e.institution_id})
    how = {"created": _("Entered"), "changed": _("Changed"), "deleted": _("Deleted")}
    return [
        ChangeRow(
            at=format_instant(entry.at),
            who=_changer(entry, users),
            institution=places.get(entry.institution_id or 0, ""),
            what=door_label(entry.record_type),
            how=how.get(entry.action, entry.action),
            items=_items(entry) if entry.action == "changed" else "",
            reason=entry.reason or "",
        )
        for entry in entries
    ]


def _changer(entry: HistoryEntry, users: dict[int, str]) -> str:
    if entry.user_id is None:
        return system_name(entry.user_name)
    return users.get(entry.user_id, "") or entry.user_name


def _items(entry: HistoryEntry) -> str:
    labels = _labels()
    named = [labels.get((entry.record_type, name)) for name in entry.changes]
    return "、".join(dict.fromkeys(str(label) for label in named if label is not None))


def _labels() -> dict[tuple[str, str], Any]:
    found = {}
    for model in mapped_models():
        kind = {"case_record": "case", "health_observation": "observation"}.get(
            model.__tablename__, model.__tablename__
        )
        for item in items_of(model):
            found[kind, item.name] = item.label
    return found


@dataclass(frozen=True, slots=True)
class FindingRow:
    """A look to be checked, with its reason as a sentence."""

    on: str
    who: str
    username: str
    institution: str
    rule: str
    sentence: str
    acknowledged: str
    note: str
    url: str
    looks_url: str


def finding_rows(found: Sequence[UnusualLook]) -> list[FindingRow]:
    """The rows of a page of findings."""
    users = names_of_users({one.user_id for one in found})
    places = names_of_institutions({one.institution_id for one in found if one.institution_id})
    return [
        FindingRow(
            on=format_date(one.on),
            who=users.get(one.user_id, ""),
            username=one.user_name,
            institution=places.get(one.institution_id or 0, ""),
            rule=UNUSUAL.label(one.rule),
            sentence=sentence_of(one.rule, one.facts),
            acknowledged=f"{format_instant(one.acknowledged_at)} {one.acknowledged_by or ''}".strip(),
            note=one.note or "",
            url=url_for("UnusualView.show", pk=one.id),
            looks_url=_looks_of_day(one),
        )
        for one in found
    ]


def _looks_of_day(one: UnusualLook) -> str:
    day = one.on.isoformat()
    question: dict[str, Any] = {"user": one.user_name, "from": day, "to": day}
    return url_for("LookView.list", institution=one.institution_id, **question)


def sentence_of(rule: str, facts: dict[str, Any]) -> str:
    """Why a day is to be checked."""
    count = facts.get("count", len(facts.get("people", ())))
    sentences = {
        "many_outside": lambda: _(
            "%(count)s people outside own open cases were opened in a day (usually %(usual)s).",
            count=count,
            usual=f"{facts.get('usual', 0):g}",
        ),
        "own_name": lambda: _("A person with the same name as the user was opened."),
        "colleague": lambda: ngettext(
            "A person with the same name as a colleague was opened.",
            "%(num)s people with the names of colleagues were opened.",
            count,
        ),
        "night": lambda: _("%(count)s looks between 22:00 and 6:00.", count=count),
        "searching": lambda: _(
            "%(count)s searches by name or telephone, after which %(opened)s people were opened.",
            count=count,
            opened=facts.get("opened", 0),
        ),
        "wrong_numbers": lambda: _(
            "%(count)s numbers without a case were tried for break-glass access.", count=count
        ),
    }
    return str(sentences[rule]()) if rule in sentences else UNUSUAL.label(rule)
