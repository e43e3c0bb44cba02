"""Which items of a case an area may say in its list. The only place where that is asked.

Age group and sex may always be said (as generally as ``generalising`` makes them), the place where
enough people share it. Everything else needs a decision case by case, and until somebody has
decided, the answer is no.
"""

from collections.abc import Iterable, Mapping

PLACE, AGE, SEX = "residence", "age_group", "sex"
NEVER_IDENTIFYING = frozenset({AGE, SEX})
WHERE_ENOUGH = frozenset({PLACE})


def publishable_items(case_ids: Iterable[int]) -> Mapping[int, frozenset[str]]:
    """Case → names of items that may be said of it."""
    return dict.fromkeys(case_ids, NEVER_IDENTIFYING | WHERE_ENOUGH)
