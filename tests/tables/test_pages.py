"""A table on the screen: sent, mapped, corrected with a live sample, saved, handed over."""

import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core import clock
from app.core.db import db
from app.security.actor import acting_as, system_actor
from app.tables import service, store
from app.tables.models import TableFile
from tests.support import cast
from tests.support.destination import NAME, Patients
from tests.support.pages import send
from tests.tables.files import HEADINGS, patient_sheet

pytestmark = pytest.mark.one_database


def posted(client: FlaskClient, content: bytes, name: str) -> TestResponse:
    return client.post(
        "/tables/send", data={"destination": NAME, "file": (io.BytesIO(content), name)}
    )


@pytest.fixture
def aoki(app: Flask, frozen_clock: object, monkeypatch: pytest.MonkeyPatch) -> FlaskClient:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    return cast.sign_in(app.test_client(), "aoki")


@pytest.fixture
def sent(aoki: FlaskClient, patients: Patients, tmp_path: Path) -> str:
    """The address of the 49-column sheet after it was sent."""
    answer = posted(aoki, patient_sheet(tmp_path / "患者.xlsx").read_bytes(), "患者管理表.xlsx")
    assert answer.status_code == 303
    return answer.location


def place(heading: str) -> int:
    return HEADINGS.index(heading)


def test_the_columns_are_shown_with_samples_items_and_reasons(aoki: FlaskClient, sent: str) -> None:
    page = aoki.get(sent).get_data(as_text=True)
    assert "患者管理表.xlsx" in page
    assert "項目の別名と一致（98%）" in page
    assert "「公表の可否」の列（100%）" in page
    assert "01_男性" in page
    assert "2021/08/20" in page


def test_faulty_cells_are_marked_in_place_with_their_reason(aoki: FlaskClient, sent: str) -> None:
    page = aoki.get(sent).get_data(as_text=True)
    # 平成32年, 31 February, a word nobody knows (公表の可否), a severity of two codes.
    assert page.count("is-faulty") == 4
    assert "平成は平成31年4月30日までです" in page
    assert "存在しない日付です" in page


def test_a_word_is_mapped_and_the_sample_follows(aoki: FlaskClient, sent: str) -> None:
    column = place("身体状況（現在の症状）")
    fields = {f"target_{column}": "case.severity", f"word_{column}_0": "moderate"}
    page = send(aoki, f"{sent}/mapping", do="preview", **fields).get_data(as_text=True)
    assert "中等症</div>" in page
    assert "is-faulty" not in page
    # Every other column was posted as not taken over.
    assert "49列中1列を取り込みます" in page


def test_two_columns_for_one_item_are_refused_and_nothing_chosen_is_lost(
    aoki: FlaskClient, sent: str, patients: Patients
) -> None:
    first, second = place("発症日"), place("陽性確定日")
    fields = {
        f"target_{place('氏名')}": "person.name",
        f"target_{first}": "case.onset_on",
        f"target_{second}": "case.onset_on",
    }
    answer = send(aoki, f"{sent}/mapping", do="start", **fields)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "列「陽性確定日」がこの項目に対応付けられています" in page
    assert page.count('value="case.onset_on" selected') == 2
    assert patients.begun == []


def test_an_item_that_is_needed_has_to_have_a_column(
    aoki: FlaskClient, sent: str, patients: Patients
) -> None:
    fields = {f"target_{place('性別')}": "case.sex"}
    answer = send(aoki, f"{sent}/mapping", do="start", **fields)
    assert answer.status_code == 422
    assert "列が必要な項目があります：氏名" in answer.get_data(as_text=True)
    assert patients.begun == []


def test_a_table_is_handed_over_once_with_its_mapping(
    aoki: FlaskClient, sent: str, patients: Patients
) -> None:
    column = place("年代：公表の可否")
    fields = {
        f"target_{place('氏名')}": "person.name",
        f"target_{column}": "case.age_group",
        f"flag_{column}": "1",
    }
    for _again in range(2):
        answer = send(aoki, f"{sent}/mapping", do="start", **fields)
        assert answer.location.startswith("/?batch=")
    [(name, _key, mapping)] = patients.begun
    assert name == "aoki"
    assert mapping.targets == {"氏名": "person.name"}
    assert mapping.publishable == {"年代：公表の可否": "case.age_group"}
    assert "取込に進んでいます" in aoki.get(sent).get_data(as_text=True)
    assert send(aoki, f"{sent}/mapping", do="preview").status_code == 409


