"""The intake: duplicates decided before acceptance, forwarding, differences, counters at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import HistoryEntry
from app.cases.models import Case
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.institutions.models import Institution
from app.institutions.queries import institution_by_code
from app.notifications import service
from app.notifications.comparing import changes_card
from app.notifications.duplicates import PossibleDuplicate, candidates, join, keep_apart
from app.notifications.forwarding import forward
from app.notifications.models import Notification
from app.security.actor import acting_as, system_actor
from app.statistics.models import DailyCount
from tests.notifications.samples import read, submitted
from tests.statistics.test_page import lines
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")


@pytest.fixture(autouse=True)
def _inside(app: Flask) -> object:
    with app.app_context():
        yield


def institution(code: str) -> Institution:
    with acting_as(system_actor("test")):
        found = institution_by_code(code)
    assert found is not None
    return found


def accepted(app: Flask, **changes: Any) -> Notification:
    clerk = cast.actor("aoki")
    notification = submitted(app, **changes)
    with acting_as(clerk):
        return service.accept(notification, by=clerk)


def counted(grain: str) -> int:
    with acting_as(system_actor("test")):
        found = select(DailyCount.n).where(
            DailyCount.grain == grain,
            DailyCount.measure == "new_diagnosed",
            DailyCount.prefecture_code == "13",
        )
        return sum(db.session.scalars(found))


def test_another_clinics_patient_of_the_same_name_is_looked_at_before_acceptance(
    app: Flask,
) -> None:
    first = accepted(app)
    second = submitted(app, "fujii", name="佐藤　建一")
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        assert [case.id for case in candidates(second)] == [first.case_id]
        with pytest.raises(PossibleDuplicate):
            service.accept(second, by=clerk)
        assert second.state == "submitted"


def test_a_telephone_in_common_counts_between_clinics_not_within_a_family(app: Flask) -> None:
    first = accepted(app)
    brother = submitted(app, name="佐藤 次郎", kana="サトウ ジロウ")
    elsewhere = submitted(app, "fujii", name="鈴木 三郎", kana="スズキ サブロウ")
    with acting_as(cast.actor("aoki")):
        assert not candidates(brother)
        assert [case.id for case in candidates(elsewhere)] == [first.case_id]


def test_an_unknown_case_of_another_centre_is_not_shown(app: Flask) -> None:
    osaka = cast.actor("zaizen")
    other = submitted(app, address="大阪府大阪市北区中之島1-3-20", postal_code=None)
    with acting_as(osaka):
        service.accept(other, by=osaka)
    second = submitted(app, "fujii")
    with acting_as(cast.actor("aoki")):
        assert not candidates(second)


def test_joined_the_case_is_one_and_counted_once(app: Flask) -> None:
    before = counted("prefecture_day")
    first = accepted(app)
    assert counted("prefecture_day") == before + 1
    second = submitted(app, "fujii", test_nucleic_acid_collected_on="2021/8/19")
    clerk, provisional = cast.actor("aoki"), second.case_id
    with acting_as(clerk):
        assert first.case is not None
        join(second, first.case, by=clerk)
        service.accept(second, by=clerk)
        assert (second.state, second.case_id) == ("accepted", first.case_id)
        gone = db.session.get(Case, provisional)
        assert gone is not None
        assert (gone.status, gone.number) == ("withdrawn", None)
        assert first.case.status == "under_investigation"
        assert len(first.case.lab_tests) == 2
    assert counted("prefecture_day") == before + 1
    with acting_as(system_actor("test")):
        told = select(HistoryEntry.case_id).where(HistoryEntry.reason.is_not(None))
        assert {provisional, first.case_id} <= set(db.session.scalars(told))


def test_the_case_stands_when_one_of_its_two_notifications_is_withdrawn(app: Flask) -> None:
    first = accepted(app)
    second = submitted(app, "fujii")
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        assert first.case is not None
        join(second, first.case, by=clerk)
        service.accept(second, by=clerk)
    for notification, who in ((second, "fujii"), (first, "endo")):
        with acting_as(cast.actor(who)):
            service.withdraw(notification, "誤り", by=cast.actor(who))
    with acting_as(system_actor("test")):
        case = db.session.get(Case, first.case_id)
        assert case is not None
        assert case.notification_state == "withdrawn"


def test_kept_apart_both_are_accepted(app: Flask) -> None:
    before = counted("prefecture_day")
    accepted(app)
    second = submitted(app, "fujii")
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        keep_apart(second, by=clerk)
        service.accept(second, by=clerk)
    assert second.duplicate == "another_person"
    assert counted("prefecture_day") == before + 2


def test_only_the_addressed_centre_joins_and_only_what_was_found(app: Flask) -> None:
    first, stranger = accepted(app), accepted(app, kana="タナカ", mobile_phone="0311112222")
    second = submitted(app, "fujii")
    clerk, other = cast.actor("aoki"), cast.actor("chiba")
    assert first.case is not None
    assert stranger.case is not None
    with acting_as(other), pytest.raises(NotAllowed):
        join(second, first.case, by=other)
    with acting_as(clerk), pytest.raises(InvalidState):
        join(second, stranger.case, by=clerk)


def test_acceptance_moves_the_counters_of_prefecture_and_ministry_at_once(app: Flask) -> None:
    notification = submitted(app)
    before = counted("centre_day"), counted("prefecture_day")
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        service.accept(notification, by=clerk)
    after = counted("centre_day"), counted("prefecture_day")
    assert after == (before[0] + 1, before[1] + 1)


def test_prefecture_and_ministry_read_one_more_on_their_pages_right_after_acceptance(
    app: Flask,
) -> None:
    """R8: the clinic's sending counts nothing yet; nobody reports anything by hand."""
    before = figures_of_tokyo(app)
    notification = submitted(app)
    assert figures_of_tokyo(app) == before
    clerk = cast.actor("aoki")
    with acting_as(clerk):
        service.accept(notification, by=clerk)
    assert figures_of_tokyo(app) == {who: number + 1 for who, number in before.items()}


