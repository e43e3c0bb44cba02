"""Work that may wait rests; the sweep sends it again when the rush is over."""

from flask import Flask

from app.jobs.leases import rows_where
from app.jobs.models import JobRun
from app.jobs.registry import _kinds
from app.jobs.runner import run_job
from app.jobs.service import enqueue
from app.security.actor import acting_as, system_actor
from app.surge import service
from tests.support import cast


def state_of(job: JobRun) -> str:
    return rows_where(JobRun.id == job.id)[0].state


def test_an_export_asked_for_before_the_rush_is_made_after_it(app: Flask) -> None:
    assert _kinds["export"].may_wait
    with app.app_context():
        with acting_as(cast.actor("aoki")) as aoki:
            job = enqueue(
                "export", {"resource": "case", "format": "csv"}, by=aoki, title="患者一覧"
            )
        with acting_as(system_actor("tests")) as operator:
            service.turn("on", "exercise", by=operator)
        assert not run_job(job.id)
        assert state_of(job) == "waiting"
        with acting_as(system_actor("tests")) as operator:
            service.turn("auto", "exercise", by=operator)
        assert run_job(job.id)
        assert state_of(job) == "done"
