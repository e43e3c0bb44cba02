"""紙資料の入力: the bundles with their progress, a bundle with its sheets and steps."""

import io
from typing import Any

from flask import render_template, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_export
from app.bundles import queries, service
from app.bundles.codes import BUNDLE_STATE
from app.bundles.files import bundles_workbook, label_pdf
from app.bundles.forms import BeginForm, FinishForm, FollowUpForm
from app.bundles.models import PaperBundle
from app.bundles.pages import bundle_facts, bundle_row, sheet_row
from app.bundles.rules import Tally, obstacle, sample_size
from app.bundles.step_views import BundleSteps
from app.bundles.views import BUNDLES
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import may, signed_in

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BundleDeskView(BundleSteps, BaseView):
    """``/bundles``: 紙資料の入力."""

    route_base = "/bundles"
    class_permission_name = "paper_bundle"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The bundles with their progress, and the totals."""
        only_known(request.args, {"state"})
        state = one_of(request.args, "state", tuple(code.value for code in BUNDLE_STATE))
        found = queries.bundles(state)
        counted = queries.tallies(found)
        return render_template(
            "bundles/desk.html",
            rows=[bundle_row(one, counted[one.id]) for one in found],
            total=_sum(tuple(counted.values())),
            states=[(code.value, str(code.label)) for code in BUNDLE_STATE],
            state=state,
            may_add=may("add", "paper_bundle"),
            title=str(BUNDLES),
            trail=(Crumb(str(BUNDLES)),),
        )

    @expose("/bundles.xlsx", methods=["GET"])
    @has_access
    @permission_name("list")
    def workbook(self) -> Response:
        """The list as a workbook."""
        only_known(request.args, ())
        found = queries.bundles()
        record_export(signed_in(), door="paper_bundle.file", count=len(found))
        content = bundles_workbook(found, queries.tallies(found))
        name = f"{BUNDLES}.xlsx"
        return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=name)

    @expose("/<pk>", methods=["GET"])
    @has_access
    @permission_name("show")
    def show(self, pk: str) -> str:
        """A bundle: where it stands, its sheets, what can be done now."""
        only_known(request.args, ())
        return bundle_page(queries.bundle_by_id(record_key(pk)))

    @expose("/<pk>/label.pdf", methods=["GET"])
    @has_access
    @permission_name("show")
    def label(self, pk: str) -> Response:
        """The label for the box, and the receipt for whoever brought it."""
        only_known(request.args, ())
        bundle = queries.bundle_by_id(record_key(pk))
        return send_file(
            io.BytesIO(label_pdf(bundle)),
            mimetype="application/pdf",
            download_name=f"{bundle}.pdf",
        )

    @expose("/<pk>/finish", methods=["POST"])
    @has_access
    @permission_name("check")
    def finish(self, pk: str) -> Any:
        """Checked: numbers match, or somebody says why not."""
        bundle, form = queries.bundle_by_id(record_key(pk)), FinishForm()
        taken = self._take(
            form,
            lambda: service.finish(
                bundle, form.explanation.data or "", by=signed_in(), signed_as=self._name()
            ),
            _("The bundle is checked."),
        )
        if not taken:
            return bundle_page(bundle, finish=form), 422
        return redirect(url_for(".show", pk=bundle.id), 303)

    @expose("/<pk>/follow-up", methods=["POST"])
    @has_access
    @permission_name("type")
    def follow_up(self, pk: str) -> Any:
        """A follow-up sheet whose observations stand in the portal."""
        bundle = queries.bundle_by_id(record_key(pk))
        form: Any = FollowUpForm()
        taken = self._take(
            form,
            lambda: service.follow_up_typed(
                bundle,
                form.subject.data,
                form.first.data,
                form.last.data,
                by=signed_in(),
                signed_as=self._name(),
            ),
            _("The sheet counts as typed."),
        )
        if not taken:
            return bundle_page(bundle, follow_up=form), 422
        return redirect(url_for(".show", pk=bundle.id), 303)


def bundle_page(bundle: PaperBundle, *, finish: Any = None, follow_up: Any = None) -> str:
    """The page of a bundle; forms that were refused are shown again as typed."""
    tally, actor = queries.tally_of(bundle), signed_in()
    sheets = [sheet_row(one, actor) for one in queries.sheets_of(bundle)]
    is_open = bundle.state in ("received", "typing")
    typing = is_open and may("type", "paper_bundle")
    checking = bundle.state == "typing" and may("check", "paper_bundle")
    problem = obstacle(tally, "x")
    return render_template(
        "bundles/show.html",
        bundle=bundle_row(bundle, tally),
        facts=bundle_facts(bundle),
        tally=tally,
        sheets=sheets,
        steps={
            "edit": is_open and may("edit", "paper_bundle"),
            "history": may("history", "paper_bundle"),
            "type": typing and bundle.kind == "notification",
            "scan": typing and bundle.kind == "notification" and may("add", "paper_scan"),
            "follow_up": typing and bundle.kind == "follow_up_sheet" and may("add", "observation"),
            "sample": checking and tally.sample < sample_size(tally.typed),
            "finish": checking,
            "back": bundle.state == "checked" and may("check", "paper_bundle"),
        },
        waits_for="" if problem is None else str(problem),
        begin=BeginForm(formdata=None),
        finish=finish or FinishForm(formdata=None),
        follow_up=follow_up or FollowUpForm(formdata=None),
        title=str(bundle),
        trail=(Crumb(str(BUNDLES), url_for("BundleDeskView.list")), Crumb(str(bundle))),
    )


def _sum(tallies: tuple[Tally, ...]) -> Tally:
    names = Tally.__dataclass_fields__
    return Tally(**{name: sum(getattr(one, name) for one in tallies) for name in names})