def test_a_saved_mapping_is_applied_when_the_same_headings_come_again(
    app: Flask, aoki: FlaskClient, sent: str, tmp_path: Path
) -> None:
    column = place("性別")
    fields = {f"target_{column}": "case.sex", f"word_{column}_0": "other"}
    answer = send(aoki, f"{sent}/mapping", do="save", name="区の患者管理表", **fields)
    assert answer.status_code == 303
    again = posted(aoki, patient_sheet(tmp_path / "b.xlsx").read_bytes(), "b.xlsx").location
    page = aoki.get(again).get_data(as_text=True)
    assert "区の患者管理表" in page
    assert "49列中1列を取り込みます" in page
    listed = aoki.get("/tables/").get_data(as_text=True)
    assert "区の患者管理表" in listed
    with app.app_context(), acting_as(cast.actor("aoki")):
        [saved] = service.saved_mappings(9)
        assert saved.mapping["values"]["case.sex"]["01_男性"] == "other"
    assert send(aoki, f"/tables/mappings/{saved.id}/delete").status_code == 303
    assert "区の患者管理表" not in aoki.get("/tables/").get_data(as_text=True).split("<main")[1]


def test_a_mapping_needs_a_name(aoki: FlaskClient, sent: str) -> None:
    answer = send(aoki, f"{sent}/mapping", do="save", name=" ")
    assert answer.status_code == 422
    assert "80文字以内で名前を付けてください" in answer.get_data(as_text=True)


@pytest.mark.usefixtures("patients")
@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (b"", "a.csv", "ファイルが空です"),
        ("氏名,氏名\n甲,乙\n".encode(), "a.csv", "同じ見出しの列が複数あります"),
        (b"%PDF-1.7", "a.pdf", "この種類のファイル"),
    ],
)
def test_a_file_that_is_no_table_is_refused_at_its_field(
    app: Flask, aoki: FlaskClient, content: bytes, name: str, sentence: str
) -> None:
    answer = posted(aoki, content, name)
    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    with app.app_context(), acting_as(cast.actor("aoki")):
        assert service.latest_files(9) == []


def test_another_institution_meets_neither_table_nor_mapping(
    app: Flask, aoki: FlaskClient, sent: str
) -> None:
    send(aoki, f"{sent}/mapping", do="save", name="区の患者管理表")
    chiba = cast.sign_in(app.test_client(), "chiba")
    assert chiba.get(sent).status_code == 404
    assert send(chiba, f"{sent}/mapping", do="start").status_code == 404
    assert "区の患者管理表" not in chiba.get("/tables/").get_data(as_text=True)


@pytest.mark.usefixtures("sent")
def test_the_file_lies_sealed_and_is_gone_after_a_month(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("tests")):
        [file] = db.session.scalars(select(TableFile)).all()
        assert b"PK" not in (store.root() / f"{file.token}.sealed").read_bytes()[:4]
        with service.open_file(file) as table:
            assert table.headings == HEADINGS
        with clock.frozen_at(clock.now() + timedelta(days=32)):
            assert service.forget_tables() == 1
        assert list(store.root().iterdir()) == []
        assert (file.layout, file.source) == (None, "－")


@pytest.mark.usefixtures("patients")
def test_another_sheet_of_the_workbook_can_be_read(aoki: FlaskClient, tmp_path: Path) -> None:
    path = patient_sheet(tmp_path / "a.xlsx", more=(("九月", (("氏名", "性別"), ("乙", "女"))),))
    sent = posted(aoki, path.read_bytes(), "a.xlsx").location
    assert "九月" in aoki.get(sent).get_data(as_text=True)
    assert send(aoki, f"{sent}/sheet", sheet="九月").status_code == 303
    page = aoki.get(sent).get_data(as_text=True)
    assert "2列中2列を取り込みます" in page
    assert send(aoki, f"{sent}/sheet", sheet="無い").status_code == 422
