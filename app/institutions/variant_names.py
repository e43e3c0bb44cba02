"""Names of variants: registering them, offering them, and finding the one somebody wrote."""

import re
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.core import clock
from app.core.constraints import explain
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.japanese import normalise
from app.core.transaction import transaction
from app.institutions.diseases import Disease
from app.institutions.variants import Variant
from app.security.actor import Actor
from app.security.rights import require

_BRACKETS = re.compile(r"\(([^)]+)\)")
_CODE = re.compile(r"[a-z0-9_]{1,24}")
KEPT_WORDS = frozenset({"screening_positive", "screening_negative", "unknown", "untested"})
"""What the sums call answers without a name (see app/cases/variants.py)."""

explain(
    "uq_variant_disease_id_code",
    field="code",
    message=_l("The disease has this code already."),
)


def add_variant(variant: Variant, *, by: Actor) -> Variant:
    """Register a name; it belongs to the disease whatever its category was or becomes.

    Raises:
        InvalidInput: a code that cannot be one, or an end before the beginning.
    """
    require(by, "add", "variant")
    _check(variant)
    with transaction() as session:
        variant.disease_id = _first_period(variant.disease_id)
        session.add(variant)
        session.flush()
    return variant


def change_variant(variant: Variant, *, by: Actor) -> None:
    """Change the words, the order or the days of use.

    Raises:
        InvalidInput: an end before the beginning.
    """
    require(by, "edit", "variant")
    _check(variant)
    db.session.flush()


def variants_of(family: str, kind: str | None = None) -> Sequence[Variant]:
    """The names of a disease in their order, those no longer offered too."""
    statement = (
        select(Variant)
        .join(Disease, Disease.id == Variant.disease_id)
        .where(Disease.family == family)
        .order_by(Variant.position, Variant.id)
    )
    if kind is not None:
        statement = statement.where(Variant.kind == kind)
    return db.session.scalars(statement).all()


def search_variants(term: str, *, kind: str | None = None) -> Sequence[Variant]:
    """Names on offer today that hold what was typed, or whose code does; in their order."""
    statement = select(Variant).order_by(Variant.disease_id, Variant.position, Variant.id)
    if kind is not None:
        statement = statement.where(Variant.kind == kind)
    today, wanted = clock.today(), _folded(term)
    return [
        one
        for one in db.session.scalars(statement)
        if one.is_used_on(today) and any(wanted in _folded(word) for word in _words(one))
    ]


def named(text: str, among: Sequence[Variant]) -> Variant | None:
    """The name somebody wrote into a cell, by word or code, however it was typed."""
    wanted = _folded(text)
    for spelt in (_spelt, _spelt_short):
        found = [one for one in among if wanted in spelt(one)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def problem_of_variant(
    variant: Variant, *, kind: str, family: str, on: date | None = None
) -> str | None:
    """Why a result cannot name it; None when it can. ``on``: the day it is named, if newly."""
    if variant.kind != kind:
        return _("This name is of another kind.")
    if variant.disease.family != family:
        return _("This name belongs to another disease.")
    if on is not None and not variant.is_used_on(on):
        return _("This name is not used on this day.")
    return None


def _check(variant: Variant) -> None:
    if not _CODE.fullmatch(variant.code) or variant.code in KEPT_WORDS:
        raise InvalidInput(
            {"code": [_l("Up to 24 small letters, digits and underscores; not a reserved word.")]}
        )
    begins, ends = variant.used_from, variant.used_to
    if begins is not None and ends is not None and ends < begins:
        raise InvalidInput({"used_to": [_l("The end lies before the beginning.")]})


def _first_period(disease_id: int) -> int:
    """The row of the disease that all its variants hang on."""
    family = select(Disease.family).where(Disease.id == disease_id).scalar_subquery()
    found = db.session.scalar(
        select(Disease.id).where(Disease.family == family).order_by(Disease.position, Disease.id)
    )
    return disease_id if found is None else found


def _words(variant: Variant) -> tuple[str, ...]:
    return variant.label_ja, variant.label_en, variant.code


def _spelt(variant: Variant) -> set[str]:
    return {_folded(word) for word in _words(variant)}


def _spelt_short(variant: Variant) -> set[str]:
    """デルタ for デルタ株, BA.5 for オミクロン株（BA.5系統） and B.1.1.7 for Alpha (B.1.1.7)."""
    bracketed = [word for label in _words(variant) for word in _BRACKETS.findall(_folded(label))]
    words = (*_spelt(variant), *bracketed)
    return {word.removesuffix("株").removesuffix("系統") for word in words} | set(bracketed)


def _folded(text: str) -> str:
    return normalise(text).replace(" ", "").casefold()
