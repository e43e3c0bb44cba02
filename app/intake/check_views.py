"""The second look: somebody else types the key items again, and each difference is decided."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_look
from app.core import clock, forms
from app.core.errors import InvalidInput
from app.core.pages import Crumb
from app.core.transaction import transaction
from app.generated.arguments import only_known, record_key
from app.generated.cells import text_of
from app.generated.hooks import signed_in
from app.intake import panel, service
from app.intake.forms import check_form_class
from app.intake.models import PaperScan
from app.intake.queries import scan_by_id
from app.intake.rules import KEY_ITEMS, differences
from app.notifications import service as notifications
from app.notifications.checking import Unconfirmed
from app.notifications.document import values_of
from app.notifications.entry_form import EntryForm, item_of_line
from app.notifications.models import Notification
from app.notifications.queries import form_options
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
Decisions = dict[str, str]


class CheckDoors:
    """Part of the screens of paper."""

    @expose("/<pk>/check", methods=["GET", "POST"])
    @has_access
    @permission_name("check")
    def check(self, pk: str) -> Page:
        """The paper beside the key items; nothing of the first typing is shown before."""
        only_known(request.args, ())
        actor, scan = signed_in(), scan_by_id(record_key(pk))
        service.require_second(scan, actor)
        family = _typed(scan).disease.family
        form = check_form_class(form_options(family, clock.today()), family)()
        if request.method == "GET":
            return _check_page(scan, form)
        if not form.validate():
            return _check_page(scan, form), 422
        first, second = _typings(scan, form)
        different = differences(first, second)
        decided = {n: request.form.get(f"decide_{n}", "") for n in different}
        if any(word not in {"first", "second"} for word in decided.values()):
            _look_at_first(scan, actor)
            return _check_page(scan, form, _compared(different, first, second, decided)), 422
        try:
            _decide(scan, second, decided, form, actor)
        except Unconfirmed as asked:
            form.warned_.raw_data, form.confirmed_.data = None, False
            form.warned_.data = ",".join(rule.code for rule in asked.rules)
            shown = _compared(different, first, second, decided)
            return _check_page(scan, form, shown, asked.rules), 422
        except InvalidInput as refused:
            form.form_errors.extend(forms.show_problems(form, refused.problems))
            return _check_page(scan, form, _compared(different, first, second, decided)), 422
        flash(_("The paper was checked."), "success")
        return redirect(url_for("PaperScanView.show", pk=scan.id), 303)


def _typed(scan: PaperScan) -> Notification:
    assert scan.notification is not None
    return scan.notification


def _typings(scan: PaperScan, form: EntryForm) -> tuple[dict[str, Any], dict[str, Any]]:
    snapshot = _typed(scan).snapshot
    assert snapshot is not None
    first = values_of(snapshot)
    return {name: first.get(name) for name in KEY_ITEMS if name in form}, forms.values(form)


def _decide(
    scan: PaperScan, second: dict[str, Any], decided: Decisions, form: EntryForm, by: Actor
) -> None:
    """Check the paper; where the second typing was right, a correction is submitted with it."""
    wrong = {name: second.get(name) for name, word in decided.items() if word == "second"}
    confirmed = (form.warned_.data or "").split(",") if form.confirmed_.data else ()
    former = scan.notification
    assert former is not None
    assert former.snapshot is not None
    with transaction():
        if wrong:
            values = values_of(former.snapshot) | wrong
            scan.notification = notifications.correct(
                former, values, by=by, confirmed=tuple(confirmed)
            )
        service.checked(scan, decided, by=by, signed_as=current_user.display_name)


def _look_at_first(scan: PaperScan, actor: Actor) -> None:
    case_id = scan.notification.case_id if scan.notification else None
    record_look(actor, door="paper_scan.check", case_id=case_id)


def _compared(
    names: tuple[str, ...], first: dict[str, Any], second: dict[str, Any], decided: Decisions
) -> list[dict[str, str]]:
    rows = []
    for name in names:
        item = item_of_line(name)
        rows.append(
            {
                "name": name,
                "label": str(item.label),
                "first": text_of(item, first.get(name)),
                "second": text_of(item, second.get(name)),
                "decided": decided.get(name, ""),
            }
        )
    return rows


def _check_page(
    scan: PaperScan,
    form: EntryForm,
    different: list[dict[str, str]] | None = None,
    asked: Any = (),
) -> str:
    title = _("Check by typing again")
    crumbs = (
        Crumb(_("FAX received"), url_for("PaperScanView.list")),
        Crumb(str(scan), url_for("PaperScanView.show", pk=scan.id)),
        Crumb(title),
    )
    return render_template(
        "intake/check.html",
        scan=panel.shown(scan),
        form=form,
        fields=[field for field in form if getattr(field, "item", None) is not None],
        different=different,
        asked=asked,
        title=title,
        trail=crumbs,
        cancel_url=url_for("PaperScanView.show", pk=scan.id),
    )
