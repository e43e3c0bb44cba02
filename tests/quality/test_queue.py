"""A clerk empties the queue; what is saved is judged, nothing is lost, nobody else is shown it."""

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import HistoryEntry, ReadEntry
from app.cases.models import Case, LabTest
from app.contacts.models import Contact, ContactExposure
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.followup.models import HealthObservation
from app.jobs.models import JobRun
from app.persons.models import Person
from app.quality import queries
from app.quality.models import QualityDue, QualityFinding
from app.quality.narrowing import Narrowed
from app.quality.tasks import judge_what_is_due, note_what_grew_old
from app.quality.upkeep import judge_due, note_cases, note_everything
from app.security.actor import acting_as, system_actor
from tests.imports.nesid import applied, content, row
from tests.quality.conftest import Faulty
from tests.support import cast
from tests.support.clock import NOON
from tests.support.pages import send, statements

pytestmark = pytest.mark.usefixtures("frozen_clock")
SYSTEM = system_actor("tests")
Visitor = Callable[[str], FlaskClient]
Found = Callable[[], dict[str, tuple[int, str]]]


def _field(page: str, name: str) -> str:
    match = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert match is not None, name
    return match[1]


def _fix(client: FlaskClient, key: int, **fields: Any) -> Any:
    page = client.get(f"/quality/{key}").text
    return send(client, f"/quality/{key}/fix", versions_=_field(page, "versions_"), **fields)


def test_a_clerk_empties_the_queue(
    app: Flask, visitor: Visitor, faulty: Faulty, found: Found
) -> None:
    faulty(onset_on=None, municipality_code=None)
    clerk = visitor("aoki")
    rules = found()
    assert {"onset_missing", "municipality_missing"} <= {r for r, (_k, s) in rules.items()}
    page = clerk.get("/quality/").text
    listed = page.count("data-row")
    assert f'<b class="numeric">{listed}</b>' in page
    where = clerk.get("/quality/next").location
    for _step in range(listed + 1):
        key = int(re.search(r"/quality/(\d+)", where)[1])  # type: ignore[index]
        rule = next(name for name, (own, _s) in rules.items() if own == key)
        if rule == "onset_missing":
            answer = _fix(clerk, key, onset_on="2021/8/10")
        elif rule == "municipality_missing":
            answer = _fix(clerk, key, municipality_code="13104")
        else:
            answer = send(clerk, f"/quality/{key}/check", reason="document")
        assert answer.status_code == 303, answer.text
        where = answer.location
        if where.endswith("/quality/"):
            break
    assert "点検が必要なものはありません" in clerk.get("/quality/").text or (
        "Nothing is left" in clerk.get("/quality/").text
    )
    assert {state for _key, state in found().values()} <= {"gone", "checked"}
    with app.app_context(), acting_as(SYSTEM):
        case = db.session.get_one(Case, cast.own_episode().case)
        assert (case.onset_on, case.municipality_code) == (date(2021, 8, 10), "13104")


@pytest.mark.one_database
def test_counts_equal_the_lists(app: Flask, faulty: Faulty) -> None:
    faulty(onset_on=date(2021, 8, 15), died_on=date(2021, 8, 14), sex="male", pregnant="yes")
    with app.app_context(), acting_as(cast.actor("aoki")):
        groups = queries.groups()
        assert groups
        for group in groups:
            assert len(queries.page_of(Narrowed(rule=group.rule.code))[0]) == group.count
        every = queries.page_of(Narrowed())[0]
        assert len(every) == sum(group.count for group in groups)
        order = [(-one.severity, one.since_at) for one in every]
        assert order == sorted(order)


