"""``/cases/<pk>/hospital-course``: what a hospital enters after the fact, on one small form."""

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response
from wtforms import HiddenField

from app.accounts.parking import take_parked
from app.audit.reads import record_look
from app.cases.header import case_or_404, case_with_header, crumbs_of, header_of
from app.cases.hospital_course import (
    Records,
    admission_or_404,
    admissions_in,
    course_of,
    records_of,
    save_course,
    stays_of,
)
from app.cases.hospital_merge import base_of, read_base, texts_in, texts_of
from app.cases.hospital_rules import ENDING, ITEMS, NEXT_PLACE, HospitalCourse
from app.cases.models import Case, Stay
from app.cases.views import CaseView
from app.core import forms
from app.core.db import db
from app.core.errors import DomainError
from app.core.fields import (
    CodeField,
    EraDateField,
    LongTextField,
    NormalisedStringField,
    ReferenceField,
    Required,
)
from app.core.forms import ItemForm
from app.core.items import item_of
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.pages import Action, ConflictLine, Crumb, FormPage, FormSection
from app.generated.arguments import only_known, record_key
from app.generated.extensions import add_show_action
from app.generated.hooks import may, signed_in
from app.generated.refusals import refuse_read_only, show_problem
from app.generated.submissions import submit_once
from app.institutions.references import institutions_of_kind
from app.security.actor import Actor
from app.security.roles import HEALTH_CENTRE_ROLES

Page = Response | str | tuple[str, int]
MOST_TRIES = 3
TITLE = Label("入院経過の入力", "Course in hospital")


class Marked(Required):
    """Shown as required; the rules of the course say so together with what depends on it."""

    def __call__(self, form: Any, field: Any) -> None:
        """Stay silent."""


class HospitalCourseForm(ItemForm):
    """The items of a hospital: its own name is known."""

    base_ = HiddenField()
    from_on = EraDateField(Label("入院日", "Admitted on"), [Marked()])
    icu = CodeField(item_of(Stay, "icu").label, codes=YES_NO_UNKNOWN)
    ventilator = CodeField(item_of(Stay, "ventilator").label, codes=YES_NO_UNKNOWN)
    ecmo = CodeField(item_of(Stay, "ecmo").label, codes=YES_NO_UNKNOWN)
    treatment = LongTextField(
        Label("入院中の医療行為（投薬等）", "Treatment during the stay"), max_length=2000, rows=3
    )
    ending = CodeField(
        Label("退院・転院・死亡の別", "How the stay ended"), codes=ENDING, radio=False
    )
    ended_on = EraDateField(Label("退院・転院・死亡の日", "Day the stay ended"))
    transferred_to = NormalisedStringField(
        Label("転院・転出先の名称", "Name of the next place of care"),
        max_length=100,
        render_kw={"data-show-when": f"ending={'|'.join(NEXT_PLACE)}"},
    )


class CentreCourseForm(HospitalCourseForm):
    """A health centre enters for the hospital that told it, and names it."""

    institution_id = ReferenceField(
        item_of(Stay, "institution_id").label,
        [Required()],
        source=institutions_of_kind("hospital", "clinic"),
    )


class Overtaken(Exception):
    """Somebody else saved other values of the same items since the form was opened."""


class HospitalCourseView(BaseView):
    """The course of one admission: 入院経過."""

    route_base = "/cases"
    class_permission_name = "hospital_course"
    default_view = "edit"

    @expose("/<pk>/hospital-course/<admission>", methods=["GET", "POST"])
    @has_access
    def edit(self, pk: str, admission: str) -> Page:
        """``admission`` is a stay's key, ``latest`` (the first one where there is none), ``new``."""
        actor = signed_in()
        only_known(request.args, {"parked"})
        case = case_or_404(record_key(pk))
        if request.method == "POST":
            return _save(case, admission, actor)
        record_look(actor, door="case.course", case_id=case.id, person_id=case.person_id)
        refuse_read_only()
        records = _asked_for(case, admission, actor)
        form = _form(actor, course_of(records), take_parked(request.path))
        return _page(form, records, actor)


def _save(case: Case, admission: str, actor: Actor, tries: int = 1) -> Page:
    form = _form(actor)
    if not form.validate():
        return _page(form, _asked_for(case, admission, actor), actor), 422
    try:
        return submit_once(
            form.form_token_.data, actor, lambda: _merge(form, case, admission, actor)
        )
    except Overtaken:
        return _conflict(form, case, admission, actor)
    except StaleDataError:
        if tries == MOST_TRIES:
            return _conflict(form, case, admission, actor)
        return _save(case_or_404(case.id), admission, actor, tries + 1)
    except (DomainError, IntegrityError) as error:
        show_problem(form, error)
    return _page(form, _asked_for(case_or_404(case.id), admission, actor), actor), 422


