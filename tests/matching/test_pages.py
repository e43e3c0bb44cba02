"""The review list, two persons side by side, merging and taking back, on the screen."""

import re
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import ReadEntry
from app.contacts.models import Contact, ContactExposure
from app.core.db import db
from app.core.transaction import transaction
from app.matching.models import MatchPair, PersonMerge
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from tests.matching.conftest import EnterPerson
from tests.support import cast
from tests.support.pages import send, statements

pytestmark = [
    pytest.mark.usefixtures("frozen_clock", "without_form_tokens"),
    pytest.mark.one_database,
]
SYSTEM = system_actor("tests")


def pair_of(app: Flask, client: FlaskClient, one: int, other: int) -> int:
    """Put two persons on the list as the clerk does."""
    answer = client.post(f"/matching/compare/{one}", data={"other": str(other)})
    assert answer.status_code == 303
    return int(re.findall(r"\d+", answer.location)[-1])


def versions(client: FlaskClient, pair: int) -> str:
    page = client.get(f"/matching/show/{pair}").text
    found = re.search(r'name="versions" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def stored(app: Flask, key: int) -> Person:
    with app.app_context(), acting_as(SYSTEM):
        return db.session.get_one(Person, key)


def test_who_is_probably_the_same_is_shown_with_the_reasons(
    clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    enter()
    enter(
        name="無関係 太郎", kana="ムカンケイ タロウ", birth_on=date(1990, 1, 1), mobile_phone=None
    )

    page = clerk.get(f"/matching/of/{hanako}").text

    assert "鈴木 花子" in page
    assert "名が同じで姓が違う（改姓の可能性）" in page
    assert "電話番号が同じ" in page
    assert "無関係" not in page


def test_side_by_side_shows_all_that_belongs_to_both_and_marks_what_differs(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    pair = pair_of(app, clerk, hanako, enter())

    page = clerk.get(f"/matching/show/{pair}").text

    assert page.count("match-differs") >= 3
    assert 'name="take_kana"' in page
    assert 'name="take_birth_on"' not in page  # the same on both sides
    assert page.count('href="/cases/show/') == 2
    with app.app_context():
        looked = select(ReadEntry.door, ReadEntry.person_id).where(
            ReadEntry.door == "match_pair.show"
        )
        assert (("match_pair.show", hanako)) in [tuple(row) for row in db.session.execute(looked)]


def test_the_clerk_merges_with_the_values_chosen_and_takes_it_back(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    pair = pair_of(app, clerk, hanako, other)
    fields = {"take_name": "second", "take_kana": "second", "take_email": "second"}

    answer = send(
        clerk, f"/matching/merge/{pair}", versions=versions(clerk, pair), note="戸籍", **fields
    )

    assert (answer.status_code, answer.location) == (303, f"/persons/show/{hanako}")
    assert stored(app, hanako).name == "鈴木 花子"
    history = clerk.get(f"/persons/history/{other}")
    assert history.status_code == 200
    assert "同一人の統合（名寄せ）" in history.text
    gone = clerk.get(f"/persons/show/{other}").text
    assert f"/persons/show/{hanako}" in gone
    assert clerk.get(f"/persons/edit/{other}").status_code == 409
    page = clerk.get("/matching/merges/").text
    (undo,) = re.findall(r"/matching/merges/undo/\d+", page)
    assert clerk.get(undo).status_code == 200
    assert send(clerk, undo, note="").status_code == 422

    assert send(clerk, undo, note="別人と判明").status_code == 303

    assert stored(app, hanako).name == "山田 花子"
    assert stored(app, other).name == "鈴木 花子"
    assert "同一人の統合の取消し" in clerk.get(f"/persons/history/{hanako}").text
    assert clerk.get(undo).status_code == 409


def test_a_form_that_is_old_merges_nothing(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    pair = pair_of(app, clerk, hanako, enter())
    seen = versions(clerk, pair)
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        session.get_one(Person, hanako).email = "other@example.jp"

    answer = send(clerk, f"/matching/merge/{pair}", versions=seen)

    assert (answer.status_code, answer.location) == (303, f"/matching/show/{pair}")
    with app.app_context(), acting_as(SYSTEM):
        assert db.session.scalar(select(func.count(PersonMerge.id))) == 0


def test_a_double_click_merges_once(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    pair = pair_of(app, clerk, hanako, enter())
    seen = versions(clerk, pair)

    places = {
        send(clerk, f"/matching/merge/{pair}", token="a" * 32, versions=seen).location
        for _click in range(2)
    }

    with app.app_context(), acting_as(SYSTEM):
        assert db.session.scalar(select(func.count(PersonMerge.id))) == 1
    assert f"/persons/show/{hanako}" in places


def test_different_people_are_not_shown_again(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    pair = pair_of(app, clerk, hanako, enter())
    seen = versions(clerk, pair)
    refused = send(clerk, f"/matching/decide/{pair}", versions=seen, state="different")
    assert refused.status_code == 422

    answer = send(
        clerk, f"/matching/decide/{pair}", versions=seen, state="different", note="年齢が違う"
    )

    assert answer.status_code == 303
    assert "鈴木 花子" not in clerk.get(f"/matching/of/{hanako}").text
    assert f"/matching/show/{pair}" not in clerk.get("/matching/").text
    assert f"/matching/show/{pair}" in clerk.get("/matching/?state=different").text


def test_a_pair_whose_person_has_gone_out_of_reach_does_not_exist(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    """Chiyoda's clerk has a pair on the list, but meets only one of the two."""
    other = enter()
    pair = pair_of(app, clerk, hanako, other)
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        chiyoda = cast.actor("chiba").institution_id
        session.get_one(MatchPair, pair).institution_id = chiyoda
    there = enter(centre="hc-chiyoda", name="別の 人", kana="ベツノ ヒト")
    assert there
    chiba = cast.sign_in(app.test_client(), "chiba")

    assert chiba.get(f"/matching/show/{pair}").status_code == 404
    assert f"/matching/show/{pair}" not in chiba.get("/matching/").text
    assert clerk.get(f"/matching/show/{pair}").status_code == 404


def test_nobody_outside_the_scope_is_found_or_counted(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    outside = enter(centre="hc-osaka")

    assert "鈴木 花子" not in clerk.get(f"/matching/of/{hanako}").text
    hidden = clerk.post(f"/matching/compare/{hanako}", data={"other": str(outside)})
    missing = clerk.post(f"/matching/compare/{hanako}", data={"other": "987654"})
    assert hidden.status_code == missing.status_code == 404


def test_the_list_asks_no_more_for_many_pairs_than_for_one(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    pair_of(app, clerk, hanako, enter())
    clerk.get("/matching/")
    with statements(app) as one:
        clerk.get("/matching/")
    for _more in range(3):
        pair_of(app, clerk, hanako, enter())
    with statements(app) as many:
        clerk.get("/matching/")
    assert len(many) == len(one)


def test_the_list_is_paged_and_narrowed(
    app: Flask,
    clerk: FlaskClient,
    enter: EnterPerson,
    hanako: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = [enter(), enter(), enter()]
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        for other, score in zip(others, (95, 72, 61), strict=True):
            pair = MatchPair(first_id=hanako, second_id=other, score=score, reasons=())
            pair.institution_id = cast.actor("aoki").institution_id
            session.add(pair)
    monkeypatch.setattr("app.matching.listing.PAGE", 2)
    monkeypatch.setattr("app.matching.listing.MOST_COUNTED", 2)

    def scores(query: str = "") -> list[str]:
        return re.findall(r"(\d+)点</", clerk.get(f"/matching/?state=open{query}").text)

    first = clerk.get("/matching/").text
    assert scores() == ["95", "72"]
    assert "2+" in first
    (following,) = re.findall(r"after=([\w-]+)", first)
    assert scores(f"&after={following}") == ["61"]
    assert scores("&score=70") == ["95", "72"]
    assert scores("&score=90&work=case&since=2021-08-01") == ["95"]
    assert scores("&work=contact") == []
    assert scores("&since=2099-01-01") == []
    assert clerk.get("/matching/?after=xyz").status_code == 400


# -- entering a contact ---------------------------------------------------------------------------

TYPED = {"name": "鈴木 花子", "kana": "スズキ ハナコ", "birth_on": "1955/04/30"}


def add_contact(client: FlaskClient, app: Flask, **fields: str):  # type: ignore[no-untyped-def]
    with app.app_context():
        case = cast.own_episode().case
    typed = {**TYPED, "mobile_phone": "090-1111-2222", "exposed_on": "2021/08/13", **fields}
    return send(client, f"/contacts/add?case_id={case}", **typed)


def contacts(app: Flask) -> list[tuple[int, int]]:
    with app.app_context(), acting_as(SYSTEM):
        rows = db.session.execute(select(Contact.id, Contact.person_id).order_by(Contact.id))
        return [tuple(row) for row in rows]


def test_somebody_probably_known_is_asked_about_before_a_contact_is_saved(
    app: Flask, clerk: FlaskClient, enter: EnterPerson
) -> None:
    known, before = enter(), contacts(app)

    answer = add_contact(clerk, app)

    assert answer.status_code == 422
    assert contacts(app) == before
    assert f'name="known_person" value="{known}"' in answer.text
    assert "ふりがなが同じ" in answer.text
    assert 'value="スズキ ハナコ"' in answer.text  # nothing typed is lost


def test_the_person_chosen_is_used(app: Flask, clerk: FlaskClient, enter: EnterPerson) -> None:
    known, before = enter(address=None), contacts(app)

    answer = add_contact(
        clerk, app, known_person=str(known), known_shown=str(known), address="新宿区戸山1-1-1"
    )

    assert answer.status_code == 303
    (added,) = set(contacts(app)) - set(before)
    assert added[1] == known
    assert stored(app, known).address == "新宿区戸山1-1-1"
    assert stored(app, known).email == "hanako@example.jp"


def test_somebody_already_observed_is_exposed_once_more(
    app: Flask, clerk: FlaskClient, enter: EnterPerson
) -> None:
    known = enter()
    chosen = {"known_person": str(known), "known_shown": str(known)}
    add_contact(clerk, app, **chosen)
    before = contacts(app)

    add_contact(clerk, app, exposed_on="2021/08/14", **chosen)

    assert contacts(app) == before
    with app.app_context(), acting_as(SYSTEM):
        days = select(func.count(ContactExposure.id)).where(
            ContactExposure.contact_id == before[-1][0]
        )
        assert db.session.scalar(days) == 2


def test_another_person_is_entered_and_the_pair_is_not_shown_again(
    app: Flask, clerk: FlaskClient, enter: EnterPerson
) -> None:
    known, before = enter(), contacts(app)
    answer = add_contact(
        clerk, app, known_person="another", known_shown=str(known), mobile_phone="080-1234-0000"
    )
    # By another telephone the two are still one name and one birth date.
    assert answer.status_code in (303, 422)
    assert answer.status_code == 303

    (added,) = set(contacts(app)) - set(before)
    assert added[1] != known
    assert "鈴木 花子" not in clerk.get(f"/matching/of/{added[1]}").text.split("list-card")[1]
    with app.app_context(), acting_as(SYSTEM):
        pair = db.session.scalars(select(MatchPair)).one()
        assert (pair.state, {pair.first_id, pair.second_id}) == ("different", {known, added[1]})


def test_somebody_found_since_the_page_was_shown_is_asked_about_anew(
    app: Flask, clerk: FlaskClient, enter: EnterPerson
) -> None:
    enter()
    before = contacts(app)

    assert add_contact(clerk, app, known_person="another", known_shown="").status_code == 422
    assert contacts(app) == before


def test_a_contact_sent_twice_is_entered_once_and_not_asked_about(
    app: Flask, clerk: FlaskClient
) -> None:
    before = contacts(app)

    new = {"name": "新井 健", "kana": "アライ ケン", "mobile_phone": "080-5555-0000"}
    first = add_contact(clerk, app, token="b" * 32, **new)
    second = add_contact(clerk, app, token="b" * 32, **new)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(contacts(app)) == len(before) + 1


def test_a_person_of_another_health_centre_is_not_known_here(
    app: Flask, clerk: FlaskClient
) -> None:
    same = {"name": "外山 秘蔵", "kana": "ソトヤマ ヒゾウ", "mobile_phone": "08099998888"}
    answer = add_contact(clerk, app, **same)

    assert answer.status_code == 303


# -- households -----------------------------------------------------------------------------------


def test_people_of_one_home_who_are_not_linked_are_suggested(
    app: Flask, clerk: FlaskClient, enter: EnterPerson, hanako: int
) -> None:
    enter(
        name="山田 太郎",
        kana="ヤマダ タロウ",
        birth_on=date(1950, 1, 1),
        mobile_phone=None,
        address="shinjukuのどこか１丁目２番３号",
        sex="male",
    )
    enter(name="佐藤 一", kana="サトウ ハジメ", mobile_phone=None, address="shinjukuのどこか1-2-3")

    page = clerk.get("/matching/households/").text

    assert "山田 太郎" in page
    assert "佐藤 一" not in page
    assert "/contacts/household?case_id=" in page
    (link,) = set(re.findall(r"/contacts/household\?case_id=\d+", page))
    assert "山田 太郎" in clerk.get(link).text
