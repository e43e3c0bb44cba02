"""What follows from results at the clinic: positives to notify, suspicions to end."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit.reads import record_list, record_look
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.lab_test_views import LabTestView
from app.cases.models import Case, LabTest
from app.cases.views import CaseView
from app.core.dates import format_date
from app.core.db import db
from app.core.errors import NotVisible
from app.core.labels import Label
from app.core.pages import Action, Cell, Crumb
from app.generated.arguments import only_known, record_key
from app.generated.extensions import ComputedColumn, add_column, add_show_action
from app.generated.hooks import may, signed_in
from app.laboratory import queries, service
from app.laboratory.rules import number_of_test
from app.notifications.following import CONFIRMED, draft_for_test

Page = Response | str | tuple[str, int]


class PositiveView(BaseView):
    """Positive tests without a notification: 陽性・未届一覧."""

    route_base = "/positives"
    class_permission_name = "notification"
    default_view = "list"

    @expose("/")
    @has_access
    @permission_name("add")
    def list(self) -> Page:
        """Positive tests of the own institution nobody has notified yet."""
        only_known(request.args, ())
        tests = queries.positives(signed_in())
        if tests:
            people = {t.case.person_id for t in tests if t.case.person_id is not None}
            record_list(signed_in(), door="lab_result.positives", people=people)
        return render_template("laboratory/positives.html", rows=[_row(test) for test in tests])

    @expose("/<pk>/notify", methods=["POST"])
    @has_access
    @permission_name("add")
    def notify(self, pk: str) -> Page:
        """Opens a draft filled from case, person and test."""
        only_known(request.args, ())
        test = db.session.get(LabTest, record_key(pk))
        if test is None:
            raise NotVisible
        draft = draft_for_test(test, by=signed_in())
        flash(_("A draft was filled from the case and the test. Check it and submit."), "info")
        return redirect(url_for("NotificationView.edit", pk=draft.id), 303)


class SuspicionView(BaseView):
    """The end of a suspicion after negative tests: 疑いの解消."""

    route_base = "/suspicions"
    class_permission_name = "suspicion"
    default_view = "clear"

    @expose("/<pk>/clear", methods=["GET", "POST"])
    @has_access
    @permission_name("clear")
    def clear(self, pk: str) -> Page:
        """Shows the tests and asks; then the suspicion is over as of today."""
        only_known(request.args, ())
        actor, case = signed_in(), case_or_404(record_key(pk))
        if request.method == "POST":
            service.clear_suspicion(case, by=actor)
            flash(_("The suspicion was declared over."), "success")
            return redirect(url_for("CaseView.show", pk=case.id), 303)
        record_look(actor, door="case.clear", case_id=case.id, person_id=case.person_id)
        statement = select(LabTest).where(LabTest.case_id == case.id).order_by(LabTest.id)
        return render_template(
            "laboratory/clear.html",
            case=case,
            header=header_of(case),
            tests=db.session.scalars(statement).all(),
            obstacle=service.clearing_obstacle(case),
            trail=crumbs_of(case, Crumb(_("End the suspicion"))),
        )


def _row(test: LabTest) -> dict[str, Any]:
    person = test.case.person
    return {
        "number": number_of_test(test.id),
        "name": person.name if person is not None else "",
        "kana": person.kana if person is not None else "",
        "resulted_on": format_date(test.resulted_on),
        "case_url": url_for("CaseView.show", pk=test.case_id),
        "action": _notify_action(test),
    }


def _notify_action(test: LabTest) -> Action | None:
    """The button that begins the notification of a positive test."""
    case: Case | None = test.case
    if test.result != "positive" or case is None or not may("add", "notification"):
        return None
    if case.diagnosis_type in CONFIRMED:
        return None
    url = url_for("PositiveView.notify", pk=test.id)
    return Action(_("Positive → make the notification"), url, "post", "primary", "document")


def _clear_action(case: Case) -> Action | None:
    if case.status == "cleared" or case.diagnosis_type != "suspected":
        return None
    if not may("clear", "suspicion") or service.clearing_obstacle(case) is not None:
        return None
    return Action(_("Negative → end the suspicion"), url_for("SuspicionView.clear", pk=case.id))


add_show_action(LabTestView, _notify_action)
add_show_action(CaseView, _clear_action)
add_column(
    LabTestView,
    ComputedColumn(
        "number",
        Label("検査番号", "Test number"),
        lambda tests: {test.id: Cell(number_of_test(test.id)) for test in tests},
        after=1,
    ),
)
