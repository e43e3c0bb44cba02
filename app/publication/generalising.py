"""Rows about people, said so generally that each looks like several others. Pure.

A row shows place, age group and sex; where fewer than ``smallest`` rows of the list say the same,
the place goes, then the sex, then the age group. Rows that say nothing any more are at least
``smallest`` as well, or there is none: else whoever knows the totals would know the one.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Said:
    """What a row says of somebody; empty is "not published"."""

    place: str = ""
    age: str = ""
    sex: str = ""

    @property
    def words(self) -> tuple[str, str, str]:
        """As the list has them."""
        return self.place, self.age, self.sex


NOTHING = Said()


def generalised(rows: Sequence[Said], *, smallest: int) -> list[Said]:
    """What each row may say, in the same order."""
    said = list(rows)
    if smallest < 2:
        return said
    for name in ("place", "sex", "age"):
        for group in _groups(said).values():
            if 0 < len(group) < smallest:
                for index in group:
                    said[index] = replace(said[index], **{name: ""})
    return _with_company(said, smallest)


def _with_company(said: list[Said], smallest: int) -> list[Said]:
    """Hide the smallest group that says something, until those that say nothing are enough."""
    while 0 < said.count(NOTHING) < smallest:
        groups = {key: group for key, group in _groups(said).items() if key != NOTHING}
        if not groups:
            break
        key = min(groups, key=lambda one: (len(groups[one]), one.place, one.age, one.sex))
        for index in groups[key]:
            said[index] = NOTHING
    return said


def _groups(said: Sequence[Said]) -> dict[Said, list[int]]:
    groups: defaultdict[Said, list[int]] = defaultdict(list)
    for index, one in enumerate(said):
        groups[one].append(index)
    return groups
