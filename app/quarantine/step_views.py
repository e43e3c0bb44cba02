"""New returnees: taken over by a health centre, given to one by the prefecture."""

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.utils import redirect
from werkzeug.wrappers import Response

from app.audit.reads import record_export, record_list, record_look
from app.core.dates import format_date
from app.core.errors import DomainError, InvalidInput
from app.core.labels import YES_NO_UNKNOWN, Label
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import signed_in
from app.generated.refusals import show_problem
from app.generated.submissions import submit_once
from app.quarantine import queries, service, taking_over
from app.quarantine.codes import AIRPORT_TEST, RETURNEE_STATE
from app.quarantine.forms import AssignForm, CloseForm, TakeForm
from app.quarantine.models import Returnee

NEW = Label("入国者の引継ぎ", "New returnees")
UNASSIGNED = Label("担当未定の入国者", "Returnees without a health centre")
Page = Response | str | tuple[str, int]


class TakingOverView(BaseView):
    """``/returnees/new``: 入国者の引継ぎ."""

    route_base = "/returnees/new"
    class_permission_name = "returnee"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("take")
    def list(self) -> str:
        """Who waits to be taken over, those with a positive test first."""
        only_known(request.args, ())
        actor = signed_in()
        found = queries.to_take_over(actor)
        known = queries.known_of(found)
        if found:
            record_export(actor, door="returnee.new", count=len(found))
        people = {one.person.id for mates in known for one in mates}
        if people:
            record_list(actor, door="returnee.new", people=people)
        return render_template(
            "quarantine/new.html",
            rows=[_row(one) | {"known": _mates(k)} for one, k in zip(found, known, strict=True)],
            more=len(found) >= queries.SHOWN,
            title=str(NEW),
            trail=(Crumb(str(NEW)),),
        )

    @expose("/all", methods=["POST"])
    @has_access
    @permission_name("take")
    def all(self) -> Response:
        """Take everybody over who is not known here yet."""
        done = taking_over.take_over_all(by=signed_in())
        flash(
            ngettext(
                "%(num)s person is under observation now.",
                "%(num)s people are under observation now.",
                done.taken,
            ),
            "success",
        )
        if done.known:
            told = ngettext(
                "%(num)s person seems to be known already: look at each.",
                "%(num)s people seem to be known already: look at each.",
                done.known,
            )
            flash(told, "warning")
        return redirect(url_for(".list"), 303)

    @expose("/<pk>", methods=["GET", "POST"])
    @has_access
    @permission_name("take")
    def take(self, pk: str) -> Page:
        """One person, beside whoever of the same reading and birth date is known here."""
        only_known(request.args, ())
        actor, form = signed_in(), TakeForm()
        returnee = queries.returnee_by_id(record_key(pk))
        known = queries.known_as(returnee)
        if request.method == "POST" and known and "person" not in request.form:
            form.person.errors = [_("Say whether it is one of these people.")]
        elif request.method == "POST" and form.validate():
            try:
                return submit_once(form.form_token_.data, actor, lambda: _taken(returnee, form))
            except InvalidInput as error:
                show_problem(form, error)
        record_look(actor, door="returnee.take", relation="responsible")
        if known:
            record_list(actor, door="returnee.take", people={one.person.id for one in known})
        return _take_page(returnee, known, form)

    @expose("/<pk>/close", methods=["GET", "POST"])
    @has_access
    @permission_name("take")
    def close(self, pk: str) -> Page:
        """Nobody has to follow: says why."""
        only_known(request.args, ())
        returnee, form = queries.returnee_by_id(record_key(pk)), CloseForm()
        status = 200
        if request.method == "POST":
            status = 422
            if form.validate():
                try:
                    taking_over.close(returnee, form.reason.data or "", by=signed_in())
                except DomainError as refused:
                    show_problem(form, refused)
                else:
                    flash(_("Saved."), "success")
                    return redirect(url_for(".list"), 303)
        title = _("Nobody has to follow")
        html = render_template(
            "notifications/reason.html",
            form=form,
            title=title,
            subject=str(returnee),
            header=None,
            cancel_url=url_for(".take", pk=returnee.id),
            trail=_trail(title),
        )
        return html, status

    @expose("/<pk>/back", methods=["POST"])
    @has_access
    @permission_name("take")
    def back(self, pk: str) -> Response:
        """Not our area: back to the prefecture."""
        returnee = queries.returnee_by_id(record_key(pk))
        taking_over.give_back(returnee, by=signed_in())
        flash(_("The prefecture decides who follows this person."), "success")
        return redirect(url_for(".list"), 303)


