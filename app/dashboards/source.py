"""The reads behind one dashboard, each made once and only when a panel asks for it."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from app.coordination.bed_figures import (
    BedSums,
    RoomSums,
    Spot,
    beds_by_prefecture,
    rooms_in,
)
from app.coordination.bed_history import beds_on_days
from app.core import clock
from app.dashboards import reading
from app.dashboards.asking import Question
from app.dashboards.reading import DaySums, PlaceSums
from app.dashboards.rules import (
    LONGEST_DELAY,
    Completeness,
    completeness,
    points_of,
    step_of,
)
from app.generated.hooks import signed_in
from app.publication.tested import Tested, tested_in
from app.statistics import derived
from app.statistics.areas import Area, PlaceName
from app.statistics.care_queries import followed
from app.statistics.measures import STOCKS
from app.statistics.populations import why_no_population
from app.statistics.profile_queries import People, people_of, variants_by_week
from app.statistics.queries import Asked, places_of


class Source:
    """What the panels of one question are made from."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.today = clock.today()

    @property
    def asked(self) -> Asked:
        """The question as the statistics ask it."""
        asked = self.question
        return Asked(asked.basis, asked.first, asked.last, asked.area)

    @cached_property
    def people(self) -> People:
        """Who the new cases of the period are."""
        return people_of(self.asked)

    @cached_property
    def variants(self) -> Mapping[date, Mapping[str, int]]:
        """New cases by week and variant."""
        return variants_by_week(self.asked)

    @cached_property
    def sums(self) -> DaySums:
        """The area by day."""
        asked = self.question
        return reading.day_sums(asked.area, asked.basis, asked.first, asked.last)

    @cached_property
    def completeness(self) -> Completeness | None:
        """How long cases take; None for a period that is over and in."""
        asked = self.question
        if (self.today - asked.last).days > LONGEST_DELAY:
            return None
        found = reading.delays(asked.area, asked.basis, self.today)
        return completeness(found, asked.basis)

    @cached_property
    def other(self) -> list[int]:
        """New cases of what is compared, from six days before its first day."""
        asked = self.question
        assert asked.compared is not None
        first = asked.compared.first
        last = first + (asked.last - asked.first)
        start = first - timedelta(days=6)
        return reading.new_by_day(asked.compared.area, asked.basis, start, last)

    @cached_property
    def places(self) -> Mapping[Any, PlaceSums]:
        """The places of the area on its last day."""
        asked = self.question
        if asked.level is None:
            return {}
        return reading.place_sums(asked.area, asked.level, asked.basis, asked.last)

    @cached_property
    def place_names(self) -> list[PlaceName]:
        """The places by name, those without a single case too."""
        asked = self.question
        if asked.level is None:
            return []
        return places_of(asked.level, self.asked, self.places)

    @property
    def spot(self) -> Spot:
        """The area as beds know it."""
        area = self.question.area
        codes = area.prefecture_codes
        if area.is_below_prefecture:
            above = [up.prefecture_code for _name, up in self.question.standing.above]
            codes = tuple(code for code in above if code) or codes
        return Spot(codes, area.authority_id, area.centre_id)

    @cached_property
    def beds_by_prefecture(self) -> Mapping[str, BedSums]:
        """Declared beds on the last day."""
        return beds_by_prefecture(self.spot, self.question.last)

    @property
    def beds(self) -> BedSums:
        """The beds of the whole area; the last point of their course says the same."""
        if self.question.level == "prefecture":
            return sum(self.beds_by_prefecture.values(), BedSums())
        return self.beds_on_days.get(self.question.last, BedSums())

    @cached_property
    def beds_on_days(self) -> Mapping[date, BedSums]:
        """Declared beds over the period, as :mod:`app.dashboards.rules` spaces the days."""
        asked = self.question
        step = step_of((asked.last - asked.first).days + 1, is_country=asked.area == Area())
        return beds_on_days(self.spot, points_of(asked.first, asked.last, step))

    @cached_property
    def rooms(self) -> RoomSums:
        """The rooms of the area's hotels, as they are now."""
        return rooms_in(self.spot)

    @cached_property
    def followed(self) -> tuple[int, int]:
        """Contacts under observation, and people whose report is overdue, now."""
        return followed(self.question.area, by=signed_in())

    @cached_property
    def no_population(self) -> str:
        """Why nothing is said per 100,000; empty words where something is."""
        return why_no_population(self.question.area, self.question.standing.population)

    @cached_property
    def tested(self) -> Tested | None:
        """Who was tested in the last week; None where nobody enters it: at a health centre."""
        asked = self.question
        if asked.area.centre_id is not None:
            return None
        first = asked.last - timedelta(days=6)
        codes = asked.area.prefecture_codes
        return tested_in(codes, asked.area.authority_id, first, asked.last)

    @property
    def week_begin(self) -> date:
        """The first of the last seven days."""
        return self.question.last - timedelta(days=6)

    @property
    def week(self) -> int:
        """New cases of the last seven days."""
        return sum(self.sums.new(self.week_begin, self.question.last))

    @property
    def week_before(self) -> int:
        """New cases of the seven days before."""
        last = self.question.last - timedelta(days=7)
        return sum(self.sums.new(last - timedelta(days=6), last))

    def stocks(self, day: date) -> dict[str, int] | None:
        """Where people are at the end of a day; None where it was never recorded."""
        if not self.sums.has_places:
            return None
        return {name: self.sums.until(name, day) for name in STOCKS}

    def in_care(self, day: date) -> int | None:
        """療養者数."""
        stocks = self.stocks(day)
        return None if stocks is None else derived.people_in_care(stocks)
