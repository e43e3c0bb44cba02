"""Automatic calls as background work: what is due is looked for at every sweep of a worker."""

from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.registry import Result, job
from app.jobs.regular import regularly
from app.jobs.service import enqueue_once
from app.voice.dialling import close_lost, dial_due
from app.voice.gateway import can_call
from app.voice.planning import CALLS, is_something_due, plan_calls

KIND = "automatic calls"


@job(KIND, title=Label("自動架電の発信", "Making of automatic calls"))
def dial(ctx: JobContext) -> Result:
    """Make the calls that are due."""
    done = dial_due(ctx.progress)
    return Result(counts={"rows": sum(done.values())})


@regularly("automatic calls due")
def call_who_is_due() -> int:
    """Plan calls, close lost ones, and have them made when nobody is at it; how many are new."""
    if not can_call():
        return 0
    made = close_lost() + plan_calls()
    if is_something_due():
        enqueue_once(KIND, by=CALLS)
    return made
