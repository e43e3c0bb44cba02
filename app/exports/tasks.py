"""The job that makes an asked-for file."""

from app.core import clock
from app.core.labels import Label
from app.exports.registry import plan_for
from app.exports.service import Format, export_query, require_export
from app.jobs.context import JobContext
from app.jobs.registry import Result, job

EXTENSIONS: dict[Format, str] = {"xlsx": "xlsx", "csv": "csv", "csv-cp932": "csv"}


@job("export", title=Label("ファイル出力", "Export"), may_wait=True)
def export_list(ctx: JobContext) -> Result:
    """Write the list the parameters describe; started again, it rewrites the same file."""
    resource: str = ctx.parameters["resource"]
    format_: Format = ctx.parameters["format"]
    require_export(resource, ctx.actor)
    plan = plan_for(resource, ctx.parameters)
    moment = clock.in_japan(clock.now()).strftime("%Y%m%d_%H%M")
    path = ctx.output_path(f"{plan.title}_{moment}.{EXTENSIONS[format_]}")
    written = export_query(
        plan, resource=resource, path=path, format_=format_, by=ctx.actor, progress=ctx.progress
    )
    return Result(path, written.counts())
