"""The comparison as background work: after every entry and import, and once a night."""

from datetime import date

from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job
from app.jobs.regular import regularly
from app.jobs.service import enqueue_once
from app.matching.comparing import any_due, compare_batch, compare_due, renew_tokens
from app.security.actor import acting_as, system_actor

KIND = "compare persons"
SYSTEM = system_actor("compare persons")
AT_ONCE = 20
"""Persons compared at a sweep itself; an import leaves more, and they take a job."""


@job(KIND, title=Label("同一人の照合（名寄せ）", "Comparison of persons"), may_wait=True)
def compare(ctx: JobContext) -> Result:
    """Everybody saved since the last comparison; a run that was killed goes on where it was."""
    with acting_as(SYSTEM):
        renewed = renew_tokens()
        proposed = compare_due(by=SYSTEM, progress=ctx.progress)
    return Result(counts={"created": proposed, "changed": renewed})


@daily("compare persons")
def ask_for_comparison(_today: date) -> int:
    """Once a night whatever is left, and the tokens of an older form after an upgrade."""
    enqueue_once(KIND, by=SYSTEM)
    return 1


@regularly("compare persons due")
def compare_who_is_due() -> int:
    """A few persons at once, many in a job; how many were compared here."""
    if not any_due():
        return 0
    with acting_as(SYSTEM):
        done = compare_batch(by=SYSTEM, most=AT_ONCE)
        if any_due():
            enqueue_once(KIND, by=SYSTEM)
    return 0 if done is None else len(done[0])
