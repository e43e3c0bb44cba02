"""履歴 of a record: who changed what from what to what, when, and why, in sentences."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.history import because
from app.audit.models import HistoryEntry, ReadEntry
from app.cases.models import Case, LabTest
from app.contacts.conversion import convert_to_case
from app.contacts.models import Contact
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.jobs.daily import do_daily_chores
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.clock import NOON
from tests.support.tampering import unguarded

Visit = Callable[[str], FlaskClient]


@pytest.fixture
def visit(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Visit:
    """Sign somebody of the cast in; errors inside a page fail with their own traceback."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)
    return lambda who: cast.sign_in(app.test_client(), who)


def text_of(html: str) -> str:
    """The words of a page's content."""
    main = html.partition('<main id="main"')[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", main)))


def page(client: FlaskClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.status_code
    return text_of(answer.text)


def edit_case(who: str, case_id: int, why: str | None = None, **values: object) -> None:
    with acting_as(cast.actor(who)), because(why), transaction() as session:
        case = session.get(Case, case_id)
        assert case is not None
        for name, value in values.items():
            setattr(case, name, value)


def test_a_change_is_a_sentence_with_who_when_and_why(app: Flask, visit: Visit) -> None:
    with app.app_context(), clock.frozen_at(NOON):
        own = cast.own_episode()
        edit_case(
            "aoki", own.case, "本人の申出", sex="male", onset_on=date(2021, 8, 9), remarks=None
        )
    text = page(visit("baba"), f"/cases/history/{own.case}")
    assert "患者情報を変更" in text
    assert "性別：「女」を「男」に変更" in text
    assert "発症年月日：「2021/08/10」を「2021/08/09」に変更" in text
    assert "備考：「山田 花子について」を消去" in text
    assert "青木 一郎（新宿区保健所・保健所 事務）" in text
    assert "理由：本人の申出" in text
    assert "2021/08/20 12:00" in text


def test_a_case_gathers_its_person_and_its_records(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        with acting_as(cast.actor("baba")), transaction() as session:
            test = LabTest(case_id=own.case, result="positive")
            person = session.get(Person, own.person)
            observation = session.get(HealthObservation, own.observation)
            assert person is not None
            person.mobile_phone = "08000001111"
            session.add(test)
            session.delete(observation)
        text = page(visit("aoki"), f"/cases/history/{own.case}")
        assert f"検査記録 #{test.id}を追加" in text
        assert f"本人情報 #{own.person}を変更" in text
        assert "「09011112222」を「08000001111」に変更" in text
        assert f"健康観察 #{own.observation}を削除" in text
        # The test's own page tells of the test alone.
        assert "本人情報" not in page(visit("aoki"), f"/lab-tests/history/{test.id}")


def test_what_the_reader_may_not_see_is_named_and_not_told(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        edit_case("aoki", own.case, "山田さんの申出", remarks="山田さんの新しい備考", sex="male")
        with acting_as(cast.actor("aoki")), transaction() as session:
            person = session.get(Person, own.person)
            assert person is not None
            person.kana = "ヤマダ ハナ"
    text = page(visit("doi"), f"/cases/history/{own.case}")
    assert "性別：「女」を「男」に変更" in text
    assert "備考：変更あり（非表示）" in text
    assert "理由：非表示" in text
    for personal in ("山田", "ヤマダ", "本人情報"):
        assert personal not in text
    assert "item=case.remarks" not in text
    assert visit("doi").get(f"/cases/history/{own.case}?item=case.remarks").status_code == 400


def test_a_clinic_reads_what_its_own_people_did(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        edit_case("aoki", own.case, sex="male")
        with acting_as(cast.actor("endo")), transaction() as session:
            test = session.get(LabTest, own.lab_test)
            assert test is not None
            test.result = "negative"
    clinic = visit("endo")
    text = page(clinic, f"/cases/history/{own.case}")
    assert f"検査記録 #{own.lab_test}を変更" in text
    assert "性別" not in re.sub(r".*件", "", text, count=1, flags=re.DOTALL)
    assert "貴機関が行った操作だけを表示しています" in text
    assert clinic.get(f"/stays/history/{own.stay}").status_code in {403, 404}


def test_the_history_of_a_foreign_case_does_not_exist(app: Flask, visit: Visit) -> None:
    with app.app_context():
        foreign = cast.foreign_episode()
    client = visit("aoki")
    for path in (f"/cases/history/{foreign.case}", f"/cases/history/{foreign.case}/print"):
        assert client.get(path).status_code == 404
    assert client.get(f"/persons/history/{foreign.person}").status_code == 404


def test_a_history_is_narrowed_by_item_person_and_day(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        with clock.frozen_at(NOON):
            edit_case("aoki", own.case, sex="male")
        edit_case("baba", own.case, onset_on=date(2021, 8, 9))
        baba = cast.actor("baba").user_id
    client, path = visit("aoki"), f"/cases/history/{own.case}"
    by_item = client.get(f"{path}?item=case.sex").text
    assert ("性別：「女」を「男」に変更" in by_item, by_item.count('id="entry-')) == (True, 2)
    by_person = client.get(f"{path}?who={baba}").text
    # The plan of the observation follows the onset, in a line of its own.
    assert ("発症年月日：" in by_person, by_person.count('id="entry-')) == (True, 2)
    by_day = page(client, f"{path}?from_on=R3.8.20&to_on=2021/8/20")
    assert ("性別：" in by_day, "「2021/08/10」を" in by_day) == (True, False)
    assert client.get(f"{path}?item=case.nothing").status_code == 400
    assert client.get(f"{path}?who=99999").status_code == 400
    assert "日付として読み取れません" in page(client, f"{path}?from_on=yesterday", 422)


def test_a_long_history_is_paged_by_key(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        for turn in range(30):
            edit_case("aoki", own.case, sex="male" if turn % 2 == 0 else "female")
    client, path = visit("aoki"), f"/cases/history/{own.case}"
    first = client.get(path).text
    following = re.search(r'href="(/cases/history/[^"]*after=[^"]+)"', first)
    assert following is not None
    second = client.get(following[1].replace("&amp;", "&")).text
    entries = re.compile(r'id="entry-(\d+)"')
    assert len(entries.findall(first)) == app.config["LIST_PAGE_SIZE"]
    assert not set(entries.findall(first)) & set(entries.findall(second))
    assert client.get(f"{path}?after=forged").status_code == 400


@pytest.mark.usefixtures("frozen_clock")
def test_jobs_and_conversions_say_what_they_were(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        with acting_as(cast.actor("aoki")), transaction() as session:
            case = session.get(Case, own.case)
            contact = session.get(Contact, own.contact)
            assert case is not None
            assert contact is not None
            case.discharged_on = date(2021, 8, 21)
            made = convert_to_case(contact, by=cast.actor("aoki"))
        with clock.frozen_at(NOON.replace(day=22)):
            assert do_daily_chores()["refresh case statuses"] == 1
        status = page(visit("aoki"), f"/cases/history/{own.case}")
        assert "日次処理（ステータスの更新）" in status
        converted = page(visit("aoki"), f"/cases/history/{made.id}")
        assert "理由：接触者から患者への移行" in converted


def test_a_printed_history_is_complete_signed_for_and_a_look(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        edit_case("aoki", own.case, sex="male")
    answer = visit("aoki").get(f"/cases/history/{own.case}/print")
    text = text_of(answer.text)
    assert "青木 一郎" in text
    assert "性別：「女」を「男」に変更" in text
    assert "記録時のまま" in text
    numbers = re.findall(r'id="entry-(\d+)"', answer.text)
    assert numbers == sorted(numbers, key=int)
    code = re.search(r'paper-code">([0-9a-f]{64})<', answer.text)
    assert code is not None
    again = app.test_cli_runner().invoke(args=["history", "digest", *numbers])
    assert code[1] in again.output
    with app.app_context(), acting_as(system_actor("test")):
        look = db.session.scalars(select(ReadEntry).order_by(ReadEntry.id.desc())).first()
        assert look is not None
        assert (look.door, look.case_id) == ("case.history_print", own.case)


def test_a_printed_history_says_when_it_is_not_as_it_was_written(app: Flask, visit: Visit) -> None:
    with app.app_context():
        own = cast.own_episode()
        edit_case("aoki", own.case, sex="male")
        edit_case("aoki", own.case, sex="female")
        with unguarded() as connection:
            entry = HistoryEntry.__table__
            mine = (entry.c.record_type == "case", entry.c.record_id == own.case)
            connection.execute(entry.delete().where(*mine, entry.c.item_names == ";sex;"))
            connection.execute(entry.update().where(*mine).values(user_name="somebody"))
    assert "確認に失敗しました" in page(visit("aoki"), f"/cases/history/{own.case}/print")
