"""Are two cases of one person one episode of illness, registered twice? Pure.

The rule, also printed in docs/imports.md:

1. The same person and the same family of diseases, neither withdrawn nor given up, neither
   waiting to be accepted (a waiting one is joined at its acceptance).
2. Neither began after the other had ended (discharged, released from care, died).
3. The days on which they began are at most ``EPISODE_DAYS`` apart. The day a case began is the
   first there is of: onset, first specimen taken, diagnosis, report.

Without a day on either side nobody knows; and two different days of death are two people.
"""

from dataclasses import dataclass
from datetime import date

EPISODE_DAYS = 60
WAITING = frozenset({"submitted", "returned"})


@dataclass(frozen=True, slots=True)
class Episode:
    """What of a case the rule asks for. ``ended_on``: discharged, released or died."""

    person_id: int | None
    family: str
    state: str | None = None
    given_up: bool = False
    onset_on: date | None = None
    specimen_on: date | None = None
    diagnosed_on: date | None = None
    reported_on: date | None = None
    ended_on: date | None = None
    died_on: date | None = None

    @property
    def began_on(self) -> date | None:
        """The first day there is of, in this order."""
        return self.onset_on or self.specimen_on or self.diagnosed_on or self.reported_on


@dataclass(frozen=True, slots=True)
class Verdict:
    """``closed``: can never be merged. ``against``: speaks against it, and may be overruled."""

    speaks_for: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        """One episode, as far as the rule can say."""
        return not self.against and not self.closed


def one_episode(first: Episode, second: Episode) -> Verdict:
    """Compare two cases; see the module for the rule."""
    closed = tuple(code for code, holds in _closed(first, second) if holds)
    if closed:
        return Verdict(closed=closed)
    one, other = sorted(
        (first, second), key=lambda case: (case.began_on is None, case.began_on or date.max)
    )
    if one.died_on and other.died_on and one.died_on != other.died_on:
        return Verdict(against=("two_deaths",))
    if one.began_on is None or other.began_on is None:
        return Verdict(against=("no_day",))
    if one.ended_on is not None and other.began_on > one.ended_on:
        return Verdict(against=("began_after_end",))
    apart = (other.began_on - one.began_on).days
    if apart > EPISODE_DAYS:
        return Verdict(against=("far_apart",))
    return Verdict(speaks_for=("same_day" if apart == 0 else "near_days",))


def _closed(first: Episode, second: Episode) -> tuple[tuple[str, bool], ...]:
    states = {first.state, second.state}
    return (
        ("other_person", first.person_id is None or first.person_id != second.person_id),
        ("other_disease", first.family != second.family),
        ("given_up", first.given_up or second.given_up or "withdrawn" in states),
        ("waiting", bool(states & WAITING)),
    )
