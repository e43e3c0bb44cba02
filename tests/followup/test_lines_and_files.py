"""Thresholds on the screen, plans that end with the day, and the graph as a file."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.cases.models import Case
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.calling import record_call
from app.followup.plan_rules import Slot
from app.followup.plans import ObservationPlan
from app.followup.queries import events_of_case, medication_in, observations_of_case
from app.followup.service import plan_of, report
from app.institutions.diseases import Disease
from app.jobs.daily import do_daily_chores
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON

pytestmark = pytest.mark.usefixtures("frozen_clock")
TODAY = date(2021, 8, 20)


def own_case() -> Case:
    return db.session.get_one(Case, cast.own_episode().case)


def own_plan() -> ObservationPlan:
    db.session.expire_all()
    found = plan_of(own_case())
    assert found is not None
    return found


def reported(**values: Any) -> None:
    with acting_as(cast.actor("baba")) as nurse:
        report(
            by=nurse,
            subject=own_case(),
            slot=Slot(TODAY, "morning"),
            values=values,
            source="nurse",
        )


def test_moving_a_line_judges_everybody_under_observation_anew(app: Flask) -> None:
    with app.app_context():
        reported(spo2=96)
        with acting_as(cast.actor("oka")), transaction() as session:
            disease = session.get_one(Disease, _disease_id())
            disease.spo2_red, disease.spo2_orange = 95, 97
        with acting_as(cast.actor("baba")):
            assert own_plan().risk == 2
        with acting_as(cast.actor("oka")), transaction() as session:
            session.get_one(Disease, _disease_id()).spo2_red = 96
        with acting_as(cast.actor("baba")):
            assert own_plan().risk == 3


def _disease_id() -> int:
    with acting_as(system_actor("test")):
        return own_case().disease_id


def test_the_ministry_edits_the_lines_and_nobody_else(app: Flask) -> None:
    with app.app_context():
        key = _disease_id()
    assert cast.sign_in(app.test_client(), "oka").get(f"/diseases/edit/{key}").status_code == 200
    assert cast.sign_in(app.test_client(), "baba").get(f"/diseases/edit/{key}").status_code == 403


@pytest.mark.parametrize(("spo2", "status"), [(97, "finished"), (92, "active")])
def test_the_day_after_its_last_day_a_plan_ends_unless_the_case_is_unwell(
    app: Flask, spo2: int, status: str
) -> None:
    with app.app_context():
        reported(spo2=spo2)
        do_daily_chores()
        with acting_as(cast.actor("baba")):
            assert own_plan().status == "active"
        with clock.frozen_at(NOON + timedelta(days=1)):
            do_daily_chores()
            with acting_as(cast.actor("baba")):
                assert own_plan().status == status


def test_calls_and_medication_stand_in_the_graph(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        reported(spo2=96, medication="アセトアミノフェン")
        record_call(own_plan(), by=nurse, result="see_doctor")
        case = own_case()
        words = [event.words for event in events_of_case(case, nurse)]
        assert any("受診を案内" in one for one in words)
        assert any(
            "アセトアミノフェン" in e.words for e in medication_in(observations_of_case(case))
        )


@pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("png", b"\x89PNG\r\n")])
def test_the_graph_is_taken_out_as_a_file_and_recorded(app: Flask, kind: str, start: bytes) -> None:
    with app.app_context():
        episode = cast.own_episode()
    nurse = cast.sign_in(app.test_client(), "baba")
    answer = nurse.get(f"/symptom-files/case/{episode.case}?format={kind}")
    assert answer.data.startswith(start)
    assert f"symptoms-20210820.{kind}" in answer.headers["Content-Disposition"]
    assert nurse.get(f"/symptom-files/contact/{episode.contact}?format=bmp").status_code == 400
    with app.app_context(), acting_as(system_actor("test")):
        doors = db.session.scalars(select(ReadEntry.door)).all()
        assert f"case.symptoms.{kind}" in doors
