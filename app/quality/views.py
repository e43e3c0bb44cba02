"""``/quality/``: what the rules found, one after the other, until nothing is left."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.cases.header import case_or_404
from app.cases.header import header_of as case_header
from app.cases.views import CaseView
from app.contacts.header import header_of as contact_header
from app.core import forms
from app.core.errors import Conflict, InvalidInput, InvalidState
from app.core.labels import Label
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_tab
from app.generated.hooks import may, signed_in
from app.generated.showing import PageTab
from app.quality import fixing, queries, service
from app.quality.case_contents import DUPLICATE
from app.quality.catalogue import RULES
from app.quality.codes import QUALITY, QUEUE
from app.quality.forms import AskForm, CheckForm
from app.quality.listing import person_key, queue_page
from app.quality.models import QualityFinding
from app.quality.narrowing import LISTED_BY, Narrowed, read_narrowed
from app.quality.onward import next_url
from app.quality.wording import (
    number_of,
    put_back_url,
    question_row,
    rows_of,
    severity_cell,
    since_words,
    state_cell,
)
from app.security.actor import Actor

Page = Response | str | tuple[str, int]


class QualityView(BaseView):
    """The queue of a health centre; for those who check without identity the same, to ask back."""

    route_base = "/quality"
    class_permission_name = "quality_finding"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Open findings by rule with their counts, and one page of them."""
        return queue_page(signed_in())

    @expose("/next", methods=["GET"])
    @has_access
    @permission_name("list")
    def next(self) -> Response:
        """The first open finding."""
        signed_in()
        only_known(request.args, LISTED_BY | {"after"})
        narrowed, after = read_narrowed(), request.args.get("after")
        return redirect(next_url(narrowed, queries.finding_or_404(after) if after else None), 303)

    @expose("/<int:pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def show(self, pk: int) -> Page:
        """One finding: what is wrong, the values, and what can be done about it."""
        actor = signed_in()
        only_known(request.args, LISTED_BY | {"parked"})
        finding = queries.finding_or_404(str(pk))
        record_look(
            actor,
            door="quality_finding.show",
            case_id=finding.case_id,
            person_id=person_key(finding),
        )
        return _finding_page(finding, actor)

    @expose("/<int:pk>/fix", methods=["POST"])
    @has_access
    @permission_name("edit")
    def fix(self, pk: int) -> Page:
        """Correct the items and open the next finding."""
        actor = signed_in()
        finding = queries.finding_or_404(str(pk))
        records = fixing.records_of(finding)
        blank = fixing.blank_form(finding, records)
        if blank is None:
            raise InvalidState(_l("This cannot be corrected here. Open the record."))
        form = type(blank)()
        status = 422
        if form.validate():
            try:
                gone = service.mend(finding, form, records, by=actor)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
                if refused.message:
                    form.form_errors.append(refused.message)
            except Conflict as refused:
                status, form.versions_.data = 409, blank.versions_.data
                form.form_errors.append(refused.message)
            else:
                if gone:
                    flash(_("Corrected."), "success")
                    return redirect(next_url(read_narrowed(), finding), 303)
                flash(_("Saved, but the rule still finds fault."), "warning")
                return redirect(url_for(".show", pk=pk, **read_narrowed().arguments()), 303)
        return _finding_page(finding, actor, form=form), status

    @expose("/<int:pk>/check", methods=["POST"])
    @has_access
    @permission_name("check")
    def check(self, pk: int) -> Page:
        """The values are right as they are."""
        actor = signed_in()
        finding = queries.finding_or_404(str(pk))
        form: Any = CheckForm()
        if form.validate():
            try:
                service.check(finding, form.reason.data, form.note.data, by=actor)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
            else:
                flash(_("Noted as checked and correct."), "success")
                return redirect(next_url(read_narrowed(), finding), 303)
        return _finding_page(finding, actor, check=form), 422

    @expose("/cases/<pk>", methods=["GET"])
    @has_access
    @permission_name("list")
    def case(self, pk: str) -> Page:
        """What the rules say about one case, and the questions about it."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        case = case_or_404(record_key(pk))
        record_look(actor, door="quality_finding.case", case_id=case.id, person_id=case.person_id)
        return render_template(
            "quality/case.html",
            title=str(QUALITY),
            header=case_header(case),
            trail=(Crumb(str(case), url_for("CaseView.show", pk=case.id)), Crumb(str(QUALITY))),
            rows=rows_of(queries.findings_of_case(case.id), Narrowed()),
            questions=[question_row(one) for one in queries.questions_of_case(case.id)],
            ask_url=url_for("QualityQuestionView.ask", case_id=case.id)
            if may("add", "quality_question")
            else None,
        )


add_tab(
    CaseView,
    PageTab(
        "quality",
        Label("精度管理", "Data quality"),
        "quality_finding",
        "list",
        lambda case: url_for("QualityView.case", pk=case.id),
    ),
    before="history",
)


def _finding_page(
    finding: QualityFinding, actor: Actor, *, form: Any = None, check: Any = None
) -> str:
    narrowed, known = read_narrowed(), RULES[finding.rule]
    at = narrowed.arguments()
    left, more = queries.number_of(narrowed) if finding.state == "open" else (0, False)
    records = fixing.records_of(finding)
    is_open = finding.state == "open"
    if form is None and is_open and may("edit", "quality_finding"):
        form = fixing.blank_form(finding, records)
    if check is None and is_open and may("check", "quality_finding"):
        check = CheckForm(formdata=None)
    header = None
    if finding.case is not None:
        header = case_header(finding.case)
    elif finding.contact is not None:
        header = contact_header(finding.contact)
    asks = finding.case is not None and may("add", "quality_question")
    return render_template(
        "quality/finding.html",
        title=str(known.sentence),
        finding=finding,
        rule=known,
        left=left,
        more=more,
        severity=severity_cell(finding.severity),
        since=since_words(finding),
        state=state_cell(finding),
        back_url=put_back_url(finding),
        header=header,
        values=tuple(fixing.faulty_values(finding, records)),
        form=form,
        check=check,
        ask=AskForm(formdata=None) if asks else None,
        ask_url=url_for("QualityQuestionView.ask", case_id=finding.case_id, rule=finding.rule),
        fix_url=url_for(".fix", pk=finding.id, **at),
        check_url=url_for(".check", pk=finding.id, **at),
        skip_url=url_for(".next", after=finding.id, **at),
        list_url=url_for(".list", **at),
        open_url=_record_url(finding),
        merge_url=_merge_url(finding),
        trail=(Crumb(str(QUEUE), url_for(".list", **at)), Crumb(number_of(finding))),
    )


def _record_url(finding: QualityFinding) -> str | None:
    if finding.case is not None:
        return url_for("CaseView.show", pk=finding.case_id)
    if finding.contact is not None:
        return url_for("ContactView.show", pk=finding.contact_id)
    return None


def _merge_url(finding: QualityFinding) -> str | None:
    """Registered twice: the two side by side, to be made one."""
    if finding.rule != DUPLICATE or finding.case is None or not may("merge", "match_pair"):
        return None
    return url_for("CaseMergeView.of", pk=finding.case_id)
