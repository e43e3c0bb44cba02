"""The comparison behind the scenes: whom it proposes, to which health centre, and only once."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.cases.models import Case
from app.core.crypto.keys import EXTENSION, KeyRing, new_entry
from app.core.crypto.rotation import rotate
from app.core.db import db
from app.core.transaction import transaction
from app.jobs.daily import do_daily_chores
from app.jobs.models import JobRun
from app.jobs.regular import do_regular_work
from app.matching import comparing
from app.matching.finding import alike, values_of
from app.matching.models import MatchPair, PersonMerge
from app.matching.tasks import SYSTEM
from app.persons.lookups import FORM
from app.persons.models import PersonPosting, PersonSearch
from app.persons.search_keys import drop_search_keys
from app.security.actor import acting_as, system_actor
from tests.matching.conftest import EnterPerson, person
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


_DUE = PersonSearch.to_compare.is_(True)


def compare(app: Flask) -> int:
    with app.app_context(), acting_as(SYSTEM):
        return comparing.compare_due(by=SYSTEM)


def pairs(app: Flask) -> list[tuple[int, int, int, str]]:
    with app.app_context(), acting_as(SYSTEM):
        columns = (
            MatchPair.institution_id,
            MatchPair.first_id,
            MatchPair.second_id,
            MatchPair.state,
        )
        rows = db.session.execute(select(*columns).order_by(MatchPair.id))
        return [tuple(row) for row in rows]


def centre(app: Flask, who: str) -> int:
    with app.app_context():
        return cast.actor(who).institution_id or 0


def test_a_pair_goes_to_each_health_centre_that_meets_both(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    ours = enter()
    theirs = enter(centre="hc-osaka", name="山田 花子", kana="ヤマダ ハナコ")

    assert compare(app) == 1

    assert pairs(app) == [(centre(app, "aoki"), hanako, ours, "open")]
    # The three are alike, but nobody meets one here and the other there.
    assert theirs


@pytest.mark.one_database
def test_who_is_saved_or_goes_while_being_compared_is_looked_at_again(
    app: Flask, enter: EnterPerson, hanako: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = enter()
    find, wrote = comparing.all_alike, []

    def meanwhile(*asked: Any) -> Any:
        found = find(*asked)
        with db.session.get_bind().connect() as elsewhere:  # nothing holds the others up
            elsewhere.execute(
                update(PersonSearch).values(tokens=[1]).where(PersonSearch.person_id == other)
            )
            wrote.append(elsewhere.commit())
        return found

    monkeypatch.setattr(comparing, "all_alike", meanwhile)
    with app.app_context(), acting_as(SYSTEM):
        assert comparing.compare_batch(by=SYSTEM) is not None
        assert wrote
        assert comparing.any_due()
        assert db.session.scalars(select(PersonSearch.person_id).where(_DUE)).all() == [other]
    assert pairs(app) == []  # the one that changed is compared with its new values


@pytest.mark.one_database
def test_a_long_run_gives_way_to_others_after_its_turn(
    app: Flask, enter: EnterPerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter()
    monkeypatch.setattr(comparing, "TURN", timedelta(seconds=-1))
    assert compare(app) == 0
    with app.app_context(), acting_as(SYSTEM):
        assert comparing.any_due()


def test_who_was_compared_is_not_compared_again_until_saved(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    compare(app)
    with app.app_context(), acting_as(SYSTEM):
        assert not comparing.any_due()
        with transaction():
            person(other).email = "new@example.jp"  # nothing that is compared
        assert not comparing.any_due()
        with transaction():
            person(other).kana = "スズキ　ハナコ"
        assert comparing.any_due()
    assert compare(app) == 0
    assert len(pairs(app)) == 1


@pytest.mark.one_database
def test_a_decision_outlives_the_next_comparison(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    compare(app)
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        # Read anew first: what was changed and not yet written would be forgotten.
        person(other).kana = "スズキ　ハナコ"
        session.scalars(select(MatchPair)).one().state = "different"
    with app.app_context(), acting_as(SYSTEM):
        assert comparing.any_due()
    compare(app)
    assert pairs(app) == [(centre(app, "aoki"), hanako, other, "different")]


@pytest.mark.one_database
def test_a_sweep_compares_a_few_and_hands_many_to_a_job(
    app: Flask, enter: EnterPerson, hanako: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter()
    with app.app_context():
        assert do_regular_work()["compare persons due"] == 5  # four of the cast, and her
    assert len(pairs(app)) == 1
    monkeypatch.setattr("app.matching.tasks.AT_ONCE", 1)
    enter()
    enter()
    with app.app_context():
        assert do_regular_work()["compare persons due"] == 1
        with acting_as(SYSTEM):
            asked = select(func.count(JobRun.id)).where(JobRun.kind == "compare persons")
            assert db.session.scalar(asked) == 1


@pytest.mark.one_database
def test_every_night_it_is_asked_for(app: Flask) -> None:
    with app.app_context():
        assert do_daily_chores()["compare persons"] == 1


@pytest.mark.one_database
@pytest.mark.parametrize(("allowed", "merged"), [(False, 0), (True, 1)])
def test_nobody_is_merged_without_a_human_being_unless_the_setting_says_so(
    app: Flask,
    enter: EnterPerson,
    hanako: int,
    allowed: bool,
    merged: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    certain = {"name": "山田 花子", "kana": "ﾔﾏﾀﾞ ﾊﾅｺ", "email": "certain@example.jp"}
    other = enter(**certain)
    married = enter()
    monkeypatch.setitem(app.config, "MERGE_CERTAIN_PERSONS", allowed)

    compare(app)

    with app.app_context(), acting_as(system_actor("tests")):
        assert db.session.scalar(select(func.count(PersonMerge.id))) == merged
        assert (person(other).merged_into_id == hanako) is allowed
        assert person(married).merged_into_id is None
        # What was blank is filled, nothing is replaced.
        assert person(hanako).email == ("certain@example.jp" if allowed else None)


@pytest.mark.one_database
def test_twins_are_not_proposed(app: Flask, enter: EnterPerson) -> None:
    home = {"birth_on": date(2015, 5, 5), "address": "新宿区戸山1-1-1"}
    enter(name="林 空", kana="ハヤシ ソラ", **home)
    enter(name="林 海", kana="ハヤシ ウミ", **home)

    compare(app)

    assert pairs(app) == []


@pytest.mark.one_database
def test_other_registration_numbers_forbid_it(app: Flask, enter: EnterPerson) -> None:
    number = {"source_system": "nesid", "mobile_phone": "03-0000-1111"}
    enter(name="東 一", kana="アズマ ハジメ", source_key="1301", **number)
    enter(name="東 一", kana="アズマ ハジメ", source_key="1302", **number)

    compare(app)

    assert pairs(app) == []


def test_persons_saved_before_an_upgrade_get_their_tokens(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    enter()
    with app.app_context(), acting_as(SYSTEM):
        compare(app)
        values = values_of(person(hanako))
        # As the version before left it: without the tokens of the blocks.
        with transaction() as session:
            session.execute(update(PersonSearch).values(tokens=[1], form=1, to_compare=False))
            if session.get_bind().dialect.name == "sqlite":
                session.execute(PersonPosting.__table__.delete())
        assert alike(values, own_id=hanako) == ()
        assert comparing.renew_tokens() == 5
        assert len(alike(values, own_id=hanako)) == 1
        assert comparing.any_due()
        forms = set(db.session.scalars(select(PersonSearch.form)))
        assert forms == {FORM}


@pytest.mark.one_database
def test_a_look_up_asks_under_every_key_until_the_rotation_is_done(
    app: Flask, enter: EnterPerson, hanako: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter()
    with app.app_context(), acting_as(SYSTEM):
        values = values_of(person(hanako))
        older = app.config["FIELD_KEYS"]
        # The app is shared by the tests: the next one finds its own keys again.
        monkeypatch.setitem(app.extensions, EXTENSION, KeyRing(f"{new_entry(77)},{older}"))
        assert len(alike(values, own_id=hanako)) == 1
        rotate()
        assert set(db.session.scalars(select(PersonSearch.key_id))) == {77}
        assert len(alike(values, own_id=hanako)) == 1


@pytest.mark.one_database
def test_whoever_is_anonymised_is_found_by_nobody(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    with app.app_context(), acting_as(SYSTEM):
        values = values_of(person(hanako))
        with transaction() as session:
            drop_search_keys(session.connection(), other)
        assert alike(values, own_id=hanako) == ()


@pytest.mark.one_database
def test_a_withdrawn_case_says_nothing_about_its_person(app: Flask, enter: EnterPerson) -> None:
    one = enter(name="西 一", kana="ニシ ハジメ", died_on=date(2021, 8, 1))
    enter(name="西 一", kana="ニシ ハジメ", notification_state="withdrawn")
    with app.app_context(), acting_as(SYSTEM):
        case = db.session.scalars(select(Case).where(Case.person_id == one)).one()
        assert case.died_on == date(2021, 8, 1)

    compare(app)

    assert len(pairs(app)) == 1
