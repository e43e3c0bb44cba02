"""What a list would change: every row judged, and put down once the list is applied."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext as _
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.problems import InputProblem
from app.core.workbooks.reading import SheetRow
from app.quarantine.models import Returnee, ReturneeList
from app.quarantine.residence import Gazetteer, Residence
from app.quarantine.rules import changes, judge, key_of

_STAYS: Final = ("prefecture", "municipality")
"""Columns that say where: kept as codes."""


def plan(rows: Sequence[SheetRow], number: str, places: Gazetteer) -> list[dict[str, Any]]:
    """Every row with its outcome; a number or questionnaire twice in a file is a fault."""
    listed = db.session.scalars(
        select(ReturneeList).where(ReturneeList.number == number)
    ).one_or_none()
    known = {} if listed is None else known_people(listed.id)
    seen: dict[Any, int] = {}
    planned = []
    for place, row in enumerate(rows, start=1):
        values, found = judge(row.texts, ordinal=place, today=clock.today())
        problems = {name: str(label) for name, label in found.items()}
        for name in ("line", "questionnaire_id"):
            key = (name, values[name])
            if values[name] is not None and seen.setdefault(key, row.number) != row.number:
                problems[name] = _("The same stands in row %(number)s.", number=seen[key])
        outcome = "rejected" if problems else _outcome(values, row.texts, known, places)
        planned.append(
            {
                "row": row.number,
                "texts": dict(row.texts),
                "outcome": outcome,
                "problems": problems,
                "centre": None if problems else places.centres.get(_code(row.texts, places)),
            }
        )
    return planned


def _outcome(
    values: Mapping[str, Any],
    texts: Mapping[str, str],
    known: Mapping[Any, Returnee],
    places: Gazetteer,
) -> str:
    before = _same(values, known)
    if before is None:
        return "new"
    after = _columns(values, _where(texts, places))
    kept = {name: getattr(before, name) for name in after}
    # A municipality found by hand is not lost to a row that did not name it.
    for name in ("prefecture_code", "municipality_code"):
        if after[name] is None:
            after[name] = kept[name]
    if not changes(kept, after):
        return "same"
    return "changed" if before.state in ("unassigned", "assigned") else "conflict"


def put_down(
    one: Mapping[str, Any],
    place: int,
    listed: ReturneeList,
    known: Mapping[Any, Returnee],
    places: Gazetteer,
) -> None:
    """Make or change the person of a row whose outcome says so."""
    values, _problems = judge(one["texts"], ordinal=place, today=clock.today())
    columns = _columns(values, _where(one["texts"], places))
    before = _same(values, known)
    if before is None:
        before = Returnee(
            of_list=listed,
            institution_id=listed.institution_id,
            list_number=listed.number,
            line=values["line"],
            key=key_of(values),
            questionnaire_id=values["questionnaire_id"],
        )
        db.session.add(before)
        _change(before, columns)
        assign_to(before, places.centres.get(before.municipality_code or ""))
        return
    moved = columns["municipality_code"] not in (None, before.municipality_code)
    _change(before, columns)
    if moved:
        assign_to(before, places.centres.get(before.municipality_code or ""))


def _change(returnee: Returnee, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        if value is not None or name not in ("prefecture_code", "municipality_code"):
            setattr(returnee, name, value)


def assign_to(returnee: Returnee, centre_id: int | None) -> None:
    """The health centre that is to follow somebody; None: nobody knows yet."""
    returnee.centre_id = centre_id
    returnee.state = "unassigned" if centre_id is None else "assigned"
    returnee.assigned_at = None if centre_id is None else clock.now()


def _columns(values: Mapping[str, Any], where: Residence) -> dict[str, Any]:
    kept = {
        name: value
        for name, value in values.items()
        if name not in ("line", "questionnaire_id", *_STAYS)
    }
    return kept | {
        "prefecture_code": where.prefecture_code,
        "municipality_code": where.municipality_code,
        "municipality_as_written": values["municipality"],
    }


def _where(texts: Mapping[str, str], places: Gazetteer) -> Residence:
    try:
        return places.residence(*(texts.get(name, "") for name in (*_STAYS, "address")))
    except InputProblem:
        return Residence()


def _code(texts: Mapping[str, str], places: Gazetteer) -> str:
    return _where(texts, places).municipality_code or ""


def _same(values: Mapping[str, Any], known: Mapping[Any, Returnee]) -> Returnee | None:
    """The questionnaire decides where there is one, else the number in the list."""
    questionnaire = values["questionnaire_id"]
    if questionnaire is not None and ("q", questionnaire) in known:
        return known["q", questionnaire]
    found = known.get(("line", values["line"]))
    if found is None or (questionnaire and found.questionnaire_id):
        return None  # Rows move when a list is sent again: another questionnaire is somebody else.
    return found


def known_people(list_id: int | None) -> dict[Any, Returnee]:
    """The people of a list, by questionnaire and by number."""
    if list_id is None:
        return {}
    people = db.session.scalars(select(Returnee).where(Returnee.list_id == list_id)).all()
    by_line: dict[Any, Returnee] = {("line", one.line): one for one in people}
    return by_line | {("q", p.questionnaire_id): p for p in people if p.questionnaire_id}


def counts_of(planned: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Outcome → rows, and how many have no health centre."""
    counts = Counter(one["outcome"] for one in planned)
    away = sum(1 for one in planned if one["outcome"] != "rejected" and one["centre"] is None)
    return {**counts, "without_centre": away}
