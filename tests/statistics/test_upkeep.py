from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from sqlalchemy import event, select

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.security.actor import system_actor
from app.statistics.models import CaseContribution, DailyCount
from app.statistics.service import rebuild
from tests.statistics.conftest import add_case, add_stay, all_sums, centre, day

pytestmark = pytest.mark.usefixtures("counting")


def counts(measure: str) -> dict[tuple[str, str, date], int]:
    """(prefecture, centre, day) → n, from the finest grain."""
    statement = select(DailyCount).where(
        DailyCount.grain == "centre_day", DailyCount.measure == measure, DailyCount.n != 0
    )
    found = db.session.scalars(statement.execution_options(populate_existing=True))
    names = {0: "", **{centre(place).id: place for place in ("shinjuku", "chiyoda", "osaka")}}
    return {(one.prefecture_code, names[one.centre_id], one.counted_on): one.n for one in found}


def everything() -> Counter[tuple[Any, ...]]:
    return all_sums()


@contextmanager
def statements() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def test_a_saved_case_is_counted_at_once() -> None:
    add_case(onset_on=day(2))
    add_case(onset_on=day(3))
    assert counts("new_reported") == {("13", "shinjuku", day(5)): 2}
    assert counts("new_onset") == {
        ("13", "shinjuku", day(2)): 1,
        ("13", "shinjuku", day(3)): 1,
    }


@pytest.mark.parametrize(
    "items",
    [
        {"notification_state": "submitted"},
        {"notification_state": "returned"},
        {"notification_state": "draft"},
        {"notification_state": "withdrawn"},
        {"diagnosis_type": "suspected"},
        {"diagnosis_type": "body_suspected"},
        {"diagnosis_type": None},
    ],
)
def test_what_is_not_an_accepted_confirmed_case_is_not_counted(items: dict[str, Any]) -> None:
    add_case(**items)
    assert counts("new_reported") == {}


@pytest.mark.parametrize(
    "items",
    [
        {"notification_state": "corrected"},
        {"notification_state": None},
        {"diagnosis_type": "asymptomatic_carrier"},
        {"diagnosis_type": "body_confirmed"},
        {"diagnosis_type": None, "notification_state": None, "source_system": "open-data"},
    ],
)
def test_carriers_corrections_and_imported_cases_are_counted(items: dict[str, Any]) -> None:
    add_case(**items)
    assert counts("new_reported") == {("13", "shinjuku", day(5)): 1}


def test_acceptance_counts_a_case_and_withdrawal_takes_it_out() -> None:
    case = add_case(notification_state="submitted")
    for state, expected in (("accepted", 1), ("withdrawn", 0)):
        with transaction():
            case.notification_state = state
        assert sum(counts("new_reported").values()) == expected


def test_a_case_handed_to_another_prefecture_takes_its_numbers_along() -> None:
    case = add_case(onset_on=day(2))
    add_stay(case, "hospital", 6)
    with transaction():
        case.prefecture_code = "27"
        case.responsible_centre_id = centre("osaka").id
        case.authority_id = centre("osaka").authority_id
    assert counts("new_reported") == {("27", "osaka", day(5)): 1}
    assert counts("in_hospital") == {("27", "osaka", day(6)): 1}


def test_a_deleted_stay_and_a_deleted_case_leave_nothing_behind() -> None:
    case = add_case()
    stay = add_stay(case, "hotel", 6, 9)
    assert counts("hotel") == {("13", "shinjuku", day(6)): 1, ("13", "shinjuku", day(9)): -1}
    with transaction() as session:
        session.delete(stay)
    assert counts("hotel") == {}
    with transaction() as session:
        session.delete(case)
    assert counts("new_reported") == {}
    assert db.session.get(CaseContribution, case.id) is None


def test_a_stay_moved_to_another_case_is_counted_there() -> None:
    ours, theirs = add_case(), add_case("osaka")
    stay = add_stay(ours, "home", 6)
    with transaction():
        stay.case_id = theirs.id
    assert counts("home") == {("27", "osaka", day(6)): 1}


def test_a_save_that_is_rolled_back_counts_nothing() -> None:
    case = add_case()
    with pytest.raises(RuntimeError):
        _move_and_fail(case)
    assert counts("new_reported") == {("13", "shinjuku", day(5)): 1}


def _move_and_fail(case: Case) -> None:
    with transaction():
        case.reported_on = day(9)
        db.session.flush()
        raise RuntimeError


def test_a_case_without_a_centre_is_counted_in_its_prefecture() -> None:
    add_case(None)
    add_case(None, prefecture_code=None, first_prefecture_code="27")
    assert counts("new_reported") == {("13", "", day(5)): 1, ("27", "", day(5)): 1}


def test_the_upkeep_takes_at_most_seven_statements_and_none_where_nothing_changed() -> None:
    """Four for the sums (read, two tables, what was given), two for the journal of what was known when (sums by day, cases), one
    notes the case for the rules of data quality. PostgreSQL takes one more: it has many writers,
    and the case is held first by a statement of its own, so that the next one sees what they
    committed.
    """
    most = 8 if db.engine.dialect.name == "postgresql" else 7
    case = add_case()
    with transaction(), statements() as sent:
        case.onset_on = day(3)
        db.session.flush()
        before = len(sent)
        db.session.commit()
        assert 0 < len(sent) - before <= most
    with transaction(), statements() as sent:
        case.remarks = "経過良好"
        db.session.flush()
        before = len(sent)
        db.session.commit()
        assert len(sent) == before


def test_counting_anew_gives_what_the_saves_gave() -> None:
    case = add_case(onset_on=day(1), link_known="no")
    add_stay(case, "hospital", 6, 9, icu="yes")
    add_stay(case, "hotel", 9)
    add_case("osaka", notification_state="submitted")
    kept = everything()
    assert rebuild(by=system_actor("tests")) == 4  # the two of the cast are read as well
    assert everything() == kept


def test_rows_written_past_the_session_are_counted_by_recounting_them() -> None:
    case = add_case()
    with transaction() as session:
        table = Case.__table__
        session.connection().execute(
            table.update().where(table.c.id == case.id).values(reported_on=day(8))
        )
    rebuild(by=system_actor("tests"))
    assert counts("new_reported") == {("13", "shinjuku", day(8)): 1}