class UnassignedView(BaseView):
    """``/returnees/unassigned``: 担当未定の入国者, without identity."""

    route_base = "/returnees/unassigned"
    class_permission_name = "returnee"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("assign")
    def list(self) -> str:
        """People of the prefecture whose municipality could not be told."""
        only_known(request.args, ())
        actor = signed_in()
        return render_template(
            "quarantine/unassigned.html",
            rows=[_row_without_identity(one) for one in queries.unassigned()],
            centres=queries.centres_of(actor.prefecture_code),
            form=AssignForm(),
            title=str(UNASSIGNED),
            trail=(Crumb(str(UNASSIGNED)),),
        )

    @expose("/<pk>", methods=["POST"])
    @has_access
    @permission_name("assign")
    def assign(self, pk: str) -> Response:
        """Give somebody to a health centre of the prefecture."""
        actor, form = signed_in(), AssignForm()
        returnee = queries.returnee_by_id(record_key(pk))
        centres = {one.id: one.name for one in queries.centres_of(actor.prefecture_code)}
        if not form.validate() or form.centre.data not in centres:
            flash(_("Choose a health centre of the prefecture."), "warning")
            return redirect(url_for(".list"), 303)
        service.assign(returnee, form.centre.data, by=actor)
        flash(_("Given to %(centre)s.", centre=centres[form.centre.data]), "success")
        return redirect(url_for(".list"), 303)


def _taken(returnee: Returnee, form: Any) -> str:
    chosen = str(form.person.data or "")
    person = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 10 else None
    contact = taking_over.take_over(returnee, by=signed_in(), person_id=person)
    flash(
        _(
            "Under observation until %(day)s.",
            day=format_date(contact.observe_until_on),
        ),
        "success",
    )
    return url_for("ContactView.show", pk=contact.id)


def _take_page(returnee: Returnee, known: Any, form: Any) -> tuple[str, int]:
    title = _("Take over")
    html = render_template(
        "quarantine/take.html",
        one=_row(returnee),
        known=_mates(known),
        answer=request.form.get("person"),
        waits=returnee.state == "assigned",
        form=form,
        title=title,
        trail=_trail(str(returnee)),
    )
    return html, 422 if form.errors else 200


def _mates(known: Sequence[queries.Known]) -> list[dict[str, Any]]:
    return [
        {
            "key": str(mate.person.id),
            "name": mate.person.name or "",
            "kana": mate.person.kana or "",
            "birth": format_date(mate.person.birth_on),
            "address": mate.person.address or "",
            "score": mate.score,
            "reasons": mate.reasons,
            "url": url_for("ContactView.show", pk=mate.contact.id) if mate.contact else "",
            "until": format_date(mate.contact.observe_until_on) if mate.contact else "",
        }
        for mate in known
    ]


def _row(one: Returnee) -> dict[str, Any]:
    return _row_without_identity(one) | {
        "name": one.name or "",
        "kana": one.kana or "",
        "birth_on": format_date(one.birth_on),
        "address": one.address or "",
        "phone": one.phone or one.email or "",
        "has_symptoms": YES_NO_UNKNOWN.label(one.has_symptoms or ""),
        "symptoms": one.symptoms or "",
        "ill": one.has_symptoms == "yes",
        "url": url_for("TakingOverView.take", pk=one.id),
    }


def _row_without_identity(one: Returnee) -> dict[str, Any]:
    return {
        "id": one.id,
        "number": str(one),
        "arrived_on": format_date(one.arrived_on),
        "flight": one.flight or "",
        "stayed_in": one.stayed_in or "",
        "municipality": str(one.municipality or one.municipality_as_written or ""),
        "airport_test": AIRPORT_TEST.label(one.airport_test or ""),
        "tone": AIRPORT_TEST.tones.get(one.airport_test or "", "neutral"),
        "station": one.institution.name,
        "state": RETURNEE_STATE.label(one.state),
        "row_version": one.row_version,
    }


def _trail(title: str) -> tuple[Crumb, ...]:
    return (Crumb(str(NEW), url_for("TakingOverView.list")), Crumb(title))
