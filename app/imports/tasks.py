"""Reading, applying and undoing files in the background; forgetting old ones."""

from dataclasses import replace
from datetime import date

from flask_babel import gettext as _

from app.core.labels import Label
from app.imports import destinations, service
from app.imports.exporting import EXPORT, export_file
from app.imports.marking import MARKED, mark_file
from app.jobs.context import JobContext
from app.jobs.daily import daily
from app.jobs.registry import Result, job


@job(service.READ, title=Label("取込ファイルの読込", "Reading of an imported file"), may_wait=True)
def read(ctx: JobContext) -> Result:
    """Read and check a file."""
    service.read(ctx.parameters["batch"], by=ctx.actor, progress=ctx.progress)
    batch = service.batch_by_id(ctx.parameters["batch"])
    return Result(counts={"rows": batch.row_count or 0})


@job(service.APPLY, title=Label("取込ファイルの反映", "Applying an imported file"), may_wait=True)
def apply(ctx: JobContext) -> Result:
    """Write the planned rows."""
    sound = service.apply_batch(ctx.parameters["batch"], by=ctx.actor, progress=ctx.progress)
    done = service.batch_by_id(ctx.parameters["batch"]).done
    counts = {"created": done.get("new", 0), "changed": done.get("changed", 0)}
    return Result(counts=counts, message="" if sound else _("The totals do not add up."))


@job(service.UNDO, title=Label("取込の取消し", "Undoing an import"), may_wait=True)
def undo(ctx: JobContext) -> Result:
    """Take back what was written."""
    service.undo_batch(ctx.parameters["batch"], by=ctx.actor, progress=ctx.progress)
    return Result()


@job(MARKED, title=Label("取込結果ブックの作成", "Workbook with marks"))
def marked(ctx: JobContext) -> Result:
    """The file with its faulty cells marked."""
    return replace(mark_file(ctx), page=("ImportView.show", {"pk": ctx.parameters["batch"]}))


@job(EXPORT, title=Label("NESID形式での出力", "Export in the layout of NESID"), may_wait=True)
def export(ctx: JobContext) -> Result:
    """Cases in the layout of NESID."""
    return export_file(ctx)


destinations.register()


@daily("forget imported files")
def forget(_today: date) -> int:
    """Files, and rows that became no case, are needed until they were put right."""
    return service.forget_files()
