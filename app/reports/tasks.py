"""The job that makes a report."""

from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.files import safe_name
from app.jobs.registry import Result, job
from app.reports.kind import Wanted
from app.reports.protection import Lock
from app.reports.service import JOB, default_name, make_report


@job(JOB, title=Label("帳票", "Report"), may_wait=True)
def run_report(ctx: JobContext) -> Result:
    """Make the report the parameters describe; started again, it rewrites the same file."""
    wanted = Wanted.restored(ctx.parameters["wanted"])
    kept = ctx.parameters["lock"]
    path = ctx.output_path(default_name(wanted, by=ctx.actor))
    made = make_report(
        wanted,
        path,
        by=ctx.actor,
        said={name: ctx.parameters[name] for name in ("recipient", "purpose")},
        lock=None if kept is None else Lock.restored(kept),
        progress=ctx.progress,
    )
    counts = {"rows": made.rows, "columns_left_out": len(made.left_out)}
    if made.name:
        path = path.rename(path.with_name(safe_name(made.name)))
    return Result(path, {name: count for name, count in counts.items() if count or name == "rows"})
