"""Tests of a case on the screen: 検査記録."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.cases.authorship import may_change_test
from app.cases.models import LabTest
from app.cases.naming_variants import VARIANT_ITEMS, problems_of_variants
from app.cases.views import CaseChildView
from app.core.db import db
from app.core.labels import Label
from app.generated.interface import PortalInterface
from app.generated.searching import SearchBy
from app.institutions.models import Institution
from app.institutions.references import variants_of_kind
from app.security.actor import Actor


class LabTestView(CaseChildView):
    """Tests of a case: 検査記録."""

    datamodel = PortalInterface(LabTest)
    class_permission_name = "lab_test"
    route_base = "/lab-tests"
    title_label = Label("検査記録", "Tests")
    case_tab = "tests"
    list_items = (
        "collected_on",
        "specimen",
        "method",
        "laboratory",
        "resulted_on",
        "result",
        "variant_id",
    )
    search_items = (
        SearchBy("result", "code"),
        SearchBy("resulted_on", "range"),
        SearchBy("variant_screening", "code"),
        SearchBy("variant_id", "reference"),
    )
    sort_items = ("collected_on", "resulted_on")
    empty_hint = _l("No test has been entered yet.")

    def problems_with(self, record: LabTest) -> dict[str, list[object]]:
        """A test is sent to a laboratory that uses the portal; a variant is one of its disease."""
        problems = problems_of_variants(record)
        sent_to = record.testing_laboratory_id
        named = None if sent_to is None else db.session.get(Institution, sent_to)
        if named is not None and named.kind != "laboratory":
            problems["testing_laboratory_id"] = [_l("Choose a public-health laboratory.")]
        return problems

    def _form(self, names: Any, record: Any, starts: Any = None) -> Any:
        """Mutations and variants are offered each at their own item."""
        form = super()._form(names, record, starts)
        for name, kind in VARIANT_ITEMS.items():
            if name in form:
                form[name].source = variants_of_kind(kind)
        return form

    def may_change(self, record: LabTest, actor: Actor) -> bool:
        """Institutions change what they entered."""
        return may_change_test(record, actor)
