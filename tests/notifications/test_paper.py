"""The official form as PDF: what was submitted stands on one page, in both versions."""

import re
from datetime import date

import pypdfium2 as pdfium
import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from app.institutions.queries import institution_by_code
from app.notifications import paper
from app.notifications.paper_code import PaperCode, read_code, serial_on
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import submitted
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")
A4 = (595, 842)


def _pages(content: bytes) -> list[str]:
    """The text of each page, and that each is an upright A4."""
    document = pdfium.PdfDocument(content)
    for page in document:
        assert tuple(round(side) for side in page.get_size()) == A4
    return [page.get_textpage().get_text_range() for page in document]


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _print(app: Flask, **changes: object) -> tuple[int, list[str]]:
    with app.app_context():
        sent = submitted(app, **changes)
        with acting_as(cast.actor("endo")):
            return sent.id, _pages(paper.filled_form(sent))


def test_what_was_submitted_stands_on_one_page_with_its_code(app: Flask) -> None:
    key, pages = _print(app)
    (text,) = map(_squeezed, pages)
    for word in ("佐藤健一", "サトウケンイチ", "昭和60年5月1日", "36歳", "令和3年8月19日"):
        assert word in text
    for number in range(1, 20):
        assert str(number) in text
    assert "〒160-0023東京都新宿区西新宿2-8-1" in text
    code = re.search(r"N[0-9A-Z]{3}(-[0-9A-Z]{4}){3}", text)
    assert code
    with app.app_context():
        assert read_code(code[0]) == PaperCode("notification", key, 1)


def test_the_form_of_2020_has_not_what_2021_added(app: Flask) -> None:
    _key, (old,) = _print(
        app,
        reported_on="R3.1.20",
        diagnosed_on="R3.1.19",
        onset_on="R3.1.16",
        first_visit_on="R3.1.18",
        test_nucleic_acid_collected_on="R3.1.18",
    )
    assert "2020年2月" in _squeezed(old)
    assert "ワクチン" not in old
    _key, (new,) = _print(app)
    assert "新型コロナワクチン接種歴" in _squeezed(new)
    assert "酸素飽和度" in new


def test_what_a_cell_cannot_hold_is_continued_and_never_lost(app: Flask) -> None:
    remarks = "経過" * 400 + "おわり"
    _key, pages = _print(app, remarks=remarks)
    assert len(pages) > 1
    assert "続紙" in pages[0]
    assert "おわり" in _squeezed("".join(pages[1:]))


def test_a_blank_form_names_the_clinic_and_nobody_else(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        clinic = institution_by_code("clinic-shinjuku")
        assert clinic is not None
        for version in paper.PRINTED:
            (text,) = _pages(paper.blank_form(version, clinic, serial_on(date(2021, 8, 20))))
            assert "新宿駅前内科クリニック" in text
            assert str(PaperCode("blank", clinic.id, 597)) in text
        (anybody,) = _pages(paper.blank_form("2021-02", None, 0))
        assert "クリニック" not in anybody


def test_printing_is_a_look_of_its_own(app: Flask) -> None:
    with app.app_context():
        key = submitted(app).id
    client = cast.sign_in(app.test_client(), "endo")
    answer = client.get(f"/notifications/pdf/{key}")
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert "no-store" in answer.headers["Cache-Control"]
    stranger = cast.sign_in(app.test_client(), "zaizen")
    assert stranger.get(f"/notifications/pdf/{key}").status_code == 404
    with app.app_context(), acting_as(system_actor("test")):
        doors = db.session.scalars(
            select(ReadEntry.door).where(ReadEntry.door.like("%print"))
        ).all()
    assert doors == ["notification.print"]


def test_a_centre_chooses_the_clinic_and_a_clinic_is_its_own(app: Flask) -> None:
    clinic = cast.sign_in(app.test_client(), "endo")
    page = clinic.get("/notifications/blank").get_data(as_text=True)
    assert "institution_id" not in page
    assert "新宿駅前内科" in _pages(clinic.get("/notifications/blank.pdf").data)[0]
    centre = cast.sign_in(app.test_client(), "aoki")
    assert "institution_id" in centre.get("/notifications/blank").get_data(as_text=True)
    typed = {"version": "2020-02", "institution_id_text": "新宿駅前内科クリニック"}
    answer = centre.get("/notifications/blank.pdf", query_string=typed)
    assert "新宿駅前内科" in _pages(answer.data)[0]
    for wrong in ({"version": "1999"}, {"institution_id": "999999"}):
        assert centre.get("/notifications/blank.pdf", query_string=wrong).status_code == 422
