"""How alike two readings and two birth dates are. Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from enum import Enum

from app.persons.reading import loose, variants_unified

ERA_STARTS = (1868, 1912, 1926, 1989, 2019)
"""明治, 大正, 昭和, 平成, 令和: the year each calls its first."""
ERA_ERRORS = frozenset(
    later - earlier for n, earlier in enumerate(ERA_STARTS) for later in ERA_STARTS[n + 1 :]
) | {1}
"""By how many years somebody is off who writes 昭和 for 平成; one year: 元年 counted as 0."""
_SHORT = 4
"""A reading of so few letters is another one when a letter differs."""


class Reading(Enum):
    """What two readings have in common; the value is the code of the reason."""

    SAME = "same_reading"
    SIMILAR = "similar_reading"
    OTHER_ORDER = "other_order"
    SLIP = "reading_slip"
    GIVEN_NAME_ONLY = "given_name_only"
    OTHER = "other_reading"


class Birth(Enum):
    """What two birth dates have in common."""

    UNKNOWN = ""
    SAME = "same_birth"
    SWAPPED = "swapped_birth"
    ERA = "era_birth"
    SLIP = "birth_slip"
    OTHER = "other_birth"


def reading_likeness(one: Sequence[str], other: Sequence[str]) -> Reading | None:
    """Compare the words of two readings; None when one has none."""
    if not one or not other:
        return None
    return next(kind for kind, holds in _IN_ORDER if holds(one, other))


def birth_likeness(one: date | None, other: date | None) -> Birth:
    """Compare two birth dates by the errors people make with them."""
    if one is None or other is None:
        return Birth.UNKNOWN
    if one == other:
        return Birth.SAME
    if one.year == other.year and (one.month, one.day) == (other.day, other.month):
        return Birth.SWAPPED
    if (one.month, one.day) == (other.month, other.day) and (
        abs(one.year - other.year) in ERA_ERRORS
    ):
        return Birth.ERA
    left, right = one.strftime("%Y%m%d"), other.strftime("%Y%m%d")
    wrong = [n for n in range(8) if left[n] != right[n]]
    exchanged = (
        len(wrong) == 2
        and wrong[1] == wrong[0] + 1
        and (left[wrong[0]] == right[wrong[1]] and left[wrong[1]] == right[wrong[0]])
    )
    return Birth.SLIP if len(wrong) == 1 or exchanged else Birth.OTHER


def same_given_name(one: str | None, other: str | None) -> bool:
    """The last words of two written names are the same, variants unified."""
    left, right = (one or "").split(), (other or "").split()
    if len(left) < 2 or len(right) < 2:
        return False
    return variants_unified(left[-1]) == variants_unified(right[-1])


def distance(one: str, other: str, limit: int) -> int:
    """Letters to change, add, drop or exchange with their neighbour; ``limit`` + 1 above it."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    line = list(range(len(other) + 1))
    for n, a in enumerate(one, start=1):
        new = [n]
        for m, b in enumerate(other, start=1):
            cost = min(line[m] + 1, new[m - 1] + 1, line[m - 1] + (a != b))
            if before and m > 1 and a == other[m - 2] and one[n - 2] == b:
                cost = min(cost, before[m - 2] + 1)
            new.append(cost)
        if min(new) > limit:
            return limit + 1
        before, line = line, new
    return line[-1]


def _slips(left: str, right: str) -> bool:
    """One letter of a usual reading, two of a long one, voiced marks and long vowels aside."""
    shorter = min(len(left), len(right))
    if shorter <= _SHORT:
        return False
    allowed = 1 if shorter < 9 else 2
    return distance(left, right, allowed) <= allowed


def _is_turned(one: Sequence[str], other: Sequence[str]) -> bool:
    """Written without spaces on one side: some order of the other's words."""
    left, right = _whole(one), _whole(other)
    if len(left) != len(right) or (len(one) > 1) == (len(other) > 1):
        return False
    words, whole = (list(one), right) if len(one) > 1 else (list(other), left)
    return any("".join(words[n:] + words[:n]) == whole for n in range(1, len(words)))


def _same_last(one: list[str], other: list[str]) -> bool:
    """The given name, which stands last, of at least two letters; a Japanese name has two words."""
    if len(one) == 2 and len(other) == 2:
        return one[1] == other[1] and len(one[1]) >= 2 and one[0] != other[0]
    if {len(one), len(other)} == {1, 2}:
        pair, whole = (one, other[0]) if len(one) == 2 else (other, one[0])
        return len(pair[1]) >= 3 and whole.endswith(pair[1])
    return False


def _whole(words: Sequence[str]) -> str:
    return "".join(words)


def _loose(words: Sequence[str]) -> list[str]:
    return [loose(word) for word in words]


_IN_ORDER: tuple[tuple[Reading, Callable[[Sequence[str], Sequence[str]], bool]], ...] = (
    (Reading.SAME, lambda a, b: _whole(a) == _whole(b)),
    (Reading.OTHER_ORDER, lambda a, b: sorted(a) == sorted(b) or _is_turned(a, b)),
    (Reading.SIMILAR, lambda a, b: _whole(_loose(a)) == _whole(_loose(b))),
    (Reading.OTHER_ORDER, lambda a, b: sorted(_loose(a)) == sorted(_loose(b))),
    (Reading.SLIP, lambda a, b: _slips(_whole(_loose(a)), _whole(_loose(b)))),
    (Reading.GIVEN_NAME_ONLY, lambda a, b: _same_last(_loose(a), _loose(b))),
    (Reading.OTHER, lambda _a, _b: True),
)
"""The closest first."""
