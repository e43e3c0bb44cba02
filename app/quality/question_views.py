"""``/quality/questions/``: asking back without identity, and answering (R135)."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from app.audit.reads import record_list, record_look
from app.cases.header import case_or_404
from app.cases.header import header_of as case_header
from app.core import forms
from app.core.errors import InvalidInput
from app.core.pages import Crumb
from app.generated.arguments import one_of, only_known, record_key
from app.generated.hooks import may, signed_in
from app.generated.submissions import submit_once
from app.quality import queries, service
from app.quality.catalogue import RULES
from app.quality.codes import QUESTIONS
from app.quality.forms import AnswerForm, AskForm, CloseForm
from app.quality.models import QualityQuestion
from app.quality.views import Page
from app.quality.wording import message_lines, question_row, question_state
from app.security.actor import Actor


class AskWhomForm(AskForm):
    """A question and the institution it goes to."""

    asked = RadioField(_l("To be asked"), coerce=int)


class QualityQuestionView(BaseView):
    """Questions about a record: thread, answer, end."""

    route_base = "/quality/questions"
    class_permission_name = "quality_question"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Threads the reader is party to; those that wait for the reader first."""
        actor = signed_in()
        only_known(request.args, {"show"})
        waiting = one_of(request.args, "show", ("all",)) is None
        found = queries.questions(actor, waiting=waiting)
        record_list(actor, door="quality_question.list", people=())
        return render_template(
            "quality/questions.html",
            title=str(QUESTIONS),
            trail=(Crumb(str(QUESTIONS)),),
            rows=[question_row(one) for one in found],
            waiting=waiting,
        )

    @expose("/ask", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def ask(self) -> Page:
        """Ask about a case (``case_id``), perhaps about what a ``rule`` found."""
        actor = signed_in()
        only_known(request.args, {"case_id", "rule", "parked"})
        case = case_or_404(record_key(request.args.get("case_id") or ""))
        rule = one_of(request.args, "rule", tuple(RULES))
        names = service.names_of(service.askable(case))
        form: Any = AskWhomForm()
        form.asked.choices = [(key, names[key]) for key in service.askable(case) if key in names]
        if request.method == "GET":
            form.asked.data = case.responsible_centre_id
            record_look(actor, door="quality_question.add", case_id=case.id)
        elif not form.asked.raw_data and form.asked.choices:
            form.asked.data, form.asked.raw_data = case.responsible_centre_id, ["-"]
        if request.method == "POST" and form.validate():

            def save() -> str:
                asked, text = form.asked.data, form.text.data or ""
                question = service.ask(case, text, asked_id=asked, rule=rule, by=actor)
                flash(_("The question was sent."), "success")
                return url_for(".show", pk=question.id)

            try:
                return submit_once(form.form_token_.data, actor, save)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
        page = render_template(
            "quality/ask.html",
            title=_("Ask back"),
            form=form,
            header=case_header(case),
            rule=RULES.get(rule or ""),
            cancel_url=url_for("QualityView.case", pk=case.id),
            trail=(
                Crumb(str(QUESTIONS), url_for(".list")),
                Crumb(str(case), url_for("QualityView.case", pk=case.id)),
                Crumb(_("Ask back")),
            ),
        )
        return page, 422 if form.errors else 200

    @expose("/<int:pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("answer")
    def show(self, pk: int) -> Page:
        """The thread, and the next message."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        question = queries.question_or_404(str(pk))
        form: Any = AnswerForm()
        if request.method == "GET":
            record_look(actor, door="quality_question.show", case_id=question.case_id)
        elif form.validate():

            def save() -> str:
                service.answer(question, form.text.data or "", by=actor)
                flash(_("Sent."), "success")
                return url_for(".show", pk=question.id)

            try:
                return submit_once(form.form_token_.data, actor, save)
            except InvalidInput as refused:
                form.form_errors.extend(forms.show_problems(form, refused.problems))
        return _thread(question, form, actor), 422 if form.errors else 200

    @expose("/<int:pk>/close", methods=["POST"])
    @has_access
    @permission_name("close")
    def close(self, pk: int) -> Page:
        """The asking side is content."""
        actor = signed_in()
        question = queries.question_or_404(str(pk))
        form: Any = CloseForm()

        def save() -> str:
            service.close(question, by=actor)
            flash(_("The question was closed."), "success")
            return url_for(".list")

        return submit_once(form.form_token_.data, actor, save)


def _thread(question: QualityQuestion, form: Any, actor: Actor) -> str:
    known = RULES.get(question.rule or "")
    mine = question.asker_id == actor.institution_id
    return render_template(
        "quality/question.html",
        title=_("Question about %(number)s", number=question.case_number),
        question=question,
        state=question_state(question),
        rule=known,
        lines=message_lines(question.messages),
        form=form if question.state != "closed" else None,
        label=_("Ask further") if mine else _("Answer"),
        close=CloseForm(formdata=None)
        if mine and question.state != "closed" and may("close", "quality_question")
        else None,
        case_url=url_for("CaseView.show", pk=question.case_id)
        if queries.sees_case(question)
        else None,
        trail=(
            Crumb(str(QUESTIONS), url_for("QualityQuestionView.list")),
            Crumb(question.case_number),
        ),
    )
