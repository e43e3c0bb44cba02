"""Who saw this patient, who changed this, on what ground: one page per person."""

from functools import partial

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_list, record_look
from app.cases.codes import SEX
from app.cases.models import Case
from app.core import forms
from app.core.pages import Action, Crumb
from app.exports.service import request_export
from app.generated.arguments import BadArgument, only_known, record_key
from app.generated.hooks import may, signed_in
from app.looks.exporting import TITLE, parameters_of
from app.looks.forms import NOT_A_NUMBER, PersonSearchForm, case_of_number
from app.looks.queries import Asked, changes_of, page_of, people_found, person_or_404
from app.looks.views import cursor_of, place_of
from app.looks.wording import change_rows, look_rows
from app.persons.finding import BY_KANA
from app.persons.models import Person

Page = Response | str | tuple[str, int]


class PersonLookView(BaseView):
    """``/looks/people``: for the data-protection officer."""

    route_base = "/looks/people"
    class_permission_name = "look"
    default_view = "search"

    @expose("/", methods=["GET", "POST"])
    @has_access
    @permission_name("person")
    def search(self) -> Page:
        """Find a person one answers for, by case number or reading. Searching is recorded."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        form = PersonSearchForm()
        rows = None
        if request.method == "POST" and form.validate():
            case_id = case_of_number(form.number.data)
            kana = form.kana.data or None
            problem = BY_KANA.problem(kana) if kana else None
            if case_id == 0:
                forms.show_problems(form, {"number": [NOT_A_NUMBER]})
            elif problem is not None:
                forms.show_problems(form, {"kana": [problem]})
            elif case_id is None and kana is None:
                forms.show_problems(form, {"kana": [_("Enter a case number or a name in kana.")]})
            else:
                found = people_found(case_id=case_id, kana=kana)
                rows = [_found_row(person, case) for person, case in found]
                record_list(
                    actor,
                    door="looks.search",
                    people={person.id for person, _case in found},
                    filters={"conditions": ["number" if case_id else "kana"]},
                )
        title = _("Who saw and changed")
        page = render_template(
            "looks/search.html", title=title, form=form, rows=rows, trail=(Crumb(title),)
        )
        return page, 422 if form.errors else 200

    @expose("/<pk>", methods=["GET"])
    @has_access
    @permission_name("person")
    def show(self, pk: str) -> str:
        """Everybody's looks at one person, and every change, with the ground."""
        actor = signed_in()
        only_known(request.args, {"after", "changes_before"})
        person, cases = person_or_404(record_key(pk))
        before = request.args.get("changes_before")
        asked = Asked(person_id=person.id)
        entries, more = page_of(asked, place_of(request.args))
        changes, more_changes = changes_of(person.id, cases, record_key(before) if before else None)
        looks = look_rows(entries, actor, about=person.id)
        record_look(actor, door="looks.person", person_id=person.id)
        here = partial(url_for, ".show", pk=person.id)
        return render_template(
            "looks/person.html",
            title=_("Who saw and changed"),
            person=person,
            cases=[_found_row(person, case) for case in cases],
            looks=looks,
            looks_url=here(after=cursor_of(entries[-1])) if more else None,
            changes=change_rows(changes),
            changes_url=here(changes_before=changes[-1].id) if more_changes else None,
            actions=_actions(person),
            trail=(
                Crumb(_("Who saw and changed"), url_for(".search")),
                Crumb(str(cases[0]) if cases else _("Person without a case")),
            ),
        )

    @expose("/<pk>/export", methods=["POST"])
    @has_access
    @permission_name("person")
    def export(self, pk: str) -> Response:
        """Everybody's looks at one person as a file."""
        actor = signed_in()
        only_known(request.args, ())
        person, _cases = person_or_404(record_key(pk))
        if not may("export", "look"):
            raise BadArgument(_("Your role may not do this."))
        filters = parameters_of(Asked(person_id=person.id))
        job = request_export("look", by=actor, title=str(TITLE), filters=filters)
        return redirect(url_for("JobView.show", job_id=job.id), 303)


def _actions(person: Person) -> tuple[Action, ...]:
    url = url_for(".export", pk=person.id)
    return (Action(_("Excel"), url, "post", icon="download"),)


def _found_row(person: Person, case: Case | None) -> dict[str, str]:
    """What tells two people of one name apart, and nothing of the illness."""
    sex = SEX.label(case.sex) if case is not None and case.sex else ""
    age = case.age_years if case is not None else None
    centre = case.responsible_centre if case is not None else None
    return {
        "number": str(case) if case is not None else _("Contact"),
        "name": person.name or "",
        "kana": person.kana or "",
        "sex": sex,
        "age": "" if age is None else _("%(years)s years", years=age),
        "centre": centre.name if centre is not None else "",
        "url": url_for("PersonLookView.show", pk=person.id),
    }
