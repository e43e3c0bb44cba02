"""How long whoever notified or cares meets a case, and who may prolong it."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry
from app.cases.ending import end_problem, has_ended, reporting_ends_at
from app.cases.models import Case, LabTest, Stay
from app.core.clock import frozen_at
from app.core.db import db
from app.core.errors import NotAllowed
from app.core.transaction import transaction
from app.notifications import service
from app.notifications.models import Notification
from app.persons.models import Person
from app.security.actor import acting_as, system_actor
from app.security.fields import MASKED
from tests.notifications.samples import submitted
from tests.support import cast
from tests.support.clock import NOON
from tests.support.reading import form_of

TODAY = date(2021, 8, 20)


@pytest.mark.parametrize(
    ("former", "new", "first", "problem"),
    [
        (None, None, None, None),
        (None, date(2021, 8, 1), None, None),
        # Planned, or today: the patient has not left yet.
        (date(2021, 8, 25), None, None, None),
        (date(2021, 8, 20), date(2021, 12, 1), None, None),
        (date(2021, 8, 19), None, None, "reopened"),
        (date(2021, 8, 10), date(2021, 8, 24), None, None),
        (date(2021, 8, 10), date(2021, 8, 25), None, "moved"),
        # Moved once already: counted from the first end.
        (date(2021, 8, 18), date(2021, 8, 25), date(2021, 8, 10), "moved"),
        (date(2021, 8, 18), date(2021, 8, 5), date(2021, 8, 10), None),
    ],
)
def test_the_end_of_a_stay_is_moved_a_little_and_never_cleared(
    former: date | None, new: date | None, first: date | None, problem: str | None
) -> None:
    assert end_problem(former, new, first=first, today=TODAY) == problem


def test_the_last_day_itself_is_not_over() -> None:
    assert not has_ended(TODAY, TODAY)
    assert has_ended(TODAY - timedelta(days=1), TODAY)
    assert not has_ended(None, TODAY)


def test_a_clinic_meets_the_case_thirty_days_after_the_acceptance() -> None:
    assert reporting_ends_at(date(2021, 8, 20)) == datetime(2021, 9, 19, 15, tzinfo=UTC)


def test_after_its_time_a_clinic_reads_its_document_and_no_case(app: Flask) -> None:
    with frozen_at(NOON), app.app_context():
        notification = submitted(app)
        key, case = notification.id, notification.case_id
        db.session.remove()
        aoki = cast.actor("aoki")
        with acting_as(aoki):
            service.accept(db.session.get_one(Notification, key), by=aoki)
    for days, status in ((29, 200), (31, 404)):
        with frozen_at(NOON + timedelta(days=days)):
            endo = cast.sign_in(app.test_client(), "endo")
            assert endo.get(f"/cases/show/{case}").status_code == status
            page = endo.get(f"/notifications/show/{key}")
            assert page.status_code == 200
            assert ("/notifications/correct/" in page.text) is (status == 200)
            assert endo.get("/notifications/list/").status_code == 200


@pytest.fixture(autouse=True)
def _without_tokens(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)


def _stay_form(app: Flask, who: str, key: int, **changes: str) -> int:
    client = cast.sign_in(app.test_client(), who)
    page = client.get(f"/stays/edit/{key}")
    if page.status_code != 200:
        return page.status_code
    return client.post(f"/stays/edit/{key}", data=form_of(page.text) | changes).status_code


@pytest.fixture
def ended_stay(app: Flask) -> int:
    """A stay at the hospital of our case that ended five days before NOON."""
    with app.app_context(), frozen_at(NOON):
        aoki = cast.actor("aoki")
        case, hospital = cast.own_episode().case, cast.actor("fujii").institution_id
        client = cast.sign_in(app.test_client(), "aoki")
        form = form_of(client.get(f"/stays/add?case_id={case}").text)
        form.pop("institution_id_text", None)
        sent = {
            "place": "hospital",
            "institution_id": str(hospital),
            "from_on": "2021-08-12",
            "to_on": "2021-08-15",
        }
        assert client.post(f"/stays/add?case_id={case}", data=form | sent).status_code == 303
        with acting_as(aoki):
            return int(db.session.scalars(select(Stay.id).where(Stay.place == "hospital")).one())


def test_a_hospital_does_not_prolong_its_own_access(app: Flask, ended_stay: int) -> None:
    with frozen_at(NOON):
        assert _stay_form(app, "fujii", ended_stay, to_on="") == 422
        assert _stay_form(app, "fujii", ended_stay, to_on="2021-08-30") == 422
        assert _stay_form(app, "fujii", ended_stay, to_on="2021-08-17") == 303
        assert _stay_form(app, "fujii", ended_stay, to_on="2021-08-30") == 422
        with app.app_context():
            case = cast.own_episode().case
        fujii = cast.sign_in(app.test_client(), "fujii")
        form = form_of(fujii.get(f"/stays/add?case_id={case}").text)
        form.pop("institution_id_text", None)
        with app.app_context():
            own = str(cast.actor("fujii").institution_id)
        again = {"place": "hospital", "institution_id": own, "from_on": "2021-08-19"}
        assert fujii.post(f"/stays/add?case_id={case}", data=form | again).status_code == 422
        assert _stay_form(app, "aoki", ended_stay, to_on="") == 303
    with frozen_at(NOON + timedelta(days=60)), app.app_context(), acting_as(cast.actor("fujii")):
        assert db.session.get(Case, case) is not None


def test_nobody_gets_around_the_rule_by_putting_an_item_back(app: Flask, ended_stay: int) -> None:
    with frozen_at(NOON):
        assert _stay_form(app, "aoki", ended_stay, to_on="2021-08-16") == 303
        with app.app_context(), acting_as(system_actor("test")):
            own = cast.own_episode()
            test = db.session.get_one(LabTest, own.lab_test)
            with transaction():
                test.result = "negative"
            entries = dict(
                db.session.execute(
                    select(HistoryEntry.record_type, func.max(HistoryEntry.id)).group_by(
                        HistoryEntry.record_type
                    )
                ).all()
            )
        fujii = cast.sign_in(app.test_client(), "fujii")
        # Entered by the clinic: not the hospital's to put back.
        address = f"/lab-tests/history/{own.lab_test}/revert/{entries['lab_test']}/result"
        assert fujii.post(address, data={"reason": "forged"}).status_code in {403, 404}
        with app.app_context(), acting_as(system_actor("test")):
            opened = db.session.get_one(Stay, ended_stay)
            history = select(HistoryEntry).where(
                HistoryEntry.record_type == "stay", HistoryEntry.record_id == ended_stay
            )
            created = db.session.scalars(history.order_by(HistoryEntry.id)).first()
            assert created is not None
            key, stands = created.id, opened.to_on
        address = f"/stays/history/{ended_stay}/revert/{key}/to_on"
        assert fujii.post(address, data={"reason": "forged"}).status_code != 303
        with app.app_context(), acting_as(system_actor("test")):
            assert db.session.get_one(Stay, ended_stay).to_on == stands == date(2021, 8, 16)
            assert db.session.get_one(LabTest, own.lab_test).result == "negative"


def test_an_institution_changes_only_the_tests_it_entered(app: Flask) -> None:
    with frozen_at(NOON), app.app_context():
        own = cast.own_episode()
        with acting_as(system_actor("test")), transaction() as session:
            centre = cast.actor("aoki").institution_id
            foreign = LabTest(case_id=own.case, collected_on=TODAY, entering_institution_id=centre)
            session.add(foreign)
            session.flush()
            key = foreign.id
        with acting_as(cast.actor("endo")):
            seen = db.session.scalars(select(LabTest.id).where(LabTest.case_id == own.case)).all()
            assert list(seen) == [own.lab_test]
        db.session.remove()
        fujii = cast.actor("fujii")
        with acting_as(fujii), pytest.raises(NotAllowed), transaction() as session:
            session.get_one(LabTest, key).result = "positive"
        db.session.remove()
        with acting_as(fujii), transaction() as session:
            session.add(LabTest(case_id=own.case, collected_on=TODAY))
            session.flush()
            made = session.scalars(select(LabTest).order_by(LabTest.id.desc())).first()
            assert made is not None
            assert made.entering_institution_id == fujii.institution_id


@pytest.mark.parametrize("who", ["goto", "honda"])
def test_whoever_looks_after_a_patient_reads_name_age_telephone_and_no_more(
    app: Flask, who: str
) -> None:
    with frozen_at(NOON), app.app_context():
        own = cast.own_episode()
        with acting_as(system_actor("test")), transaction() as session:
            person = session.get_one(Person, own.person)
            person.guardian_name, person.emergency_phone = "山田 母", "0399998888"
            stay = Stay(
                case_id=own.case,
                place="hotel",
                from_on=TODAY,
                room="1203",
                institution_id=cast.actor(who).institution_id,
            )
            session.add(stay)
        db.session.remove()
        with acting_as(cast.actor(who)):
            person = db.session.get_one(Person, own.person)
            assert (person.name, person.mobile_phone) == ("山田 花子", "09011112222")
            for item in ("birth_on", "address", "guardian_name", "emergency_phone"):
                assert getattr(person, item) is MASKED, item
            case = db.session.get_one(Case, own.case)
            assert (case.sex, case.age_years) == ("female", 66)
            for item in ("onset_on", "municipality_code", "occupation", "link_known", "remarks"):
                assert getattr(case, item) is MASKED, item
            rooms = db.session.scalars(select(Stay).where(Stay.case_id == own.case)).all()
            assert [room.room for room in rooms] == ["1203"]
        for address in ("/cases/list/", f"/cases/show/{own.case}", f"/cases/{own.case}/symptoms"):
            page = cast.sign_in(app.test_client(), who).get(address)
            assert page.status_code == 200, address
            assert "0399998888" not in page.text
