"""Master data on the screen: institutions and diseases, for everybody signed in."""

from flask import url_for

from app.core.labels import Label
from app.generated.cells import links_to
from app.generated.interface import PortalInterface
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.institutions.diseases import Disease
from app.institutions.models import Institution


class InstitutionView(GeneratedView):
    """Institutions: 機関."""

    datamodel = PortalInterface(Institution)
    class_permission_name = "institution"
    route_base = "/institutions"
    title_label = Label("機関一覧", "Institutions")
    list_items = ("name", "kind", "code", "parent_id", "prefecture_code", "phone")
    search_items = (
        SearchBy("name", "prefix"),
        SearchBy("code", "exact"),
        SearchBy("kind", "code"),
        SearchBy("prefecture_code", "reference"),
    )


class DiseaseView(GeneratedView):
    """Notifiable diseases: 対象疾病."""

    datamodel = PortalInterface(Disease)
    class_permission_name = "disease"
    route_base = "/diseases"
    title_label = Label("対象疾病一覧", "Diseases")
    list_items = (
        "name",
        "category",
        "surveillance",
        "notification_timing",
        "valid_from",
        "valid_to",
    )
    search_items = (SearchBy("name", "prefix"), SearchBy("category", "code"))


links_to(Institution, lambda one: url_for("InstitutionView.show", pk=one.id))
