"""Bundles as records: received, corrected, searched, with their history."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.bundles import service
from app.bundles.models import PaperBundle
from app.core import clock
from app.core.errors import InvalidState
from app.core.labels import Label
from app.core.pages import Action, Crumb
from app.generated.interface import PortalInterface
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.security.actor import Actor

BUNDLES = Label("紙資料の入力", "Paper to be typed in")


class PaperBundleView(GeneratedView):
    """``/paper-bundles``: 紙資料の束."""

    datamodel = PortalInterface(PaperBundle)
    class_permission_name = "paper_bundle"
    route_base = "/paper-bundles"
    title_label = Label("紙資料の束", "Bundles of paper")
    record_label = Label("紙資料の束", "Bundle of paper")
    list_items = ("kind", "disease_id", "state", "sheet_count", "received_on", "holder_id")
    search_items = (
        SearchBy("kind", "code"),
        SearchBy("state", "code"),
        SearchBy("received_on", "range"),
    )
    sort_items = ("received_on",)
    empty_hint = _l("No bundle was received yet.")

    def title_of(self, record: PaperBundle) -> str:
        """Its number."""
        return str(record)

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """Under the desk."""
        return (Crumb(str(BUNDLES), url_for("BundleDeskView.list")),)

    def show_actions(self, record: PaperBundle) -> tuple[Action, ...]:
        """Back to where its sheets are."""
        url = url_for("BundleDeskView.show", pk=record.id)
        return (Action(_l("Sheets and steps"), url, style="primary", icon="inbox"),)

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """Received today."""
        return {"received_on": clock.today()}

    def save_new(self, record: PaperBundle, by: Actor) -> Any:
        """A bundle belongs to the health centre that receives it."""
        record.centre_id = by.institution_id or 0
        service.check_holder(record)
        return super().save_new(record, by)

    def save_changes(self, record: PaperBundle, by: Actor) -> None:
        """Until it is checked; after that it stays as it was checked."""
        if record.state not in ("received", "typing"):
            raise InvalidState(_l("This bundle is checked: it is not changed any more."))
        service.check_holder(record)
        super().save_changes(record, by)
