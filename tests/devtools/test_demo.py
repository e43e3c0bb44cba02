"""The demo is whole, invented, and loaded once."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Account
from app.audit.models import HistoryEntry
from app.cases.models import Case, Stay
from app.cases.rules import contradictions
from app.chains.models import ClusterMember
from app.contacts.models import Contact, ContactExposure
from app.coordination.models import BedReport, HotelRoom, PlacementOffer, PlacementRequest
from app.core import clock
from app.core.db import db
from app.followup.calls import FollowUpCall
from app.followup.models import HealthObservation
from app.institutions.models import CentreArea, Institution, Municipality
from app.institutions.queries import default_centre_for
from app.jobs.models import JobRun
from app.messaging.models import Message
from app.notifications.models import Notification
from app.persons.models import Person
from app.portal.models import PatientLink
from app.portal.tasks import LETTER
from app.quality.models import QualityFinding
from app.security.actor import acting_as, system_actor
from app.security.roles import ACCOUNT_ROLES
from app.voice.models import VoiceCall
from tests.support.clock import NOON


@pytest.fixture(autouse=True)
def inside(demonstration: Flask) -> Iterator[None]:
    with (
        demonstration.app_context(),
        clock.frozen_at(NOON),
        acting_as(system_actor("test")),
    ):
        yield


def count(model: type, *where: object) -> int:
    found = db.session.scalar(select(func.count()).select_from(model).where(*where))  # type: ignore[arg-type]
    return int(found or 0)


def test_each_of_the_155_authorities_has_a_health_centre() -> None:
    authorities = set(
        db.session.scalars(select(Institution.id).where(Institution.kind == "authority"))
    )
    with_centre = set(
        db.session.scalars(
            select(Institution.authority_id).where(Institution.kind == "health_centre")
        )
    )
    assert len(authorities) == 155
    assert authorities == with_centre


def test_every_municipality_has_its_health_centre() -> None:
    assert count(CentreArea) == count(Municipality)


@pytest.mark.parametrize(
    ("municipality", "centre"),
    [
        ("13104", "新宿区保健所"),
        ("13206", "多摩府中保健所"),
        ("13303", "西多摩保健所"),
        ("13201", "八王子市保健所"),
        ("13401", "島しょ保健所"),
        ("14131", "川崎市保健所"),
        ("14151", "相模原市保健所"),
        ("27127", "大阪市保健所"),
        ("27204", "大阪府中央保健所（デモ）"),
        ("01202", "函館市保健所"),
    ],
)
def test_the_area_of_a_centre_follows_the_authorities(municipality: str, centre: str) -> None:
    found = default_centre_for(municipality)
    assert found is not None
    assert found.name == centre


def test_there_is_an_account_of_every_role_and_the_command_prints_how_to_use_it(
    demonstration: Flask,
) -> None:
    roles = set(db.session.scalars(select(Account.role).where(Account.demo.is_(True))))
    assert roles == {role.value for role in ACCOUNT_ROLES}
    printed = demonstration.test_cli_runner().invoke(args=["demo", "load"]).output
    for username in ("clerk", "nurse", "clinic", "prefecture", "ministry"):
        assert re.search(rf"^{username} ", printed, re.MULTILINE)
    assert "password of all: asagao-to-himawari" in printed
    assert "flask --app run otp clerk" in printed


def test_a_second_load_adds_nothing(demonstration: Flask) -> None:
    before = [count(m) for m in (Institution, Case, Person, Contact, HistoryEntry)]
    result = demonstration.test_cli_runner().invoke(args=["demo", "load", "--size", "large"])
    assert "0 institutions and areas, 0 accounts, 0 cases added" in result.output
    assert [count(m) for m in (Institution, Case, Person, Contact, HistoryEntry)] == before


def test_production_refuses_demo_data(demonstration: Flask) -> None:
    demonstration.config["DEMO"] = False
    try:
        result = demonstration.test_cli_runner().invoke(args=["demo", "load"])
    finally:
        demonstration.config["DEMO"] = True
    assert result.exit_code == 1
    assert "demo mode only" in result.output


def test_every_prefecture_has_cases_and_the_wave_has_every_state() -> None:
    prefectures = db.session.scalar(select(func.count(func.distinct(Case.prefecture_code))))
    assert prefectures == 47
    states = set(db.session.scalars(select(Notification.state)))
    assert states == {"submitted", "returned", "accepted"}
    statuses = set(db.session.scalars(select(Case.status)))
    assert {"awaiting_acceptance", "hospitalised", "hotel", "home", "discharged"} <= statuses
    assert count(Contact) > 10
    assert count(HealthObservation, HealthObservation.spo2 <= 93) > 0


def test_nothing_of_the_demo_contradicts_itself_or_lies_in_the_future() -> None:
    for case in db.session.scalars(select(Case)):
        assert not contradictions(case), case.source_key
    today = clock.today()
    assert count(Stay, Stay.from_on > today) == 0
    assert count(HealthObservation, HealthObservation.observed_on > today) == 0
    assert count(HistoryEntry, HistoryEntry.at > NOON) == 0


def test_accepted_cases_have_a_number_and_waiting_ones_none() -> None:
    assert count(Case, Case.notification_state == "accepted", Case.number.is_(None)) == 0
    assert count(Case, Case.notification_state == "submitted", Case.number.is_not(None)) == 0


def test_no_screen_of_the_follow_up_and_the_coordination_is_empty() -> None:
    # The small demo has few people at home; each state is reached in the one of "make run".
    assert count(PlacementRequest) > 0
    assert count(PlacementOffer) > 0
    assert set(db.session.scalars(select(Message.state))) >= {"queued", "delivered", "bounced"}
    links = set(db.session.scalars(select(PatientLink.state)))
    assert links == {"open", "wrong_birth_date"}
    assert count(VoiceCall) > 4
    assert count(FollowUpCall) > 10
    assert count(BedReport) > 0
    assert count(HotelRoom) > 0
    assert count(ClusterMember) > 0
    assert count(JobRun, JobRun.kind == LETTER) == 1


def test_the_chain_of_the_demo_runs_over_several_generations() -> None:
    links = db.session.execute(
        select(Contact.case_id, ContactExposure.case_id)
        .join(ContactExposure, ContactExposure.contact_id == Contact.id)
        .where(Contact.case_id.is_not(None))
    ).all()
    source_of = dict(tuple(row) for row in links)
    assert len(source_of) > 5

    def generation(case_id: int) -> int:
        return 0 if case_id not in source_of else 1 + generation(source_of[case_id])

    assert max(generation(case_id) for case_id in source_of) >= 2


def test_the_queue_of_data_quality_has_work_of_several_kinds() -> None:
    rules = set(db.session.scalars(select(QualityFinding.rule)))
    assert {"onset_missing", "specimen_day_missing", "municipality_missing"} <= rules


def test_no_telephone_number_of_the_demo_can_ring() -> None:
    for phone in db.session.scalars(select(Person.mobile_phone)):
        assert re.fullmatch(r"090-0\d{3}-\d{4}", phone or "")
    for phone in db.session.scalars(select(Institution.phone).where(Institution.phone.isnot(None))):
        assert re.fullmatch(r"03-0000-\d{4}", phone or "")
