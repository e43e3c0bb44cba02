"""When a bundle may be called checked."""

import pytest

from app.bundles.rules import Tally, obstacle, sample_size


@pytest.mark.parametrize(("typed", "size"), [(0, 0), (3, 3), (5, 5), (100, 5), (101, 6), (400, 20)])
def test_one_sheet_in_twenty_is_looked_at_five_at_least(typed: int, size: int) -> None:
    assert sample_size(typed) == size


@pytest.mark.parametrize(
    ("tally", "explanation", "may"),
    [
        (Tally(10), "", False),
        (Tally(10, begun=10, typed=9), "x", False),
        (Tally(10, begun=10, typed=10), "", False),
        (Tally(10, begun=10, typed=10, sample=5, looked_at=4), "", False),
        (Tally(10, begun=10, typed=10, sample=5, looked_at=5), "", True),
        (Tally(10, begun=10, typed=9, left_out=1, sample=5, looked_at=5), "", True),
        (Tally(10, begun=9, typed=9, sample=5, looked_at=5), " ", False),
        (Tally(10, begun=9, typed=9, sample=5, looked_at=5), "1枚は白紙", True),
        (Tally(10, begun=11, typed=11, sample=5, looked_at=5), "", False),
        (Tally(2, begun=2, left_out=2), "", True),
    ],
)
def test_counts_match_or_the_difference_is_explained(
    tally: Tally, explanation: str, may: bool
) -> None:
    assert (obstacle(tally, explanation) is None) is may


def test_the_error_rate_is_of_sheets_looked_at() -> None:
    assert Tally(10, typed=10).error_rate is None
    assert Tally(10, typed=10, sample=5, looked_at=5, with_errors=1, wrong_items=3).error_rate == 20
