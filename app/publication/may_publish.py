"""Which items of a case an area may say in its list. The only place where that is asked.

What was decided with the patient (公表の可否, ``app.cases.publication``) is obeyed: an item that must
not be published never is. Age group and sex may be said unless they were withheld (as generally as
``generalising`` makes them), the place where enough people share it. The list says nothing else.
"""

from collections.abc import Collection

PLACE, AGE, SEX = "residence", "age_group", "sex"
SAID_UNLESS_WITHHELD = frozenset({PLACE, AGE, SEX})


def publishable_items(withheld: Collection[str] | None) -> frozenset[str]:
    """Names of items that may be said of a case with these withheld ones."""
    return SAID_UNLESS_WITHHELD - frozenset(withheld or ())