@pytest.mark.one_database
def test_what_was_correct_opens_again_with_another_value(
    app: Flask, visitor: Visitor, faulty: Faulty, found: Found
) -> None:
    faulty(reported_on=date(2021, 8, 18))
    key, state = found()["reported_late"]
    assert state == "open"
    clerk = visitor("aoki")
    refused = send(clerk, f"/quality/{key}/check", reason="other")
    assert refused.status_code == 422
    assert send(clerk, f"/quality/{key}/check", reason="other", note="休診").status_code == 303
    assert found()["reported_late"] == (key, "checked")
    assert "休診" in clerk.get(f"/quality/{key}").text
    faulty(reported_on=date(2021, 8, 18))
    assert found()["reported_late"][1] == "checked"
    faulty(reported_on=date(2021, 8, 19))
    assert found()["reported_late"][1] == "open"
    faulty(reported_on=date(2021, 8, 12))
    assert found()["reported_late"][1] == "gone"
    with app.app_context(), acting_as(SYSTEM):
        names = db.session.scalars(
            select(HistoryEntry.user_name).where(
                HistoryEntry.record_type == "quality_finding", HistoryEntry.record_id == key
            )
        ).all()
        raw = db.session.connection().exec_driver_sql(
            f"SELECT note, checked_values FROM quality_finding WHERE id = {key}"
        )
        assert all("休診" not in str(value) for value in raw.one())
    assert names == ["aoki"]


@pytest.mark.one_database
def test_a_form_made_before_somebody_else_saved_is_refused(
    app: Flask, visitor: Visitor, faulty: Faulty, found: Found
) -> None:
    faulty(onset_on=None)
    key = found()["onset_missing"][0]
    clerk = visitor("aoki")
    stale = _field(clerk.get(f"/quality/{key}").text, "versions_")
    faulty(remarks="x")
    answer = send(clerk, f"/quality/{key}/fix", versions_=stale, onset_on="2021/8/10")
    assert answer.status_code == 409
    assert _field(answer.text, "onset_on").endswith("8/10"), "what was typed is still there"
    nothing = send(
        clerk, f"/quality/{key}/fix", versions_=_field(answer.text, "versions_"), onset_on=""
    )
    assert nothing.status_code == 422
    bad = _fix(clerk, key, onset_on="2021/8/13")
    assert bad.status_code == 422
    assert "2021/8/13" in bad.text
    assert found()["onset_missing"][1] == "open"


@pytest.mark.one_database
def test_a_fault_that_stays_is_said_and_stays(
    visitor: Visitor, faulty: Faulty, found: Found
) -> None:
    faulty(severity="severe")
    key = found()["severe_without_hospital"][0]
    answer = _fix(visitor("baba"), key, severity="severe", severe_on="2021/8/13")
    assert answer.location.endswith(f"/quality/{key}")
    assert found()["severe_without_hospital"] == (key, "open")


@pytest.mark.one_database
def test_tests_and_identity_are_mended_where_they_stand(
    app: Flask, visitor: Visitor, faulty: Faulty, found: Found
) -> None:
    case = faulty(age_years=20)
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        session.add(LabTest(case_id=case, result="positive"))
    with app.app_context(), acting_as(SYSTEM):
        judge_due()
    clerk = visitor("aoki")
    rules = found()
    answer = _fix(clerk, rules["specimen_day_missing"][0], collected_on="2021/8/11")
    assert answer.status_code == 303, answer.text
    page = clerk.get(f"/quality/{rules['age_contradicts_birth'][0]}").text
    born = _field(page, "birth_on")
    answer = _fix(clerk, rules["age_contradicts_birth"][0], birth_on=born, age_years="66")
    assert answer.status_code == 303, answer.text
    after = found()
    assert after["specimen_day_missing"][1] == after["age_contradicts_birth"][1] == "gone"
    with app.app_context(), acting_as(SYSTEM):
        doors = set(db.session.scalars(select(ReadEntry.door)))
    assert "quality_finding.show" in doors


def test_nobody_else_meets_a_finding(visitor: Visitor, faulty: Faulty, found: Found) -> None:
    faulty(onset_on=None)
    key = found()["onset_missing"][0]
    for who in ("chiba", "zaizen"):
        assert visitor(who).get(f"/quality/{key}").status_code == 404
        assert "data-row" not in visitor(who).get("/quality/").text
    for who in ("endo", "doi", "oka", "goto"):
        assert visitor(who).get(f"/quality/{key}").status_code == 403


@pytest.mark.one_database
def test_a_case_that_is_handed_over_takes_its_findings_along(
    app: Flask, faulty: Faulty, found: Found, visitor: Visitor
) -> None:
    faulty(onset_on=None)
    with app.app_context():
        chiba = cast.actor("chiba").institution_id
    faulty(responsible_centre_id=chiba)
    assert visitor("aoki").get(f"/quality/{found()['onset_missing'][0]}").status_code == 404
    assert visitor("chiba").get("/quality/").text.count("data-row")