def _merge(form: Any, case: Case, admission: str, actor: Actor) -> str:
    """Save the form on top of what others saved meanwhile; gives the address to go to."""
    db.session.get(Case, case.id, populate_existing=True, with_for_update={"of": Case})
    base = read_base(form)
    records = _meant(case, admission, base, actor)
    stored = course_of(records)
    theirs, mine = texts_of(stored), texts_in(form)
    if any(base["texts"].get(n) not in (mine[n], theirs[n]) and mine[n] != theirs[n] for n in mine):
        raise Overtaken
    untouched = {n for n in mine if mine[n] == base["texts"].get(n, "")}
    taken = [n for n in untouched if mine[n] != theirs[n]]
    values = {n: getattr(stored, n) if n in untouched else form[n].data for n in mine}
    if "institution_id" not in values:
        values["institution_id"] = stored.institution_id
    if values["ending"] not in NEXT_PLACE:
        values["transferred_to"] = None  # Its field is not in sight then.
    save_course(records, HospitalCourse(**{n: v or None for n, v in values.items()}), by=actor)
    flash(_("Saved."), "success")
    if taken:
        told = _("Somebody else changed %(items)s meanwhile. Both changes were kept.")
        flash(told % {"items": "、".join(str(form[n].label.text) for n in taken)}, "info")
    if case_with_header(case.id) is None:
        flash(_("The stay ended long ago: the case is no longer open to you."), "info")
        return url_for("CaseView.list")
    return url_for("CaseView.show", pk=case.id, tab="stays")


def _conflict(form: Any, case: Case, admission: str, actor: Actor) -> tuple[str, int]:
    """Both sides in view; what was typed stays, and saving again is a decision."""
    fresh = case_or_404(case.id)
    base = read_base(form)
    records = _meant(fresh, admission, base, actor)
    stored = course_of(records)
    theirs, mine, lines = texts_of(stored), texts_in(form), []
    for name in mine:
        was = base["texts"].get(name, "")
        if mine[name] == was and mine[name] != theirs[name]:
            forms.show_stored(form[name], getattr(stored, name))
        elif mine[name] != theirs[name]:
            overlaps = was not in (mine[name], theirs[name])
            label = str(form[name].label.text)
            lines.append(ConflictLine(label, was, mine[name], theirs[name], overlaps))
    form.base_.data = base_of(records, stored)
    return _page(form, records, actor, tuple(lines)), 409


def _form(actor: Actor, course: HospitalCourse | None = None, typed: Any = None) -> Any:
    kind = CentreCourseForm if actor.role in HEALTH_CENTRE_ROLES else HospitalCourseForm
    return kind() if course is None and typed is None else kind(formdata=typed, obj=course)


def _page(
    form: Any, records: Records, actor: Actor, conflict: tuple[ConflictLine, ...] = ()
) -> str:
    if not form.base_.data:
        form.base_.data = base_of(records, course_of(records))
    title, case = str(TITLE), records.case
    fields = tuple(form[name] for name in ITEMS if name in form)
    hint = _("Enter what has happened so far. You can come back and add or correct the rest later.")
    page = FormPage(
        title=title,
        form=form,
        sections=(FormSection("course", _section_title(records), fields, hint=hint),),
        cancel_url=url_for("CaseView.show", pk=case.id),
        submit_label=_("Save"),
        header=header_of(case),
        conflict=conflict,
        crumbs=crumbs_of(case, Crumb(title)),
    )
    return render_template("cases/hospital_course.html", page=page, others=_others(records, actor))


def _section_title(records: Records) -> str:
    return _("New admission") if records.stay is None else str(records.stay)


def _others(records: Records, actor: Actor) -> list[tuple[str, str]]:
    """The person's other admissions the actor may enter, and a further one."""
    open_stay, case = records.stay, records.case
    links = [
        (str(stay), url_for(".edit", pk=case.id, admission=stay.id))
        for stay in admissions_in(records.stays, actor)
        if open_stay is None or stay.id != open_stay.id
    ]
    # Only a health centre lets a hospital in anew whose patient had left.
    if open_stay is not None and open_stay.to_on is not None and actor.role in HEALTH_CENTRE_ROLES:
        links.append((_("Admitted again"), url_for(".edit", pk=case.id, admission="new")))
    return links


def _asked_for(case: Case, word: str, actor: Actor) -> Records:
    """The admission the address names."""
    stays = stays_of(case)
    admissions, stay = admissions_in(stays, actor), None
    if word == "latest":
        stay = admissions[-1] if admissions else None
    elif word != "new":
        stay = admission_or_404(admissions, record_key(word))
    return records_of(case, stay, stays)


def _meant(case: Case, word: str, base: Mapping[str, Any], actor: Actor) -> Records:
    """The admission the form is about; one that a colleague began meanwhile is the same."""
    stays = stays_of(case)
    admissions, stay = admissions_in(stays, actor), None
    if word not in ("new", "latest"):
        stay = admission_or_404(admissions, record_key(word))
    elif isinstance(base["stay"], int):
        stay = admission_or_404(admissions, base["stay"])
    else:
        begun = [one for one in admissions if one.id not in base["known"]]
        stay = begun[-1] if begun else None
    return records_of(case, stay, stays)


def _course_action(case: Case) -> Action | None:
    """The button on the page of a case."""
    if not may("edit", "hospital_course"):
        return None
    url = url_for("HospitalCourseView.edit", pk=case.id, admission="latest")
    return Action(str(TITLE), url, icon="edit")


add_show_action(CaseView, _course_action)
