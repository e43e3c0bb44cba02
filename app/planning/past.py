"""What became of a saved bed plan: who changed what when, and the plan as it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.audit.signing import writers_of
from app.core.dates import format_instant
from app.core.db import db
from app.core.errors import NotVisible
from app.planning.assumptions import SCENARIOS, SETTING, SETTINGS
from app.planning.models import BedPlan
from app.statistics.measures import BASIS

SHOWN = 50
_KEPT = ("name", "note", "assumptions", "sources")
_WORDS = {
    "basis": lambda value: str(BASIS[value].label) if value in BASIS else value,
    "scenario": SCENARIOS.label,
}


@dataclass(frozen=True, slots=True)
class PastPlan:
    """A plan with its numbers as they were."""

    id: int
    name: str
    note: str | None
    assumptions: list[list[str]]
    sources: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Change:
    """A change: its number, when, by whom, and line by line what was before and after."""

    number: int
    at: str
    who: str
    lines: tuple[tuple[str, str, str], ...]
    is_latest: bool


def changes_of(plan: BedPlan) -> list[Change]:
    """The latest changes of a plan that exists for the reader, the newest first."""
    found = _entries(plan)
    newest = found[0].number if found else 0
    who = writers_of(found)
    return [
        Change(
            one.number,
            format_instant(one.at),
            who(one),
            tuple(_lines(one)) if one.number > 1 else (),
            one.number == newest,
        )
        for one in found
    ]


def as_it_was(plan: BedPlan, number: int) -> PastPlan:
    """The plan after a change, named with its time. Raises NotVisible: there is no such change."""
    state: dict[str, Any] = {name: getattr(plan, name) for name in _KEPT}
    for one in _entries(plan):
        if one.number == number:
            named = _("%(name)s (%(time)s)", name=state["name"], time=format_instant(one.at))
            return PastPlan(plan.id, **state | {"name": named})
        state |= {name: _pair(one, name)[0] for name in _KEPT if name in (one.changes or {})}
    raise NotVisible(_l("There is no such record."))


def _entries(plan: BedPlan) -> Sequence[HistoryEntry]:
    wanted = select(HistoryEntry).where(
        HistoryEntry.record_type == "bed_plan", HistoryEntry.record_id == plan.id
    )
    newest = wanted.order_by(HistoryEntry.number.desc()).limit(SHOWN)
    found: Sequence[HistoryEntry] = db.session.scalars(newest).all()
    return found


def _pair(entry: HistoryEntry, name: str) -> tuple[Any, Any]:
    pair = (entry.changes or {}).get(name)
    return (pair[0], pair[1]) if isinstance(pair, list) else (None, None)


def _lines(entry: HistoryEntry) -> Iterator[tuple[str, str, str]]:
    for name, label in (("name", _("Name of the scenario")), ("note", _("Note"))):
        before, after = _pair(entry, name)
        if before != after:
            yield label, before or "－", after or "－"
    before, after = (dict(one or ()) for one in _pair(entry, "assumptions"))
    for key, label in _labels():
        if before.get(key) != after.get(key):
            yield label, _worded(key, before.get(key)), _worded(key, after.get(key))
    before, after = (dict(one or {}) for one in _pair(entry, "sources"))
    for setting in SETTINGS:
        if before.get(setting.key) != after.get(setting.key):
            label = _("Source: %(assumption)s", assumption=setting.label)
            yield label, before.get(setting.key, "－"), after.get(setting.key, "－")


def _labels() -> Iterator[tuple[str, str]]:
    yield "basis", _("Date counted by")
    yield "scenario", _("New cases from now on")
    yield "days", _("Days ahead")
    yield from ((one.key, str(one.label)) for one in SETTINGS)


def _worded(key: str, value: str | None) -> str:
    if value is None:
        return "－"
    if key in SETTING:
        return f"{value} {SETTING[key].unit or ''}".strip()
    return _WORDS.get(key, str)(value)