@pytest.mark.one_database
def test_contacts_have_a_queue_too(app: Flask, visitor: Visitor) -> None:
    with app.app_context(), acting_as(SYSTEM), transaction() as session:
        contact = session.get_one(Contact, cast.own_episode().contact)
        key = contact.id
        for exposure in session.scalars(
            select(ContactExposure).where(ContactExposure.contact_id == key)
        ):
            session.delete(exposure)
    with app.app_context(), acting_as(SYSTEM):
        judge_due()
        rules = db.session.scalars(
            select(QualityFinding.rule).where(QualityFinding.contact_id == key)
        ).all()
    assert "contact_without_exposure" in rules
    assert f"#{key}" in visitor("aoki").get("/quality/?rule=contact_without_exposure").text


@pytest.mark.one_database
def test_a_save_costs_one_statement_and_only_where_a_rule_asks(app: Flask) -> None:
    with app.app_context(), acting_as(SYSTEM):
        key = cast.own_episode().case
        judge_due()

        def cost(**values: Any) -> int:
            with transaction() as session:
                case = session.get_one(Case, key)
                for name, value in values.items():
                    setattr(case, name, value)
                session.flush()
                with statements(app) as sent:
                    session.commit()
            return sum("quality_" in one for one in sent)

        assert cost(occupation="student") == 0
        assert cost(onset_on=date(2021, 8, 9)) == 1
        assert db.session.scalar(select(func.count(QualityDue.id))) == 1
        with transaction() as session:
            seen = session.get_one(HealthObservation, cast.own_episode().observation)
            other = HealthObservation(case_id=key, observed_on=seen.observed_on + timedelta(days=9))
            other.temperature, other.spo2 = 37, 97
            session.add(other)
        assert db.session.scalar(select(func.count(QualityDue.id))) == 1
        with transaction() as session:
            session.get_one(HealthObservation, other.id).spo2 = 58
        assert db.session.scalar(select(func.count(QualityDue.id))) == 2
        with statements(app) as sent:
            judge_due()
    assert sum("FROM health_observation" in one for one in sent) == 1


def _saved_and_refused(key: int) -> None:
    with transaction() as session:
        session.get_one(Case, key).onset_on = date(2021, 8, 9)
        session.flush()
        raise RuntimeError("no")


@pytest.mark.one_database
def test_what_is_refused_is_not_judged(app: Flask) -> None:
    with app.app_context(), acting_as(SYSTEM):
        key = cast.own_episode().case
        judge_due()
        with pytest.raises(RuntimeError, match="no"):
            _saved_and_refused(key)
        with transaction() as session:
            session.get_one(Case, key).occupation = "student"
        assert db.session.scalar(select(func.count(QualityDue.id))) == 0


def test_many_are_judged_in_chunks_by_a_job_the_sweep_asks_for(app: Flask) -> None:
    with app.app_context(), acting_as(SYSTEM):
        with transaction() as session:
            own = session.get_one(Case, cast.own_episode().case)
            for number in range(3):
                session.add(
                    Case(
                        person=Person(name="試", kana="シ"),
                        disease_id=own.disease_id,
                        first_prefecture_code="13",
                        responsible_centre_id=own.responsible_centre_id,
                        number=f"7000000{number}",
                        diagnosis_type="confirmed",
                    )
                )
        assert judge_what_is_due() == 1
        assert judge_what_is_due() == 0
        assert db.session.scalar(select(JobRun.kind)) == "quality"
        judge_due()
        missing = select(func.count(QualityFinding.id)).where(
            QualityFinding.rule == "onset_missing"
        )
        assert db.session.scalar(missing) == 3
        with transaction() as session:
            note_cases(session.connection(), [own.id])
            assert note_everything(session) >= 5
        judge_due()
        assert db.session.scalar(missing) == 3
        assert judge_what_is_due() == 0


