"""The staff's side of automatic calls: those of the health centre, those of one person."""

from collections.abc import Sequence

from flask import render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.reads import record_list, record_look
from app.cases.header import case_or_404
from app.cases.header import crumbs_of as case_crumbs
from app.cases.header import header_of as case_header
from app.cases.models import Case
from app.cases.views import CaseView
from app.contacts.header import contact_with_header
from app.contacts.header import crumbs_of as contact_crumbs
from app.contacts.header import header_of as contact_header
from app.contacts.models import Contact
from app.contacts.views import ContactView
from app.core.errors import NotVisible
from app.core.labels import Label
from app.core.pages import Crumb
from app.followup.service import plan_of
from app.generated.arguments import one_of, only_known, pack_cursor, read_cursor, record_key
from app.generated.extensions import add_tab
from app.generated.hooks import signed_in
from app.generated.showing import PageTab
from app.generated.views import VIEWS
from app.voice import queries
from app.voice.models import VoiceCall
from app.voice.wording import rows_of

ORDER = "voice_calls:-"
TAB = Label("自動架電", "Automatic calls")


class VoiceCallView(BaseView):
    """``/automatic-calls``: calls of the institution, and those to one person."""

    route_base = ""
    class_permission_name = "voice_call"
    default_view = "list"

    @expose("/automatic-calls/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """Calls of the own health centre with their state, newest first."""
        actor = signed_in()
        only_known(request.args, {"show", "after"})
        shown = one_of(request.args, "show", tuple(queries.SHOWN))
        cursor = read_cursor(request.args, ORDER, None)
        found = queries.calls_of(actor, shown, cursor)
        page = found[: queries.PAGE]
        older = None
        if len(found) > queries.PAGE:
            after = pack_cursor(ORDER, None, page[-1].id)
            older = url_for(".list", after=after, show=shown)
        record_list(actor, door="voice_call.list", people=_people(page))
        return render_template(
            "voice/list.html",
            title=_("Automatic calls"),
            rows=rows_of(page, with_names=True),
            shown=shown,
            tabs=_tabs(queries.counts_by_state(actor)),
            older=older,
            trail=(Crumb(_("Automatic calls")),),
        )

    @expose("/cases/<pk>/automatic-calls", methods=["GET"])
    @has_access
    @permission_name("show")
    def case(self, pk: str) -> str:
        """Automatic calls to the person of a case."""
        return _of_person(case_or_404(record_key(pk)))

    @expose("/contacts/<pk>/automatic-calls", methods=["GET"])
    @has_access
    @permission_name("show")
    def contact(self, pk: str) -> str:
        """Automatic calls to a contact."""
        found = contact_with_header(record_key(pk))
        if found is None:
            raise NotVisible(_l("There is no such record."))
        return _of_person(found)


def _of_person(subject: Case | Contact) -> str:
    only_known(request.args, {"parked"})
    is_case = isinstance(subject, Case)
    kind = "case" if is_case else "contact"
    record_look(
        signed_in(),
        door=f"{kind}.calls",
        case_id=subject.id if isinstance(subject, Case) else subject.case_id,
        person_id=subject.person_id,
    )
    plan, title = plan_of(subject), _("Automatic calls")
    return render_template(
        "voice/person.html",
        title=title,
        header=case_header(subject) if isinstance(subject, Case) else contact_header(subject),
        tabs_of_record=VIEWS[kind].tabs_of(subject, "calls"),
        plan=plan,
        rows=rows_of(queries.calls_about(subject)),
        trail=case_crumbs(subject, Crumb(title))
        if isinstance(subject, Case)
        else contact_crumbs(subject, Crumb(title)),
    )


def _tabs(numbers: dict[str, int]) -> list[tuple[str | None, str, int]]:
    """(key, word, number) of each tab; the numbers are the lengths of the lists."""
    words = {
        "open": _("Waiting or calling"),
        "problems": _("To be looked at"),
        "answered": _("Answered"),
    }
    made: list[tuple[str | None, str, int]] = [(None, _("All"), sum(numbers.values()))]
    for key, states in queries.SHOWN.items():
        made.append((key, words[key], sum(numbers.get(state, 0) for state in states)))
    return made


def _people(calls: Sequence[VoiceCall]) -> set[int]:
    subjects = (call.plan.subject for call in calls)
    return {one.person_id for one in subjects if one is not None and one.person_id is not None}


add_tab(
    CaseView,
    PageTab(
        "calls",
        TAB,
        "voice_call",
        "show",
        lambda case: url_for("VoiceCallView.case", pk=case.id),
    ),
    before="contacts",
)
add_tab(
    ContactView,
    PageTab(
        "calls",
        TAB,
        "voice_call",
        "show",
        lambda contact: url_for("VoiceCallView.contact", pk=contact.id),
    ),
)
