"""The variant of a case, and doses before onset: which answer stands, by table."""

from datetime import date

import pytest

from app.cases.variants import VariantTest, variant_of
from app.notifications.doses import Answer, doses_before

pytestmark = pytest.mark.one_database


def day(number: int) -> date:
    return date(2021, 8, number)


DELTA = {"variant_id": 5, "variant": "delta"}
ALPHA = {"variant_id": 2, "variant": "alpha"}
UNREAD = {"variant_id": 15, "variant": "undetermined"}
L452R = {"screening": "positive", "mutation_id": 18, "mutation": "l452r"}


@pytest.mark.parametrize(
    ("tests", "expected"),
    [
        ([], None),
        ([VariantTest(1, "positive", day(3))], None),
        ([VariantTest(1, screening="not_done")], None),
        ([VariantTest(1, **L452R)], "screening_positive l452r"),
        ([VariantTest(1, screening="positive")], "screening_positive screening_positive"),
        ([VariantTest(1, screening="negative")], "screening_negative screening_negative"),
        # A genome before a screening, of the same test and of another one known later.
        ([VariantTest(1, **L452R, **ALPHA)], "genome alpha"),
        (
            [
                VariantTest(1, **ALPHA, genome_known_on=day(2)),
                VariantTest(2, None, day(9), **L452R),
            ],
            "genome alpha",
        ),
        # What gave no answer decides nothing that a screening has decided.
        ([VariantTest(1, **L452R, **UNREAD)], "screening_positive l452r"),
        ([VariantTest(1, **UNREAD)], "undetermined undetermined"),
        ([VariantTest(1, screening="undetermined")], "undetermined undetermined"),
        # Later before earlier, by the day the genome was known; then the later entered.
        (
            [
                VariantTest(2, **ALPHA, genome_known_on=day(4)),
                VariantTest(1, **DELTA, genome_known_on=day(5)),
            ],
            "genome delta",
        ),
        (
            [
                VariantTest(1, **ALPHA, genome_known_on=day(4)),
                VariantTest(2, **DELTA, genome_known_on=day(4)),
            ],
            "genome delta",
        ),
        (
            [VariantTest(1, None, None, day(8), **L452R), VariantTest(2, screening="negative")],
            "screening_positive l452r",
        ),
        ([VariantTest(1, "negative", **DELTA)], None),
    ],
)
def test_the_most_decided_result_is_the_variant_of_a_case(
    tests: list[VariantTest], expected: str | None
) -> None:
    found = variant_of(tests)
    assert (None if found is None else f"{found.basis} {found.answer}") == expected
    assert variant_of(reversed(tests)) == found


NOT_TOLD: Answer = (None, None)
ONSET = day(10)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([NOT_TOLD, NOT_TOLD, NOT_TOLD], None),
        ([("no", None), NOT_TOLD, NOT_TOLD], "none"),
        ([("unknown", None), NOT_TOLD, NOT_TOLD], "unknown"),
        ([("yes", day(1)), NOT_TOLD, NOT_TOLD], "one"),
        ([("yes", day(1)), ("no", None), NOT_TOLD], "one"),
        ([("yes", day(1)), ("unknown", None), NOT_TOLD], "unknown"),
        ([("yes", None), ("yes", day(9)), ("no", None)], "two"),
        # On the day of the onset and later it came too late to count.
        ([("yes", day(1)), ("yes", day(10)), NOT_TOLD], "one"),
        ([("yes", day(11)), NOT_TOLD, NOT_TOLD], "none"),
        ([("yes", day(1)), ("yes", day(2)), ("yes", day(3))], "three_or_more"),
        ([NOT_TOLD, ("yes", day(2)), NOT_TOLD], "two"),
        ([NOT_TOLD, ("no", None), NOT_TOLD], "unknown"),
    ],
)
def test_doses_before_onset(answers: list[Answer], expected: str | None) -> None:
    assert doses_before(ONSET, answers) == expected
    if expected == "none" and answers[0][0] == "yes":
        # Without any day of illness every dose came before.
        assert doses_before(None, answers) == "one"
