"""The job that counts and freezes the figures of a day."""

from datetime import date, datetime

from app.jobs.context import JobContext
from app.jobs.registry import Result, job
from app.publication import queries, service


@job(service.JOB, title=service.PREPARING, may_wait=True)
def prepare_figures(ctx: JobContext) -> Result:
    """Prepare what was asked for; started again after it was kept, it prepares nothing more."""
    asked = ctx.parameters
    figures_on, basis = date.fromisoformat(asked["figures_on"]), str(asked["basis"])
    since = datetime.fromisoformat(asked["asked_at"])
    key = service.prepared_since(since, figures_on, basis, by=ctx.actor)
    if key is None:
        made = service.prepare(
            figures_on, basis, reason=asked["reason"], by=ctx.actor, heard=ctx.progress
        )
        key = made.id
    kept = queries.publication_or_404(str(key))
    rows = len(kept.content["patients"])
    return Result(counts={"rows": rows}, page=("PublicationView.show", {"pk": key}))
