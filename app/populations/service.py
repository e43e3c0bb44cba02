"""Entering populations: of one municipality, or of many at once from a file."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.institutions.models import Municipality, MunicipalityPopulation
from app.institutions.populations import keep_populations
from app.populations.queries import towns_of
from app.populations.rules import Line, judged
from app.security.actor import Actor
from app.security.rights import require

TOLD = 10
"""Faulty rows named at a time."""
ORIGIN_LENGTH = 100


def take_file(lines: Sequence[Line], *, counted_on: date, origin: str, by: Actor) -> int:
    """Enter every number of a file, or none where a row is wrong; how many were changed.

    Raises:
        NotAllowed: the actor's role enters none.
        InvalidInput: rows of ``file``, or the day or the source.
    """
    require(by, "edit", "population")
    own = [town.code for town in towns_of(by)]
    found = judged(lines, own, db.session.scalars(select(Municipality.code)))
    if found.problems:
        raise InvalidInput({"file": _told(found.problems)})
    if not found.people:
        raise InvalidInput({"file": [_l("No row of the file holds a population.")]})
    return enter_populations(found.people, counted_on=counted_on, origin=origin, by=by)


def enter_populations(
    people: Mapping[str, int], *, counted_on: date, origin: str, by: Actor
) -> int:
    """Store numbers of the actor's own municipalities and sum anew; how many were changed.

    Raises:
        NotAllowed: the actor's role enters none.
        InvalidInput: a municipality outside the own area, a day to come, or no source.
    """
    require(by, "edit", "population")
    own = {town.code for town in towns_of(by)}
    said = _checked(set(people) <= own, counted_on, origin)
    with transaction() as session:
        model = MunicipalityPopulation
        there = session.scalars(select(model).where(model.municipality_code.in_(list(people))))
        known = {one.municipality_code: one for one in there}
        changed = 0
        for code, number in people.items():
            record = known.get(code) or model(municipality_code=code)
            values = {"population": number, "counted_on": counted_on, "origin": said}
            changed += _take_over(record, values)
            session.add(record)
        session.flush()
        for prefecture in sorted({code[:2] for code in people}):
            keep_populations(prefecture)
    return changed


def _take_over(record: MunicipalityPopulation, values: Mapping[str, object]) -> bool:
    changed = {name: value for name, value in values.items() if getattr(record, name) != value}
    for name, value in changed.items():
        setattr(record, name, value)
    return bool(changed)


def _checked(is_own: bool, counted_on: date, origin: str) -> str:
    """The source as stored."""
    problems: dict[str, list[object]] = {}
    said = origin.strip()
    if not is_own:
        problems["file"] = [_l("This municipality is not in your area.")]
    if counted_on > clock.today():
        problems["counted_on"] = [_l("This day lies in the future.")]
    if not said:
        problems["origin"] = [_l("Please say where the number comes from.")]
    elif len(said) > ORIGIN_LENGTH:
        problems["origin"] = [_l("At most %(limit)s characters.", limit=ORIGIN_LENGTH)]
    if problems:
        raise InvalidInput(problems)
    return said


def _told(problems: Sequence[tuple[int, object]]) -> list[object]:
    found: list[object] = [
        _l("Row %(row)s: %(problem)s", row=row, problem=problem) for row, problem in problems[:TOLD]
    ]
    if len(problems) > TOLD:
        found.append(_l("And %(number)s more rows.", number=len(problems) - TOLD))
    return found
