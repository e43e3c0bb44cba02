"""Two persons made one: what is kept, what moves, and what taking it back restores."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

from app.audit.models import HistoryEntry
from app.cases.models import Case
from app.contacts.models import Contact
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.matching import merging
from app.matching.children import STAYS, children, references
from app.matching.models import MatchPair, PersonMerge
from app.matching.pairs import decide, propose
from app.notifications.models import Notification
from app.persons.models import Person, PersonPosting, PersonSearch
from app.security.actor import acting_as, system_actor
from app.security.rows import mapped_models
from app.statistics.models import DailyCount
from tests.matching.conftest import EnterPerson, person
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")
ITEMS = ("name", "kana", "birth_on", "mobile_phone", "email", "address")


def everything() -> dict[str, list[Any]]:
    """Every row that says whose it is, and every item of every person, read past the laws."""
    with acting_as(system_actor("tests")):
        db.session.expire_all()
        rows: dict[str, list[Any]] = {}
        for model, name in children():
            column = getattr(model, name)
            found = db.session.execute(select(model.id, column).order_by(model.id))  # type: ignore[attr-defined]
            rows[f"{model.__tablename__}.{name}"] = [tuple(row) for row in found]
        items = [getattr(Person, item.name) for item in merging.merged_items()]
        people = db.session.execute(select(Person.id, *items).order_by(Person.id))
        rows["person"] = [tuple(row) for row in people]
        search = select(PersonSearch.person_id, PersonSearch.tokens)
        rows["search"] = [
            (row.person_id, tuple(row.tokens))
            for row in db.session.execute(search.order_by(PersonSearch.person_id))
        ]
        posted = select(PersonPosting.person_id, PersonPosting.token)
        in_order = posted.order_by(PersonPosting.person_id, PersonPosting.token)
        rows["posting"] = [tuple(row) for row in db.session.execute(in_order)]
    return rows


def test_every_foreign_key_to_a_person_changes_hands_or_says_why_not() -> None:
    known = {f"{model.__tablename__}.{name}" for model, name in references()}
    moved = {f"{model.__tablename__}.{name}" for model, name in children()}

    assert known == moved | {place for place in STAYS if "person" in place or "match" in place}
    assert {"case_record.person_id", "contact.person_id", "notification.person_id"} <= moved
    assert {"retention_hold.person_id", "person.merged_into_id"} <= moved
    # What holds a person's key without referring to persons is written once and stays.
    loose = {
        model.__tablename__
        for model in mapped_models()
        for column in model.__table__.columns
        if column.name == "person_id" and not column.foreign_keys
    }
    # The rules of data quality look at a person once more; by then the record may be another.
    # Tokens of search lie in their own order and go with the person by their own code.
    assert loose == {"history_entry", "read_entry", "quality_due", "person_posting"}


def test_every_record_follows_and_the_chosen_values_stay(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        merged = merging.merge(
            person(hanako), person(other), by=aoki, take=("name", "kana", "email"), why="戸籍で確認"
        )

        kept, gone = person(hanako), person(other)
        assert (kept.name, kept.kana, kept.email) == ("鈴木 花子", "スズキ ハナコ", MARRIED_MAIL)
        assert kept.mobile_phone == "09011112222"
        assert [getattr(gone, name) for name in ITEMS] == [None] * len(ITEMS)
        assert gone.merged_into_id == hanako
        owned = select(func.count(Case.id)).where(Case.person_id == hanako)
        assert db.session.scalar(owned) == 2
        pair = db.session.scalars(select(MatchPair)).one()
        assert (pair.state, pair.note) == ("same", "戸籍で確認")
        assert merged.merged_by == "青木 一郎"


MARRIED_MAIL = "hanako@example.jp"


def test_merging_and_taking_back_is_as_if_nothing_had_been(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        before = everything()
        merged = merging.merge(
            person(hanako), person(other), by=aoki, take=("name", "kana", "email")
        )
        between = everything()
        left = merging.take_back(merged, "別人と判明", by=aoki)

        assert left == []
        assert between != before
        assert everything() == before


@pytest.mark.one_database
@pytest.mark.parametrize("seed", range(6))
def test_whatever_else_was_changed_since_stays_changed(
    app: Flask, enter: EnterPerson, hanako: int, seed: int
) -> None:
    """Of the records that moved and the items that were taken each is left alone or edited."""
    other = enter()
    third = enter(name="三人目", kana="サンニンメ", mobile_phone="03-1111-2222", email=None)
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        before = everything()
        merged = merging.merge(person(hanako), person(other), by=aoki, take=("name", "email"))
        expected = {table: list(rows) for table, rows in before.items() if table != "search"}
        left: list[list[Any]] = []
        with transaction() as session:
            # An unrelated edit of the person and of a record that moved.
            person(hanako).workplace = "どこか"
            expected["person"] = _with(expected["person"], hanako, "workplace", "どこか")
            moved = session.scalars(select(Case).where(Case.person_id == hanako)).all()[-1]
            moved.remarks = "その後の記録"
            if seed & 1:  # an item that the merge had set
                person(hanako).email = "new@example.jp"
                expected["person"] = _with(expected["person"], hanako, "email", "new@example.jp")
                left.append(["person", "email", hanako])
            if seed & 2:  # a record that the merge had moved
                moved.person_id = third
                expected["case_record.person_id"] = [
                    (key, third if key == moved.id else owner)
                    for key, owner in expected["case_record.person_id"]
                ]
                left.append(["case_record", "person_id", moved.id])
            if seed & 4:  # a record that came since
                contact = Contact(
                    person_id=hanako,
                    disease_id=moved.disease_id,
                    responsible_centre_id=aoki.institution_id,
                )
                session.add(contact)
                session.flush()
                expected["contact.person_id"].append((contact.id, hanako))

        assert sorted(merging.take_back(merged, "別人と判明", by=aoki)) == sorted(left)
        after = everything()
        after.pop("search")
        assert after == expected
        assert sorted(merged.left or []) == sorted(left)


def _with(rows: list[Any], key: int, name: str, value: Any) -> list[Any]:
    place = [item.name for item in merging.merged_items()].index(name) + 1
    return [(*row[:place], value, *row[place + 1 :]) if row[0] == key else row for row in rows]


def test_records_of_other_health_centres_stay_with_their_person(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    """A case of Osaka hangs on the person as well: it moves, and nobody here learns of it."""
    other = enter()
    with app.app_context():
        with acting_as(system_actor("tests")), transaction() as session:
            foreign = session.get_one(Case, cast.foreign_episode().case)
            foreign.person_id = other
        foreign_case = foreign.id
        db.session.expunge_all()
        with acting_as(cast.actor("aoki")) as aoki:
            before = everything()
            merged = merging.merge(person(hanako), person(other), by=aoki)
            assert db.session.scalar(select(Case.id).where(Case.id == foreign_case)) is None
            with acting_as(system_actor("tests")):
                owner = select(Case.person_id).where(Case.id == foreign_case)
                assert db.session.scalar(owner) == hanako
            merging.take_back(merged, "別人と判明", by=aoki)
            assert everything() == before


@pytest.mark.one_database
def test_the_history_of_both_says_what_happened(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        merged = merging.merge(person(hanako), person(other), by=aoki, why="戸籍で確認")
        merging.take_back(merged, "別人と判明", by=aoki)

        told = db.session.execute(
            select(HistoryEntry.record_id, HistoryEntry.action, HistoryEntry.reason).where(
                HistoryEntry.record_type == "person",
                HistoryEntry.action.in_(("merged", "unmerged")),
            )
        )
        merge_words = f"persons_merged: #{other} → #{hanako} 戸籍で確認"
        back_words = f"persons_unmerged: #{other} → #{hanako} 別人と判明"
        assert sorted(tuple(row) for row in told) == sorted(
            (key, action, words)
            for key in (hanako, other)
            for action, words in (("merged", merge_words), ("unmerged", back_words))
        )


@pytest.mark.one_database
def test_who_was_merged_is_found_by_nobody_and_edited_by_nobody(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        merging.merge(person(hanako), person(other), by=aoki)
        tokens = select(PersonSearch.tokens).where(PersonSearch.person_id == other)
        assert db.session.scalar(tokens) == []
        with pytest.raises(InvalidState):
            merging.merge(person(hanako), person(other), by=aoki)
        person(other).name = "もう一度"
        with pytest.raises(InvalidState):
            db.session.flush()


@pytest.mark.one_database
def test_a_person_merged_further_is_taken_apart_from_the_last_merge_on(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    second, third = enter(), enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        before = everything()
        first = merging.merge(person(second), person(third), by=aoki)
        last = merging.merge(person(hanako), person(second), by=aoki)
        assert person(third).merged_into_id == hanako
        with pytest.raises(InvalidState):
            merging.take_back(first, "順序が違う", by=aoki)
        merging.take_back(last, "別人と判明", by=aoki)
        merging.take_back(first, "別人と判明", by=aoki)
        assert everything() == before
        with pytest.raises(InvalidState):
            merging.take_back(first, "二度目", by=aoki)


@pytest.mark.one_database
def test_a_veto_is_overruled_with_a_reason_alone(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    twin = enter(name="山田 月子", kana="ヤマダ ツキコ")
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        for given in ({}, {"in_spite": True}, {"why": "確認済み"}):
            with pytest.raises(InvalidInput):
                merging.merge(person(hanako), person(twin), by=aoki, **given)  # type: ignore[arg-type]
        merging.merge(person(hanako), person(twin), by=aoki, in_spite=True, why="本人に確認")
        assert person(twin).merged_into_id == hanako


@pytest.mark.one_database
def test_a_nurse_decides_and_does_not_merge(app: Flask, enter: EnterPerson, hanako: int) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("baba")) as nurse:
        pair = propose(person(hanako), person(other), by=nurse)
        with pytest.raises(NotAllowed):
            merging.merge(person(hanako), person(other), by=nurse)
        with pytest.raises(InvalidInput):
            decide(pair, "different", "", by=nurse)
        decide(pair, "different", "年齢が違う", by=nurse)
        assert (pair.state, pair.decided_by) == ("different", "馬場 二葉")


@pytest.mark.one_database
def test_somebody_who_saved_meanwhile_is_not_overwritten(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        winner, loser = person(hanako), person(other)
        with db.engine.begin() as elsewhere:
            table = Person.__table__
            elsewhere.execute(
                update(table).where(table.c.id == other).values(row_version=table.c.row_version + 1)
            )
        with pytest.raises(InvalidState):
            merging.merge(winner, loser, by=aoki)
        assert db.session.scalar(select(func.count(PersonMerge.id))) == 0


@pytest.mark.one_database
def test_a_record_deleted_since_is_listed(app: Flask, enter: EnterPerson, hanako: int) -> None:
    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        with transaction() as session:
            draft = Notification(
                disease_id=session.get_one(Case, cast.own_episode().case).disease_id,
                institution_id=aoki.institution_id,
                person_id=other,
                state="draft",
                created_by_user_id=aoki.user_id,
            )
            session.add(draft)
            session.flush()
            key = draft.id
        merged = merging.merge(person(hanako), person(other), by=aoki)
        with db.engine.begin() as elsewhere:
            elsewhere.execute(
                delete(Notification.__table__).where(Notification.__table__.c.id == key)
            )
        assert merging.take_back(merged, "別人と判明", by=aoki) == [
            ["notification", "person_id", key]
        ]


@pytest.mark.one_database
def test_figures_count_cases_and_stay_as_they_were(
    app: Flask, enter: EnterPerson, hanako: int
) -> None:
    def figures() -> list[Any]:
        table = DailyCount.__table__
        values = [c for c in table.columns if c.name not in {"id", "row_version"}]
        with acting_as(system_actor("tests")):
            return sorted(map(str, db.session.connection().execute(select(*values)).all()))

    other = enter()
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        before = figures()
        merged = merging.merge(person(hanako), person(other), by=aoki)
        assert figures() == before
        merging.take_back(merged, "別人と判明", by=aoki)
        assert figures() == before
        assert before


def test_birth_dates_come_back_as_days(app: Flask, enter: EnterPerson, hanako: int) -> None:
    other = enter(birth_on=date(1955, 4, 3))
    with app.app_context(), acting_as(cast.actor("aoki")) as aoki:
        merged = merging.merge(person(hanako), person(other), by=aoki, take=("birth_on",))
        assert person(hanako).birth_on == date(1955, 4, 3)
        merging.take_back(merged, "別人と判明", by=aoki)
        assert person(hanako).birth_on == date(1955, 4, 30)
        assert person(other).birth_on == date(1955, 4, 3)