@pytest.mark.one_database
def test_days_that_pass_are_noticed(app: Flask, found: Found) -> None:
    with app.app_context(), acting_as(SYSTEM):
        judge_due()
    assert "follow_up_too_long" not in found()
    with app.app_context(), acting_as(SYSTEM), clock.frozen_at(NOON + timedelta(days=40)):
        with transaction():
            assert note_what_grew_old(clock.today()) > 0
        judge_due()
    assert found()["follow_up_too_long"][1] == "open"


@pytest.mark.one_database
def test_what_an_import_brought_is_one_line_and_is_checked_together(
    app: Flask, visitor: Visitor, faulty: Faulty
) -> None:
    faulty(onset_on=None)
    with app.app_context():
        aoki = cast.actor("aoki")
        with acting_as(aoki):
            batch = applied(content([row(key=f"2020{n}") for n in range(3)]), aoki).id
        with acting_as(SYSTEM):
            judge_due()
    group = f"/quality/?rule=outcome_missing&batch={batch}"
    clerk = visitor("aoki")
    queue = clerk.get("/quality/").text
    assert group.replace("&", "&amp;") in queue
    assert clerk.get("/quality/?origin=entered").text.count("outcome_missing&amp;batch") == 0
    # The front page counts them apart from what people entered.
    note = re.search(r'tile__note">\D*(\d+)', clerk.get("/").text)
    with app.app_context(), acting_as(cast.actor("aoki")):
        brought = select(func.count(QualityFinding.id)).where(QualityFinding.batch_id == batch)
        assert note is not None
        assert int(note[1]) == db.session.scalar(brought)
    assert clerk.get(group).text.count("data-tick") == 3
    assert "data-row" not in visitor("chiba").get(group).text

    preview = send(clerk, f"/quality/checking/{group[9:]}", which="all")
    choice = html.unescape(_field(preview.text, "choice"))
    assert "確認済みにする" in preview.text or "Note 3 as correct" in preview.text
    assert send(clerk, "/quality/checking/apply", choice=choice).status_code == 422
    # The same choice in another's hands means nothing there.
    chiba = visitor("chiba")
    assert send(chiba, "/quality/checking/apply", choice=choice, reason="document").location
    done = send(clerk, "/quality/checking/apply", choice=choice, reason="document")
    assert done.status_code == 303
    with app.app_context(), acting_as(SYSTEM):
        of_batch = select(QualityFinding).where(QualityFinding.batch_id == batch)
        found = db.session.scalars(of_batch.order_by(QualityFinding.id)).all()
        late = [one for one in found if one.rule == "outcome_missing"]
        assert [(one.state, one.checked_how) for one in late] == [("checked", "document")] * 3
        assert all((one.checked_by or "").startswith("青木") for one in late)
        entries = select(func.count(HistoryEntry.id)).where(
            HistoryEntry.record_type == "quality_finding",
            HistoryEntry.record_id.in_([one.id for one in late]),
        )
        assert db.session.scalar(entries) == 3
        first, case = late[0].id, late[0].case_id
    # One is put back by itself; what somebody worked on is the clerk's own from now on.
    assert send(clerk, f"/quality/checking/{first}/back").status_code == 303
    assert clerk.get(group).text.count("data-tick") == 1
    assert send(clerk, f"/quality/checking/{first}/back").status_code == 409
    assert send(chiba, f"/quality/checking/{first}/back").status_code == 404
    faulty(case, onset_on=None, diagnosis_type="confirmed")
    assert "onset_missing" in clerk.get("/quality/?origin=entered").text


@pytest.mark.one_database
def test_pages_of_the_queue_go_on_and_back_without_a_gap(app: Flask, faulty: Faulty) -> None:
    faulty(onset_on=date(2021, 8, 15), died_on=date(2021, 8, 14), sex="male", pregnant="yes")
    with app.app_context(), acting_as(cast.actor("aoki")), pytest.MonkeyPatch.context() as patch:
        every = [one.id for one in queries.page_of(Narrowed())[0]]
        assert len(every) > 3
        patch.setattr(queries, "PAGE", 2)
        read, cursor, more = [], None, True
        while more:
            page, more = queries.page_of(Narrowed(), cursor)
            read += [one.id for one in page]
            cursor = page[-1]
        assert read == every
        back, _more = queries.page_of(Narrowed(), cursor, before=True)
        assert [one.id for one in back] == every[-3:-1]
