"""The official form as PDF: what was submitted stands on one page, in both versions."""

import re
from datetime import date

import pypdfium2 as pdfium
import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import ReadEntry
from app.core.db import db
from app.institutions.queries import disease_in_force, institution_by_code
from app.notifications import paper
from app.notifications.paper_code import PaperCode, read_code
from app.notifications.queries import notifiable_diseases
from app.security.actor import acting_as, system_actor
from tests.notifications.samples import submitted
from tests.notifications.test_diseases import measles, option, sent_in_2022
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
            (text,) = _pages(paper.blank_form(version, clinic, date(2021, 8, 20)))
            assert "新宿駅前内科クリニック" in text
            assert str(PaperCode("blank", clinic.id, 597)) in text
        (anybody,) = _pages(paper.blank_form("2021-02", None, date(2021, 8, 20)))
        assert "クリニック" not in anybody


def test_the_form_of_2022_has_the_four_groups_and_the_need_for_treatment(app: Flask) -> None:
    with app.app_context():
        sent = sent_in_2022(app)
        with acting_as(cast.actor("endo")):
            (text,) = map(_squeezed, _pages(paper.filled_form(sent)))
            page = paper.page_of(sent)
    assert "2022年9月26日" in text
    for word in ("届出の対象となる理由", "①65歳以上", "④妊婦", "新たな酸素投与"):
        assert word in text
    boxes = page["boxes"]
    assert [box["on"] for box in boxes["grounds"]] == [True, False, False, False]
    assert [box["on"] for box in boxes["treatment_needed"]] == [True, False]
    assert [box["on"] for box in boxes["oxygen_needed"]] == [False, True]
    assert page["more"] == []
    with app.app_context():
        sent = submitted(app, kana="スズキ", mobile_phone="09011112222")
        with acting_as(cast.actor("endo")):
            (before,) = map(_squeezed, _pages(paper.filled_form(sent)))
    assert "届出の対象となる理由" not in before


COVID_WORDS = ("新型コロナ", "酸素飽和度", "抗原定性", "ワクチン", "重症化", "入院の有無", "嗅覚")


def test_another_disease_stands_on_a_sheet_of_its_own_in_free_words(app: Flask) -> None:
    with app.app_context():
        sent = measles(app)
        with acting_as(cast.actor("endo")):
            (text,) = map(_squeezed, _pages(paper.filled_form(sent)))
    assert "麻しん発生届" in text
    for number in range(1, 20):
        assert str(number) in text
    for word in ("発熱、発疹、コプリック斑", "血清IgM抗体の検出", "（血液）", "家族内での接触"):
        assert word in text
    assert "令和3年8月18日" in text
    assert [word for word in COVID_WORDS if word in text] == []
    assert re.search(r"N[0-9A-Z]{3}(-[0-9A-Z]{4}){3}", text)


def test_registered_choices_are_printed_as_boxes_and_ticked(app: Flask) -> None:
    with app.app_context():
        for label in ("発熱", "コプリック斑", "その他"):
            option("measles", "symptom", label)
        option("measles", "method", "血清IgM抗体の検出")
        option("measles", "specimen", "血液")
        option("measles", "specimen", "咽頭拭い液")
        option("measles", "route", "飛沫・飛沫核感染")
        sent = measles(
            app,
            symptoms=["コプリック斑", "other"],
            symptoms_other="眼脂",
            diagnosis_methods=["血清IgM抗体の検出"],
            specimens=["血液"],
            infection_route=["飛沫・飛沫核感染"],
        )
        with acting_as(cast.actor("endo")):
            (text,) = map(_squeezed, _pages(paper.filled_form(sent)))
            page = paper.page_of(sent)
    ticked = {
        group: [(box["label"], box["on"]) for box in page["boxes"][group]]
        for group in ("symptoms", "methods", "specimens", "routes")
    }
    assert ticked == {
        "symptoms": [("発熱", False), ("コプリック斑", True), ("その他", True)],
        "methods": [("血清IgM抗体の検出", True)],
        "specimens": [("血液", True), ("咽頭拭い液", False)],
        "routes": [("飛沫・飛沫核感染", True)],
    }
    assert "眼脂" in text
    assert page["more"] == []


def test_what_the_sheet_of_a_disease_cannot_hold_is_continued(app: Flask) -> None:
    with app.app_context():
        symptoms, route = "発疹。" * 60 + "すえ", "接触" * 150 + "おわり"
        sent = measles(app, symptoms_other=symptoms, route_detail=route, remarks="経過" * 300)
        with acting_as(cast.actor("endo")):
            first, *more = map(_squeezed, _pages(paper.filled_form(sent)))
    assert "発疹" in first
    assert "すえ" in first
    assert "おわり" in "".join(more)
    assert "経過" * 300 in "".join(more)


@pytest.mark.parametrize(
    ("family", "timing"), [("measles", "直ちに"), ("tetanus", "７日以内"), ("ebola", "直ちに")]
)
def test_a_blank_sheet_of_a_disease_says_until_when_and_carries_it_in_its_code(
    app: Flask, family: str, timing: str
) -> None:
    day = date(2021, 8, 20)
    with app.app_context(), acting_as(system_actor("test")):
        clinic, disease = institution_by_code("clinic-shinjuku"), disease_in_force(family, on=day)
        assert clinic is not None
        assert disease is not None
        (text,) = map(_squeezed, _pages(paper.blank_form("2021-02", clinic, day, disease)))
        printed = re.search(r"P[0-9A-Z]{3}(-[0-9A-Z]{4}){3}", text)
        assert printed
        assert read_code(printed[0]) == PaperCode("blank", clinic.id, 597, disease.id)
        assert f"{disease.name}発生届" in text
    assert timing in text
    assert [word for word in COVID_WORDS if word in text] == []


def test_every_notifiable_disease_has_a_blank_sheet_of_one_page(app: Flask) -> None:
    day = date(2021, 8, 20)
    with app.app_context(), acting_as(system_actor("test")):
        clinic = institution_by_code("clinic-shinjuku")
        longest = sorted(notifiable_diseases(day), key=lambda one: -len(one.name))
        for disease in longest[:3]:
            assert len(_pages(paper.blank_form("2021-02", clinic, day, disease))) == 1


def test_the_blank_form_is_chosen_by_disease(app: Flask) -> None:
    clinic = cast.sign_in(app.test_client(), "endo")
    page = clinic.get("/notifications/blank").get_data(as_text=True)
    assert 'value="measles"' in page
    assert re.search(r'<option selected value="covid_19"', page)
    made = clinic.get("/notifications/blank.pdf", query_string={"disease": "measles"})
    assert "麻しん" in _pages(made.data)[0]
    newer = {"disease": "covid_19", "version": "2022-09"}
    assert "2022" in _pages(clinic.get("/notifications/blank.pdf", query_string=newer).data)[0]
    for wrong in ("influenza", "no_such", ""):
        assert clinic.get("/notifications/blank.pdf?disease=" + wrong).status_code == 422


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
