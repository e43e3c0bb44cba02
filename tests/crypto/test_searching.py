"""Encrypted names and numbers are found, by those who may read them and by nobody else."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import load_only

from app.cases.models import Case
from app.cases.service import grant_access
from app.core.crypto.keys import EXTENSION, KeyRing, key_ring, new_entry
from app.core.crypto.rotation import rotate
from app.core.crypto.tokens import token
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.items import items_of
from app.core.transaction import transaction
from app.persons import finding
from app.persons.blocks import COLUMN, blocks_of
from app.persons.finding import PersonSearchTerm, same_reading_and_birth
from app.persons.lookups import BIRTH, KANA, NAME, TELEPHONE, Lookup
from app.persons.models import Person, PersonPosting, PersonSearch
from app.security.actor import acting_as, system_actor
from tests.support import cast

PEOPLE = (
    {"name": "渡邉　髙志", "kana": "ワタナベ タカシ", "home_phone": "03-1111-0001"},
    {"name": "𠮷野 櫻", "kana": "ヨシノ サクラ", "mobile_phone": "０９０－２２２２－０００２"},
    {"name": "カタナカ 次郎", "kana": "カタナカ ジロウ", "location_phone": "06-3333-0003"},
    {"name": "李", "kana": "リ", "mobile_phone": "+81 90 4444 0004"},
    {"name": "辻\U000e0100 一郎", "kana": None},
)


@pytest.fixture
def people(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")) as by, transaction() as session:
        first = session.get(Case, cast.own_episode().case)
        assert first is not None
        for values in PEOPLE:
            case = Case(
                person=Person(**values), disease_id=first.disease_id, first_prefecture_code="13"
            )
            session.add(case)
            session.flush()
            grant_access(case, first.responsible_centre_id or 0, "responsible", by=by)


def found(lookup: Lookup, typed: str, who: str = "aoki") -> list[str]:
    condition = PersonSearchTerm(lookup).find(typed).condition
    with acting_as(cast.actor(who)):
        return [p.name or "" for p in db.session.scalars(select(Person).where(condition))]


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize(
    ("lookup", "typed", "names"),
    [
        (KANA, "わたなべ", ["渡邉　髙志"]),
        (KANA, "ﾅﾍﾞ", ["渡邉　髙志"]),
        (KANA, "べ たか", ["渡邉　髙志"]),
        (KANA, "ワタナベ　タカシ", ["渡邉　髙志"]),
        (KANA, "ワタナベ サクラ", []),
        (KANA, "リ", []),
        (NAME, "渡辺", ["渡邉　髙志"]),
        (NAME, "高志", ["渡邉　髙志"]),
        (NAME, "𠮷野", ["𠮷野 櫻"]),
        (NAME, "吉野", ["𠮷野 櫻"]),
        (NAME, "辻一", ["辻\U000e0100 一郎"]),
        (NAME, "野桜", ["𠮷野 櫻"]),
        (TELEPHONE, "0311110001", ["渡邉　髙志"]),
        (TELEPHONE, "09022220002", ["𠮷野 櫻"]),
        (TELEPHONE, "06(3333)0003", ["カタナカ 次郎"]),
        (TELEPHONE, "090-4444-0004", ["李"]),
        (TELEPHONE, "0311110002", []),
    ],
)
def test_a_person_is_found_by_parts_of_the_name_and_by_each_number(
    app: Flask, lookup: Lookup, typed: str, names: list[str]
) -> None:
    with app.app_context():
        acting = acting_as(cast.actor("aoki"))
        with acting:
            assert found(lookup, typed) == names


@pytest.mark.usefixtures("people")
def test_what_has_the_same_grams_in_another_order_is_not_found(app: Flask) -> None:
    """カタナカ has every pair of タナカタ, but does not contain it."""
    with app.app_context(), acting_as(cast.actor("aoki")):
        assert found(KANA, "タナカ") == ["カタナカ 次郎"]
        assert found(KANA, "タナカタ") == []


@pytest.mark.usefixtures("people")
def test_nobody_outside_the_scope_is_found(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("zaizen")):
        assert found(KANA, "ワタナベ", "zaizen") == []
        assert found(KANA, "ソトヤマ", "zaizen") == ["外山 秘蔵", "外山 秘蔵の家族"]


@pytest.mark.parametrize("who", ["ito", "doi", "kato", "mori", "niida", "oka", "saito"])
def test_a_name_that_is_masked_is_not_searched(app: Flask, who: str) -> None:
    with app.app_context(), acting_as(cast.actor(who)):
        for lookup, typed in ((NAME, "山田"), (KANA, "ヤマダ"), (TELEPHONE, "09011112222")):
            with pytest.raises(NotAllowed):
                PersonSearchTerm(lookup).find(typed)
    client = cast.sign_in(app.test_client(), who)
    answer = client.post("/cases/list/", data={"person__kana": "ヤマダ"})
    assert answer.status_code in {400, 403, 404}
    assert "ヤマダ" not in answer.text


def test_a_hotel_reads_no_birth_date_and_asks_for_none(app: Flask) -> None:
    with app.app_context(), acting_as(cast.actor("goto")):
        assert found(KANA, "ヤマダ", "goto") == ["山田 花子"]
        with pytest.raises(NotAllowed):
            same_reading_and_birth("ヤマダ ハナコ", date(1955, 4, 30))


def test_no_door_shows_the_search_keys(app: Flask) -> None:
    """Not even to those who may read the name."""
    with app.app_context():
        with acting_as(system_actor("test")):
            tokens = db.session.scalars(select(PersonSearch.tokens)).first() or []
        assert len(tokens) > 5
    client = cast.sign_in(app.test_client(), "aoki")
    with app.app_context():
        own = cast.own_episode()
    for path in (f"/persons/show/{own.person}", f"/api/v1/person/{own.person}", "/cases/list/"):
        text = client.get(path).text
        assert not any(str(token) in text for token in tokens if abs(token) > 10**6), path


def test_one_character_is_answered_with_a_hint(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    client = cast.sign_in(app.test_client(), "aoki")
    for typed in ("や", "ﾔ", "ヤ　", "・・"):
        answer = client.post("/cases/list/", data={"person__kana": typed})
        assert answer.status_code == 422
        assert "aria-invalid" in answer.text
    answer = client.post("/cases/list/", data={"person__kana": "やま"})
    assert answer.status_code == 200
    assert "山田 花子" in answer.text


def test_the_keys_follow_every_change_of_a_person(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        own = cast.own_episode()
        with transaction() as session:
            person = session.get_one(Person, own.person)
            person.kana = "スズキ ハナコ"
            person.home_phone = "03-9999-9999"
            person.address = "新宿区西新宿2-8-1"
        with acting_as(cast.actor("aoki")):
            assert found(KANA, "ヤマダハナコ") == ["山田 花子の家族"]
            assert found(KANA, "スズキ") == ["山田 花子"]
            assert found(TELEPHONE, "03-9999-9999") == ["山田 花子"]
            assert found(TELEPHONE, "09011112222") == ["山田 花子"]
        _tokens_are_those_of(own.person)


def test_a_change_by_who_had_not_loaded_everything_keeps_the_rest(app: Flask) -> None:
    """The hotel, to which birth dates are masked, corrects a telephone number."""
    with app.app_context():
        own = cast.own_episode()
        db.session.expunge_all()
        with acting_as(system_actor("test")), transaction() as session:
            person = session.scalars(
                select(Person)
                .where(Person.id == own.person)
                .options(load_only(Person.mobile_phone))
            ).one()
            person.mobile_phone = "080-1234-0000"
        _tokens_are_those_of(own.person)
        with acting_as(cast.actor("aoki")):
            assert same_reading_and_birth("やまだはなこ", date(1955, 4, 30)) == [own.person]


def test_a_person_that_goes_leaves_no_keys(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("test")):
        with transaction() as session:
            person = Person(name="消 える", kana="キエル")
            session.add(person)
        key = person.id
        with transaction() as session:
            session.delete(person)
        for model in (PersonSearch, PersonPosting):
            rows = select(model).where(model.person_id == key)
            assert db.session.scalars(rows).all() == []


@pytest.mark.usefixtures("people")
def test_persons_are_found_before_during_and_after_a_rotation(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), acting_as(cast.actor("aoki")):
        old, new = app.config["FIELD_KEYS"], new_entry(2)
        monkeypatch.setitem(app.extensions, EXTENSION, KeyRing(f"{new},{old}"))
        assert found(KANA, "ワタナベ") == ["渡邉　髙志"]
        with acting_as(system_actor("test")), transaction() as session:
            session.get_one(Person, cast.own_episode().person).kana = "ワタナベ ハナコ"
        assert sorted(found(KANA, "ワタナベ")) == ["山田 花子", "渡邉　髙志"]
        with acting_as(system_actor("test")):
            assert rotate() == 0
        assert {key_id for (key_id,) in db.session.execute(select(PersonSearch.key_id))} == {2}
        assert sorted(found(KANA, "ワタナベ")) == ["山田 花子", "渡邉　髙志"]
        monkeypatch.setitem(app.extensions, EXTENSION, KeyRing(new))
        db.session.expunge_all()
        assert sorted(found(KANA, "ワタナベ")) == ["山田 花子", "渡邉　髙志"]


def test_a_search_with_too_many_results_says_that_it_is_cut(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setattr(finding, "LARGEST", 1)
    with app.app_context(), acting_as(cast.actor("aoki")):
        term = PersonSearchTerm(KANA).find("ヤマダ")
        assert term.cut
        assert [p.name for p in db.session.scalars(select(Person).where(term.condition))] == [
            "山田 花子の家族"
        ]
    client = cast.sign_in(app.test_client(), "aoki")
    page = client.post("/contacts/list/", data={"person__kana": "ヤマダ"}).text
    assert "新しいものから" in page or "the newest only" in page


def _tokens_are_those_of(person_id: int) -> None:
    db.session.expunge_all()
    with acting_as(system_actor("test")):
        person = db.session.get_one(Person, person_id)
        values = {item.name: getattr(person, item.name) for item in items_of(Person)}
        key = key_ring().current()
        # What is searched for, and the blocks in which people are compared; nothing else.
        searched = {
            t for lookup in (NAME, KANA, TELEPHONE, BIRTH) for t in lookup.kept(key, values)
        }
        blocks = {token(key, COLUMN, block) for block in blocks_of(values)}
        assert searched
        assert blocks
        wanted = sorted(searched | blocks)
        assert db.session.get_one(PersonSearch, person_id).tokens == wanted
        if db.engine.dialect.name == "sqlite":
            posted = select(PersonPosting.token).where(PersonPosting.person_id == person_id)
            assert sorted(db.session.scalars(posted)) == wanted
