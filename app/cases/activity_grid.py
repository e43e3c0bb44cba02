"""行動歴 day by day: from 14 days before onset to isolation, written into one sheet (添付2, 3-1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.cases.models import ActivityRecord, Case, Stay
from app.core import clock
from app.core.db import db
from app.core.errors import Conflict
from app.core.forms import ItemForm, form_for
from app.core.japanese import name_key
from app.core.remembering import remembered
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.rights import require

BEFORE_ONSET = 14
"""Days before onset on which the source is looked for (添付2)."""
MOST_DAYS = 60
COLUMNS = ("happened_time", "place", "activity", "companions", "remarks")
PLACES_READ = 2_000
PLACES_OFFERED = 300


@dataclass(slots=True)
class Line:
    """A row of the sheet: an activity there is, or an empty one to write into."""

    key: str
    day: date
    typed: dict[str, str]
    record: ActivityRecord | None = None
    version: str = ""
    problems: dict[str, list[str]] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)


def window(case: Case, stays: Sequence[Stay], today: date) -> tuple[date, date]:
    """First and last day of the sheet: 14 days before onset (or diagnosis) to isolation."""
    begun = case.onset_on or case.diagnosed_on or case.reported_on or today
    isolated = min((stay.from_on for stay in stays if stay.from_on >= begun), default=None)
    last = isolated or case.discharged_on or today
    last = max(min(last, today), begun)
    first = begun - timedelta(days=BEFORE_ONSET)
    return first, min(last, first + timedelta(days=MOST_DAYS - 1))


def lines_of(case: Case) -> list[Line]:
    """The sheet: every activity there is, and an empty line on each day that has room."""
    records = db.session.scalars(
        select(ActivityRecord).where(ActivityRecord.case_id == case.id).order_by(ActivityRecord.id)
    ).all()
    stays = db.session.scalars(select(Stay).where(Stay.case_id == case.id)).all()
    first, last = window(case, stays, clock.today())
    by_day: dict[date, list[Line]] = {}
    for record in records:
        if record.happened_on is None:
            continue
        typed = {name: getattr(record, name) or "" for name in COLUMNS}
        line = Line(f"a{record.id}", record.happened_on, typed, record, str(record.row_version))
        by_day.setdefault(record.happened_on, []).append(line)
    days = {first + timedelta(days=n) for n in range((last - first).days + 1)} | by_day.keys()
    sheet: list[Line] = []
    for day in sorted(days):
        # Encrypted, so it is not the database that sorts.
        held = sorted(by_day.get(day, ()), key=lambda line: line.typed["happened_time"].zfill(5))
        sheet += held
        if all(any(line.typed.values()) for line in held):
            sheet.append(Line(f"d{day:%Y%m%d}", day, dict.fromkeys(COLUMNS, "")))
    return sheet


def read(lines: Sequence[Line], posted: Mapping[str, str]) -> bool:
    """Take what was posted into the lines; False when something cannot be read."""
    for line in lines:
        for name in COLUMNS:
            line.typed[name] = posted.get(f"{line.key}_{name}", line.typed[name])
        line.version = posted.get(f"{line.key}_version", line.version)
        form = _line_form()(formdata=MultiDict(line.typed), meta={"csrf": False})
        form.validate()
        line.problems = {f.short_name: [str(e) for e in f.errors] for f in form if f.errors}
        line.values = {name: form[name].data for name in COLUMNS}
    return not any(line.problems for line in lines)


def save(case: Case, lines: Sequence[Line], *, by: Actor) -> int:
    """Store the lines that say something new; gives how many. All of them or none.

    Raises:
        NotAllowed: the role may not change activities.
        Conflict: somebody else changed one of the activities meanwhile.
    """
    require(by, "edit", "activity")
    count = 0
    with transaction() as session:
        for line in lines:
            count += _store(session, case, line)
        session.flush()
    return count


def places_used(case: Case) -> list[str]:
    """Places of activities the actor meets, newest first, each once: to be chosen again."""
    # The case's own always; of the others those written last.
    found = db.session.scalars(
        select(ActivityRecord.place)
        .where(ActivityRecord.place.is_not(None))
        .order_by((ActivityRecord.case_id == case.id).desc(), ActivityRecord.id.desc())
        .limit(PLACES_READ)
    )
    by_key: dict[str, str] = {}
    for place in found:
        if place:
            by_key.setdefault(name_key(place), place)
    return list(by_key.values())[:PLACES_OFFERED]


def _store(session: Any, case: Case, line: Line) -> int:
    record = line.record
    if record is None:
        if not any(line.values.values()):
            return 0
        session.add(ActivityRecord(case_id=case.id, happened_on=line.day, **line.values))
        return 1
    changed = {n: v for n, v in line.values.items() if (getattr(record, n) or None) != v}
    if not changed:
        return 0
    if str(record.row_version) != line.version:
        raise Conflict(_l("Somebody else changed this sheet meanwhile. Compare and save again."))
    for name, value in changed.items():
        setattr(record, name, value)
    return 1


@remembered
def _line_form() -> type[ItemForm]:
    return form_for(ActivityRecord, COLUMNS)
