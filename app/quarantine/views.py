"""People on the lists: searched, shown, corrected by the station; with their history."""

from datetime import timedelta
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.audit.reads import record_look
from app.core.dates import format_date
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.generated.hooks import may
from app.generated.interface import PortalInterface
from app.generated.notices import Notice, page_notice
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.quarantine import service
from app.quarantine.models import Returnee
from app.quarantine.rules import OBSERVED_DAYS
from app.security.actor import Actor
from app.security.roles import RoleName

RETURNEES = Label("海外からの入国者", "Returnees")


class ReturneeView(GeneratedView):
    """``/returnees``: 海外からの入国者."""

    datamodel = PortalInterface(Returnee)
    class_permission_name = "returnee"
    route_base = "/returnees"
    title_label = RETURNEES
    record_label = Label("入国者", "Returnee")
    lists_names = True
    list_items = (
        "list_number",
        "line",
        "kana",
        "name",
        "state",
        "arrived_on",
        "municipality_code",
        "centre_id",
        "airport_test",
    )
    search_items = (
        SearchBy("list_number", "prefix"),
        SearchBy("state", "code"),
        SearchBy("airport_test", "code"),
        SearchBy("arrived_on", "range"),
    )
    sort_items = ("arrived_on",)
    form_items = (
        "prefecture_code",
        "municipality_code",
        "address",
        "phone",
        "email",
    )
    empty_hint = _l("Nobody is on a list.")

    def looked_at(self, record: Returnee, actor: Actor) -> None:
        """Opening somebody is a look; of the contact's person, where there is one."""
        own = actor.role is RoleName.QUARANTINE_STATION
        person = None if own or record.contact is None else record.contact.person_id
        relation = "own_entry" if own else "responsible" if person is None else None
        record_look(actor, door="returnee.show", person_id=person, relation=relation)
        g.returnee_shown = record

    def save_changes(self, record: Returnee, by: Actor) -> None:
        """Another municipality means another health centre."""
        service.change_address(record, by=by)
        super().save_changes(record, by)

    def show_actions(self, record: Returnee) -> tuple[Action, ...]:
        """Taking over, for the health centre; the contact, once there is one."""
        actions = []
        if record.contact_id is not None and may("show", "contact"):
            url = url_for("ContactView.show", pk=record.contact_id)
            actions.append(Action(_l("Open the contact"), url, icon="person"))
        if record.state == "assigned" and may("take", "returnee"):
            url = url_for("TakingOverView.take", pk=record.id)
            actions.append(Action(_l("Take over"), url, style="primary", icon="check"))
        return tuple(actions)

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """Under the list."""
        return (Crumb(str(RETURNEES), url_for("ReturneeView.list")),)


@page_notice
def _without_a_prefecture(_actor: Actor) -> list[Notice]:
    """Nobody knows where somebody lives: how long the arrival is followed, and kept by whom."""
    record: Returnee | None = g.get("returnee_shown")
    if record is None or record.state != "unassigned" or record.prefecture_code is not None:
        return []
    until = record.arrived_on + timedelta(days=OBSERVED_DAYS)
    text = _(
        "No prefecture of residence is known, so no health centre follows yet. The observation "
        "counts from the day of arrival and ends on %(day)s. Until a health centre is found, "
        "identity is kept by the period of the quarantine station, counted from that day too.",
        day=format_date(until),
    )
    return [Notice(text, "warning", _("Nobody knows where this person lives"))]
