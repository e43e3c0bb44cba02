"""What happens to a job from being asked for to its end."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.core import clock
from app.core.errors import InvalidState, NotVisible
from app.core.transaction import transaction
from app.jobs import files, leases, queries, service
from app.jobs.models import JobRun
from app.jobs.queue import queue_of
from app.jobs.registry import set_account_check
from app.jobs.runner import run_job
from app.jobs.sweep import sweep
from app.security.actor import acting_as
from tests.jobs.small_app import AOKI, BABA


def ask(kind: str = "count_steps", **parameters: object) -> JobRun:
    with acting_as(AOKI):
        return service.enqueue(kind, parameters, by=AOKI)


def now_of(row: JobRun) -> JobRun:
    with acting_as(AOKI):
        return queries.job_by_id(AOKI, row.id)


def test_a_job_runs_to_its_end_and_offers_its_file(jobs_app: Flask, tmp_path: Path) -> None:
    row = ask(steps=3, log=str(tmp_path / "log"))
    assert run_job(row.id)
    done = now_of(row)
    assert (done.state, done.progress_done, done.progress_total) == ("done", 3, 3)
    assert done.result["name"] == "結果.txt"
    content = files.opened(done.result["file"])
    assert content is not None
    with content:
        assert content.read() == b"0\n1\n2\n"


def test_the_words_searched_for_leave_the_table_when_the_work_ends(jobs_app: Flask) -> None:
    row = ask("who", filters={"name": "山田"})
    run_job(row.id)
    assert now_of(row).parameters == {}


def test_the_work_is_done_in_the_name_of_who_asked(jobs_app: Flask) -> None:
    row = ask("who")
    with acting_as(BABA):
        run_job(row.id)
    assert now_of(row).message == "aoki/10"


def test_a_job_is_sent_only_after_its_row_is_committed(jobs_app: Flask) -> None:
    huey = queue_of(jobs_app).huey
    with acting_as(AOKI), transaction():
        service.enqueue("who", {}, by=AOKI)
        assert huey.pending_count() == 0
    assert huey.pending_count() == 1


def test_a_job_that_was_rolled_back_is_never_sent(jobs_app: Flask) -> None:
    with acting_as(AOKI), pytest.raises(InvalidState), transaction():
        _ask_and_refuse()
    ask("who")
    assert queue_of(jobs_app).huey.pending_count() == 1


def _ask_and_refuse() -> None:
    service.enqueue("who", {}, by=AOKI)
    raise InvalidState("no")


def test_the_same_message_twice_runs_the_job_once(jobs_app: Flask, tmp_path: Path) -> None:
    row = ask(steps=1, log=str(tmp_path / "log"))
    assert [run_job(row.id), run_job(row.id)] == [True, False]
    assert (tmp_path / "log").read_text().count("start") == 1


def test_an_unforeseen_error_gives_a_number_and_no_personal_value(
    jobs_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    row = ask("break", name="山田太郎")
    with caplog.at_level(logging.INFO):
        run_job(row.id)
    failed = now_of(row)
    assert failed.state == "failed"
    assert failed.error_number in caplog.text
    assert "山田" not in caplog.text + failed.message


def test_a_refusal_is_told_in_its_own_words(jobs_app: Flask) -> None:
    row = ask("refuse")
    run_job(row.id)
    assert (now_of(row).state, now_of(row).message) == ("failed", "対象がありません")


def test_another_person_s_job_does_not_exist(jobs_app: Flask) -> None:
    row = ask("who")
    with acting_as(BABA):
        assert list(queries.recent_jobs(BABA)) == []
        with pytest.raises(NotVisible):
            service.cancel(row.id, by=BABA)


def test_a_job_of_a_former_post_stays_with_that_post(jobs_app: Flask) -> None:
    row = ask("who")
    moved = type(AOKI)(AOKI.user_id, AOKI.name, AOKI.role, institution_id=99)
    with acting_as(moved), pytest.raises(NotVisible):
        queries.job_by_id(moved, row.id)


def test_an_account_that_no_longer_stands_gets_nothing(jobs_app: Flask) -> None:
    set_account_check(jobs_app, lambda _: False)
    row = ask("who")
    run_job(row.id)
    assert now_of(row).state == "failed"


def test_a_waiting_job_can_be_cancelled_once(jobs_app: Flask) -> None:
    row = ask("who")
    with acting_as(AOKI):
        assert service.cancel(row.id, by=AOKI).state == "cancelled"
        with pytest.raises(InvalidState):
            service.cancel(row.id, by=AOKI)
    assert not run_job(row.id)


def test_a_running_job_notices_at_its_next_progress_that_it_was_cancelled(
    jobs_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(steps=3, log=str(tmp_path / "log"))
    monkeypatch.setattr(leases, "renew", _cancel_instead(row.id))
    assert not run_job(row.id)
    assert now_of(row).state == "cancelled"
    assert "end" not in (tmp_path / "log").read_text()


def _cancel_instead(job_id: int):  # type: ignore[no-untyped-def]
    original = leases.renew

    def renew(lease: leases.Lease, **values: object) -> bool:
        if "progress_done" in values:
            with acting_as(AOKI):
                service.cancel(job_id, by=AOKI)
        return original(lease, **values)

    return renew


def test_an_orderly_stop_hands_the_job_back_without_counting_the_attempt(
    jobs_app: Flask, tmp_path: Path
) -> None:
    row = ask(steps=3, log=str(tmp_path / "log"))
    assert not run_job(row.id, stopping=lambda: True)
    assert (now_of(row).state, now_of(row).attempts) == ("waiting", 0)
    assert sweep().sent_again == 1
    assert run_job(row.id)


def test_too_many_open_jobs_are_refused(jobs_app: Flask) -> None:
    for _ in range(service.OPEN_LIMIT):
        ask("who")
    with pytest.raises(InvalidState):
        ask("who")


def test_a_job_of_a_dead_process_is_taken_up_three_times_and_then_given_up(
    jobs_app: Flask,
) -> None:
    row = ask("who")
    for _ in range(3):
        assert leases.claim(row.id) is not None
        assert sweep().taken_up == 0
        with clock.frozen_at(clock.now() + timedelta(hours=1)):
            swept = sweep()
    assert (swept.taken_up, swept.given_up) == (0, 1)
    assert (now_of(row).state, now_of(row).attempts) == ("failed", 3)


def test_a_process_thought_dead_cannot_end_the_job_of_its_successor(jobs_app: Flask) -> None:
    row = ask("who")
    first = leases.claim(row.id)
    assert first is not None
    with clock.frozen_at(clock.now() + timedelta(hours=1)):
        sweep()
    second = leases.claim(row.id)
    assert second is not None
    assert not leases.end(first[0], state="done")
    assert leases.end(second[0], state="done")


def test_a_lost_message_is_sent_again_after_a_while(jobs_app: Flask) -> None:
    ask("who")
    assert sweep().sent_again == 0
    with clock.frozen_at(clock.now() + timedelta(minutes=5)):
        assert sweep().sent_again == 1
        assert sweep().sent_again == 0


def test_an_expired_file_is_removed_and_the_row_stays(jobs_app: Flask, tmp_path: Path) -> None:
    row = ask(steps=1, log=str(tmp_path / "log"))
    run_job(row.id)
    kept = now_of(row).result["file"]
    with clock.frozen_at(clock.now() + timedelta(hours=73)):
        assert sweep().expired == 1
    assert files.stored_path(kept) is None
    assert (now_of(row).state, now_of(row).has_file) == ("done", False)
