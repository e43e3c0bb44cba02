"""Many contacts at once: pasted, typed into rows, or taken from the household."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.cases.models import Case
from app.contacts.models import Contact, ContactExposure
from app.contacts.pasting import COLUMNS, rows_of
from app.core.db import db
from app.core.transaction import transaction
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.chains.making import cases, link, number_of
from tests.contacts.entering import count, registered
from tests.support import cast
from tests.support.cast import Episode
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock", "without_form_tokens")

OFFICIAL = (
    "番号\t氏名\tよみがな\t続柄（関係）\t年齢\t性別\t最終接触日\t基礎疾患\t観察期間内の発症\t連絡先\t備考（接触状況等）\t来訪先\n"
    "1\t佐藤　健\tさとう けん\t同居家族\t３０\t男性\tＲ３．８．１２\t無\t有\t０９０−１２３４−５６７８\t毎日の食事\t花屋\n"
    "2\t鈴木 一\tすずき はじめ\t友人・知人\t四十\t女\t2021/8/40\t\t\t\t\t\n"
)


def grid_of(page: str) -> dict[str, str]:
    """The filled fields of the grid, as a browser would send them back."""
    return {
        name: value
        for name, value in re.findall(r'name="(r\d+_\w+)" value="([^"]*)"', page)
        if value and not name.endswith("_out")
    }


def read(client: FlaskClient, own: Episode, text: str, **more: str) -> str:
    answer = send(client, f"/contacts/grid?case_id={own.case}", step="read", pasted=text, **more)
    assert answer.status_code in {200, 422}
    return answer.text


def test_the_official_sheet_is_recognised_by_its_headings_and_nothing_is_lost() -> None:
    first, _second = rows_of(OFFICIAL)
    assert first["name"] == "佐藤　健"
    assert first["relation"] == "同居家族"
    assert first["mobile_phone"] == "０９０−１２３４−５６７８"
    assert first["has_underlying_condition"] == "無"
    assert first["remarks"] == "毎日の食事\n来訪先：花屋"
    assert "1" not in first.values()


def test_without_headings_columns_stand_in_the_order_of_the_grid_and_more_become_remarks() -> None:
    line = "佐藤 健\tさとう\tH3.8.20\t男\t090\t友人・知人\tR3.8.12\t会食\t咳\t備考\t余り"
    assert rows_of(line) == [
        {
            "name": "佐藤 健",
            "kana": "さとう",
            "birth_on": "H3.8.20",
            "sex": "男",
            "mobile_phone": "090",
            "relation": "友人・知人",
            "exposed_on": "R3.8.12",
            "setting": "会食",
            "symptoms": "咳",
            "remarks": "備考\n余り",
        }
    ]


def test_a_cell_of_several_lines_stays_one_cell() -> None:
    rows = rows_of('氏名\t備考\n佐藤\t"一行目\n二行目"\n\n鈴木\t\n')
    assert [row["name"] for row in rows] == ["佐藤", "鈴木"]
    assert rows[0]["remarks"] == "一行目\n二行目"


def test_a_dry_run_tells_each_rows_mistakes_stores_nothing_and_keeps_everything(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    before = count(app, Contact)
    page = read(nurse, own, OFFICIAL)
    assert count(app, Contact) == before
    fields = grid_of(page)
    assert fields["r0_name"] == "佐藤　健"
    assert fields["r1_age_years"] == "四十"
    assert fields["r1_exposed_on"] == "2021/8/40"
    assert 'id="p1-age_years"' in page
    assert 'id="p1-exposed_on"' in page
    assert 'id="p0-' not in page
    # What was taken over leaves the box: sent again, nobody stands there twice.
    assert "来訪先\n" not in page
    assert read(nurse, own, "", **fields).count(">要確認<") == 1
    # Saving with a wrong row stores none of them.
    answer = send(nurse, f"/contacts/grid?case_id={own.case}", step="save", **fields)
    assert answer.status_code == 422
    assert grid_of(answer.text) == fields
    assert count(app, Contact) == before


def test_rows_are_registered_once_the_wrong_one_is_left_out(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    fields = grid_of(read(nurse, own, OFFICIAL))
    answer = send(nurse, f"/contacts/grid?case_id={own.case}", step="save", r1_out="1", **fields)
    assert answer.status_code == 303
    assert answer.location.endswith(f"/cases/show/{own.case}?tab=contacts")
    with app.app_context(), acting_as(system_actor("test")):
        contact = db.session.scalars(select(Contact).order_by(Contact.id.desc()).limit(1)).one()
        assert contact.person.name == "佐藤 健"
        assert contact.person.kana == "サトウ ケン"
        assert contact.person.mobile_phone is not None
        assert (contact.age_years, contact.sex, contact.fell_ill) == (30, "male", "yes")
        assert contact.has_underlying_condition == "no"
        assert str(contact.last_exposure_on) == "2021-08-12"
        assert str(contact.observe_until_on) == "2021-08-26"
        assert contact.exposures[0].relation == "household"
        assert contact.remarks == "毎日の食事\n来訪先：花屋"


def test_birth_dates_ages_kinship_and_symptoms_are_read_as_people_write_them(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    text = "佐藤 花\tさとう\t３４歳\t女\t\t妻\t令和３年８月１２日\t家庭内\t咳、発熱\n"
    fields = grid_of(
        read(nurse, own, text + "佐藤 太\tさとう\t㍻31.4.30\t男\t\t長男\tR3.8.12\t家庭内\tなし")
    )
    assert (
        send(nurse, f"/contacts/grid?case_id={own.case}", step="save", **fields).status_code == 303
    )
    with app.app_context(), acting_as(system_actor("test")):
        found = db.session.scalars(select(Contact).order_by(Contact.id.desc()).limit(2)).all()
        child, wife = sorted(found, key=lambda one: one.age_years or 0)
        assert (wife.age_years, child.age_years) == (34, 2)
        assert wife.remarks == "続柄：妻\n症状：咳、発熱"
        assert child.fell_ill == "no"
        assert {one.exposures[0].relation for one in found} == {"household"}


def test_the_same_person_twice_or_a_contact_already_is_pointed_out(
    nurse: FlaskClient, own: Episode
) -> None:
    registered(nurse, own)
    page = read(
        nurse,
        own,
        "氏名\t生年月日\n佐藤　健\tH3.8.20\n鈴木 一\tS60.1.1\n鈴木　一\t1985/1/1\n",
    )
    assert 'id="p0-name"' in page
    assert 'id="p1-name"' not in page
    assert 'id="p2-name"' in page


def test_five_hundred_rows_are_registered_in_one_go(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    before = count(app, Contact)
    lines = [f"接触 {n}\tせっしょく\t{1940 + n % 70}/1/2\t男\t090{n:08d}" for n in range(500)]
    page = read(nurse, own, "\n".join(lines))
    fields = grid_of(page)
    assert len({name.partition("_")[0] for name in fields}) == 500
    answer = send(nurse, f"/contacts/grid?case_id={own.case}", step="save", **fields)
    assert answer.status_code == 303, answer.status_code
    assert count(app, Contact) == before + 500


def test_more_rows_than_fit_stay_in_the_box(nurse: FlaskClient, own: Episode) -> None:
    page = read(nurse, own, "\n".join(f"接触 {n}\tせっしょく" for n in range(501)))
    assert "接触 500\tせっしょく" in page
    assert grid_of(page) == {}


def test_a_double_click_registers_the_rows_once(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    before = count(app, Contact)
    token = "a" * 32
    for _click in range(2):
        answer = send(
            nurse,
            f"/contacts/grid?case_id={own.case}",
            token=token,
            step="save",
            r0_name="佐藤 健",
        )
        assert answer.status_code == 303
    assert count(app, Contact) == before + 1


def test_the_grid_of_a_foreign_case_does_not_exist(app: Flask, nurse: FlaskClient) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
    for path in ("grid", "household"):
        assert nurse.get(f"/contacts/{path}?case_id={foreign.case}").status_code == 404
    assert nurse.get(f"/cases/{foreign.case}/source").status_code == 404


def test_a_case_becomes_the_contact_of_another_without_a_second_person(
    app: Flask, nurse: FlaskClient
) -> None:
    first, second = cases(app, [2, 5])
    people = count(app, Person)
    answer = send(
        nurse,
        f"/cases/{second}/source",
        source_number=number_of(app, first),
        exposed_on="R3.8.4",
        setting="meal",
    )
    assert answer.status_code == 303
    assert count(app, Person) == people
    with app.app_context(), acting_as(system_actor("test")):
        contact = db.session.scalars(select(Contact).where(Contact.case_id == second)).one()
        assert contact.status == "became_case"
        assert (contact.exposures[0].case_id, contact.exposures[0].infected_case_id) == (
            first,
            second,
        )
        assert db.session.scalars(
            select(HistoryEntry).where(HistoryEntry.record_type == "exposure")
        ).all()
    again = send(
        nurse,
        f"/cases/{second}/source",
        source_number=number_of(app, first),
        exposed_on="R3.8.4",
    )
    assert again.status_code == 422


def test_a_further_source_hangs_on_the_same_contact(app: Flask, nurse: FlaskClient) -> None:
    first, second, third = cases(app, [2, 3, 6])
    link(app, (first, third))
    contacts = count(app, Contact)
    assert (
        send(nurse, f"/cases/{third}/source", source_number=number_of(app, second)).status_code
        == 303
    )
    assert count(app, Contact) == contacts


def test_a_case_is_never_its_own_source_nor_infected_by_a_case_that_does_not_exist(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    (foreign,) = cases(app, [2], place="osaka")
    before = count(app, ContactExposure)
    for number in (number_of(app, own.case), number_of(app, foreign), "99999999"):
        answer = send(nurse, f"/cases/{own.case}/source", source_number=number)
        assert answer.status_code == 422
        assert number in answer.text
    assert count(app, ContactExposure) == before


def test_converting_a_contact_links_its_case_to_the_source(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    key = registered(nurse, own)
    assert send(nurse, f"/contacts/convert/{key}").status_code == 303
    with app.app_context(), acting_as(system_actor("test")):
        contact = db.session.get_one(Contact, int(key))
        assert contact.case_id is not None
        assert contact.exposures[0].infected_case_id == contact.case_id


def test_people_at_the_same_address_are_offered_and_linked_without_typing(
    app: Flask, nurse: FlaskClient
) -> None:
    patient, wife, stranger = cases(app, [2, 5, 6])
    with app.app_context(), acting_as(system_actor("test")), transaction() as session:
        for key, address in (
            (patient, "新宿区西新宿２−８−１"),
            (wife, "新宿区西新宿2-8-1"),
            (stranger, "新宿区西新宿2-8-11"),
        ):
            person = session.get_one(Case, key).person
            assert person is not None
            person.address = address
        person_id = session.get_one(Case, wife).person_id
    page = nurse.get(f"/contacts/household?case_id={patient}").text
    assert number_of(app, wife) in page
    assert number_of(app, stranger) not in page
    people = count(app, Person)
    answer = send(
        nurse,
        f"/contacts/household?case_id={patient}",
        person=str(person_id),
        exposed_on="R3.8.4",
        relation="household",
        setting="household",
    )
    assert answer.status_code == 303
    assert count(app, Person) == people
    with app.app_context(), acting_as(system_actor("test")):
        found = db.session.scalars(
            select(ContactExposure).where(ContactExposure.infected_case_id == wife)
        ).one()
        assert (found.case_id, found.setting) == (patient, "household")
    # Nobody is offered twice, and nobody who does not live there is taken.
    assert number_of(app, wife) not in nurse.get(f"/contacts/household?case_id={patient}").text
    forged = send(nurse, f"/contacts/household?case_id={patient}", person="1", exposed_on="R3.8.4")
    assert forged.status_code == 422


def test_the_grid_has_a_field_for_every_item_of_the_official_sheet() -> None:
    assert set(COLUMNS) >= {
        "name",
        "kana",
        "relation",
        "age_years",
        "sex",
        "exposed_on",
        "has_underlying_condition",
        "fell_ill",
        "mobile_phone",
        "remarks",
    }


def test_who_is_probably_known_is_asked_about_at_the_row_and_nothing_typed_is_lost(
    app: Flask, nurse: FlaskClient, own: Episode
) -> None:
    """One of two rows is somebody of the health centre; one look-up serves however many rows."""
    with app.app_context(), acting_as(system_actor("tests")), transaction() as session:
        mother = Contact(disease_id=session.get_one(Case, own.case).disease_id)
        mother.person = Person(name="河野 みち", kana="コウノ ミチ", birth_on=date(1950, 5, 5))
        mother.responsible_centre_id = cast.actor("aoki").institution_id
        session.add(mother)
        session.flush()
        known = mother.person_id
    rows = "河野 道\tこうの みち\t1950/5/5\n新田 次郎\tにった じろう\t1991/1/2\n"

    with statements(app) as few:
        page = read(nurse, own, rows)
    assert page.count("河野 みち") == 1
    assert "ふりがなが同じ" in page
    typed = grid_of(page)
    path = f"/contacts/grid?case_id={own.case}"
    asked = send(nurse, path, step="save", **{k: v for k, v in typed.items() if "known" not in k})
    assert asked.status_code == 422
    assert "河野 道" in asked.text
    people = count(app, Person)
    done = send(nurse, path, step="save", **{**typed, "r0_known": str(known)})
    assert done.status_code == 303
    assert count(app, Person) == people + 1

    more = "".join(f"人 {n}\tひと {chr(0x3042 + n * 2)}\t1950/5/{n + 1}\n" for n in range(20))
    with statements(app) as many:
        read(nurse, own, more)
    assert len(many) <= len(few)
