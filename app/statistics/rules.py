"""What one case gives to the roll-up. Pure; the same function counts a save and a rebuild."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from app.cases.rules import Course, StayLike, derive_status
from app.statistics.measures import (
    BASES,
    STATUS_MEASURES,
    Cell,
    Place,
    undated,
    unlinked,
)
from app.statistics.profiles import ProfileCell, packed_profile, worst_of

UNDATED_ON = date(1, 1, 1)
"""The day of what certainly happened on an unknown day: part of totals, of no period."""
PREFECTURE_DAY, PREFECTURE_MONTH = "prefecture_day", "prefecture_month"
CENTRE_DAY, CENTRE_MONTH = "centre_day", "centre_month"
GRAINS = (PREFECTURE_DAY, PREFECTURE_MONTH, CENTRE_DAY, CENTRE_MONTH)

_NOWHERE = 0
K = TypeVar("K")


@dataclass(slots=True)
class StayFacts:
    """The part of a stay that the status asks for."""

    place: str
    from_on: date
    to_on: date | None = None
    icu: str | None = None
    ventilator: str | None = None
    ecmo: str | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The part of a case that is counted. ``dates`` maps each basis to its day, if known."""

    place: Place
    counted: bool
    unlinked: bool = False
    dates: Mapping[str, date | None] = field(default_factory=dict)
    diagnosis_type: str | None = None
    outcome: str | None = None
    waiting_since_on: date | None = None
    discharged_on: date | None = None
    died_on: date | None = None
    stays: Sequence[StayFacts] = ()
    age_group: str | None = None
    age_years: int | None = None
    sex: str | None = None
    severity: str | None = None
    severe_on: date | None = None
    entered_on: date | None = None
    accepted_on: date | None = None
    variant: str | None = None
    doses: str | None = None
    municipality: str | None = None
    reporter: str | None = None
    """The kind of the institution that reported the case."""

    @property
    def worst(self) -> str:
        """The worst severity of the whole course."""
        machines = any("yes" in (s.icu, s.ventilator, s.ecmo) for s in self.stays)
        return worst_of(
            self.severity,
            severe=machines or self.severe_on is not None,
            died=self.died_on is not None or self.outcome == "died",
        )


def contributions(facts: CaseFacts) -> Counter[Cell]:
    """The cells a case counts in, and by how much; empty for a case that is not counted.

    Flows are 1 on their day. Stocks are changes: 1 on the first day in a place, −1 on the
    first day after it, so that "on the day D" is the sum of all days up to D.
    """
    if not facts.counted:
        return Counter()
    place = facts.place
    cells: defaultdict[Cell, int] = defaultdict(int)
    for measure, day, number in (*_new(facts), *_outcome(facts), *_stocks(facts)):
        cells[(*place, measure, day)] += number
    return Counter({cell: number for cell, number in cells.items() if number})


def difference(now: Mapping[K, int], before: Mapping[K, int]) -> dict[K, int]:
    """What has to be added to the roll-up to turn ``before`` into ``now``."""
    if not before:
        return {cell: number for cell, number in now.items() if number}
    changes = {cell: now.get(cell, 0) - before.get(cell, 0) for cell in {*now, *before}}
    return {cell: number for cell, number in changes.items() if number}


def packed(cells: Mapping[Cell, int], profile: Mapping[ProfileCell, int]) -> dict[str, Any]:
    """The contribution as it is stored; one case is in one place."""
    place = next(iter(cells))[:4] if cells else ()
    given = sorted((m, day.isoformat(), n) for (*_place, m, day), n in cells.items())
    counts = [list(each) for each in given]
    return {"at": list(place), "n": counts, "p": packed_profile(profile)}


def unpacked(given: Mapping[str, Any] | None) -> dict[Cell, int]:
    """The contribution read back; nothing stored is nothing given."""
    if not given:
        return {}
    place = tuple(given["at"])
    return {(*place, measure, date.fromisoformat(day)): n for measure, day, n in given["n"]}


