"""Places of care, the weekly table and the status table, from numbers counted by hand."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.contacts.models import Contact
from app.coordination.bed_figures import (
    BedSums,
    RoomSums,
    beds_by_authority,
    beds_in,
    rooms_by_authority,
    rooms_in,
)
from app.coordination.models import BedReport, HotelRoom
from app.core.db import db
from app.core.errors import NotVisible
from app.core.transaction import transaction
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.persons.models import Person
from app.statistics.areas import Area
from app.statistics.care_queries import contacts_observed, non_reporters
from app.statistics.definitions import INDICATORS
from app.statistics.derived import admission_rate, bed_use
from app.statistics.queries import Figures
from app.statistics.status_table import GAP, status_row
from app.statistics.weekly_survey import (
    FORMS,
    NUMBERS,
    Form,
    Numbers,
    counted_until,
    day_of_survey,
    known_numbers,
)
from tests.statistics.conftest import centre, covid, day
from tests.support import cast


def _stocks(**people: int) -> Figures:
    figures = Figures()
    figures.stocks |= people
    return figures


TOKYO = Figures(cumulative=5133, died_total=256, discharged_total=4073)
TOKYO.stocks |= {"in_hospital": 655, "severe": 43, "hotel": 40, "home": 85, "waiting": 24}


def test_the_status_table_of_tokyo_on_21_may_2020() -> None:
    row = status_row(TOKYO, date(2020, 5, 21), code="130001", prefecture="東京都")
    assert row.cells == (
        *("130001", "東京都", "", "2020-05-21"),
        *(5133, 655, 612, 43, 40, 85, 24, 256, 4073),
    )
    assert row.gap == 0
    assert GAP.label.ja


@pytest.mark.parametrize(
    ("day_of", "wednesday"),
    [
        (date(2021, 8, 18), date(2021, 8, 18)),
        (date(2021, 8, 17), date(2021, 8, 11)),
        (date(2021, 8, 24), date(2021, 8, 18)),
        (date(2021, 1, 1), date(2020, 12, 30)),
        (date(2020, 2, 29), date(2020, 2, 26)),
    ],
)
def test_a_survey_is_of_the_last_wednesday_and_counts_to_its_tuesday(
    day_of: date, wednesday: date
) -> None:
    assert day_of_survey(day_of) == wednesday
    assert counted_until(wednesday) == wednesday - timedelta(days=1)


def _cells(form: Form, numbers: Numbers) -> dict[str, Any]:
    return {column.key: column.of(numbers) for column in FORMS[form]}


def test_the_weekly_table_in_both_forms() -> None:
    figures = _stocks(in_hospital=30, severe=3, hotel=20, home=40, social_facility=5, waiting=5)
    beds, rooms = BedSums(2, 100, 80, 25, 10, 8, 4), RoomSums(1, 50, 40)
    known = known_numbers(figures.stocks, beds, rooms, 700)
    assert tuple(known) == NUMBERS
    old = _cells("2020", known)
    assert list(old.values()) == [30, 100, 3, 10, 20, 40, 40, 5, 5, 700]
    new = _cells("2022", known)
    assert (new["in_care"], new["hospital_secured"], new["home"]) == (100, 25, 45)
    assert (new["bed_use"], new["admission_rate"], new["severe_bed_use"]) == (25, 30, 40)
    assert new["room_use"] == 40
    assert new["hospital_temporary"] is new["phase_last"] is None
    # Nobody declared a bed: nothing is known, and nothing is divided by nothing.
    empty = _cells("2022", known_numbers(Figures().stocks, BedSums(), RoomSums(), None))
    keys = ("beds_secured", "bed_use", "admission_rate", "rooms_secured", "room_use")
    assert [empty[key] for key in keys] == [None] * 5
    assert _cells("2020", known | {"tests": None})["tests"] is None
    assert _cells("2022", {})["in_care"] is _cells("2020", {})["home_alone"] is None
    assert admission_rate(Figures().stocks) is None
    assert {one.key for one in INDICATORS} >= {"in_hospital", "severe"}


def _declare(institution: Institution, on: date, total: int, occupied: int, at: datetime) -> None:
    with transaction() as session:
        session.add(
            BedReport(
                institution_id=institution.id,
                declared_on=on,
                declared_at=at,
                prefecture_code=institution.prefecture_code,
                total=total,
                usable=total - 1,
                occupied=occupied,
                severe_total=2,
                severe_usable=2,
                severe_occupied=1,
            )
        )


def _hospital() -> Institution:
    key = cast.actor("fujii").institution_id
    return db.session.scalars(select(Institution).where(Institution.id == key)).one()


@pytest.mark.one_database
def test_places_of_care_are_summed_inside_the_own_area(
    counting: Any, frozen_clock: datetime
) -> None:
    hospital = _hospital()
    _declare(hospital, day(10), 30, 12, frozen_clock)
    _declare(hospital, day(12), 40, 20, frozen_clock)
    with transaction() as session:
        for name, usable in (("801", "yes"), ("802", "no")):
            hotel = cast.actor("goto").institution_id
            room = HotelRoom(institution_id=hotel, name=name, usable=usable, prefecture_code="13")
            session.add(room)
    everywhere, tokyo, osaka = Area().spot, Area("13").spot, Area("27").spot
    found = beds_in(everywhere, day(13))
    assert (found.hospitals, found.total, found.occupied) == (1, 40, 20)
    assert bed_use(found.severe_occupied, found.severe_total) == 50
    assert rooms_in(everywhere) == RoomSums(1, 2, 1)
    # The day before: what was declared then. A week later: nobody has said anything since.
    assert beds_in(tokyo, day(11)).total == 30
    assert beds_in(tokyo, day(18)).hospitals == 1
    assert beds_in(tokyo, day(19)).hospitals == 0
    authority = hospital.authority_id or 0
    assert beds_by_authority(tokyo, day(12)) == {authority: beds_in(tokyo, day(12))}
    assert set(rooms_by_authority(tokyo)) <= {authority}
    assert (beds_in(osaka, day(13)), rooms_in(osaka)) == (BedSums(), RoomSums())
    # Hospitals and hotels hang below the health centre of their place.
    for centre_id, number in ((hospital.parent_id, 1), (centre("osaka").id, 0)):
        assert beds_in(Area(centre_id=centre_id).spot, day(13)).hospitals == number
    for refused, area in ((cast.actor("doi"), Area("27")), (cast.actor("endo"), Area())):
        for ask in (contacts_observed, non_reporters):
            with pytest.raises(NotVisible):
                ask(area, by=refused)


@pytest.mark.one_database
def test_contacts_watched_and_people_who_have_not_reported(
    counting: Any, frozen_clock: datetime
) -> None:
    ministry, clerk, osaka = cast.actor("oka"), cast.actor("aoki"), cast.actor("zaizen")
    elsewhere = contacts_observed(Area(), by=osaka)
    ours = Area(centre_id=clerk.institution_id)
    before = (contacts_observed(Area(), by=ministry), non_reporters(Area(), by=ministry))
    for until in (day(28), day(1)):
        _contact(observe_until_on=until)
    heard = frozen_clock - timedelta(days=2)
    _watch(_contact(), begun_at=heard)
    _watch(_contact(), begun_at=heard, latest_reading_at=frozen_clock)
    _watch(_contact(), begun_at=heard, status="finished")
    assert contacts_observed(Area(), by=ministry) - before[0] == 4
    assert non_reporters(Area(), by=ministry) - before[1] == 1
    assert non_reporters(ours, by=clerk) >= 1
    assert contacts_observed(Area(), by=osaka) == elsewhere


def _contact(**items: Any) -> Contact:
    centre_of = centre("shinjuku")
    with transaction() as session:
        person = Person(name="接触 者")
        session.add(person)
        session.flush()
        contact = Contact(
            person_id=person.id,
            disease_id=covid(),
            prefecture_code="13",
            responsible_centre_id=centre_of.id,
            authority_id=centre_of.authority_id,
            **items,
        )
        session.add(contact)
    return contact


def _watch(contact: Contact, **items: Any) -> None:
    values = {"starts_on": day(1), "ends_on": day(28), "disease_id": contact.disease_id}
    values |= {"centre_id": contact.responsible_centre_id, **items}
    with transaction() as session:
        found = session.scalar(
            select(ObservationPlan).where(ObservationPlan.contact_id == contact.id)
        )
        plan = found or ObservationPlan(contact_id=contact.id)
        for name, value in values.items():
            setattr(plan, name, value)
        session.add(plan)
