"""Finding a case by its number, by one it had before, or by another system's."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, or_, select

from app.cases.models import Case
from app.core.japanese import digits
from app.generated.searching import Found

Elsewhere = Callable[[str], ColumnElement[bool]]
_elsewhere: list[Elsewhere] = []


def also_numbered(condition: Elsewhere) -> Elsewhere:
    """Register how a case is found by the number another system knows it under."""
    if condition not in _elsewhere:
        _elsewhere.append(condition)
    return condition


@dataclass(frozen=True, slots=True)
class CaseNumberTerm:
    """The search by number; see ``app.generated.searching.Keyed``."""

    def problem(self, typed: str) -> object | None:
        """Whatever is typed can be looked for."""
        return None

    def hint(self) -> object:
        """A number is compared as a whole: there is nothing to explain."""
        return ""

    def find(self, typed: str) -> Found:
        """The case of that number, or the one it was made one with."""
        number = digits(typed)
        given_up = _CASE.alias()
        follows = select(given_up.c.merged_into_id).where(
            given_up.c.number == number, given_up.c.merged_into_id.is_not(None)
        )
        own = (Case.number == number) & Case.merged_into_id.is_(None)
        others = [condition(typed) for condition in _elsewhere]
        return Found(or_(own, Case.id.in_(follows), *others))


# A Core table: the law of cases stands on the case that is found.
_CASE = Case.__table__
BY_NUMBER = CaseNumberTerm()
