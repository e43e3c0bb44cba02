"""The patient pages: birth date, today, one person's report, thanks, own entries.

They have a session, a base template and a catalogue of their own; nobody signs in. What they
do to records they do in the name of the household (``app.portal.household``).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from werkzeug.wrappers import Response

from app.core import clock
from app.core.errors import Conflict, InvalidInput, InvalidState, TooMany
from app.messaging import service as messages
from app.messaging.languages import LANGUAGES, html_code, speaker
from app.portal import household, visits
from app.portal.birth import read_birth_date
from app.portal.graph import pictures
from app.portal.household import Member
from app.portal.models import PatientLink
from app.portal.opening import Answer, link_behind, try_birth_date, usable_link
from app.portal.visits import Visit
from app.portal.words import ANYTHING_ELSE, EMERGENCIES, PARTS, PROBLEMS, SYMPTOMS
from app.security.actor import acting_as, household_actor
from app.security.open_doors import open_door

NOON = 12


class PatientView(BaseView):
    """``/p``: everything a household sees of the portal."""

    route_base = "/p"
    class_permission_name = "patient_page"
    default_view = "today"
    without_form_token = True
    """Its forms carry the token of the visit; the first and the last one need none."""

    @expose("/<token>", methods=["GET", "POST"])
    def begin(self, token: str) -> Response:
        """The birth date of the person the message was sent to; without it nothing opens."""
        link = link_behind(token)
        if link is None:
            return _closed(None, 404)
        language = _chosen() or link.language
        if request.method == "GET":
            return _birth_page(link, language, token)
        typed = read_birth_date(request.form.get("birth", ""))
        if typed is None:
            return _birth_page(link, language, token, problem="unreadable", status=422)
        return _tried(link, typed, language, token)

    @expose("/", methods=["GET", "POST"])
    def today(self) -> Response:
        """Everybody on one page, and "no symptoms, same as yesterday" for all in one tap."""
        visit, link = _visit()
        problems: Mapping[int, object] = {}
        with acting_as(household_actor(link.id)):
            members = household.members_of(link.id)
            if request.method == "POST":
                typed = {m.place: request.form.get(f"t{m.place}", "") for m in members}
                problems = household.all_well(members, typed)
                if not problems:
                    return visits.keep(redirect(url_for(".thanks"), 303), visit)
                members = household.members_of(link.id)
            return _page("today", visit, link, members, 422 if problems else 200, wrong=problems)

    @expose("/member/<int:place>", methods=["GET", "POST"])
    def member(self, place: int) -> Response:
        """The questions for one person, with the answers of the report before as a start."""
        visit, link = _visit()
        with acting_as(household_actor(link.id)):
            members = household.members_of(link.id)
            one = next((m for m in members if m.place == place), None)
            if one is None or one.slot is None:
                return visits.keep(redirect(url_for(".today"), 303), visit)
            if request.method == "GET":
                return _page("member", visit, link, members, one=one, form=_start_of(one))
            typed = _typed()
            wrong, status = {"": ANYTHING_ELSE}, 409
            try:
                household.report_for(one, typed)
                wrong = {}
            except InvalidInput as refused:
                wrong = {name: PROBLEMS.get(name, ANYTHING_ELSE) for name in refused.problems}
                status = 422
            except (Conflict, InvalidState):
                pass
            if wrong:
                return _page(
                    "member", visit, link, members, status, one=one, form=typed, wrong=wrong
                )
            urgent = bool(typed["emergency_symptoms"])
            target = url_for(".thanks", call=1 if urgent else None)
            return visits.keep(redirect(target, 303), visit)

    @expose("/thanks", methods=["GET"])
    def thanks(self) -> Response:
        """It arrived, and what to do next; with an emergency, the telephone before all else."""
        return _read("thanks")

    @expose("/past", methods=["GET"])
    def past(self) -> Response:
        """What this household reported before."""
        visit, link = _visit()
        with acting_as(household_actor(link.id)):
            members = household.members_of(link.id)
            reports = household.own_reports(members)
            drawn = household.sees_graph(household.centre_of(link))
            return _page("past", visit, link, members, reports=reports, parts=PARTS, drawn=drawn)

    @expose("/graph/<int:place>", methods=["GET"])
    def graph(self, place: int) -> Response:
        """One person's graph, where the authority lets people see it; else there is none."""
        visit, link = _visit()
        with acting_as(household_actor(link.id)):
            members = household.members_of(link.id)
            one = next((m for m in members if m.place == place), None)
            if one is None or not household.sees_graph(household.centre_of(link)):
                return visits.keep(redirect(url_for(".past"), 303), visit)
            drawn = pictures(household.own_reports([one])[place], speaker(visit.language))
            return _page("graph", visit, link, members, one=one, pictures=drawn)

    @expose("/finish", methods=["POST"])
    def finish(self) -> Response:
        """Take everything off the phone."""
        visit = visits.visit_of_request()
        language = visit.language if visit is not None else "ja"
        return visits.end(_bare("finished", language))

    @expose("/stop", methods=["POST"])
    def stop(self) -> Response:
        """No more messages to the address of this link."""
        visit, link = _visit()
        if link.recipient:
            messages.stop_messages(link.recipient)
        return visits.keep(redirect(url_for(".thanks", stopped=1), 303), visit)


