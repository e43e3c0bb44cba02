"""Any past day as it was known then; today's knowledge is the roll-up itself."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app.cases.models import Case
from app.core.db import db
from app.core.transaction import transaction
from app.publication import asof
from app.publication.asof import Explained
from app.publication.explaining import sentence
from app.publication.models import CaseCountChange, DailyCountChange
from app.publication.rules import BY_CASE, Flow
from app.retention.anonymising import anonymise
from app.retention.parts import gather
from app.retention.subjects import Root, Subject
from app.security.actor import system_actor
from app.statistics.areas import Area
from app.statistics.models import DailyCount
from app.statistics.queries import Asked, rollup, total_of
from app.statistics.service import rebuild
from tests.publication.conftest import add_case, add_stay, at, centre, day, withdraw
from tests.statistics.test_agreement import do_step, steps

pytestmark = [pytest.mark.usefixtures("counting"), pytest.mark.one_database]

TOKYO = Area(prefecture_code="13")


def asked(on: int = 5, area: Area = TOKYO, basis: str = "reported") -> Asked:
    return Asked(basis, day(on), day(on), area)


def new_as_known(known: int, on: int = 5, area: Area = TOKYO) -> int:
    return asof.figures_as_known(asked(on, area), day(known)).new


def causes(known: int, on: int = 5, area: Area = TOKYO) -> dict[str, tuple[int, int]]:
    found = asof.causes_since(asked(on, area), "new_reported", day(known))
    return {cause: (flow.gained, flow.lost) for cause, flow in found.items()}


def journal_sums() -> Counter[tuple[Any, ...]]:
    keys = [c for c in DailyCount.__table__.c if c.name != "n"]
    ours = [DailyCountChange.__table__.c[c.name] for c in keys]
    net = func.sum(DailyCountChange.gained - DailyCountChange.lost)
    rows = db.session.execute(select(*ours, net).group_by(*ours)).all()
    return Counter({tuple(row[:-1]): int(row[-1]) for row in rows if row[-1]})


def sums() -> Counter[tuple[Any, ...]]:
    keys = [c for c in DailyCount.__table__.c if c.name != "n"]
    rows = db.session.execute(select(*keys, DailyCount.__table__.c.n)).all()
    return Counter({tuple(row[:-1]): row[-1] for row in rows if row[-1]})


def journal_by_case() -> Counter[tuple[Any, ...]]:
    columns = (CaseCountChange.measure, CaseCountChange.prefecture_code, CaseCountChange.counted_on)
    statement = select(*columns, func.sum(CaseCountChange.n)).group_by(*columns)
    return Counter({tuple(r[:-1]): int(r[-1]) for r in db.session.execute(statement) if r[-1]})


def test_a_past_day_is_as_it_was_known_at_its_end_and_as_it_is_known_now() -> None:
    with at(5):
        add_case()
        add_case()
    with at(7):
        add_case()
    with at(9):
        withdraw(db.session.scalars(select(Case).order_by(Case.id.desc())).first())
        add_case()
        add_case("osaka")
    assert [new_as_known(known) for known in (4, 5, 6, 7, 8, 9)] == [0, 2, 2, 3, 3, 3]
    assert causes(5) == {"new": (2, 0), "withdrawn": (0, 1)}
    assert new_as_known(9, area=Area()) == 4


def test_a_difference_is_told_in_a_sentence() -> None:
    found = Explained(123, 131, {"new": Flow(9, 0), "withdrawn": Flow(0, 1)})
    assert found.unexplained == 0
    words = sentence(found, date(2021, 8, 3), published=True)
    assert "123" in words
    assert "131" in words
    assert sentence(Explained(5, 5), date(2021, 8, 3), published=True).count("5") == 1


def test_a_corrected_day_leaves_one_day_and_enters_another() -> None:
    with at(5):
        case = add_case()
    with at(8), transaction():
        case.reported_on = day(4)
    assert causes(6, on=5) == {"corrected": (0, 1)}
    assert causes(6, on=4) == {"corrected": (1, 0)}
    assert new_as_known(7, on=5) == 1
    assert new_as_known(8, on=5) == 0


def test_a_case_moved_between_prefectures_is_explained_in_both_and_none_in_the_country() -> None:
    with at(5):
        case = add_case()
    with at(8), transaction():
        case.prefecture_code = "27"
        case.responsible_centre_id = centre("osaka").id
        case.authority_id = centre("osaka").authority_id
    assert causes(6) == {"moved": (0, 1)}
    assert causes(6, area=Area(prefecture_code="27")) == {"moved": (1, 0)}
    assert causes(6, area=Area()) == {}
    assert new_as_known(6) == 1
    assert new_as_known(8) == 0


def test_a_move_between_centres_is_none_for_their_prefecture() -> None:
    with at(5):
        case = add_case()
    with at(8), transaction():
        case.responsible_centre_id = centre("chiyoda").id
        case.authority_id = centre("chiyoda").authority_id
    assert causes(6) == {}
    assert causes(6, area=Area(centre_id=centre("shinjuku").id)) == {"moved": (0, 1)}
    assert causes(6, area=Area(centre_id=centre("chiyoda").id)) == {"moved": (1, 0)}


def test_a_moved_and_corrected_case_is_both() -> None:
    with at(5):
        case = add_case()
    with at(8), transaction():
        case.responsible_centre_id = centre("chiyoda").id
        case.authority_id = centre("chiyoda").authority_id
        case.reported_on = day(6)
    assert causes(7) == {"corrected": (0, 1)}
    chiyoda = Area(centre_id=centre("chiyoda").id)
    assert causes(7, area=chiyoda) == {"moved": (1, 0), "corrected": (0, 1)}
    assert causes(7, on=6, area=chiyoda) == {"corrected": (1, 0)}


def test_withdrawn_and_reinstated_is_told_apart_from_late() -> None:
    with at(5):
        case = add_case()
    with at(6):
        withdraw(case)
    with at(7), transaction():
        case.notification_state = "accepted"
    assert causes(5) == {"reinstated": (1, 0), "withdrawn": (0, 1)}
    assert [new_as_known(known) for known in (5, 6, 7)] == [1, 0, 1]


def test_places_of_care_of_a_past_day_are_as_they_were_known() -> None:
    with at(5):
        case = add_case()
        add_stay(case, "hospital", 5)
    with at(9):
        add_stay(case, "hotel", 7)
    then = asof.figures_as_known(asked(8), day(8))
    now = asof.figures_as_known(asked(8), day(9))
    assert (then.stocks["in_hospital"], then.stocks["hotel"]) == (1, 0)
    assert (now.stocks["in_hospital"], now.stocks["hotel"]) == (0, 1)


def test_a_deleted_case_is_taken_out_as_withdrawn() -> None:
    with at(5):
        case = add_case()
    with at(6), transaction() as session:
        session.delete(case)
    assert causes(5) == {"withdrawn": (0, 1)}
    assert journal_sums() == sums()


@pytest.mark.parametrize("on", [date(2020, 2, 29), date(2020, 12, 31), date(2021, 1, 3)])
def test_leap_days_and_the_53rd_week_are_days_like_others(on: date) -> None:
    with at(5):
        add_case(reported_on=on)
    week = Asked("reported", on - timedelta(days=6), on, TOKYO)
    assert asof.figures_as_known(week, day(5)).new == 1
    assert asof.figures_as_known(week, day(4)).new == 0


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps)
def test_as_known_today_is_the_present_roll_up_whatever_happened(
    edits: list[tuple[int, Any]],
) -> None:
    with at(5):
        cases = [add_case(reported_on=day(3)), add_case("osaka", onset_on=day(2))]
    for later, (which, edit) in enumerate(edits):
        with at(6 + later):
            do_step(cases, which, edit)
    assert journal_sums() == sums()
    assert journal_by_case() == Counter(
        {
            (measure, prefecture, on): n
            for (_d, grain, prefecture, measure, on, *_), n in sums().items()
            if grain == "prefecture_day" and measure in BY_CASE
        }
    )
    question = Asked("reported", day(1), day(28), Area())
    assert (
        asof.figures_as_known(question, day(28)).new == total_of(rollup("prefecture", question)).new
    )


def test_counting_anew_leaves_an_honest_journal_alone() -> None:
    with at(5):
        case = add_case(onset_on=day(1))
        add_stay(case, "hospital", 4, 7)
    before = journal_sums()
    with at(9):
        rebuild(by=system_actor("tests"))
    assert journal_sums() == before == sums()
    assert causes(5) == {}
    assert new_as_known(5) == 1


def test_counting_anew_writes_down_what_the_journal_lacked_on_the_day_it_was_found() -> None:
    with at(5):
        add_case()
        late = add_case()
        with transaction() as session:
            # As after a restore: the sums and contributions are gone and one case differs.
            table = Case.__table__
            session.connection().execute(
                table.update().where(table.c.id == late.id).values(reported_on=day(4))
            )
    for number in (8, 9):
        with at(number):
            rebuild(by=system_actor("tests"))
    assert journal_sums() == sums()
    assert causes(6) == {"recounted": (0, 1)}
    assert causes(6, on=4) == {"recounted": (1, 0)}
    assert new_as_known(7) == 2
    assert new_as_known(8) == 1
    found = asof.causes_after(asked(), "new_reported", asof.end_of(day(6)))
    assert found["recounted"].lost == 1


def test_what_was_known_is_written_once() -> None:
    with at(5):
        add_case()
    for verb in ("UPDATE case_count_change SET n = 9", "DELETE FROM case_count_change"):
        with db.engine.connect() as connection:
            with pytest.raises(DatabaseError, match=r"written once|permission denied"):
                connection.execute(text(verb))
            connection.rollback()


def test_anonymisation_changes_nothing_that_was_known() -> None:
    with at(5):
        case = add_case(age_years=40, sex="male")
    before = journal_sums(), journal_by_case()
    with at(20), transaction() as session:
        root = Root("case", case, case.responsible_centre_id, None, None, None)
        rows = gather(session, {Case: [case.id]})
        subject = Subject(f"case:{case.id}", None, (root,), rows)
        anonymise(session, subject, on=day(20), by=system_actor("retention"), why="5年")
    assert (journal_sums(), journal_by_case()) == before
    with at(21):
        rebuild(by=system_actor("tests"))
    assert (journal_sums(), journal_by_case()) == before
