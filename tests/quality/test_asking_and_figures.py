"""Who checks without identity asks back; the figures are those counted by hand."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.quality.indicators import indicators
from app.quality.models import QualityMessage, QualityQuestion
from app.quality.monthly import month_of, own_sheet, sheets_of_centre
from app.security.actor import acting_as, system_actor
from tests.quality.conftest import Faulty
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock")
SYSTEM = system_actor("tests")
Visitor = Callable[[str], FlaskClient]
Found = Callable[[], dict[str, tuple[int, str]]]
FIRST, LAST = date(2021, 8, 2), date(2021, 8, 20)


def test_a_question_is_asked_answered_and_closed(
    app: Flask, visitor: Visitor, faulty: Faulty, found: Found
) -> None:
    case = faulty(onset_on=None)
    kato, aoki = visitor("kato"), visitor("aoki")
    key = found()["onset_missing"][0]
    page = kato.get(f"/quality/{key}").text
    assert "山田" not in page
    assert "ヤマダ" not in page
    assert f"/quality/{key}/fix" not in page
    assert kato.post(f"/quality/{key}/fix", data={}).status_code == 403
    sent = send(
        kato, f"/quality/questions/ask?case_id={case}&rule=onset_missing", text="発病日は？"
    )
    assert sent.status_code == 303, sent.text
    question = int(sent.location.rstrip("/").rpartition("/")[2])
    assert f"/quality/questions/{question}" in aoki.get("/quality/questions/").text
    assert f"/quality/questions/{question}" not in visitor("chiba").get("/quality/questions/").text
    assert "発病日は？" in aoki.get(f"/quality/questions/{question}").text
    assert send(aoki, f"/quality/questions/{question}", text="8月10日です。").status_code == 303
    assert f"/quality/questions/{question}" not in aoki.get("/quality/questions/").text
    assert f"/quality/questions/{question}" in kato.get("/quality/questions/").text
    assert "8月10日です。" in kato.get(f"/quality/questions/{question}").text
    assert send(kato, f"/quality/questions/{question}/close").status_code == 303
    assert send(aoki, f"/quality/questions/{question}", text="なお").status_code == 409
    with app.app_context(), acting_as(SYSTEM):
        kinds = db.session.scalars(select(QualityMessage.kind).order_by(QualityMessage.id)).all()
        stored = db.session.connection().exec_driver_sql("SELECT text FROM quality_message")
        assert all("発病日" not in str(row[0]) for row in stored)
    assert kinds == ["question", "answer", "closing"]


@pytest.mark.one_database
def test_the_reporting_clinic_can_be_asked_and_others_see_nothing(
    app: Flask, visitor: Visitor, faulty: Faulty
) -> None:
    with app.app_context():
        clinic = cast.actor("endo").institution_id
        foreign = cast.actor("zaizen").institution_id
    case = faulty(reporting_institution_id=clinic)
    niida = visitor("niida")
    path = f"/quality/questions/ask?case_id={case}"
    refused = send(niida, path, text="？", asked=foreign)
    assert refused.status_code == 422
    assert send(niida, path, text=" ", asked=clinic).status_code == 422
    done = send(niida, path, text="検体は？", asked=clinic)
    assert done.status_code == 303, done.text
    where = done.location
    assert visitor("endo").get(where).status_code == 200
    for who in ("aoki", "zaizen", "fujii", "kato"):
        assert visitor(who).get(where).status_code == 404
    assert visitor("oka").get(where).status_code == 403
    # Osaka's case is outside the area of Tokyo's information centre.
    with app.app_context():
        other = cast.foreign_episode().case
    assert visitor("kato").get(f"/quality/questions/ask?case_id={other}").status_code == 404


@pytest.fixture
def measured(app: Flask) -> None:
    """Four cases of our centre: delays 0, 0, 2 and 9 days from diagnosis to report."""
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        own = session.get_one(Case, cast.own_episode().case)
        clinic, hospital = (cast.actor(who).institution_id for who in ("endo", "fujii"))
        own.diagnosed_on = date(2021, 7, 1)
        for number, taken in enumerate((0, 0, 2, 9)):
            made = NOON + timedelta(days=1) if number == 3 else NOON
            session.add(
                Case(
                    disease_id=own.disease_id,
                    first_prefecture_code="13",
                    prefecture_code="13",
                    number=f"7100000{number}",
                    authority_id=own.authority_id,
                    responsible_centre_id=own.responsible_centre_id,
                    reporting_institution_id=hospital if number == 3 else clinic,
                    diagnosis_type="confirmed",
                    notification_state="accepted",
                    diagnosed_on=date(2021, 8, 9),
                    onset_on=date(2021, 8, 7) if number else None,
                    reported_on=date(2021, 8, 9) + timedelta(days=taken),
                    sex="male" if number else None,
                    created_at=made,
                )
            )


def test_figures_counted_by_hand(app: Flask, measured: None) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")):
        with statements(app) as sent:
            found = indicators(cast.actor("aoki"), FIRST, LAST)
        total = found.total
        assert total.cases == 4
        assert total.completeness("sex") == 75
        assert total.completeness("onset_on") == 75
        assert (total.median("diagnosis_to_report"), total.ninetieth("diagnosis_to_report")) == (
            0,
            9,
        )
        assert total.median("onset_to_diagnosis") == 2
        assert total.median("entry_to_acceptance") is None
        assert {name: one.cases for name, one in found.places.items()} == {
            "新宿総合病院": 1,
            "新宿駅前内科クリニック": 3,
        }
        assert [one.cases for one in found.weeks.values()] == [0, 4, 0]
        assert found.weeks[date(2021, 8, 9)].median("diagnosis_to_report") == 0
        asked = [one for one in sent if one.lstrip().startswith("SELECT")]
        assert len(asked) <= 14
    with app.app_context(), acting_as(cast.actor("niida")):
        found = indicators(cast.actor("niida"), FIRST, LAST)
        assert found.places["東京都"].cases == 4
    for who in ("chiba", "zaizen"):
        with app.app_context(), acting_as(cast.actor(who)):
            assert indicators(cast.actor(who), FIRST, LAST).total.cases == (who == "zaizen")


@pytest.mark.one_database
def test_the_page_and_the_workbook_show_the_same(visitor: Visitor, measured: None) -> None:
    clerk = visitor("aoki")
    page = clerk.get("/quality/indicators/?until=2021/8/20&weeks=4").text
    assert "新宿総合病院" in page
    assert "<svg" in page
    assert clerk.get("/quality/indicators/?until=2021/2/31").status_code == 422
    assert clerk.get("/quality/indicators/?weeks=5").status_code == 422
    file = clerk.get("/quality/indicators/download?until=2021/8/20&weeks=4")
    book = load_workbook(io.BytesIO(file.data))
    rows = list(book.worksheets[1].iter_rows(values_only=True))
    assert [row[:2] for row in rows[1:]] == [
        ("新宿総合病院", 1),
        ("新宿駅前内科クリニック", 3),
        ("すべて", 4),
    ]
    for who in ("ito", "doi", "kato", "mori", "niida"):
        assert visitor(who).get("/quality/indicators/").status_code == 200
    for who in ("endo", "oka", "goto"):
        assert visitor(who).get("/quality/indicators/").status_code == 403


@pytest.mark.one_database
def test_each_institution_gets_its_sheet(app: Flask, visitor: Visitor, measured: None) -> None:
    august = date(2021, 8, 1)
    with app.app_context():
        aoki, endo = cast.actor("aoki"), cast.actor("endo")
        sheets = sheets_of_centre(aoki.institution_id or 0, august)
        assert [sheet.institution for sheet in sheets] == ["新宿総合病院", "新宿駅前内科クリニック"]
        # Two institutions: the area's figures would be the other one's.
        assert all(bar.area is None for sheet in sheets for bar in sheet.bars)
        assert own_sheet(endo, august) == sheets[1]
        sex = next(bar for bar in sheets[1].bars if bar.label == "性別")
        assert round(sex.own or 0) == 67
    own = visitor("endo").get("/quality/monthly/own?month=2021-08")
    assert own.data.startswith(b"%PDF")
    assert visitor("endo").get("/quality/monthly/own?month=2021-06").status_code == 409
    assert visitor("endo").get("/quality/monthly/own?month=2021-13").status_code == 400
    assert visitor("aoki").post("/quality/monthly/make", data={"month": "x"}).status_code == 400
    made = visitor("aoki").post("/quality/monthly/make", data={"month": "2021-08"})
    assert made.status_code == 303
    with app.app_context(), acting_as(SYSTEM):
        job = db.session.scalars(select(JobRun).where(JobRun.kind == "quality_sheets")).one()
        assert run_job(job.id)
        db.session.refresh(job)
        assert (job.state, job.result["counts"]) == ("done", {"rows": 2})


@pytest.mark.parametrize(
    ("text", "today", "month"),
    [
        (None, date(2021, 1, 5), date(2020, 12, 1)),
        ("2021-02", date(2021, 8, 1), date(2021, 2, 1)),
        ("2021-09", date(2021, 8, 31), None),
        ("1999-01", date(2021, 8, 31), None),
        ("2021-2", date(2021, 8, 31), None),
    ],
)
@pytest.mark.one_database
def test_months(text: Any, today: date, month: date | None) -> None:
    if month is None:
        with pytest.raises(ValueError, match=r"month|Invalid"):
            month_of(text, today)
    else:
        assert month_of(text, today) == month


@pytest.mark.one_database
def test_the_thread_of_a_case_stands_under_the_case(
    app: Flask, visitor: Visitor, faulty: Faulty
) -> None:
    case = faulty(onset_on=None)
    page = visitor("aoki").get(f"/quality/cases/{case}").text
    assert "onset" in page or "発病年月日" in page
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        aoki, kato = cast.actor("aoki"), cast.actor("kato")
        session.add(
            QualityQuestion(
                case_id=case,
                case_number="00000018",
                asker_id=kato.institution_id,
                asked_id=aoki.institution_id,
                asked_at=datetime(2021, 8, 20, tzinfo=NOON.tzinfo),
            )
        )
    assert "東京都感染症情報センター" in visitor("aoki").get(f"/quality/cases/{case}").text
    assert visitor("zaizen").get(f"/quality/cases/{case}").status_code == 404
