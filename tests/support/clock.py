"""A clock that stands still at a date everybody can count from."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.core.clock import frozen_at

NOON = datetime(2021, 8, 20, 3, 0, tzinfo=UTC)
"""Friday 20 August 2021 (令和3年8月20日), noon in Japan: the height of the fifth wave."""


@pytest.fixture
def frozen_clock() -> Iterator[datetime]:
    """``app.core.clock`` says NOON throughout the test (in the test's own thread)."""
    with frozen_at(NOON):
        yield NOON
