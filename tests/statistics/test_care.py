"""Places of care, the weekly table and the status table, from numbers counted by hand."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.contacts.models import Contact
from app.coordination.models import BedReport, HotelRoom
from app.core.db import db
from app.core.errors import NotVisible
from app.core.transaction import transaction
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.persons.models import Person
from app.statistics.areas import Area
from app.statistics.care import Capacity, admission_rate
from app.statistics.care_queries import (
    capacity,
    capacity_by,
    contacts_observed,
    non_reporters,
    survey,
)
from app.statistics.definitions import INDICATORS
from app.statistics.queries import Figures
from app.statistics.status_table import GAP, status_row
from app.statistics.weekly_survey import FORMS, Surveyed, counted_until, day_of_survey, line
from tests.statistics.conftest import add_case, add_stay, centre, covid, day
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


def _cells(form: Any, surveyed: Surveyed) -> dict[str, Any]:
    keys = [column.key for column in FORMS[form]]
    return dict(zip(keys, line(form, surveyed), strict=True))


def test_the_weekly_table_in_both_forms() -> None:
    figures = _stocks(in_hospital=30, severe=3, hotel=20, home=40, social_facility=5, waiting=5)
    beds = Capacity(2, 100, 80, 25, 10, 8, 4, 50, 40)
    old = _cells("2020", Surveyed(figures, beds, tests=700))
    assert list(old.values()) == [30, 100, 3, 10, 20, 40, 40, 5, 5, 700]
    new = _cells("2022", Surveyed(figures, beds))
    assert (new["in_care"], new["in_beds"], new["home"]) == (100, 25, 45)
    assert (new["bed_use"], new["admission_rate"], new["severe_bed_use"]) == (25, 30, 40)
    assert new["hotel_use"] == 40
    assert new["in_temporary"] is new["beds_last_phase"] is None
    # Nobody declared a bed: nothing is known, and nothing is divided by nothing.
    empty = _cells("2022", Surveyed(Figures(), Capacity()))
    assert [empty[key] for key in ("beds", "bed_use", "admission_rate", "hotel_use")] == [None] * 4
    assert _cells("2020", Surveyed(figures, beds))["tests"] is None
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
    ministry, osaka, doi = cast.actor("oka"), cast.actor("zaizen"), cast.actor("doi")
    found = capacity(Area(), day(13), by=ministry)
    assert (found.hospitals, found.beds, found.in_beds, found.severe_bed_use) == (1, 40, 20, 50)
    assert (found.rooms, found.rooms_usable) == (2, 1)
    # The day before: what was declared then. A week later: nobody has said anything since.
    assert capacity(Area("13"), day(11), by=doi).beds == 30
    assert capacity(Area("13"), day(19), by=doi).hospitals == 0
    assert set(capacity_by("authority", Area("13"), day(12), by=doi)) == {
        hospital.authority_id or 0
    }
    assert capacity(Area(), day(13), by=osaka) == Capacity()
    add_stay(add_case(), "hospital", 6)
    lines = {one.key: one.surveyed for one in survey("prefecture", Area(), day(18), by=ministry)}
    assert len(lines) == 47
    assert (lines["13"].stock("in_hospital"), lines["13"].capacity.beds) == (1, 40)
    for refused, area in ((doi, Area("27")), (cast.actor("endo"), Area())):
        for ask in (capacity_of, contacts_observed, non_reporters):
            with pytest.raises(NotVisible):
                ask(area, by=refused)


def capacity_of(area: Area, *, by: Any) -> Capacity:
    return capacity(area, day(13), by=by)


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
