"""The variant of a case: which of its tests says most. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.institutions.variants import UNDETERMINED

_GENOME, _SCREENED, _OPEN = 3, 2, 1


@dataclass(frozen=True, slots=True)
class VariantTest:
    """The part of a test that tells of a variant. ``mutation`` and ``variant`` are codes."""

    key: int
    result: str | None = None
    resulted_on: date | None = None
    collected_on: date | None = None
    screening: str | None = None
    mutation_id: int | None = None
    mutation: str | None = None
    genome_known_on: date | None = None
    variant_id: int | None = None
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class VariantOfCase:
    """On what it stands (``VARIANT_BASIS``), and the name with its code where there is one."""

    basis: str
    variant_id: int | None = None
    code: str | None = None

    @property
    def answer(self) -> str:
        """What the sums call it: the code of the name, else on what it stands."""
        return self.code or self.basis


def variant_of(tests: Iterable[VariantTest]) -> VariantOfCase | None:
    """The most decided result: a genome before a screening before what gave no answer; of two
    alike the later known, then the later entered. A test with a negative result says nothing."""
    found = [each for test in tests if test.result != "negative" for each in _answers(test)]
    return max(found, key=lambda each: each[0])[1] if found else None


def _answers(test: VariantTest) -> Iterable[tuple[tuple[int, date, int], VariantOfCase]]:
    """(how decided, when, key) and what the genome and the screening of a test say."""
    day = test.resulted_on or test.collected_on or date.min
    if test.variant_id is not None:
        known = test.genome_known_on or day
        if test.variant == UNDETERMINED:
            yield (
                (_OPEN, known, test.key),
                VariantOfCase("undetermined", test.variant_id, UNDETERMINED),
            )
        else:
            yield (_GENOME, known, test.key), VariantOfCase("genome", test.variant_id, test.variant)
    if test.screening == "positive":
        named = (test.mutation_id, test.mutation)
        yield (_SCREENED, day, test.key), VariantOfCase("screening_positive", *named)
    elif test.screening == "negative":
        yield (_SCREENED, day, test.key), VariantOfCase("screening_negative")
    elif test.screening == "undetermined":
        yield (_OPEN, day, test.key), VariantOfCase("undetermined")
