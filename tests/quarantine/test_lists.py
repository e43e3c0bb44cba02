"""A list is received, looked through, applied; sent again it changes nothing."""

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from app.core import clock
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.quarantine import queries, service
from app.quarantine.files import marked_workbook, rows_of_file
from app.quarantine.tasks import forget
from app.security.actor import acting_as, system_actor
from tests.quarantine.conftest import Send, arrival, csv_of, everybody
from tests.support import cast
from tests.support.clock import NOON

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.one_database]
TANAKA = arrival(番号="2", 質問票番号="Q-002", 氏名="田中 渡", ふりがな="タナカ ワタル")


def test_nothing_happens_before_somebody_applies_the_list(send: Send) -> None:
    delivery = send(arrival(), arrival(番号="2", 質問票番号="", 電話番号=""))
    assert delivery.counts == {"new": 1, "rejected": 1, "without_centre": 0}
    assert everybody() == []


def test_people_go_to_the_health_centre_of_their_address(hand_over: Any) -> None:
    lost = arrival(番号="3", 質問票番号="Q-003", 市区町村="どこか町")
    hand_over(arrival(), TANAKA | {"市区町村": "千代田区"}, lost)
    with acting_as(system_actor("tests")):
        found = [(one.line, one.state, one.centre and one.centre.code) for one in everybody()]
    assert found == [
        (1, "assigned", "hc-shinjuku"),
        (2, "assigned", "hc-chiyoda"),
        (3, "unassigned", None),
    ]


def test_the_same_list_twice_changes_nothing(hand_over: Any) -> None:
    hand_over(arrival(), TANAKA)
    before = [(one.id, one.row_version) for one in everybody()]
    assert hand_over(arrival(), TANAKA) == {"same": 2, "without_centre": 0}
    # Rows move when somebody is put in between: the questionnaire still tells who it is.
    moved = hand_over(TANAKA | {"番号": "1"}, arrival(番号="2"))
    assert moved == {"same": 2, "without_centre": 0}
    assert [(one.id, one.row_version) for one in everybody()] == before


def test_a_corrected_list_changes_people_nobody_took_over(hand_over: Any) -> None:
    hand_over(arrival())
    assert hand_over(arrival(電話番号="080-0000-0009", 市区町村="千代田区"))["changed"] == 1
    (sato,) = everybody()
    with acting_as(system_actor("tests")):
        assert (sato.phone, sato.centre.code) == ("080-0000-0009", "hc-chiyoda")


def test_a_person_twice_in_a_file_is_refused_and_named(send: Send) -> None:
    delivery = send(arrival(), arrival(番号="2"))
    assert delivery.rows is not None
    assert "3" in delivery.rows[1]["problems"]["questionnaire_id"]


def test_a_list_is_applied_once(send: Send) -> None:
    nemoto, delivery = cast.actor("nemoto"), send(arrival())
    with acting_as(nemoto):
        service.apply(delivery, by=nemoto)
        with pytest.raises(InvalidState):
            service.apply(delivery, by=nemoto)
    assert len(everybody()) == 1


def test_the_file_comes_back_with_marks(send: Send) -> None:
    delivery = send(arrival(生年月日="31日"), TANAKA)
    with acting_as(cast.actor("nemoto")):
        sheet: Any = load_workbook(io.BytesIO(marked_workbook(delivery))).active
    assert sheet["E2"].comment is not None
    assert sheet["E3"].comment is None
    assert sheet.cell(2, sheet.max_column).value == "誤りあり"
    # Corrected, it can be sent again as it is.
    sheet["E2"] = "S50.4.1"
    again = io.BytesIO()
    sheet.parent.save(again)
    assert len(rows_of_file(again.getvalue())) == 2


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04broken", b"\xff\xfe\x00a", "名前,年齢\r\nあ,1\r\n".encode(), csv_of()],
)
def test_what_is_no_list_is_refused_in_words(context: None, content: bytes) -> None:
    with pytest.raises(InvalidInput):
        rows_of_file(content)


def test_a_workbook_with_days_of_excel_is_read_like_a_csv(context: None) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["入国者名簿"])
    sheet.append(["ふりがな", "生年月日", "到着日"])
    sheet.append(["サトウ", 27485, 44428])
    target = io.BytesIO()
    book.save(target)
    (row,) = rows_of_file(target.getvalue())
    assert (row.number, row.texts["birth_on"], row.texts["arrived_on"]) == (
        3,
        "1975/4/1",
        "2021/8/20",
    )


def test_only_a_station_sends_lists(context: None) -> None:
    for who in ("aoki", "doi", "oka"):
        actor = cast.actor(who)
        with acting_as(actor), pytest.raises(NotAllowed):
            service.receive([], number="X", source="x", by=actor)


def test_the_list_tells_how_far_its_people_are(hand_over: Any) -> None:
    hand_over(arrival(), TANAKA | {"都道府県": "", "市区町村": "", "日本での住所": "ホテル"})
    nemoto = cast.actor("nemoto")
    with acting_as(nemoto):
        (one,) = queries.lists()
        figures = queries.figures([one.id])[one.id]
    assert (figures.people, figures.assigned, figures.unassigned) == (2, 1, 1)


def test_rows_are_forgotten_after_a_month_and_people_stay(
    hand_over: Any,
) -> None:
    hand_over(arrival())
    later = NOON + service.KEPT + timedelta(days=1)
    with clock.frozen_at(later), acting_as(system_actor("forget lists of returnees")):
        assert forget(later.date()) == 1
    assert len(everybody()) == 1
