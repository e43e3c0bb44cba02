"""Beds, rooms and people who need one: a request of the demo in each state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import exists, select

from app.cases.models import Case, Stay
from app.coordination.arriving import arrive, assign_room
from app.coordination.capacity import occupants_of
from app.coordination.models import BedReport, HotelRoom, PlacementRequest
from app.coordination.service import (
    accept_offer,
    cancel_request,
    offer_place,
    refuse_offer,
    request_place,
    start_transport,
)
from app.core import clock
from app.devtools.demo.network import WITH_INSTITUTIONS, below_code
from app.devtools.demo.teller import Story
from app.followup.plans import ObservationPlan
from app.institutions.models import Institution
from app.security.actor import Actor

_FLOORS, _PER_FLOOR = range(3, 7), range(1, 9)
# (wanted, severity, oxygen, spo2, how far it got)
_REQUESTS = (
    ("hotel", "asymptomatic", "no", 98, "arrived"),
    ("hotel", "mild", "no", 97, "accepted"),
    ("hotel", "mild", "no", 98, "offered"),
    ("hospital", "moderate_1", "no", 95, "transported"),
    ("hospital", "moderate_2", "yes", 91, "refused"),
    ("hospital", "moderate_1", "no", 94, "cancelled"),
    ("hospital_severe", "severe", "yes", 88, "waiting"),
    ("hospital", "moderate_2", "yes", 92, "waiting"),
    ("hospital", "moderate_1", "no", 94, "offered"),
    ("hotel", "mild", "no", 97, "waiting"),
)


@dataclass(frozen=True, slots=True)
class Coordinators:
    """Who takes the steps: the nurse who asks, the prefecture, the hospital, the hotel."""

    nurse: Actor
    prefecture: Actor
    hospital: Actor
    hotel: Actor


def coordinate(story: Story, who: Coordinators) -> None:
    """Declared beds, rooms with people in them, and one request in each state."""
    _declare_beds(story)
    _furnish_hotels(story)
    cases = _cases_at_home(story, who.nurse)
    for index, (case, told) in enumerate(zip(cases, _REQUESTS, strict=False)):
        with story.at(story.today - timedelta(days=index % 2), 8, 3 * index):
            request = _asked_for(case, told, who.nurse)
        with story.at(story.today, 8, 40 + index):
            _bring(request, told[4], who)


def _declare_beds(story: Story) -> None:
    for ago in (1, 0):
        with story.at(story.today - timedelta(days=ago), 8):
            for number, (jis, _city) in enumerate(WITH_INSTITUTIONS):
                hospital = story.places[below_code("hospital", jis)]
                story.session.add(
                    BedReport(
                        institution_id=hospital.id,
                        prefecture_code=hospital.prefecture_code,
                        declared_on=clock.today(),
                        declared_at=clock.now(),
                        total=40 + 6 * number,
                        usable=32 + 5 * number,
                        occupied=21 + 4 * number + ago,
                        severe_total=6,
                        severe_usable=5,
                        severe_occupied=3 + number % 2,
                        conditions="透析可。妊婦は要相談。" if number % 2 else None,
                    )
                )


def _furnish_hotels(story: Story) -> None:
    for jis, _city in WITH_INSTITUTIONS:
        hotel = story.places[below_code("hotel", jis)]
        names = [f"{floor}{room:02}" for floor in _FLOORS for room in _PER_FLOOR]
        for number, name in enumerate(names):
            room = HotelRoom(
                institution_id=hotel.id,
                prefecture_code=hotel.prefecture_code,
                name=name,
                capacity=2 if number % 8 == 7 else 1,
                usable="no" if number % 11 == 10 else "yes",
                features="清掃中" if number % 11 == 10 else None,
            )
            story.session.add(room)
        _give_rooms(story, hotel, names)
    story.session.flush()


def _give_rooms(story: Story, hotel: Institution, names: list[str]) -> None:
    """Those who are there have a room, all but the last two who came today."""
    there = story.session.scalars(
        select(Stay).where(occupants_of(hotel.id, story.today)).order_by(Stay.from_on, Stay.id)
    ).all()
    free = (name for number, name in enumerate(names) if number % 11 != 10)
    for stay, name in zip(there[:-2], free, strict=False):
        stay.room = name


def _cases_at_home(story: Story, nurse: Actor) -> Sequence[Case]:
    """People at home, last those whom the board shows as getting worse: they are to be found
    there; in a small demo also people in a hotel, who need a hospital."""
    worse = exists().where(ObservationPlan.case_id == Case.id, ObservationPlan.risk > 0)
    return story.session.scalars(
        select(Case)
        .where(
            Case.responsible_centre_id == nurse.institution_id,
            Case.status.in_(("home", "waiting", "hotel")),
        )
        .order_by(Case.status == "hotel", worse, Case.id.desc())
        .limit(len(_REQUESTS))
    ).all()


def _asked_for(case: Case, told: tuple[str, str, str, int, str], nurse: Actor) -> PlacementRequest:
    wanted, severity, oxygen, spo2, _state = told
    request = PlacementRequest(
        case_id=case.id,
        wanted=wanted,
        waiting_since_on=case.waiting_since_on or clock.today(),
        severity=severity,
        oxygen=oxygen,
        spo2=spo2,
        conditions=("kidney",) if severity.startswith("moderate") else (),
        pregnant="no",
        needs="歩行可。食事制限なし。" if wanted == "hotel" else None,
    )
    return request_place(request, by=nurse)


def _bring(request: PlacementRequest, state: str, who: Coordinators) -> None:
    """Take the steps that lead to ``state``."""
    if state == "waiting":
        return
    if state == "cancelled":
        cancel_request(request, "症状が軽快し、自宅療養を継続するため。", by=who.nurse)
        return
    place = who.hotel if request.wanted == "hotel" else who.hospital
    assert place.institution_id is not None
    offer_place(request, place.institution_id, overbooking="デモ", by=who.prefecture)
    if state == "refused":
        refuse_offer(request, "酸素投与できる病床に空きがないため。", by=place)
    if state in ("accepted", "transported", "arrived"):
        accept_offer(request, by=place)
    if state == "accepted":
        assign_room(request, "601", by=place)
    if state == "transported":
        start_transport(request, "patient_transport", by=who.prefecture)
    if state == "arrived":
        arrive(request, on=clock.today(), room="602", by=place)
