"""AJAX choices for forms: institutions, places, diseases and the address of a postal code.

The master data hold nothing about a person, so the terms may stand in the address; a postal
code is part of a person's and may not.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from flask import Response, jsonify, request
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access_api, permission_name
from flask_babel import gettext as _

from app.core.errors import DomainError, InvalidInput
from app.core.japanese import normalise, postal_code
from app.core.problems import InputProblem
from app.institutions import postal, queries
from app.institutions.diseases import CATEGORIES
from app.institutions.models import Institution, Municipality
from app.institutions.rules import INSTITUTION_KINDS
from app.institutions.variant_names import search_variants
from app.institutions.variants import VARIANT_KINDS

_TERM_LENGTH = 50


class LookupView(BaseView):
    """What the lookup fields of the forms ask while somebody types."""

    route_base = "/lookup"
    class_permission_name = "lookup"
    default_view = "institutions"

    @expose("/institutions")
    @has_access_api
    @permission_name("show")
    def institutions(self) -> Response:
        """``?q=&kind=&prefecture=`` → ``{"results": [{value, label, hint}]}``; kind repeats."""
        return _answer(institution_choices, request.args, request.args.getlist("kind"))

    @expose("/municipalities")
    @has_access_api
    @permission_name("show")
    def municipalities(self) -> Response:
        """``?q=&prefecture=`` → ``{"results": [{value, label, hint}]}``."""
        return _answer(municipality_choices, request.args)

    @expose("/prefectures")
    @has_access_api
    @permission_name("show")
    def prefectures(self) -> Response:
        """``?q=`` → ``{"results": [{value, label, hint}]}``."""
        return _answer(prefecture_choices, request.args)

    @expose("/diseases")
    @has_access_api
    @permission_name("show")
    def diseases(self) -> Response:
        """``?q=`` → ``{"results": [{value, label, hint}]}``; the hint is the category."""
        return _answer(disease_choices, request.args)

    @expose("/variants")
    @has_access_api
    @permission_name("show")
    def variants(self) -> Response:
        """``?q=&kind=`` → ``{"results": [{value, label, hint}]}``; the hint is the disease."""
        return _answer(variant_choices, request.args)

    # A patient's postal code comes in the body: addresses are written to logs.
    @expose("/postal", methods=["POST"])
    @has_access_api
    @permission_name("show")
    def postal(self) -> Response:
        """``code=1000001`` → prefecture, city, town, municipality_code; 404 when unknown."""
        return _answer(postal_address, request.form)


def institution_choices(args: Mapping[str, str], kinds: list[str]) -> dict[str, Any]:
    """The choices for what was typed. Raises InvalidInput for arguments out of range."""
    wrong = [kind for kind in kinds if kind not in INSTITUTION_KINDS]
    if wrong:
        raise InvalidInput({"kind": [_("Choose one of the list.")]})
    found = queries.search_institutions(_term(args), kinds=kinds, prefecture_code=_prefecture(args))
    return {"results": [_institution_choice(one) for one in found]}


def municipality_choices(args: Mapping[str, str]) -> dict[str, Any]:
    """The choices for what was typed. Raises InvalidInput for arguments out of range."""
    found = queries.search_municipalities(_term(args), prefecture_code=_prefecture(args))
    return {"results": [_municipality_choice(one) for one in found]}


def prefecture_choices(args: Mapping[str, str]) -> dict[str, Any]:
    """The choices for what was typed. Raises InvalidInput for arguments out of range."""
    found = queries.search_prefectures(_term(args))
    return {"results": [_choice(one.code, one.name, one.romaji) for one in found]}


def disease_choices(args: Mapping[str, str]) -> dict[str, Any]:
    """The choices for what was typed. Raises InvalidInput for arguments out of range."""
    found = queries.search_diseases(_term(args))
    results = [_choice(one.id, str(one), CATEGORIES.label(one.category)) for one in found]
    return {"results": results}


def variant_choices(args: Mapping[str, str]) -> dict[str, Any]:
    """The choices for what was typed. Raises InvalidInput for arguments out of range."""
    kind = args.get("kind") or None
    if kind is not None and kind not in VARIANT_KINDS:
        raise InvalidInput({"kind": [_("Choose one of the list.")]})
    found = search_variants(_term(args), kind=kind)[: queries.CHOICES]
    return {"results": [_choice(one.id, str(one), str(one.disease)) for one in found]}


def postal_address(args: Mapping[str, str]) -> dict[str, Any]:
    """The address under a code; ``candidates`` has them all when several share it.

    Raises:
        InvalidInput: not a postal code.
        UnknownPostalCode: nothing is delivered under it.
    """
    try:
        code = postal_code(args.get("code", "")[:_TERM_LENGTH])
    except InputProblem as problem:
        raise InvalidInput({"code": [problem.sentence]}) from problem
    found = postal.lookup(code)
    if found is None:
        raise UnknownPostalCode(_("No address was found for this postal code."))
    return asdict(found)


class UnknownPostalCode(DomainError):
    """Seven digits under which Japan Post delivers nothing."""

    status = 404


def _answer(choices: Any, *arguments: Any) -> Response:
    try:
        return jsonify(choices(*arguments))
    except InvalidInput as refused:
        problems = {name: [str(s) for s in found] for name, found in refused.problems.items()}
        response = jsonify({"problems": problems})
        # The arguments come from our own script: a wrong one is a malformed request.
        response.status_code = 400
    except UnknownPostalCode as unknown:
        response = jsonify({"message": str(unknown.message)})
        response.status_code = unknown.status
    return response


def _term(args: Mapping[str, str]) -> str:
    term = args.get("q", "")
    if len(term) > _TERM_LENGTH:
        raise InvalidInput({"q": [_("At most %(limit)s characters.", limit=_TERM_LENGTH)]})
    try:
        normalise(term)
    except InputProblem as problem:
        raise InvalidInput({"q": [problem.sentence]}) from problem
    return term


def _prefecture(args: Mapping[str, str]) -> str | None:
    code = args.get("prefecture", "")
    if code and not re.fullmatch("[0-9]{2}", code):
        raise InvalidInput({"prefecture": [_("Choose one of the list.")]})
    return code or None


def _institution_choice(one: Institution) -> dict[str, str]:
    kind = INSTITUTION_KINDS.label(one.kind)
    return _choice(one.id, one.name, " ".join(filter(None, (kind, one.code, one.address))))


def _municipality_choice(one: Municipality) -> dict[str, str]:
    return _choice(one.code, one.name, f"{one.prefecture.name} {one.code}")


def _choice(value: int | str, label: str, hint: str) -> dict[str, str]:
    return {"value": str(value), "label": label, "hint": hint}
