"""Every change of a record leaves what was before and after it, in the same transaction."""

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import load_only

from app.audit.history import because, historied_models
from app.audit.models import HistoryEntry
from app.cases.models import Case, LabTest
from app.core.db import db
from app.core.items import items_of
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.security.actor import acting_as, system_actor
from tests.support import cast
from tests.support.world import forget


def entries(record_type: str, record_id: int) -> list[HistoryEntry]:
    found = select(HistoryEntry).where(
        HistoryEntry.record_type == record_type, HistoryEntry.record_id == record_id
    )
    with acting_as(system_actor("test")):
        return list(db.session.scalars(found.order_by(HistoryEntry.id)))


def count() -> int:
    with acting_as(system_actor("test")):
        return int(db.session.scalar(select(func.count(HistoryEntry.id))) or 0)


def test_a_change_says_who_when_why_and_what_was_there(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        aoki = cast.actor("aoki")
        with acting_as(aoki), because("訂正の申出"), transaction() as session:
            case = session.get(Case, own.case)
            assert case is not None
            case.sex = "male"
        entry = entries("case", own.case)[-1]
        assert entry.changes == {"sex": ["female", "male"]}
        assert (entry.action, entry.user_id, entry.reason) == (
            "changed",
            aoki.user_id,
            "訂正の申出",
        )
        assert (entry.role, entry.institution_id) == (aoki.role, aoki.institution_id)
        assert (entry.case_id, entry.person_id) == (own.case, own.person)


def test_a_record_is_kept_whole_when_it_comes_and_when_it_goes(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        with acting_as(cast.actor("aoki")):
            with transaction() as session:
                test = LabTest(case_id=own.case, result="positive", collected_on=date(2021, 8, 11))
                session.add(test)
            key = test.id
            with transaction() as session:
                session.delete(test)
        created, deleted = entries("lab_test", key)
        assert created.changes["result"] == [None, "positive"]
        assert created.changes["collected_on"] == [None, "2021-08-11"]
        assert deleted.action == "deleted"
        assert deleted.changes["result"] == ["positive", None]
        assert (created.case_id, deleted.case_id) == (own.case, own.case)


def test_what_was_never_loaded_is_in_the_history_all_the_same(app: Flask) -> None:
    with app.app_context():
        own = cast.own_episode()
        partly = select(LabTest).options(load_only(LabTest.id))
        forget()
        with acting_as(cast.actor("aoki")), transaction():
            test = db.session.scalars(partly.where(LabTest.id == own.lab_test)).one()
            test.result = "negative"
        assert entries("lab_test", own.lab_test)[-1].changes == {"result": ["positive", "negative"]}
        forget()
        with acting_as(cast.actor("aoki")), transaction() as session:
            session.delete(db.session.scalars(partly.where(LabTest.id == own.lab_test)).one())
        last = entries("lab_test", own.lab_test)[-1]
        assert last.changes["collected_on"] == ["2021-08-11", None]
        assert last.case_id == own.case


def test_a_deleted_record_is_kept_whole_also_where_its_deleter_reads_only_part(app: Flask) -> None:
    with app.app_context():
        key = cast.own_episode().observation
        forget()
        with acting_as(cast.actor("goto")), transaction() as session:
            record = session.get(HealthObservation, key)
            assert record is not None
            session.delete(record)
        last = entries("observation", key)[-1]
        assert last.changes["remarks"] == ["山田 花子の様子", None]
        assert "非表示" not in str(last.changes)


def test_what_is_undone_leaves_no_entry(app: Flask) -> None:
    with app.app_context():
        own, before = cast.own_episode(), count()
        with acting_as(cast.actor("aoki")):
            with pytest.raises(ZeroDivisionError):
                _change_and_fail(own.case)
            with transaction():
                pass
            forget()
            case = db.session.get(Case, own.case)
            assert case is not None
            assert case.sex == "female"
        assert count() == before


def _change_and_fail(key: int) -> None:
    with transaction() as session:
        case = session.get(Case, key)
        assert case is not None
        case.sex = "male"
        session.flush()
        raise ZeroDivisionError


def test_a_save_that_changes_nothing_leaves_no_entry(app: Flask) -> None:
    with app.app_context():
        own, before = cast.own_episode(), count()
        with acting_as(cast.actor("aoki")), transaction() as session:
            case = session.get(Case, own.case)
            assert case is not None
            version = case.row_version
            case.sex, case.remarks = case.sex, case.remarks
        assert (count(), case.row_version) == (before, version)


def test_no_bulk_change_passes_the_history(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("job")), pytest.raises(RuntimeError):
        db.session.execute(update(Case).values(sex="male"))


def test_no_bulk_save_passes_the_session(app: Flask) -> None:
    with app.app_context(), acting_as(system_actor("job")):
        values: list[dict[str, Any]] = [{"sex": "male"}]
        for save in (
            lambda: db.session.bulk_save_objects([Case(sex="male")]),
            lambda: db.session.bulk_insert_mappings(Case, values),
            lambda: db.session.bulk_update_mappings(Case, values),
        ):
            with pytest.raises(RuntimeError):
                save()


@pytest.mark.one_database
@pytest.mark.parametrize(
    "model", sorted(historied_models(), key=lambda m: m.__name__), ids=lambda m: m.__name__
)
def test_every_historied_model_is_recorded_at_a_change(app: Flask, model: type[Any]) -> None:
    with app.app_context(), acting_as(system_actor("job")):
        record = db.session.scalars(select(model).limit(1)).first()
        if record is None:
            pytest.skip("the cast has none")
        texts = [i for i in items_of(model) if i.kind in {"text", "long_text"} and not i.codes]
        days = [i for i in items_of(model) if i.kind == "date"]
        before = count()
        with transaction():
            if texts:
                setattr(record, texts[0].name, "1")
            elif days:
                setattr(record, days[0].name, date(2021, 8, 1))
            else:
                db.session.delete(record)
        assert count() >= before + 1
