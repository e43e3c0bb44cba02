"""The job that adds up a long question, month by month."""

from flask_babel import lazy_gettext as _l

from app.analysis.queries import figures_of
from app.analysis.question import restored_question
from app.analysis.reach import reach_of
from app.analysis.service import keep_result
from app.core.errors import NotAllowed
from app.core.labels import Label
from app.jobs.context import JobContext
from app.jobs.registry import Result, job
from app.security.rights import require

TITLE = Label("自由集計", "Free analysis")
KIND = "analysis"


@job(KIND, title=TITLE, may_wait=True)
def add_up(ctx: JobContext) -> Result:
    """Read the question anew under the actor's laws, and keep its figures for the page.

    Started again, it replaces the figures. Raises NotAllowed when the role no longer may.
    """
    require(ctx.actor, "show", "analysis")
    reach = reach_of(ctx.actor)
    question = restored_question(ctx.parameters["question"])
    if not reach.may_ask(question):
        raise NotAllowed(_l("Your role may not see this item."))
    figures = figures_of(question, reach, heard=ctx.progress)
    keep_result(question, reach, figures)
    whole = figures.at(None, None)
    return Result(counts={"rows": len(figures.keys(0)), "records": whole.base if whole else 0})
