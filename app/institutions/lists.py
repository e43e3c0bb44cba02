"""Master data on the screen: institutions and diseases, for everybody signed in."""

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.core.db import db
from app.core.labels import CodeList, Label
from app.core.pages import Action, Crumb
from app.generated.arguments import record_key
from app.generated.cells import links_to
from app.generated.hooks import may, signed_in
from app.generated.interface import PortalInterface
from app.generated.searching import SearchBy
from app.generated.views import GeneratedView
from app.institutions.diseases import Disease, DiseaseOption
from app.institutions.models import Institution
from app.institutions.options import add_option, change_option
from app.institutions.rules import INSTITUTION_KINDS, is_managed_by, may_stand_below
from app.institutions.service import correct_institution, register_institution
from app.institutions.tree import is_in_branch, manages, node_of
from app.institutions.tree_views import trail_to
from app.security.actor import Actor

_CONTACT = ("name", "kana", "municipality_code", "postal_code", "address", "phone")


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
    record_label = Label("機関", "Institution")
    form_items = ("kind", "code", *_CONTACT)
    preset_items = ("parent_id",)

    def form_names(self, actor: Actor) -> tuple[str, ...]:
        """Kind and code are what an institution is; only name and address are corrected."""
        names = super().form_names(actor)
        editing = "pk" in (request.view_args or {})
        return tuple(n for n in names if not editing or n in _CONTACT)

    def new_values(self, presets: dict[str, Any], by: Actor) -> dict[str, Any]:
        """Refuses a parent of another branch before anything is typed."""
        node_of(presets.get("parent_id"), by)
        return {}

    def _form(self, names: Any, record: Any, starts: Any = None) -> Any:
        """Only the kinds this role registers, and that may stand there, are offered."""
        form, actor = super()._form(names, record, starts), signed_in()
        if "kind" in form:
            named = request.args.get("parent_id")
            above = node_of(record_key(named) if named else None, actor).kind
            codes = [
                code
                for code in INSTITUTION_KINDS
                if is_managed_by(actor.role, code.value) and may_stand_below(code.value, above)
            ]
            rows = [(c.value, c.label.ja, c.label.en) for c in codes]
            form.kind.codes = CodeList("institution_kind", *rows)
        return form

    def may_change(self, record: Institution, actor: Actor) -> bool:
        """Whoever manages it, and the office itself."""
        return manages(actor, record, "edit")

    def save_new(self, record: Institution, by: Actor) -> Institution:
        """Below the institution the address names, else below one's own."""
        parent = db.session.get(Institution, record.parent_id or by.institution_id)
        return register_institution(
            by=by,
            kind=record.kind,
            code=record.code,
            parent=parent,
            **{name: getattr(record, name) for name in _CONTACT},
        )

    def save_changes(self, record: Institution, by: Actor) -> None:
        """The verb checks the branch once more."""
        correct_institution(record, by=by)

    def crumbs_for(self, record: Any) -> tuple[Crumb, ...]:
        """A new institution hangs where it will stand."""
        actor = signed_in()
        if record is None or record.id is not None or not may("show", "institution_tree"):
            return super().crumbs_for(record)
        return trail_to(node_of(record.parent_id, actor), actor)

    def show_actions(self, record: Institution) -> tuple[Action, ...]:
        """The way into the own branch."""
        if not may("show", "institution_tree") or not is_in_branch(record.id, signed_in()):
            return ()
        url = url_for("InstitutionTreeView.node", pk=record.id)
        return (Action(_("Institutions below"), url, icon="institution"),)

    def url_after_save(self, record: Institution) -> str:
        """Its place in the branch."""
        return url_for("InstitutionTreeView.node", pk=record.id)


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
    # What the law says of a disease comes with the master data; how it is observed is set here.
    form_items = (
        "observation_days",
        "case_observation_days",
        "case_observed_from",
        "observations_per_day",
        "spo2_red",
        "spo2_orange",
        "spo2_drop",
        "fever_orange",
        "fever_yellow",
    )

    def problems_with(self, record: Disease) -> dict[str, list[object]]:
        """Lines that cross each other would hide the more urgent one."""
        found: dict[str, list[object]] = {}
        if record.spo2_red and record.spo2_orange and record.spo2_red >= record.spo2_orange:
            found["spo2_red"] = [_l("The red line has to lie below the orange one.")]
        if (
            record.fever_orange is not None
            and record.fever_yellow is not None
            and record.fever_yellow >= record.fever_orange
        ):
            found["fever_yellow"] = [_l("The yellow line has to lie below the orange one.")]
        return found

    def list_actions(self) -> tuple[Action, ...]:
        """The way to the choices of their forms and to the names of their variants."""
        ways = (
            (_("Options by disease"), "DiseaseOptionView.list", "disease_option"),
            (_("Variants by disease"), "VariantView.list", "variant"),
        )
        return tuple(
            Action(words, url_for(endpoint), icon="book")
            for words, endpoint, resource in ways
            if may("list", resource)
        )


class DiseaseOptionView(GeneratedView):
    """The choices of each disease's form (発生届 11, 12, 18①); a change takes effect at once."""

    datamodel = PortalInterface(DiseaseOption)
    class_permission_name = "disease_option"
    route_base = "/disease-options"
    title_label = Label("疾病別の選択肢", "Options by disease")
    record_label = Label("選択肢", "Option")
    list_items = ("disease_id", "kind", "label_ja", "label_en", "position", "confirmed")
    form_items = ("disease_id", "kind", "label_ja", "label_en", "position", "confirmed")
    search_items = (SearchBy("disease_id", "reference"), SearchBy("kind", "code"))
    empty_hint = _l("Diseases without options are notified in free words.")

    def form_names(self, actor: Actor) -> tuple[str, ...]:
        """Disease and kind are what an option is; an official list keeps its methods."""
        names = super().form_names(actor)
        editing = "pk" in (request.view_args or {})
        return tuple(n for n in names if not (editing and n in ("disease_id", "kind")))

    def save_new(self, record: DiseaseOption, by: Actor) -> DiseaseOption:
        """The value follows from the wording."""
        return add_option(record, by=by)

    def save_changes(self, record: DiseaseOption, by: Actor) -> None:
        """What was notified under the former wording keeps it."""
        change_option(record, by=by)


links_to(Institution, lambda one: url_for("InstitutionView.show", pk=one.id))
