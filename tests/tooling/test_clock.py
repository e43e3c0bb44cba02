from datetime import date, datetime

from app.core import clock


def test_the_still_clock_says_one_date_in_japan(frozen_clock: datetime) -> None:
    assert clock.now() == frozen_clock
    assert clock.today() == date(2021, 8, 20)
