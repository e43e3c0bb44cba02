"""Pure rules: who needs a place most, how many are free, what a declaration may say."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from app.cases.codes import SEVERITY
from app.core.labels import Label

KIND_OF_PLACE = {"hospital": "hospital", "hospital_severe": "hospital", "hotel": "hotel"}
"""Place needed → kind of institution, which is also the place of the stay."""

_RANK = {value: rank for rank, value in enumerate(SEVERITY.values)}
# "Moderate" without a grade stands between its two grades' neighbours: as moderate I.
_RANK["moderate"] = _RANK["moderate_1"]


def urgency(
    severity: str | None,
    oxygen: str | None,
    age: int | None,
    risks: Collection[str],
    pregnant: str | None,
) -> int:
    """Sorts requests, the most urgent highest: severity, oxygen, risk, age; never a decision.

    Of equal ones the one that waits longest comes first, which is the list's second key.
    """
    rank = _RANK.get(severity or "", 1)
    older = 0 if age is None else 2 if age >= 75 else 1 if age >= 65 else 0
    risk = min(len(risks), 2) + (pregnant == "yes")
    return rank * 100 + (oxygen == "yes") * 50 + older * 10 + risk


@dataclass(frozen=True, slots=True)
class Beds:
    """What was declared, and how many were promised since (general, severe)."""

    usable: int
    occupied: int
    severe_usable: int
    severe_occupied: int
    promised: int = 0
    severe_promised: int = 0

    @property
    def free(self) -> int:
        """General beds left; negative where more were promised than declared."""
        general = self.usable - self.severe_usable
        taken = self.occupied - self.severe_occupied
        return general - taken - self.promised

    @property
    def severe_free(self) -> int:
        """Beds for severe cases left."""
        return self.severe_usable - self.severe_occupied - self.severe_promised


def is_stale(declared_on: date, today: date) -> bool:
    """True for a declaration of an earlier day: beds are declared every day."""
    return declared_on < today


def free_rooms(rooms: Iterable[str], taken: Iterable[str | None]) -> int:
    """Rooms nobody has; people without a room (None) will need one each."""
    known, people = set(rooms), list(taken)
    unassigned = sum(1 for room in people if room is None or room not in known)
    return len(known - set(people)) - unassigned


def report_problems(
    declared_on: date | None, numbers: dict[str, int | None], today: date
) -> dict[str, list[object]]:
    """Item → sentences, for a declaration that contradicts itself."""
    problems: dict[str, list[object]] = {}
    if declared_on is not None and declared_on > today:
        problems["declared_on"] = [_FUTURE]
    for part, whole, sentence in _WITHIN:
        small, large = numbers.get(part), numbers.get(whole)
        if small is not None and large is not None and small > large:
            problems.setdefault(part, []).append(sentence)
    return problems


_FUTURE = Label("申告日は今日までの日付です。", "Beds are declared for today or an earlier day.")
_OF_TOTAL = Label(
    "即応病床数は確保病床数を超えられません。", "No more beds can be usable than are secured."
)
_WITHIN = (
    ("usable", "total", _OF_TOTAL),
    ("severe_usable", "severe_total", _OF_TOTAL),
    (
        "severe_total",
        "total",
        Label("重症者用は全体の内数です。", "Beds for severe cases are among all beds."),
    ),
    (
        "severe_usable",
        "usable",
        Label("重症者用は全体の内数です。", "Beds for severe cases are among all beds."),
    ),
    (
        "severe_occupied",
        "occupied",
        Label("重症者は入院者の内数です。", "Severe cases are among all inpatients."),
    ),
)
