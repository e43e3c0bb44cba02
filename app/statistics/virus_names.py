"""The answers of the dimension of variants in their order, each with its name."""

from collections.abc import Collection

from app.cases.codes import VARIANT_BASIS
from app.core.labels import Label
from app.institutions.variant_names import variants_of


def answers_named(family: str, answers: Collection[str]) -> list[tuple[str, Label]]:
    """Names of the disease as its data order them (a mutation says that a screening found it),
    then what stands without a name; one statement, none where nobody answered."""
    if not answers:
        return []
    names = [
        (one.code, _screened(one.label) if one.kind == "mutation" else one.label)
        for one in variants_of(family)
    ]
    known: dict[str, Label] = {}
    for key, label in (*names, *((code.value, code.label) for code in VARIANT_BASIS)):
        known.setdefault(key, label)
    strange = {key: Label(key, key) for key in sorted(set(answers) - known.keys())}
    return [(key, label) for key, label in (known | strange).items() if key in answers]


def _screened(mutation: Label) -> Label:
    return Label(f"{mutation.ja}陽性（スクリーニング）", f"{mutation.en} positive (screening)")
