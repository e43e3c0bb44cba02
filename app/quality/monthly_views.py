"""``/quality/monthly/``: the sheets of a month, for the health centre and for each clinic."""

import io
from typing import Any

from flask import flash, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect

from app.audit.reads import record_export
from app.core import clock
from app.core.forms import ItemForm
from app.core.pages import Crumb
from app.core.transaction import transaction
from app.generated.arguments import BadArgument, only_known
from app.generated.hooks import may, signed_in
from app.jobs.service import enqueue
from app.quality.codes import MONTHLY
from app.quality.monthly import month_of, own_sheet, pdf_of
from app.quality.tasks import SHEETS

MONTHS = 12


class QualitySheetView(BaseView):
    """Made by a job for the health centre; each institution takes its own page itself."""

    route_base = "/quality/monthly"
    class_permission_name = "quality_sheet"
    default_view = "page"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("show")
    def page(self) -> str:
        """Which month; what the sheet tells."""
        signed_in()
        only_known(request.args, ())
        return render_template(
            "quality/monthly.html",
            title=str(MONTHLY),
            trail=(Crumb(str(MONTHLY)),),
            months=_months(),
            makes_all=may("make", "quality_sheet"),
            form=ItemForm(formdata=None),
        )

    @expose("/make", methods=["POST"])
    @has_access
    @permission_name("make")
    def make(self) -> ResponseReturnValue:
        """Ask for the sheets of every institution of one month."""
        actor = signed_in()
        month = _month(request.form.get("month"))
        title = f"{MONTHLY} {month}"
        job = enqueue(SHEETS, {"month": month}, by=actor, title=title)
        flash(_("The sheets are being made."), "info")
        return redirect(url_for("JobView.show", job_id=job.id), 303)

    @expose("/own", methods=["GET"])
    @has_access
    @permission_name("download")
    def own(self) -> ResponseReturnValue:
        """The page of the reader's own institution, as a PDF."""
        actor = signed_in()
        only_known(request.args, {"month"})
        month = month_of(_month(request.args.get("month")), clock.today())
        content = pdf_of([own_sheet(actor, month)])
        with transaction():
            record_export(actor, door="quality_sheet.own", count=1)
        return send_file(
            io.BytesIO(content),
            mimetype="application/pdf",
            as_attachment=True,
            download_name=f"{MONTHLY}_{month:%Y%m}.pdf",
            max_age=0,
        )


def _month(text: str | None) -> str:
    """``2021-08`` as it was asked for, once it is known to be a month that has begun."""
    try:
        return f"{month_of(text, clock.today()):%Y-%m}"
    except ValueError:
        raise BadArgument(_l("This address is not complete or has a mistake in it.")) from None


def _months() -> list[tuple[str, str]]:
    """The months that are over, the latest first."""
    month: Any = month_of(None, clock.today())
    found = []
    for _number in range(MONTHS):
        found.append((f"{month:%Y-%m}", f"{month:%Y/%m}"))
        month = month_of(None, month)
    return found
