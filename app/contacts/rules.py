"""Pure rules of a contact: how long it is observed, and the status that follows."""

from datetime import date, timedelta

OBSERVATION_DAYS = 14
"""患者との最終接触日から14日目で終了 (添付3-3); a disease may set its own."""


def observe_until(last_exposure_on: date, days: int = OBSERVATION_DAYS) -> date:
    """The last day of observation; the day of exposure is day 0."""
    return last_exposure_on + timedelta(days=days)


def derive_status(*, became_case: bool, observe_until_on: date | None, on: date) -> str:
    """The contact's status on the day ``on``; the last day still counts as observation."""
    if became_case:
        return "became_case"
    if observe_until_on is not None and on > observe_until_on:
        return "finished"
    return "under_observation"


def days_left(observe_until_on: date | None, on: date) -> int | None:
    """Days of observation still to come after the day ``on``; 0 on the last day, None when
    over or not known."""
    if observe_until_on is None or on > observe_until_on:
        return None
    return (observe_until_on - on).days