def figures_of_tokyo(app: Flask) -> dict[str, int]:
    """New cases on the page of figures: 新宿区 for the prefecture, 東京都 for the ministry."""
    found = {}
    for who, line in (("doi", "新宿区"), ("oka", "東京都")):
        with app.app_context():  # A visitor of their own, not the one before.
            client = cast.sign_in(app.test_client(), who)
            page = client.get("/statistics/?from=2021-08-01&to=2021-08-20")
        assert page.status_code == 200
        rows = lines(page.text) if "table--lined" in page.text else {}
        found[who] = int(rows.get(line, ["0"])[0])
    return found


# -- forwarding -------------------------------------------------------------------------------


def test_forwarded_it_waits_at_the_other_centre_and_the_clinic_sees_where(app: Flask) -> None:
    notification = submitted(app)
    clerk, other, doctor = (cast.actor(who) for who in ("aoki", "chiba", "endo"))
    key, centre = notification.id, institution("hc-chiyoda")
    with acting_as(clerk):
        forward(notification, centre, "住所は千代田区", by=clerk)
    db.session.expunge_all()
    with acting_as(clerk):
        assert db.session.get(Notification, key) is None
    db.session.expunge_all()
    with acting_as(doctor):
        seen = db.session.get(Notification, key)
        assert seen is not None
        assert seen.state == "submitted"
        assert (seen.responsible_centre_id, seen.forwarded_reason) == (centre.id, "住所は千代田区")
        assert seen.forwarded_from_id == institution("hc-shinjuku").id
    db.session.expunge_all()
    with acting_as(other):
        there = db.session.get(Notification, key)
        assert there is not None
        service.accept(there, by=other)
        assert there.case is not None
        assert there.case.responsible_centre_id == centre.id
        assert there.case.accepted_centre_id == centre.id


@pytest.mark.parametrize(
    ("code", "why"), [("hc-shinjuku", "理由"), ("hc-chiyoda", " "), ("clinic-shinjuku", "理由")]
)
def test_forwarding_needs_another_health_centre_and_a_reason(
    app: Flask, code: str, why: str
) -> None:
    notification, clerk = submitted(app), cast.actor("aoki")
    with acting_as(clerk), pytest.raises(InvalidInput):
        forward(notification, institution(code), why, by=clerk)


def test_what_was_accepted_is_not_forwarded(app: Flask) -> None:
    notification, clerk = accepted(app), cast.actor("aoki")
    with acting_as(clerk), pytest.raises(InvalidState):
        forward(notification, institution("hc-chiyoda"), "理由", by=clerk)


# -- versions ---------------------------------------------------------------------------------


def test_a_correction_shows_each_item_old_and_new(app: Flask) -> None:
    first, doctor = submitted(app), cast.actor("endo")
    with acting_as(doctor):
        second = service.correct(first, read(app, onset_on="2021/8/15", sex="female"), by=doctor)
        with app.test_request_context():
            card = changes_card(second)
            assert changes_card(first) is None
    assert card is not None
    assert [(field.name, field.cell.text) for field in card.fields] == [
        ("sex", "男 → 女"),
        ("onset_on", "2021/08/16 → 2021/08/15"),
    ]
