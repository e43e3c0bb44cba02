"""How items that refer to master data are chosen and read back."""

from collections.abc import Callable, Sequence
from typing import Any

from flask import url_for

from app.core.db import db
from app.core.fields import ReferenceSource, code_key
from app.generated.references import reference_source
from app.institutions import queries
from app.institutions.diseases import Disease
from app.institutions.models import Institution, Municipality, Prefecture
from app.institutions.variant_names import search_variants
from app.institutions.variants import Variant


def register_references() -> None:
    """Let every form choose institutions, diseases, prefectures and municipalities."""
    reference_source("Institution", _source(Institution, "institutions", _institutions))
    reference_source("Disease", _source(Disease, "diseases", _diseases))
    reference_source("Prefecture", _source(Prefecture, "prefectures", _prefectures, code_key))
    reference_source("Municipality", municipality_source())
    reference_source("Variant", variants_of_kind())


def municipality_source() -> ReferenceSource:
    """Municipalities as choices, by their code."""
    return _source(Municipality, "municipalities", _municipalities, code_key)


def institutions_of_kind(*kinds: str) -> ReferenceSource:
    """Open institutions of some kinds as choices; another one's key counts as unknown."""

    def load(key: Any) -> Institution | None:
        found = db.session.get(Institution, key)
        return found if found is not None and found.kind in kinds and found.active else None

    def search(term: str) -> list[tuple[int, str]]:
        return [(one.id, one.name) for one in queries.search_institutions(term, kinds=kinds)]

    return ReferenceSource(
        load=load,
        lookup_url=lambda: url_for("LookupView.institutions", kind=list(kinds)),
        search=search,
    )


def variants_of_kind(kind: str | None = None) -> ReferenceSource:
    """Names of variants on offer, or mutations; one that is stored already stays."""
    return ReferenceSource(
        load=lambda key: db.session.get(Variant, key),
        lookup_url=lambda: url_for("LookupView.variants", kind=kind),
        search=lambda term: [(one.id, str(one)) for one in search_variants(term, kind=kind)],
    )


def _source(
    model: type[Any],
    lookup: str,
    search: Callable[[str], Sequence[tuple[Any, str]]],
    read_key: Callable[[str], Any] | None = None,
) -> ReferenceSource:
    options = {} if read_key is None else {"read_key": read_key}
    return ReferenceSource(
        load=lambda key: db.session.get(model, key),
        lookup_url=lambda: url_for(f"LookupView.{lookup}"),
        search=search,
        **options,
    )


def _institutions(term: str) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in queries.search_institutions(term)]


def _diseases(term: str) -> list[tuple[int, str]]:
    return [(one.id, one.name) for one in queries.search_diseases(term)]


def _prefectures(term: str) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in queries.search_prefectures(term)]


def _municipalities(term: str) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in queries.search_municipalities(term)]
