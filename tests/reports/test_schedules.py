"""Reports made regularly: with whose rights, for whom, told to whom, and what is never told."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.accounts.models import Account
from app.audit.models import ReadEntry
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.reports import kinds
from app.reports.layout import Layout
from app.reports.layout_queries import layout_by_id
from app.reports.layout_service import remove_layout, save_layout
from app.reports.schedules import making, service
from app.reports.schedules.models import ReportIssue, ReportSchedule
from app.reports.schedules.rules import Rhythm
from app.reports.schedules.tasks import look
from app.security.actor import acting_as
from tests.reports.conftest import book_of
from tests.support import cast
from tests.support.pages import send
from tests.support.post import Mailbox

START = datetime(2021, 8, 20, 3, tzinfo=UTC)
DAILY = Rhythm("day", 6)
NEW = "/report-schedules/new"
RHYTHM = {"every": "week", "weekday": "0", "hour": "6", "month_day": "1"}


@pytest.fixture
def office(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.app_context():
        with acting_as(service.SCHEDULER), transaction():
            for account in db.session.scalars(select(Account)):
                account.mail = f"{account.user.username}@example.jp"
        yield app


def visited(office: Flask, who: str, path: str, **form: Any) -> TestResponse:
    """A page asked for by somebody, or a form sent; in a context of its own, as requests are."""
    with office.app_context():
        client = cast.sign_in(office.test_client(), who)
        answer = send(client, path, **form) if form else client.get(path)
        answer.get_data()
    return answer


def scheduled(kind: str = "daily", who: str = "aoki", **said: Any) -> int:
    by = cast.actor(who)
    with clock.frozen_at(START), acting_as(by):
        return service.schedule(kind, DAILY, by=by, **said).id


def days_later(days: int) -> Any:
    return clock.frozen_at(START + timedelta(days=days))


def work() -> int:
    """The regular looks and every job they set going, as a worker does; how many reports."""
    with acting_as(service.SCHEDULER):
        look()
        jobs = db.session.scalars(select(JobRun).where(JobRun.kind == making.JOB)).all()
        ran = sum(run_job(job.id) for job in jobs if job.state == "waiting")
        look()
        mails = select(JobRun.id).where(JobRun.kind == "mail", JobRun.state == "waiting")
        for key in db.session.scalars(mails).all():
            run_job(key)
    return ran


def issues() -> list[ReportIssue]:
    with acting_as(service.SCHEDULER):
        found = select(ReportIssue).order_by(ReportIssue.id)
        return list(db.session.scalars(found, execution_options={"populate_existing": True}))


def the_schedule() -> ReportSchedule:
    with acting_as(service.SCHEDULER):
        found = select(ReportSchedule)
        return db.session.scalars(found, execution_options={"populate_existing": True}).one()


@pytest.mark.one_database
def test_what_was_missed_is_made_once_and_told_without_a_figure(
    office: Flask, mailbox: Mailbox
) -> None:
    key = scheduled()
    with acting_as(cast.actor("baba")):
        service.subscribe(the_schedule(), by=cast.actor("baba"))
    with days_later(5):
        assert (work(), work()) == (1, 0)
        (issue,) = issues()
        assert (issue.state, issue.last_on.isoformat()) == ("ready", "2021-08-24")
        assert clock.in_japan(the_schedule().next_at).isoformat()[:16] == "2021-08-26T06:00"
        told = {mail["To"]: mail for mail in mailbox.mails}
        assert set(told) == {"aoki@example.jp", "baba@example.jp"}
        for mail in told.values():
            text = mail.get_content()
            assert f"https://portal.example/report-schedules/{key}" in text
            assert not mail.is_multipart()
            assert "件" not in text
        for who, status in (("baba", 200), ("chiba", 404), ("ito", 404), ("endo", 403)):
            answer = visited(office, who, f"/report-schedules/file/{issue.id}")
            assert answer.status_code == status, who
            assert (answer.data[:2] == b"PK") is (status == 200)


@pytest.mark.one_database
def test_opening_a_report_with_people_in_it_is_a_look_at_them(office: Flask) -> None:
    with pytest.raises(InvalidInput):
        scheduled("follow_up")
    scheduled("follow_up", recipient="保健所長", purpose="朝の打合せ")
    with days_later(1):
        assert work() == 1
        (issue,) = issues()
        assert issue.state == "ready", issue.problem
        with acting_as(service.SCHEDULER), transaction():
            issue.people = [cast.own_episode().person]
        with acting_as(service.SCHEDULER):
            before = len(db.session.scalars(select(ReadEntry.id)).all())
        # A nurse of the same centre holds another role: what she may see is not what he may.
        for who, status in (("aoki", 200), ("baba", 404), ("ito", 404)):
            answer = visited(office, who, f"/report-schedules/file/{issue.id}")
            assert answer.status_code == status, who
        with acting_as(service.SCHEDULER):
            looks = db.session.scalars(select(ReadEntry).order_by(ReadEntry.id)).all()[before:]
        (looked,) = [one for one in looks if one.door == "report.follow_up"]
        assert (looked.user_name, looked.record_count) == ("aoki", 1)
        assert looked.members is not None
    with days_later(20), acting_as(service.SCHEDULER):
        assert making.forget_old() == 1


@pytest.mark.one_database
def test_an_owner_who_is_suspended_pauses_it_and_whoever_resumes_owns_it(
    office: Flask, mailbox: Mailbox
) -> None:
    scheduled()
    with acting_as(service.SCHEDULER), transaction():
        account = db.session.get_one(Account, cast.actor("aoki").user_id)
        account.suspended_at = clock.now()
    with days_later(1):
        assert work() == 0
        assert (the_schedule().state, the_schedule().paused_by) == ("paused", "account")
        page = visited(office, "baba", f"/report-schedules/{the_schedule().id}")
        assert "異動等により" in page.text
        nurse, other = cast.actor("baba"), cast.actor("ito")
        with acting_as(other), pytest.raises(NotAllowed):
            service.resume(the_schedule(), by=other)
        with acting_as(nurse):
            service.resume(the_schedule(), by=nurse)
    with days_later(2):
        assert work() == 1
        assert the_schedule().owner == "baba"


@pytest.mark.one_database
def test_failures_are_told_to_the_owner_and_the_third_pauses_it(
    office: Flask, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduled()

    def broken(_making: Any) -> Any:
        raise RuntimeError("the disk is full")

    kind = kinds.KINDS["daily"]
    monkeypatch.setitem(kinds.KINDS, "daily", replace(kind, build=broken))  # type: ignore[arg-type]
    for day in (1, 2, 3):
        with days_later(day):
            work()
    assert [one.state for one in issues()] == ["failed"] * 3
    assert (the_schedule().state, the_schedule().paused_by) == ("paused", "failures")
    assert "disk" not in issues()[0].problem
    assert [mail["To"] for mail in mailbox.mails] == ["aoki@example.jp"] * 4


@pytest.mark.one_database
def test_it_is_scheduled_steered_and_refused_on_the_screen(office: Flask) -> None:
    values = {"kind": "weekly"} | RHYTHM
    for wrong in ({"every": "year"}, {"password": "short"}, {"kind": "follow_up"}):
        assert visited(office, "doi", NEW, **(values | wrong)).status_code == 422
    made = visited(office, "doi", NEW, **values)
    assert made.status_code == 303
    address = made.headers["Location"]
    assert "毎週 月曜日 6時" in visited(office, "doi", address).text
    assert "毎週 月曜日 6時" in visited(office, "doi", "/report-schedules/").text
    for verb, state in (
        ("pause", "paused"),
        ("resume", "active"),
        ("unsubscribe", "active"),
    ):
        assert visited(office, "doi", f"{address}/{verb}", sent="1").status_code == 303
        assert the_schedule().state == state
    asked = visited(office, "doi", f"{address}/end", sent="1")
    assert (asked.status_code, the_schedule().state) == (200, "active")
    assert "定期の報告を終了しますか" in asked.text
    for verb in ("end", "resume"):
        assert visited(office, "doi", f"{address}/{verb}", confirmed="yes").status_code == 303
        assert the_schedule().state == "ended"
    assert visited(office, "doi", f"{address}/forged", sent="1").status_code == 404
    assert visited(office, "zaizen", address).status_code == 404


@pytest.mark.one_database
def test_it_is_made_in_the_chosen_layout_and_by_the_chosen_date(
    office: Flask, mailbox: Mailbox
) -> None:
    doi = cast.actor("doi")
    press = kinds.KINDS["press"]
    chosen = Layout((("number", "整理番号"), ("sex", "")), "day", "all", title="本県様式")
    with acting_as(doi):
        layout = save_layout(press, chosen, name="本県様式", is_default=False, by=doi)
    said = {"recipient": "報道課", "purpose": "報道発表", "kind": "press"}
    asked = RHYTHM | said | {"basis": "diagnosed", "layout": str(layout.id)}
    with clock.frozen_at(START):
        refused = visited(office, "doi", NEW, **asked | {"kind": "unlinked"})
        assert (refused.status_code, 'id="layout-error"' in refused.text) == (422, True)
        page = visited(office, "doi", visited(office, "doi", NEW, **asked).headers["Location"])
    assert "診断日" in page.text
    assert "本県様式" in page.text
    with days_later(4):
        assert work() == 1
        (issue,) = issues()
        assert issue.state == "ready", issue.problem
        book = book_of(visited(office, "doi", f"/report-schedules/file/{issue.id}").data)
        rows = book["一覧"]
        assert rows[0][0].startswith("本県様式　")
        assert ("整理番号", "性別") in rows
        assert ("集計する日付", "診断日") in [row[:2] for row in book["表紙"]]
        assert [mail["Subject"] for mail in mailbox.mails] == ["定期の報告ができました"]
        with acting_as(doi), pytest.raises(InvalidState):
            remove_layout(layout, by=doi)
        with acting_as(doi):
            service.end(the_schedule(), by=doi)
            remove_layout(layout_by_id(layout.id), by=doi)
        assert the_schedule().layout_id is None
