"""How long a contact is observed, and what follows."""

from datetime import date

import pytest

from app.contacts.codes import CONTACT_STATUS
from app.contacts.rules import days_left, derive_status, observe_until


def test_observation_ends_on_the_14th_day_after_the_last_exposure() -> None:
    assert observe_until(date(2020, 8, 1)) == date(2020, 8, 15)
    assert observe_until(date(2020, 8, 25)) == date(2020, 9, 8)
    assert observe_until(date(2020, 8, 1), days=7) == date(2020, 8, 8)


@pytest.mark.parametrize(
    ("became_case", "until", "status"),
    [
        (False, None, "under_observation"),
        (False, date(2020, 8, 15), "under_observation"),
        (False, date(2020, 8, 14), "finished"),
        (True, date(2020, 8, 14), "became_case"),
        (True, None, "became_case"),
    ],
)
def test_the_status_follows(became_case: bool, until: date | None, status: str) -> None:
    on = date(2020, 8, 15)
    assert derive_status(became_case=became_case, observe_until_on=until, on=on) == status


def test_every_status_has_a_colour() -> None:
    assert set(CONTACT_STATUS.tones) == set(CONTACT_STATUS.values)


def test_the_last_day_of_observation_leaves_no_day() -> None:
    assert days_left(date(2020, 8, 15), date(2020, 8, 1)) == 14
    assert days_left(date(2020, 8, 15), date(2020, 8, 15)) == 0
    assert days_left(date(2020, 8, 15), date(2020, 8, 16)) is None
    assert days_left(None, date(2020, 8, 16)) is None
