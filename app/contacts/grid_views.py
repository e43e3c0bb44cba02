"""``/contacts/grid``: many contacts of a case, typed into rows or pasted from a spreadsheet."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import people_beside, record_look
from app.cases.header import case_or_404, crumbs_of, header_of
from app.cases.models import Case
from app.cases.views import CaseView
from app.contacts import grid
from app.contacts.grid import Judged
from app.contacts.pasting import COLUMNS, ITEMS, MOST_ROWS, label_of, rows_of
from app.core.errors import DomainError
from app.core.fields import LongTextField
from app.core.forms import ItemForm, show_stored
from app.core.pages import Action, Crumb
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.generated.refusals import closed, refuse_closed, refuse_read_only, show_problem
from app.generated.submissions import result_of, submit_once
from app.security.actor import Actor

LONGEST_PASTE = 200_000


class _Paste(ItemForm):
    pasted = LongTextField(
        _l("Rows copied from Excel"),
        description=_l("With or without headings; full-width digits and era dates are read."),
        rows=5,
        max_length=LONGEST_PASTE,
    )


class ContactGridView(BaseView):
    """Contacts in a grid; nothing is stored before every row is right."""

    route_base = "/contacts"
    class_permission_name = "contact"
    default_view = "grid"

    @expose("/grid", methods=["GET", "POST"])
    @has_access
    @permission_name("add")
    def grid(self) -> Response | tuple[str, int] | str:
        """``step=read`` takes pasted rows over, ``check`` is a dry run, ``save`` registers."""
        actor = signed_in()
        only_known(request.args, {"case_id", "parked"})
        case = case_or_404(record_key(request.args.get("case_id", "")))
        refuse_closed(case)
        form = _Paste()
        if request.method == "GET":
            record_look(actor, door="contact.grid", case_id=case.id, person_id=case.person_id)
            refuse_read_only()
            return _page(case, form, [], checked=False)
        sent_before = result_of(form.form_token_.data, actor)
        if sent_before is not None:
            # A double click: the rows are contacts by now.
            return redirect(sent_before, 303)
        rows = grid.posted_rows(request.form)
        if not _take_over(form, rows):
            return _page(case, form, rows, checked=False), 422
        right = grid.judge(rows, case)
        if request.form.get("step") != "save" or not rows:
            return _page(case, form, rows, checked=True), 200 if right and rows else 422
        if right:
            try:
                return submit_once(
                    form.form_token_.data, actor, lambda: _registered(rows, case, actor)
                )
            except DomainError as error:
                show_problem(form, error)
        return _page(case, form, rows, checked=True), 422


def _take_over(form: _Paste, rows: list[Judged]) -> bool:
    """Pasted rows go below those of the grid and leave the box; False keeps everything as it is."""
    if not form.validate():
        return False
    text = request.form.get("pasted", "")
    # As it came: the field's own spelling would fold the tabs between the cells.
    pasted = rows_of(text) if text.strip() else []
    if len(rows) + len(pasted) > MOST_ROWS:
        form.pasted.errors = [
            _(
                "At most %(limit)s rows at once; these are %(count)s.",
                limit=MOST_ROWS,
                count=len(rows) + len(pasted),
            )
        ]
        return False
    rows.extend(Judged({column: row.get(column, "") for column in COLUMNS}) for row in pasted)
    show_stored(form.pasted, None)
    return True


def _registered(rows: list[Judged], case: Case, actor: Actor) -> str:
    count = grid.save(rows, case, by=actor)
    flash(ngettext("%(num)s contact was added.", "%(num)s contacts were added.", count), "success")
    return url_for("CaseView.show", pk=case.id, tab="contacts")


def _page(case: Case, form: _Paste, rows: list[Judged], *, checked: bool) -> str:
    shown = rows + [Judged(dict.fromkeys(COLUMNS, "")) for _empty in range(grid.EMPTY_ROWS)]
    wrong = sum(bool(row.problems) for row in rows)
    ready = sum(row.entered is not None and not row.asked.open for row in rows)
    shown_people = {one.person_id for row in rows for one in row.asked.shown}
    if shown_people:
        with people_beside(shown_people):
            record_look(signed_in(), door="contact.grid", case_id=case.id, person_id=case.person_id)
    return render_template(
        "contacts/grid.html",
        title=_("Add contacts in a grid"),
        header=header_of(case),
        trail=crumbs_of(case, Crumb(_("Add contacts in a grid"))),
        form=form,
        columns=[(column, label_of(column)) for column in COLUMNS],
        words={
            name: [str(code.label) for code in item.codes]
            for name, item in ITEMS.items()
            if item.codes is not None
        },
        rows=shown,
        checked=checked,
        wrong=wrong,
        asked=sum(row.asked.open for row in rows),
        ready=ready,
        filled=len(rows),
        cancel_url=url_for("CaseView.show", pk=case.id, tab="contacts"),
        household_url=url_for("HouseholdView.household", case_id=case.id),
    )


def _grid_action(case: Any) -> Action | None:
    if closed(case) is not None or not may("add", "contact"):
        return None
    url = url_for("ContactGridView.grid", case_id=case.id)
    return Action(_("Add contacts in a grid"), url, icon="people")


add_show_action(CaseView, _grid_action)