def _tried(link: PatientLink, typed: date, language: str, token: str) -> Response:
    try:
        answer = try_birth_date(link, typed, address=request.remote_addr or "")
    except TooMany:
        return _birth_page(link, language, token, problem="wait", status=429)
    if answer is Answer.CLOSED:
        return _closed(link, 403, language)
    if answer is Answer.WRONG:
        return _birth_page(link, language, token, problem="wrong", status=422)
    visit = visits.new_visit(link.id, link.generation, language)
    return visits.keep(redirect(url_for("PatientView.today"), 303), visit)


def _read(name: str) -> Response:
    visit, link = _visit()
    with acting_as(household_actor(link.id)):
        return _page(name, visit, link, household.members_of(link.id))


def _visit() -> tuple[Visit, PatientLink]:
    """The visit and its link while both stand, and for a form its token.

    Raises:
        HTTPException: with the page that says how to go on.
    """
    visit = visits.visit_of_request()
    link = usable_link(visit.link_id, visit.generation) if visit is not None else None
    if visit is None or link is None:
        abort(_ended(link))
    if request.method == "POST" and not visit.is_form_of(request.form.get("token")):
        abort(_ended(link))
    language = _chosen()
    return (visit if language is None else replace(visit, language=language)), link


def _chosen() -> str | None:
    language = request.args.get("l", "")
    return language if language in LANGUAGES else None


def _typed() -> dict[str, Any]:
    return {
        "temperature": request.form.get("temperature", "")[:20],
        "spo2": request.form.get("spo2", "")[:20],
        "symptoms": tuple(request.form.getlist("symptoms")),
        "emergency_symptoms": tuple(request.form.getlist("emergency")),
    }


def _start_of(one: Member) -> dict[str, Any]:
    """Measured values are asked anew; symptoms start from what stands there or stood before."""
    present, before = one.present, one.present or one.latest
    return {
        "temperature": ""
        if present is None or present.temperature is None
        else present.temperature,
        "spo2": "" if present is None or present.spo2 is None else present.spo2,
        "symptoms": () if before is None else before.symptoms or (),
        "emergency_symptoms": () if present is None else present.emergency_symptoms or (),
    }


def _page(
    name: str,
    visit: Visit,
    link: PatientLink,
    members: list[Member],
    status: int = 200,
    **values: Any,
) -> Response:
    evening = clock.in_japan(clock.now()).hour < NOON
    html = _rendered(
        name,
        visit.language,
        link,
        members=members,
        token=visit.form_token,
        words={"symptoms": SYMPTOMS, "emergencies": EMERGENCIES},
        asks_evening=evening and any(m.slot and m.slot.part == "morning" for m in members),
        urgent=any(m.present is not None and m.present.emergency_symptoms for m in members),
        **values,
    )
    return visits.keep(Response(html, status, mimetype="text/html"), visit)


def _birth_page(
    link: PatientLink, language: str, token: str, *, problem: str = "", status: int = 200
) -> Response:
    html = _rendered("begin", language, link, link_token=token, problem=problem)
    return Response(html, status, mimetype="text/html")


def _closed(link: PatientLink | None, status: int, language: str | None = None) -> Response:
    """Nothing says whether there ever was such a link."""
    html = _rendered("closed", language or _chosen() or "ja", link)
    return visits.end(Response(html, status, mimetype="text/html"))


def _ended(link: PatientLink | None) -> Response:
    html = _rendered("ended", _chosen() or (link.language if link is not None else "ja"), link)
    return visits.end(Response(html, 401, mimetype="text/html"))


def _bare(name: str, language: str) -> Response:
    return Response(_rendered(name, language, None), 200, mimetype="text/html")


def _rendered(name: str, language: str, link: PatientLink | None, **values: Any) -> str:
    centre = household.centre_of(link) if link is not None else None
    return render_template(
        f"portal/{name}.html",
        say=speaker(language),
        lang=html_code(language),
        language=language,
        languages=LANGUAGES,
        centre=centre,
        **values,
    )


for _name, _reason in (
    ("begin", "a patient's link: signed, asks the birth date"),
    ("today", "patient page, behind its own visit"),
    ("member", "patient page, behind its own visit"),
    ("thanks", "patient page, behind its own visit"),
    ("past", "patient page, behind its own visit"),
    ("graph", "patient page, behind its own visit"),
    ("finish", "ends the visit of a patient page"),
    ("stop", "patient page, behind its own visit: no more messages"),
):
    open_door(f"PatientView.{_name}", _reason)
