"""Numbers of tests and calls, entered by the area that publishes them."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement

from app.core import clock
from app.core.constraints import explain
from app.core.labels import Label
from app.generated.interface import PortalInterface
from app.generated.listing import Order
from app.generated.paths import path_of
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.publication.areas import area_of
from app.publication.content import COUNTS
from app.publication.models import AreaCount
from app.security.actor import Actor

explain(
    "uq_area_count_prefecture_code_authority_id_counted_on",
    field="counted_on",
    message=_l("This day was entered already. Open it to correct it."),
)


class AreaCountView(GeneratedView):
    """検査・相談の件数: what no record of the portal holds."""

    datamodel = PortalInterface(AreaCount)
    class_permission_name = "area_count"
    route_base = "/publications/counts"
    title_label = Label("検査・相談の件数", "Tests and calls")
    list_items = ("counted_on", *COUNTS)
    form_items = ("counted_on", *COUNTS)
    search_items = (SearchBy("counted_on", "range"),)
    sort_items = ("counted_on",)
    empty_hint = _l("Enter what the area counts beside the portal. A number left out is no zero.")

    def order(self, sort: str | None, direction: str | None, key: ColumnElement[Any]) -> Order:
        """The latest day first."""
        return Order(path_of(AreaCount, sort or "counted_on"), direction != "asc", key)

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """Today."""
        return {"counted_on": clock.today()}

    def problems_with(self, record: AreaCount) -> dict[str, list[object]]:
        """A day that was, and a number."""
        problems: dict[str, list[object]] = {}
        if record.counted_on > clock.today():
            problems["counted_on"] = [_l("This day lies in the future.")]
        if all(getattr(record, name) is None for name in COUNTS):
            problems[COUNTS[0]] = [_l("Please enter at least one number.")]
        return problems

    def save_new(self, record: AreaCount, by: Actor) -> AreaCount:
        """It is of the area the actor publishes for."""
        area = area_of(by)
        record.prefecture_code, record.authority_id = area.prefecture_code, area.authority_id
        stored: AreaCount = super().save_new(record, by)
        return stored
