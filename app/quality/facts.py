"""What the rules look at: one case or one contact with what hangs on it, as plain values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

AT_HOME = frozenset({"home", "hotel", "waiting"})
"""Statuses of patients who are reached by telephone alone."""


@dataclass(frozen=True, slots=True)
class StayFacts:
    """A stay, as far as the rules ask."""

    id: int
    place: str
    from_on: date
    to_on: date | None = None


@dataclass(frozen=True, slots=True)
class LabFacts:
    """A test, as far as the rules ask."""

    id: int
    result: str | None = None
    collected_on: date | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingFacts:
    """An observation whose values are extreme; ordinary ones are not read at all."""

    id: int
    observed_on: date
    temperature: Decimal | None = None
    spo2: int | None = None


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """One accepted case; attributes that are items carry the item's name."""

    id: int = 0
    status: str = "under_investigation"
    diagnosis_type: str | None = None
    infected_on: date | None = None
    onset_on: date | None = None
    first_visit_on: date | None = None
    diagnosed_on: date | None = None
    reported_on: date | None = None
    severe_on: date | None = None
    severity: str | None = None
    symptoms: tuple[str, ...] | None = None
    hospitalised: str | None = None
    outcome: str | None = None
    discharged_on: date | None = None
    died_on: date | None = None
    travel_from_on: date | None = None
    travel_to_on: date | None = None
    sex: str | None = None
    pregnant: str | None = None
    age_years: int | None = None
    municipality_code: str | None = None
    responsible_centre_id: int | None = None
    # The person
    has_person: bool = False
    birth_on: date | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None
    location_phone: str | None = None
    # The disease
    family: str = ""
    notification_timing: str = "immediately"
    watches_oxygen: bool = False
    # Around the case
    area_centre_id: int | None = None
    """The health centre in charge of the municipality today."""
    stays: tuple[StayFacts, ...] = ()
    tests: tuple[LabFacts, ...] = ()
    readings: tuple[ReadingFacts, ...] = ()
    same_episode: tuple[int, ...] = ()
    """Other cases of the same person and disease, diagnosed within some weeks."""
    doses: tuple[date, ...] = ()
    """Days of vaccination as notified, and the notification they stand in."""
    notification_id: int | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """One contact; attributes that are items carry the item's name."""

    id: int = 0
    status: str = "under_observation"
    last_exposure_on: date | None = None
    observe_until_on: date | None = None
    fell_ill: str | None = None
    became_case: bool = False
    birth_on: date | None = None
    mobile_phone: str | None = None
    home_phone: str | None = None
    location_phone: str | None = None
    plan_status: str | None = None
    plan_ends_on: date | None = None
    exposures: int = 0
    sources_in_force: int = 0
    """Exposures whose source case was neither withdrawn nor cleared of its suspicion."""
    first_exposed_on: date | None = None


Facts = CaseFacts | ContactFacts


@dataclass(frozen=True, slots=True)
class Limits:
    """What differs from place to place and day to day."""

    today: date
    late_tolerance_days: int = 2
    """Days after the last day of the law until a report counts as late here."""
