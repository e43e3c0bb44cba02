"""What an authority decides about the patient pages, on the screen of its headquarters."""

from flask_babel import lazy_gettext as _l

from app.core.constraints import explain
from app.core.errors import NotAllowed
from app.core.labels import Label
from app.generated.interface import PortalInterface
from app.generated.views import GeneratedView
from app.portal.models import PatientPageRule
from app.security.actor import Actor

RULES = Label("本人入力ページの設定", "Settings of the reporting pages")
explain(
    "uq_patient_page_rule_institution_id",
    field="graph_for",
    message=_l("Your authority has decided already. Change that decision."),
)


class PatientPageRuleView(GeneratedView):
    """Who sees the symptom graph; each authority decides for its health centres (R33)."""

    datamodel = PortalInterface(PatientPageRule)
    class_permission_name = "patient_page_rule"
    route_base = "/patient-page-rules"
    title_label = RULES
    list_items = ("institution_id", "graph_for")
    empty_hint = _l("No authority has decided. Until then staff alone see symptom graphs.")

    def may_change(self, record: PatientPageRule, actor: Actor) -> bool:
        """Each authority decides for its own health centres."""
        return record.institution_id == actor.institution_id

    def save_new(self, record: PatientPageRule, by: Actor) -> PatientPageRule:
        """It holds for the health centres of the own authority."""
        if by.institution_id is None:
            raise NotAllowed(_l("Your role may not do this."))
        record.institution_id = by.institution_id
        stored: PatientPageRule = super().save_new(record, by)
        return stored
