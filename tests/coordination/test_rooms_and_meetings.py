"""A hotel's rooms from check-in to check-out, and meeting rooms that give nothing away."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.cases.models import Case, Stay
from app.coordination.capacity import place_of
from app.coordination.models import MeetingRoom
from app.core.db import db
from app.security.actor import acting_as
from tests.coordination.support import (
    SYSTEM,
    another_case,
    ask_for_a_place,
    close_to_outsiders,
    declare,
    furnish,
    step,
    visitor,
)
from tests.support import cast
from tests.support.pages import send, statements, without_tokens

pytestmark = pytest.mark.usefixtures("frozen_clock")
SERVER = "https://meet.example.jp"


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)


@pytest.fixture
def case(app: Flask) -> int:
    return close_to_outsiders(app)


def accepted_at_hotel(app: Flask, case: int, hotel: int) -> int:
    wanted = ask_for_a_place(app, case, wanted="hotel", severity="mild", oxygen="no")
    assert step(app, "doi", wanted, "offer", place=hotel).status_code == 303
    assert step(app, "goto", wanted, "accept").status_code == 303
    return wanted


def test_from_the_room_to_check_out(app: Flask, case: int) -> None:
    hotel = furnish(app, "201", "202")
    wanted = accepted_at_hotel(app, case, hotel)
    assert _free(app, hotel) == 1
    goto = visitor(app, "goto")
    assert "部屋未定" in goto.get("/rooms/").text
    assert send(goto, f"/rooms/placements/{wanted}", room="202").status_code == 303
    assert (
        step(app, "goto", wanted, "arrive", arrived_on="2021/8/20", room="202").status_code == 303
    )
    page = goto.get("/rooms/").text
    assert "山田 花子" in page
    assert "空室1／2室" in page
    with app.app_context(), acting_as(SYSTEM):
        stay = db.session.scalars(select(Stay).where(Stay.institution_id == hotel)).one()
        assert (stay.place, stay.room, stay.to_on) == ("hotel", "202", None)
        assert db.session.get_one(Case, case).status == "hotel"
        key = stay.id
    assert send(goto, f"/rooms/stays/{key}/move", room="201").status_code == 303
    assert send(goto, f"/rooms/stays/{key}/leave", left_on="2021/8/21").status_code == 422
    assert send(goto, f"/rooms/stays/{key}/leave", left_on="2021/8/20").status_code == 303
    assert _free(app, hotel) == 2
    assert "山田 花子" not in goto.get("/rooms/").text
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.get_one(Stay, key).to_on == date(2021, 8, 20)
        assert db.session.get_one(Case, case).status != "hotel"


def test_a_full_room_takes_nobody_else(app: Flask, case: int) -> None:
    hotel = furnish(app, "201", "202")
    first, second = accepted_at_hotel(app, case, hotel), None
    second = accepted_at_hotel(app, another_case(app), hotel)
    assert _free(app, hotel) == 0
    goto = visitor(app, "goto")
    assert send(goto, f"/rooms/placements/{first}", room="201").status_code == 303
    told = send(goto, f"/rooms/placements/{second}", room="201")
    assert told.status_code == 422
    assert "満員" in told.text
    assert send(goto, f"/rooms/placements/{second}", room="999").status_code == 422
    told = step(app, "goto", second, "arrive", arrived_on="2021/8/20", room="201")
    assert told.status_code == 422
    assert send(goto, f"/rooms/placements/{second}", room="202").status_code == 303


def test_a_family_shares_a_room_of_two(app: Flask, case: int) -> None:
    hotel = furnish(app, "201", capacity=2)
    first = accepted_at_hotel(app, case, hotel)
    assert send(visitor(app, "goto"), f"/rooms/placements/{first}", room="201").status_code == 303
    also = ask_for_a_place(app, another_case(app), wanted="hotel", severity="mild")
    assert step(app, "doi", also, "offer", place=hotel).status_code == 422
    asked = step(app, "doi", also, "offer", place=hotel, overbooking="201号室の家族と同室")
    assert asked.status_code == 303
    assert step(app, "goto", also, "accept").status_code == 303
    assert send(visitor(app, "goto"), f"/rooms/placements/{also}", room="201").status_code == 303


def test_a_hotel_reads_no_clinical_item_of_a_request(app: Flask, case: int) -> None:
    hotel = furnish(app, "201")
    wanted = ask_for_a_place(app, case, wanted="hotel", severity="moderate_1")
    step(app, "doi", wanted, "offer", place=hotel)
    for path in (f"/placements/show/{wanted}", "/coordination/", f"/coordination/{wanted}/accept"):
        page = visitor(app, "goto").get(path)
        assert page.status_code == 200
        shown = without_tokens(page.text.split("<main", 1)[1])
        for hidden in ("中等症", "92", "山田"):
            assert hidden not in shown, (path, hidden)


def test_the_list_costs_the_same_however_long_it_is(app: Flask, case: int) -> None:
    declare(app, usable=5)
    furnish(app, "201", "202")
    ask_for_a_place(app, case)
    doi = visitor(app, "doi")
    doi.get("/coordination/")
    with statements(app) as few:
        doi.get("/coordination/")
    for _turn in range(3):
        ask_for_a_place(app, another_case(app))
    with statements(app) as many:
        doi.get("/coordination/")
    assert len(many) == len(few) <= 14


def test_without_a_meeting_server_there_is_no_button(app: Flask) -> None:
    with app.app_context():
        key = cast.own_episode().case
    aoki = visitor(app, "aoki")
    assert "/meetings/" not in aoki.get(f"/cases/show/{key}").text
    assert aoki.get(f"/meetings/cases/{key}").status_code == 409


def test_a_meeting_room_has_a_random_name_that_can_be_renewed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MEETING_URL", SERVER)
    with app.app_context():
        own, foreign = cast.own_episode(), cast.foreign_episode()
    path = f"/meetings/cases/{own.case}"
    aoki = visitor(app, "aoki")
    assert path in aoki.get(f"/cases/show/{own.case}").text
    assert SERVER not in aoki.get(path).text
    assert aoki.post(path).status_code == 303
    first = _address(aoki.get(path).text)
    assert len(first) == 40
    # Whoever sees the case finds the same room; nobody else finds it.
    assert _address(visitor(app, "fujii").get(path).text) == first
    assert visitor(app, "zaizen").get(path).status_code == 404
    assert aoki.get(f"/meetings/cases/{foreign.case}").status_code == 404
    assert visitor(app, "fujii").post(path, data={"renew": "yes"}).status_code == 303
    renewed = _address(aoki.get(path).text)
    assert renewed != first
    with app.app_context(), acting_as(SYSTEM):
        entries = db.session.execute(
            select(HistoryEntry.user_name, HistoryEntry.reason, HistoryEntry.changes)
            .where(HistoryEntry.record_type == "meeting_room")
            .order_by(HistoryEntry.id)
        ).all()
        assert [(who, why) for who, why, _c in entries] == [
            ("aoki", "meeting_opened"),
            ("fujii", "meeting_renewed"),
        ]
        assert first not in str(entries)
        assert db.session.scalars(select(MeetingRoom.opened_by)).one() == "藤井 六花"


def test_a_request_has_a_room_of_its_own(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MEETING_URL", SERVER)
    case = close_to_outsiders(app)
    hospital = declare(app, usable=1)
    wanted = ask_for_a_place(app, case)
    path = f"/meetings/placements/{wanted}"
    assert visitor(app, "doi").post(path).status_code == 303
    assert visitor(app, "fujii").get(path).status_code == 404
    step(app, "doi", wanted, "offer", place=hospital)
    page = visitor(app, "fujii").get(path)
    assert SERVER in page.text
    assert "山田" not in page.text
    step(app, "fujii", wanted, "refuse", reason="満床")
    assert visitor(app, "fujii").get(path).status_code == 404


def _address(page: str) -> str:
    return page.split(f'href="{SERVER}/', 1)[1].split('"', 1)[0]


def _free(app: Flask, hotel: int) -> int:
    with app.app_context(), acting_as(SYSTEM):
        place = place_of(hotel)
        assert place is not None
        return place.free
