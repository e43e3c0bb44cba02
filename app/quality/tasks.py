"""Background work: judging what was saved, looking at open episodes daily, the monthly sheets."""

from datetime import date

from app.core.db import db
from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.jobs.regular import regularly
from app.jobs.service import enqueue_once
from app.quality.checking import CHECKING, check_many, choice_restored
from app.quality.monthly import make_sheets
from app.quality.upkeep import is_something_due, judge_due, note_open_episodes
from app.security.actor import acting_as, system_actor

KIND = "quality"
SHEETS = "quality_sheets"


@job(KIND, title=Label("精度管理の点検", "Check of the data quality"), may_wait=True)
def judge_saved(ctx: JobContext) -> Result:
    """Look at everything that was saved since."""
    with acting_as(system_actor("data quality")):
        return Result(counts={"rows": judge_due(ctx.progress)})


@job(CHECKING, title=Label("精度管理の一括確認", "Findings checked together"))
def check_chosen(ctx: JobContext) -> Result:
    """Say of many findings that the values are right, in the name of whoever asked."""
    given = ctx.parameters
    total = int(given["count"])
    counts = check_many(
        choice_restored(given["choice"]),
        given["reason"],
        given["note"],
        by=ctx.actor,
        progress=lambda done, _total: ctx.progress(done, max(done, total)),
    )
    return Result(counts=counts, page=("QualityView.list", {"state": "checked"}))


@regularly("data quality due")
def judge_what_is_due() -> int:
    """Ask for the check when something was saved and nobody is at it."""
    if not is_something_due(db.session()):
        return 0
    return int(enqueue_once(KIND, by=system_actor("data quality")))


@daily("data quality by day")
def note_what_grew_old(_today: date) -> int:
    """Rules that depend on the day are asked again for every episode that is not over."""
    return note_open_episodes(db.session())


@job(SHEETS, title=Label("届出の月報の作成", "Monthly sheets of clinics"), may_wait=True)
def make_monthly_sheets(ctx: JobContext) -> Result:
    """One PDF with a page for each institution that notified in the month."""
    return make_sheets(ctx)
