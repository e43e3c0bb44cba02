"""From the request for a place to the arrival: who sees what, who is told, and no bed twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry, ReadEntry
from app.cases.models import Case, CaseAccess, Stay
from app.coordination import service
from app.coordination.models import PlacementOffer, PlacementRequest
from app.core import clock
from app.core.db import db, new_token
from app.core.errors import DomainError
from app.security.actor import acting_as
from tests.coordination.support import (
    NEED,
    SYSTEM,
    another_case,
    ask_for_a_place,
    close_to_outsiders,
    declare,
    furnish,
    state_of,
    step,
    visitor,
)
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import send

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", True)


@pytest.fixture
def case(app: Flask) -> int:
    return close_to_outsiders(app)


def test_from_request_to_arrival(app: Flask, case: int) -> None:
    hospital = declare(app, usable=2)
    wanted = ask_for_a_place(app, case)
    assert step(app, "doi", wanted, "offer", place=hospital).status_code == 303
    assert step(app, "fujii", wanted, "accept").status_code == 303
    assert step(app, "aoki", wanted, "transport", transport="ambulance").status_code == 303
    done = step(app, "fujii", wanted, "arrive", arrived_on="2021/8/20", room="501")
    assert done.status_code == 303, done.text
    with app.app_context(), acting_as(SYSTEM):
        stays = db.session.scalars(select(Stay).where(Stay.case_id == case).order_by(Stay.id)).all()
        assert [(s.place, s.to_on) for s in stays] == [
            ("home", date(2021, 8, 20)),
            ("hospital", None),
        ]
        assert (stays[1].institution_name, stays[1].room) == ("新宿総合病院", "501")
        assert db.session.get_one(Case, case).status == "hospitalised"
        words = db.session.scalars(
            select(HistoryEntry.user_name).where(
                HistoryEntry.record_type == "placement_request", HistoryEntry.record_id == wanted
            )
        ).all()
    assert words == ["aoki", "doi", "fujii", "aoki", "fujii"]


def test_coordinators_see_the_need_and_nobody(app: Flask, case: int) -> None:
    wanted = ask_for_a_place(app, case)
    for who in ("doi", "ito"):
        for path in (
            "/coordination/",
            f"/placements/show/{wanted}",
            f"/coordination/{wanted}/offer",
        ):
            page = visitor(app, who).get(path)
            assert page.status_code == 200
            assert "66" in page.text
            assert "中等症Ⅱ" in page.text
            for secret in ("山田", "ヤマダ", "09011112222", "shinjukuのどこか"):
                assert secret not in page.text, (who, path)


def test_a_place_meets_the_case_from_the_acceptance_on(app: Flask, case: int) -> None:
    hospital = declare(app, usable=1)
    wanted = ask_for_a_place(app, case)
    own = f"/placements/show/{wanted}"
    assert visitor(app, "fujii").get(own).status_code == 404
    step(app, "doi", wanted, "offer", place=hospital)
    page = visitor(app, "fujii").get(own)
    assert page.status_code == 200
    assert "透析週3回" in page.text
    assert "山田" not in page.text
    assert visitor(app, "fujii").get(f"/cases/show/{case}").status_code == 404
    assert "1名の患者が回答を待っています" in visitor(app, "fujii").get("/").text
    assert visitor(app, "goto").get(own).status_code == 404
    step(app, "fujii", wanted, "accept")
    assert "山田 花子" in visitor(app, "fujii").get(f"/cases/show/{case}").text


def test_a_refusal_needs_its_reason_and_ends_the_sight(app: Flask, case: int) -> None:
    hospital = declare(app, usable=1)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    assert step(app, "fujii", wanted, "refuse", reason=" ").status_code == 422
    assert state_of(app, wanted) == "offered"
    refused = step(app, "fujii", wanted, "refuse", reason="透析に対応できない")
    assert refused.status_code == 303
    assert state_of(app, wanted) == "waiting"
    assert visitor(app, "fujii").get(f"/placements/show/{wanted}").status_code == 404
    told = visitor(app, "doi").get(f"/placements/show/{wanted}?tab=offers").text
    assert "透析に対応できない" in told
    assert "藤井 六花" in told
    # The bed is free again for the next question.
    assert step(app, "doi", wanted, "offer", place=hospital).status_code == 303


@pytest.mark.parametrize("how", ["withdraw", "cancel"])
def test_what_the_acceptance_opened_closes_when_nothing_comes_of_it(
    app: Flask, case: int, how: str
) -> None:
    hospital = declare(app, usable=1)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    step(app, "fujii", wanted, "accept")
    assert visitor(app, "fujii").get(f"/cases/show/{case}").status_code == 200
    who = "doi" if how == "withdraw" else "aoki"
    assert step(app, who, wanted, how, reason="状態が改善した").status_code == 303
    assert state_of(app, wanted) == {"withdraw": "waiting", "cancel": "cancelled"}[how]
    for path in (f"/cases/show/{case}", f"/placements/show/{wanted}"):
        assert visitor(app, "fujii").get(path).status_code == 404


def test_a_place_that_met_the_case_before_keeps_it(app: Flask) -> None:
    with app.app_context():
        case = cast.own_episode().case
    hospital = declare(app, usable=1)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    step(app, "fujii", wanted, "accept")
    step(app, "doi", wanted, "withdraw", reason="別の病院に決定")
    assert visitor(app, "fujii").get(f"/cases/show/{case}").status_code == 200


def test_beyond_the_declared_beds_only_with_a_reason(app: Flask, case: int) -> None:
    hospital = declare(app, usable=3, occupied=2, severe=0)
    first, second = ask_for_a_place(app, case), ask_for_a_place(app, another_case(app))
    assert step(app, "doi", first, "offer", place=hospital).status_code == 303
    told = step(app, "ito", second, "offer", place=hospital)
    assert told.status_code == 422
    assert "空きがありません" in told.text
    assert state_of(app, second) == "waiting"
    done = step(app, "ito", second, "offer", place=hospital, overbooking="院長に電話で確認")
    assert done.status_code == 303
    with app.app_context(), acting_as(SYSTEM):
        reasons = db.session.scalars(
            select(PlacementOffer.overbooking).order_by(PlacementOffer.id)
        ).all()
    assert reasons == [None, "院長に電話で確認"]


def test_of_two_who_take_the_last_bed_at_once_the_second_is_told(app: Flask, case: int) -> None:
    hospital = declare(app, usable=1)
    wanted = [ask_for_a_place(app, case), ask_for_a_place(app, another_case(app))]
    ready = Barrier(2)

    def take(key: int, who: str) -> str:
        with app.app_context(), clock.frozen_at(NOON):
            actor = cast.actor(who)
            with acting_as(actor):
                request = db.session.get_one(PlacementRequest, key)
                ready.wait(10)
                try:
                    service.offer_place(request, hospital, by=actor)
                except DomainError as told:
                    return type(told).__name__
                finally:
                    db.session.remove()
                return "taken"

    with ThreadPoolExecutor(2) as threads:
        ends = list(threads.map(take, wanted, ("doi", "ito")))
    assert sorted(ends) in (["NoPlaceLeft", "taken"], ["Conflict", "taken"])
    assert _offers(app) == 1


def test_of_two_who_ask_for_one_patient_the_second_is_told(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    with app.app_context():
        doi = cast.actor("doi")
        with acting_as(doi):
            seen = db.session.get_one(PlacementRequest, wanted)
            assert seen.state == "waiting"
    assert step(app, "ito", wanted, "offer", place=hospital).status_code == 303
    with app.app_context(), acting_as(doi):
        request = db.session.get_one(PlacementRequest, wanted)
        with pytest.raises(DomainError):
            service.offer_place(request, hospital, by=doi)
    assert _offers(app) == 1


def test_severe_beds_are_counted_apart(app: Flask, case: int) -> None:
    hospital = declare(app, usable=3, severe=1)
    severe = ask_for_a_place(app, case, wanted="hospital_severe", severity="severe")
    also = ask_for_a_place(app, another_case(app), wanted="hospital_severe", severity="severe")
    assert step(app, "doi", severe, "offer", place=hospital).status_code == 303
    assert step(app, "doi", also, "offer", place=hospital).status_code == 422
    with app.app_context(), acting_as(cast.actor("doi")):
        place = service.place_of(hospital)
    assert place is not None
    assert (place.free, place.severe_free) == (2, 0)


def test_whoever_arrived_before_the_declaration_is_counted_in_it(app: Flask, case: int) -> None:
    hospital = declare(app, usable=1)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    step(app, "fujii", wanted, "accept")
    step(app, "fujii", wanted, "arrive", arrived_on="2021/8/20")
    assert _free(app, hospital) == 0
    with clock.frozen_at(NOON.replace(hour=6)):
        fujii = visitor(app, "fujii")
        page = fujii.get("/bed-reports/list/").text
        report = page.split("/bed-reports/show/")[1].split('"')[0]
        saved = send(
            fujii,
            f"/bed-reports/edit/{report}",
            declared_on="2021/8/20",
            total="1",
            usable="1",
            occupied="1",
            severe_total="0",
            severe_usable="0",
            severe_occupied="0",
            row_version_="1",
        )
        assert saved.status_code == 303, saved.text
    assert _free(app, hospital) == 0


def test_an_old_declaration_is_marked(app: Flask, case: int) -> None:
    declare(app, usable=4)
    assert "古い申告" not in visitor(app, "doi").get("/coordination/").text
    with clock.frozen_at(NOON.replace(day=21)):
        assert "古い申告" in visitor(app, "doi").get("/coordination/").text


def test_a_declaration_that_contradicts_itself_is_refused(app: Flask) -> None:
    numbers = {"occupied": "0", "severe_total": "2", "severe_usable": "0", "severe_occupied": "0"}
    told = send(
        visitor(app, "fujii"),
        "/bed-reports/add",
        declared_on="2021/8/20",
        total="1",
        usable="5",
        **numbers,
    )
    assert told.status_code == 422
    assert "即応病床数は確保病床数を超えられません" in told.text
    assert "重症者用は全体の内数です" in told.text
    assert 'value="5"' in told.text


def test_counts_equal_the_lists_behind_them(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    first = ask_for_a_place(app, case)
    ask_for_a_place(app, another_case(app))
    step(app, "doi", first, "offer", place=hospital)
    doi = visitor(app, "doi")
    page = doi.get("/coordination/").text
    for words, state, number in (("調整待ち", "waiting", 1), ("打診中", "offered", 1)):
        assert f'{words} <span class="count">{number}</span>' in page
        rows = doi.get(f"/coordination/?state={state}").text.count("/placements/show/")
        assert rows == number


def test_the_centre_that_asked_is_told_of_the_answer(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    aoki = visitor(app, "aoki")
    told = aoki.get("/").text
    assert told.split("回答待ちの打診", 1)[0].count("/coordination/?state=offered") == 1
    step(app, "fujii", wanted, "accept")
    assert "/coordination/?state=accepted" in aoki.get("/").text
    assert "新宿総合病院" in aoki.get("/coordination/?state=accepted").text


def test_the_most_urgent_stands_first(app: Flask, case: int) -> None:
    mild = ask_for_a_place(app, case, severity="mild", oxygen="no", spo2="98")
    grave = ask_for_a_place(app, another_case(app), severity="severe", oxygen="yes")
    page = visitor(app, "doi").get("/coordination/").text
    assert page.index(f"/placements/show/{grave}") < page.index(f"/placements/show/{mild}")


def test_a_second_request_for_the_same_patient_is_refused(app: Flask, case: int) -> None:
    ask_for_a_place(app, case)
    told = send(visitor(app, "aoki"), f"/placements/add?case_id={case}", **NEED)
    assert told.status_code == 422
    assert "すでに調整中" in told.text


def test_a_foreign_request_does_not_exist_behind_any_door(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    steps = ("offer", "accept", "refuse", "withdraw", "transport", "arrive", "cancel")
    for who in ("zaizen", "chiba", "fujii", "goto"):
        client = visitor(app, who)
        for path in (f"/placements/show/{wanted}", f"/placements/history/{wanted}"):
            assert client.get(path).status_code == 404, (who, path)
        for action in steps:
            answer = send(client, f"/coordination/{wanted}/{action}", place=hospital, reason="x")
            assert answer.status_code in {403, 404}, (who, action)
    assert state_of(app, wanted) == "waiting"


def test_who_meets_no_case_meets_no_request(app: Flask, case: int) -> None:
    ask_for_a_place(app, case)
    for who in ("endo", "kato", "niida", "oka", "saito", "honda", "zaizen", "hogo"):
        with app.app_context(), acting_as(cast.actor(who)):
            assert db.session.scalars(select(PlacementRequest.id)).all() == [], who
            assert db.session.scalars(select(PlacementOffer.id)).all() == [], who


def test_a_page_that_names_the_patient_is_a_look(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    before = _looks(app)
    visitor(app, "fujii").get(f"/placements/show/{wanted}")
    assert _looks(app) == before
    step(app, "fujii", wanted, "accept")
    visitor(app, "fujii").get(f"/placements/show/{wanted}")
    assert _looks(app) == before + 1


def test_nobody_arrives_before_a_place_accepted(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    assert step(app, "aoki", wanted, "arrive", arrived_on="2021/8/20").status_code == 422
    step(app, "doi", wanted, "offer", place=hospital)
    assert step(app, "aoki", wanted, "arrive", arrived_on="2021/8/20").status_code == 422
    step(app, "fujii", wanted, "accept")
    told = step(app, "fujii", wanted, "arrive", arrived_on="2021/8/21")
    assert told.status_code == 422
    assert "2021/8/21" in told.text


def test_a_hospital_cannot_answer_twice(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    step(app, "fujii", wanted, "accept")
    assert step(app, "fujii", wanted, "refuse", reason="やはり無理").status_code == 422
    assert state_of(app, wanted) == "accepted"


def test_an_admission_the_hospital_entered_itself_is_the_stay(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    step(app, "fujii", wanted, "accept")
    added = send(
        visitor(app, "fujii"),
        f"/stays/add?case_id={case}",
        place="hospital",
        from_on="2021/8/20",
        institution_id=str(hospital),
    )
    assert added.status_code == 303, added.text
    assert step(app, "fujii", wanted, "arrive", arrived_on="2021/8/20").status_code == 303
    with app.app_context(), acting_as(SYSTEM):
        there = select(func.count(Stay.id)).where(
            Stay.case_id == case, Stay.institution_id == hospital
        )
        assert db.session.scalar(there) == 1


def test_only_places_of_the_kind_needed_can_be_asked(app: Flask, case: int) -> None:
    hotel = furnish(app, "201")
    wanted = ask_for_a_place(app, case)
    told = step(app, "doi", wanted, "offer", place=hotel, overbooking="x")
    assert told.status_code == 422
    assert state_of(app, wanted) == "waiting"


def _offers(app: Flask) -> int:
    with app.app_context(), acting_as(SYSTEM):
        return db.session.scalar(select(func.count(PlacementOffer.id))) or 0


def _free(app: Flask, hospital: int) -> int:
    with app.app_context(), acting_as(SYSTEM):
        place = service.place_of(hospital)
        assert place is not None
        return place.free


def _looks(app: Flask) -> int:
    with app.app_context(), acting_as(SYSTEM):
        who = cast.actor("fujii").user_id
        return (
            db.session.scalar(select(func.count(ReadEntry.id)).where(ReadEntry.user_id == who)) or 0
        )


def test_access_ends_with_the_days_after_the_stay(app: Flask, case: int) -> None:
    hospital = declare(app, usable=5)
    wanted = ask_for_a_place(app, case)
    step(app, "doi", wanted, "offer", place=hospital)
    step(app, "fujii", wanted, "accept")
    step(app, "fujii", wanted, "arrive", arrived_on="2021/8/20")
    with app.app_context(), acting_as(SYSTEM):
        tie = db.session.scalars(
            select(CaseAccess).where(
                CaseAccess.case_id == case, CaseAccess.institution_id == hospital
            )
        ).one()
        assert (tie.role, tie.to_at) == ("treating", None)


@pytest.mark.one_database
def test_a_double_click_takes_each_step_once_and_is_answered_as_the_first(
    app: Flask, case: int
) -> None:
    hospital = declare(app, usable=2)
    wanted = ask_for_a_place(app, case)
    answers = []
    for who, action, fields in (
        ("doi", "offer", {"place": hospital}),
        ("fujii", "refuse", {"reason": "満床のため"}),
        ("doi", "offer", {"place": hospital}),
        ("fujii", "accept", {}),
        ("aoki", "cancel", {"reason": "軽快のため"}),
    ):
        client, token = visitor(app, who), new_token()
        path = f"/coordination/{wanted}/{action}"
        first, second = (send(client, path, token=token, **fields) for _ in range(2))
        answers.append((first.status_code, second.status_code))
        assert first.headers["Location"] == second.headers["Location"], action
    assert set(answers) == {(303, 303)}
    with app.app_context(), acting_as(SYSTEM):
        states = db.session.scalars(select(PlacementOffer.state).order_by(PlacementOffer.id))
        assert list(states) == ["refused", "withdrawn"]
