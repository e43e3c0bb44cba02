"""Asking on the screen, own layouts, and the numbers people type for the weekly survey."""

import io
import re
from datetime import date, timedelta
from typing import Any

import msoffcrypto
import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import HistoryEntry, ReadEntry
from app.coordination.models import BedReport
from app.core import clock
from app.core.db import db, new_token
from app.core.items import items_of
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.jobs.models import JobRun
from app.reports.models import CareSurvey, ReportLayout
from app.reports.survey import survey_rows
from app.security.actor import acting_as, system_actor
from app.statistics.areas import Area
from app.statistics.queries import FAMILY
from app.statistics.weekly_survey import NUMBERS
from tests.reports.conftest import (
    Visitor,
    add_case,
    add_stay,
    as_system,
    asked_and_made,
    book_of,
    content_of,
    day,
    made_by,
    wanted_of,
)
from tests.statistics.conftest import centre
from tests.support.pages import send

ASK = {
    "area": "13",
    "day": "2021/08/05",
    "basis": "reported",
    "disease": "covid_19",
    "layout": "plain",
    "format": "xlsx",
    "recipient": "広報課",
    "purpose": "報道発表",
}


@pytest.mark.one_database
def test_a_password_is_shown_once_and_opens_the_file(emptied: Flask, visitor: Visitor) -> None:
    with as_system(emptied):
        add_case(reported_on=day(5), sex="male", published_items=("sex",))
    doi, token = visitor("doi"), new_token()

    wrong = send(doi, "/reports/people/press", **ASK | {"recipient": "", "protection": "none"})
    weak = send(doi, "/reports/people/press", **ASK, protection="own", password="short")
    csv = send(doi, "/reports/people/press", **ASK | {"format": "csv"}, protection="made")
    shown = send(doi, "/reports/people/press", token=token, **ASK, protection="made")
    again = send(doi, "/reports/people/press", token=token, **ASK, protection="made")

    assert (wrong.status_code, weak.status_code, csv.status_code) == (422, 422, 422)
    assert "広報課" in weak.text
    assert "short" not in weak.text
    found = re.search(r'report-password numeric">([a-z0-9-]+)<', shown.text)
    assert found is not None
    password = found.group(1)
    assert again.status_code == 303
    with emptied.app_context():
        with acting_as(system_actor("tests")):
            job = db.session.scalars(select(JobRun).where(JobRun.kind == "report")).one()
        assert password not in str(job.parameters)
        job = made_by("doi", job.id)
        assert job.parameters == {}
        file = msoffcrypto.OfficeFile(io.BytesIO(content_of(job)))
        file.load_key(password=password, verify_password=True)
        opened = io.BytesIO()
        file.decrypt(opened)
        assert book_of(opened.getvalue())["一覧"][3][2] == "男"
        with acting_as(system_actor("tests")):
            look = db.session.scalars(select(ReadEntry).where(ReadEntry.door == "report.press"))
            assert look.one().filters["protected"] is True
    assert doi.get(f"/jobs/{job.id}/download").status_code == 200
    assert visitor("ito").get(f"/jobs/{job.id}/download").status_code == 404


def _layout(**changed: Any) -> dict[str, Any]:
    fields = {
        "name": "記者発表用",
        "title": "本日の新規陽性者",
        "file_pattern": "{地域}_{日付}",
        "sort": "day",
        "preset": "all",
        "is_default": "y",
        "preview_on": "2021/08/05",
        "show-sex": "yes",
        "place-sex": "2",
        "heading-sex": "性別（公表）",
        "show-number": "yes",
        "place-number": "1",
        "step": "save",
    }
    return fields | changed


