"""``/matching/households``: people who seem to live together, to be linked with one step."""

from typing import Any

from flask import render_template, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _

from app.audit.reads import record_list
from app.cases.codes import CASE_STATUS
from app.cases.models import Case
from app.contacts.codes import CONTACT_STATUS
from app.core.pages import Cell, Crumb
from app.generated.hooks import may, signed_in
from app.matching.households import Household, Housemate, suggested
from app.matching.pages import side_of
from app.matching.views import TITLE

MOST_SHOWN = 100


class HouseholdSuggestionView(BaseView):
    """Households that nobody has linked yet."""

    route_base = "/matching/households"
    class_permission_name = "match_pair"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> str:
        """The homes, newest case first; linking is the page of contacts from the same address."""
        actor = signed_in()
        found = suggested(actor)
        shown = found[:MOST_SHOWN]
        people = {mate.person.id for home in shown for mate in home.mates}
        record_list(actor, door="match_pair.households", people=people)
        title = _("Suggested households")
        return render_template(
            "matching/households.html",
            title=title,
            homes=[_home(home) for home in shown],
            total=len(found),
            may_link=may("add", "contact"),
            trail=(Crumb(str(TITLE), url_for("MatchView.list")), Crumb(title)),
        )


def _home(home: Household) -> dict[str, Any]:
    return {
        "address": home.mates[0].person.address or "",
        "number": str(home.source),
        "url": url_for("HouseholdView.household", case_id=home.source.id),
        "telephone": home.telephone,
        "mates": [_mate(mate) for mate in home.mates],
    }


def _mate(mate: Housemate) -> dict[str, Any]:
    record = mate.record
    if isinstance(record, Case):
        word, url = _("Case %(number)s", number=str(record)), "CaseView.show"
        status = Cell(CASE_STATUS.label(record.status or ""), tone="info")
    else:
        word, url = _("Contact %(number)s", number=str(record)), "ContactView.show"
        status = Cell(CONTACT_STATUS.label(record.status), tone="neutral")
    return {
        "who": side_of(mate.person),
        "word": word,
        "url": url_for(url, pk=record.id),
        "status": status,
        "phone": mate.person.mobile_phone or mate.person.home_phone or "",
    }
