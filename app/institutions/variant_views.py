"""Names of variants on the screen: the ministry adds them, everybody concerned looks."""

from flask import request
from flask_babel import lazy_gettext as _l

from app.core.labels import Label
from app.generated.interface import PortalInterface
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.institutions.variant_names import add_variant, change_variant
from app.institutions.variants import Variant
from app.security.actor import Actor

_ITEMS = (
    "disease_id",
    "kind",
    "code",
    "label_ja",
    "label_en",
    "position",
    "used_from",
    "used_to",
    "source",
)
_FIXED = ("disease_id", "kind", "code")


class VariantView(GeneratedView):
    """Variants and mutations by disease: 変異株・変異の名称."""

    datamodel = PortalInterface(Variant)
    class_permission_name = "variant"
    route_base = "/variants"
    title_label = Label("変異株・変異の名称", "Names of variants and mutations")
    record_label = Label("変異株・変異の名称", "Name of a variant or mutation")
    list_items = (
        "label_ja",
        "position",
        "label_en",
        "kind",
        "code",
        "disease_id",
        "used_from",
        "used_to",
    )
    form_items = _ITEMS
    search_items = (
        SearchBy("disease_id", "reference"),
        SearchBy("kind", "code"),
        SearchBy("label_ja", "prefix"),
    )
    sort_items = ("position", "kind")
    empty_hint = _l("Results name variants once they are registered here.")

    def form_names(self, actor: Actor) -> tuple[str, ...]:
        """What results and sums refer to does not change."""
        names = super().form_names(actor)
        editing = "pk" in (request.view_args or {})
        return tuple(n for n in names if not (editing and n in _FIXED))

    def save_new(self, record: Variant, by: Actor) -> Variant:
        """One row for all periods of the disease."""
        return add_variant(record, by=by)

    def save_changes(self, record: Variant, by: Actor) -> None:
        """Words, order and days of use."""
        change_variant(record, by=by)