@pytest.mark.one_database
def test_an_own_layout_is_arranged_kept_and_used(emptied: Flask, visitor: Visitor) -> None:
    with as_system(emptied):
        add_case(reported_on=day(5), sex="male", published_items=("sex",))
    doi, url = visitor("doi"), "/reports/layouts/press/new"

    assert "性別（公表）" in send(doi, url, **_layout(step="preview")).text
    for wrong in (
        {"name": ""},
        {"file_pattern": "{氏名}"},
        {"file_pattern": "a/b"},
        {"heading-number": "性別（公表）"},
        {"sort": "name"},
    ):
        assert send(doi, url, **_layout(**wrong)).status_code == 422
    # The follow-up sheet's names do not exist for a headquarters: ticking them chooses nothing.
    names = {"show-name": "yes", "sort": "urgency"}
    nothing = {k: v for k, v in _layout(**names).items() if k not in ("show-sex", "show-number")}
    assert send(doi, "/reports/layouts/follow_up/new", **nothing).status_code == 422
    assert send(doi, url, **_layout()).status_code == 303
    assert send(doi, url, **_layout()).status_code == 422
    assert send(doi, url, **_layout(name="別の様式")).status_code == 303

    with emptied.app_context():
        with acting_as(system_actor("tests")):
            first, second = db.session.scalars(select(ReportLayout).order_by(ReportLayout.id))
            assert (first.is_default, second.is_default) == (False, True)
            assert first.layout.columns == (("number", ""), ("sex", "性別（公表）"))
            entries = select(HistoryEntry).where(HistoryEntry.record_type == "report_layout")
            assert len(db.session.scalars(entries).all()) == 3
        said = {"recipient": "広報課", "purpose": "報道発表"}
        job = asked_and_made("doi", wanted_of("doi", "press", 5), **said)
        assert job.result["name"] == "東京都_20210805.xlsx"
        assert book_of(content_of(job))["一覧"][2:] == [("番号", "性別（公表）"), (1, "男")]
        key = first.id
    page = doi.get(f"/reports/layouts/{key}/edit")
    assert "本日の新規陽性者" in page.text
    stale = send(doi, f"/reports/layouts/{key}/edit", row_version_="99", **_layout())
    assert stale.status_code == 409
    assert visitor("zaizen").get(f"/reports/layouts/{key}/edit").status_code == 404
    assert visitor("aoki").get(f"/reports/layouts/{key}/edit").status_code == 403
    assert doi.post(f"/reports/layouts/{key}/remove").status_code == 303
    assert doi.get(f"/reports/layouts/{key}/edit").status_code == 404


def test_the_numbers_people_type_are_those_of_the_form() -> None:
    assert tuple(one.name for one in items_of(CareSurvey) if one.kind == "integer") == NUMBERS


def _declare(on: date, *, occupied: int) -> None:
    hospital = institution_by_code("hospital-shinjuku")
    assert hospital is not None
    beds = {"total": 30, "usable": 8, "occupied": occupied}
    severe = {"severe_total": 2, "severe_usable": 2, "severe_occupied": 0}
    with transaction() as session:
        session.add(
            BedReport(
                institution_id=hospital.id,
                prefecture_code="13",
                declared_on=on,
                declared_at=clock.now(),
                **(beds | severe),
            )
        )


@pytest.mark.one_database
def test_the_survey_takes_what_people_type_and_keeps_it(emptied: Flask, visitor: Visitor) -> None:
    with as_system(emptied):
        add_stay(add_case(), "home", 2)
        add_stay(add_case(), "hospital", 2)
        shinjuku = centre("shinjuku").authority_id
        # What was declared last within the seven days up to Tuesday; nobody knows of beds before.
        _declare(day(3) - timedelta(days=7), occupied=9)
        early = {one.authority_id: one for one in survey_rows(Area("13"), day(4), family=FAMILY)}
        assert early[shinjuku].known["beds_secured"] is None
        _declare(day(3) - timedelta(days=6), occupied=4)
    ito, url = visitor("ito"), f"/reports/care-survey/2021-08-04/{shinjuku}"

    assert send(ito, url, hospital_temporary="5", row_version_="").status_code == 422
    assert send(ito, url, beds_secured="１０", home="3", row_version_="").status_code == 303
    assert ito.post(f"{url}/complete").status_code == 303
    assert ito.post(f"{url}/complete").status_code == 409
    with as_system(emptied):
        add_stay(add_case(), "hospital", 2)
        saved = db.session.scalars(select(CareSurvey)).one()
        assert (saved.beds_secured, saved.home, saved.hospital) == (10, 3, None)
        assert saved.sent is not None
        assert (saved.sent["hospital"], saved.sent["home"]) == (1, 3)
    with emptied.app_context():
        wanted = wanted_of("oka", "care_survey", 1, 3)
        rows = book_of(content_of(asked_and_made("oka", wanted)))["一覧"]
        columns = {name: place for place, name in enumerate(rows[2])}
        shown = {row[1]: row for row in rows[3:]}
        for place in ("新宿区", "東京都 計"):
            assert shown[place][columns["療養者数"]] == 4
            assert shown[place][columns["確保病床数"]] == 10
            assert shown[place][columns["即応病床数"]] == 8
            assert shown[place][columns["確保病床使用率"]] == 40
    late = day(4) + timedelta(days=1)
    for path, status in (
        ("/reports/care-survey/?on=2021-08-04", 200),
        (f"/reports/care-survey/{late}/{shinjuku}", 404),
        ("/reports/care-survey/?on=2021-13-04", 400),
        ("/reports/care-survey/?on=0001-01-01", 404),
        ("/reports/care-survey/2021-08-25/1", 404),
    ):
        assert ito.get(path).status_code == status, path
    with as_system(emptied):
        other = centre("chiyoda").authority_id
    assert ito.get(f"/reports/care-survey/2021-08-04/{other}").status_code == 404
    assert visitor("oka").get(url).status_code == 403
    page = visitor("doi").get(url)
    assert "確保病床数: － → 10" in page.text