def rolled_up(cells: Mapping[Cell, int]) -> Counter[tuple[Any, ...]]:
    """The same numbers in every grain: (disease, grain, prefecture, measure, day, authority,
    centre) → n, in the order of the key so that writers never wait for each other crosswise."""
    return Counter(dict(sorted(in_every_grain(cells).items())))


def in_every_grain(cells: Mapping[Cell, int]) -> dict[tuple[Any, ...], int]:
    """The same in no order."""
    rows: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    for (disease, prefecture, authority, centre, measure, day), number in cells.items():
        month = day.replace(day=1)
        rows[disease, CENTRE_DAY, prefecture, measure, day, authority, centre] += number
        rows[disease, CENTRE_MONTH, prefecture, measure, month, authority, centre] += number
        rows[disease, PREFECTURE_DAY, prefecture, measure, day, _NOWHERE, _NOWHERE] += number
        rows[disease, PREFECTURE_MONTH, prefecture, measure, month, _NOWHERE, _NOWHERE] += number
    return {key: number for key, number in rows.items() if number}


def profiles_rolled_up(cells: Mapping[ProfileCell, int]) -> Counter[tuple[Any, ...]]:
    """The same for profiles: (disease, grain, prefecture, dimension, centre, day, value,
    authority) → n, in the order of their key."""
    rows: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    for (disease, prefecture, authority, centre, name, day, value), number in cells.items():
        month = day.replace(day=1)
        rows[disease, CENTRE_DAY, prefecture, name, centre, day, value, authority] += number
        rows[disease, CENTRE_MONTH, prefecture, name, centre, month, value, authority] += number
        rows[disease, PREFECTURE_DAY, prefecture, name, _NOWHERE, day, value, _NOWHERE] += number
        rows[disease, PREFECTURE_MONTH, prefecture, name, _NOWHERE, month, value, _NOWHERE] += (
            number
        )
    return Counter({key: number for key, number in sorted(rows.items()) if number})


def _new(facts: CaseFacts) -> Iterator[tuple[str, date, int]]:
    """A new case on its day of each basis; a missing day counts where it is known to belong."""
    known = [day for basis in BASES if (day := facts.dates.get(basis.key)) is not None]
    for basis in BASES:
        day = facts.dates.get(basis.key)
        if day is None:
            yield undated(basis.key), known[0] if known else UNDATED_ON, 1
            continue
        yield basis.measure, day, 1
        if facts.unlinked:
            yield unlinked(basis.key), day, 1


def _outcome(facts: CaseFacts) -> Iterator[tuple[str, date, int]]:
    if facts.died_on is not None or facts.outcome == "died":
        yield "died", facts.died_on or UNDATED_ON, 1
    elif facts.discharged_on is not None or facts.outcome == "recovered":
        yield "discharged", facts.discharged_on or UNDATED_ON, 1


def _stocks(facts: CaseFacts) -> Iterator[tuple[str, date, int]]:
    """Changes of place, by the very function that gives a case its status."""
    turning_days = sorted(_turning_days(facts))
    course = Course(
        diagnosis_type=facts.diagnosis_type,
        waiting_since_on=facts.waiting_since_on,
        discharged_on=facts.discharged_on or _closed_without_date(facts, turning_days),
        died_on=facts.died_on,
    )
    stays: Sequence[StayLike] = facts.stays
    before: frozenset[str] = frozenset()
    for day in turning_days:
        now = STATUS_MEASURES.get(derive_status(course, stays, day), frozenset())
        for measure in now - before:
            yield measure, day, 1
        for measure in before - now:
            yield measure, day, -1
        before = now


def _turning_days(facts: CaseFacts) -> set[date]:
    days = {facts.waiting_since_on, facts.discharged_on, facts.died_on}
    for stay in facts.stays:
        days |= {stay.from_on, stay.to_on}
    return {day for day in days if day is not None}


def _closed_without_date(facts: CaseFacts, turning_days: Sequence[date]) -> date | None:
    """An outcome without its day ends an open stay on the last day anything is known of."""
    dated = facts.died_on or facts.discharged_on
    if facts.outcome in ("died", "recovered") and dated is None and turning_days:
        return turning_days[-1]
    return None
