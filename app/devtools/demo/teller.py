"""What the telling of the demo's wave needs, and the clock it sets."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from app.contacts.models import Contact
from app.core import clock
from app.devtools.demo.people import Towns
from app.followup.models import HealthObservation
from app.institutions.models import Institution
from app.security.actor import Actor


@dataclass(slots=True)
class Story:
    """What the telling needs: the session, who writes, institutions by code, towns, dice; and
    what it keeps: people under observation, observations to be written at the end."""

    session: Session
    by: Actor
    places: Mapping[str, Institution]
    towns: Towns
    random: Random
    now: datetime
    exposed: list[Contact] = field(default_factory=list)
    observed: list[HealthObservation] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The day of the load in Japan."""
        return clock.in_japan(self.now).date()

    @contextmanager
    def at(self, day: date, hour: int, minute: int = 0) -> Iterator[None]:
        """The clock of that hour in Japan, never later than now."""
        moment = datetime.combine(day, time(hour, minute), clock.TOKYO)
        with clock.frozen_at(min(moment, self.now)):
            yield
            self.session.flush()

    def observe(self, values: Mapping[str, Any], **subject: int) -> None:
        """Keep an observation for :meth:`write_observations`."""
        self.observed.append(HealthObservation(**values, **subject))

    def write_observations(self) -> None:
        """All observations, each in the morning of its day; one flush a day."""
        by_day = groupby(sorted(self.observed, key=_day_of), key=_day_of)
        for day, found in by_day:
            with self.at(day, 8, 30):
                self.session.add_all(found)


def _day_of(observation: HealthObservation) -> date:
    return observation.observed_on
