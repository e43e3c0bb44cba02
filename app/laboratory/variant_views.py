"""The laboratory's screen of variants: screening and genome of its positive tests, row by row."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.audit.reads import record_export
from app.cases.codes import VARIANT_SCREENING
from app.cases.models import LabTest
from app.core import clock
from app.core.dates import format_date
from app.core.pages import Crumb
from app.generated.arguments import only_known, record_key
from app.generated.hooks import may, signed_in
from app.institutions.variant_names import variants_of
from app.institutions.variants import Variant
from app.laboratory import variants
from app.laboratory.files import worklist_workbook
from app.laboratory.rules import number_of_test
from app.laboratory.variants import Checked, VariantAnswer
from app.laboratory.worklist_views import sent, trail
from app.security.actor import Actor

Page = Response | str | tuple[str, int]
_PREFIXES = {
    "screening": "variant_screening",
    "mutation": "screening_target_id",
    "genome": "genome_known_on",
    "variant": "variant_id",
}
"""Name of a field before its test → item."""


class LabVariantView(BaseView):
    """Variants of the laboratory's positive tests: 変異株検査の入力."""

    route_base = "/worklist/variants"
    class_permission_name = "lab_result"
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    @permission_name("list")
    def list(self) -> Page:
        """Positive tests, those without a genome first."""
        only_known(request.args, ())
        return _page(signed_in(), {})

    @expose("/save", methods=["POST"])
    @has_access
    @permission_name("edit")
    def save(self) -> Page:
        """Saves every row that says something else; what cannot be saved is shown as typed."""
        only_known(request.args, ())
        actor = signed_in()
        done = {key: _answered(key, actor) for key in _rows_of(request.form)[: variants.SHOWN]}
        wrong = {key: dict(one.problems) for key, one in done.items() if one.problems}
        saved = 0
        for key, one in done.items():
            if not one.problems and one.changes:
                failed = variants.save(one)
                wrong |= {key: dict(failed)} if failed else {}
                saved += not failed
        told = ngettext("%(num)s test was saved.", "%(num)s tests were saved.", saved)
        if wrong:
            return _page(actor, wrong, told), 422
        flash(told if saved else _("Nothing was changed."), "success" if saved else "info")
        return redirect(url_for(".list"), 303)

    @expose("/variants.xlsx")
    @has_access
    @permission_name("list")
    def workbook(self) -> Page:
        """The positive tests as a workbook; it is sent where results are sent."""
        only_known(request.args, ())
        actor = signed_in()
        tests = variants.positive_tests(actor, limit=None)
        record_export(actor, door="lab_result.file", count=len(tests))
        return sent(worklist_workbook(tests), f"{_('Variants')}.xlsx")


def _rows_of(typed: Mapping[str, str]) -> Sequence[int]:
    names = [name.partition("_")[2] for name in typed if name.startswith("version_")]
    return [record_key(key) for key in dict.fromkeys(names)]


def _answered(key: int, actor: Actor) -> Checked:
    typed = {item: request.form.get(f"{name}_{key}", "") for name, item in _PREFIXES.items()}
    version = request.form.get(f"version_{key}", "")
    number = int(version) if version.isascii() and version.isdigit() else -1
    return variants.checked(VariantAnswer(key, typed, number), by=actor)


def _page(actor: Actor, wrong: Mapping[int, Mapping[str, str]], told: str = "") -> str:
    tests = variants.positive_tests(actor)
    if tests:
        record_export(actor, door="lab_result.worklist", count=len(tests))
    families = variants.families_of(tests)
    names = {family: _offered(family) for family in sorted(set(families.values()))}
    return render_template(
        "laboratory/variants.html",
        rows=[
            _row(test, names.get(families.get(test.id, ""), ()), wrong.get(test.id, {}))
            for test in tests
        ],
        screenings=VARIANT_SCREENING,
        may_enter=may("edit", "lab_result"),
        refused=len(wrong),
        told=told,
        trail=(*trail(), Crumb(_("Variants"))),
    )


def _offered(family: str) -> Sequence[Variant]:
    today = clock.today()
    return [one for one in variants_of(family) if one.is_used_on(today)]


def _row(test: LabTest, names: Sequence[Variant], wrong: Mapping[str, str]) -> dict[str, Any]:
    typed = request.form if wrong else {}
    held = {
        "screening": test.variant_screening or "",
        "mutation": _code(test.screening_target),
        "genome": format_date(test.genome_known_on),
        "variant": _code(test.variant),
    }
    return {
        "id": test.id,
        "number": number_of_test(test.id),
        "collected_on": format_date(test.collected_on),
        "resulted_on": format_date(test.resulted_on),
        "sender": str(test.entering_institution or ""),
        "version": test.row_version,
        "mutations": _options(names, "mutation", test.screening_target),
        "lineages": _options(names, "lineage", test.variant),
        "problems": tuple(wrong.values()),
        **{name: typed.get(f"{name}_{test.id}", value) for name, value in held.items()},
    }


def _code(named: Variant | None) -> str:
    return "" if named is None else named.code


def _options(
    names: Sequence[Variant], kind: str, held: Variant | None
) -> Sequence[tuple[str, str]]:
    """Names on offer, and the one that is held though it is offered no more."""
    offered = [one for one in names if one.kind == kind]
    if held is not None and held not in offered:
        offered.append(held)
    return [(one.code, str(one)) for one in offered]
