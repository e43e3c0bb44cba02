"""Many new cases are journalled together as they would be one by one."""

from collections import Counter
from datetime import date

from app.publication.rules import only_adds, summed, summed_first
from app.statistics.changes import Change
from app.statistics.measures import Cell

PLACE = (1, "13", 2, 3)
FIRST, SECOND = date(2020, 4, 1), date(2020, 4, 2)


def cell(measure: str, day: date) -> Cell:
    return (*PLACE, measure, day)


def test_cases_that_only_add_give_the_same_together_as_one_by_one() -> None:
    changes = [
        Change(1, {}, {cell("new_onset", FIRST): 1, cell("died", SECOND): 1}, "imported"),
        Change(2, {}, {cell("new_onset", FIRST): 1}, "imported"),
        Change(3, {}, {cell("new_onset", SECOND): 1}, "entered"),
    ]
    one_by_one: Counter[object] = Counter()
    for change in changes:
        for key, cause, n in summed(change):
            one_by_one[key, cause] += n
    together = {(key, cause): n for key, cause, n in summed_first(changes)}
    assert together == one_by_one
    assert sum(together.values()) == 4 * 4


def test_a_case_that_leaves_a_place_again_or_was_counted_before_is_taken_by_itself() -> None:
    stay = {cell("hotel", FIRST): 1, cell("hotel", SECOND): -1}
    assert not only_adds(Change(1, {}, stay))
    assert not only_adds(Change(1, {cell("new_onset", FIRST): 1}, {cell("new_onset", SECOND): 1}))
    assert only_adds(Change(1, {}, {cell("new_onset", FIRST): 1}))
