"""The choices of a disease's form, registered by whoever has the official form in hand."""

from flask_babel import lazy_gettext as _l

from app.core.constraints import explain
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.transaction import transaction
from app.institutions.diseases import DiseaseOption
from app.security.actor import Actor
from app.security.rights import require

VALUE_LENGTH = 40
OTHER = "その他"
_WORDS_OF_OUR_OWN = {OTHER: "other", "なし": "none"}
"""Words the forms know: その他 asks which, なし excludes the others."""
_SEPARATORS = frozenset(";|=")

explain(
    "uq_disease_option_disease_id_kind_method_value",
    field="label_ja",
    message=_l("The disease has this option already."),
)


def add_option(option: DiseaseOption, *, by: Actor) -> DiseaseOption:
    """Register a choice; its stored value is its Japanese wording, so that a document reads the
    same wherever it is shown.

    Raises:
        InvalidInput: a wording that cannot be stored as a value.
    """
    require(by, "add", "disease_option")
    with transaction() as session:
        option.value = _value_of(option.label_ja)
        session.add(option)
        session.flush()
    return option


def change_option(option: DiseaseOption, *, by: Actor) -> None:
    """Change a choice. Options that came with the product keep their stored word.

    Raises:
        InvalidInput: as :func:`add_option`.
    """
    require(by, "edit", "disease_option")
    if not option.value.isascii():
        option.value = _value_of(option.label_ja)
    db.session.flush()


def _value_of(label: str) -> str:
    word = _WORDS_OF_OUR_OWN.get(label, label)
    if word == label and word.isascii():
        raise InvalidInput({"label_ja": [_l("Write the option in Japanese.")]})
    if len(word) > VALUE_LENGTH:
        limit = str(VALUE_LENGTH)
        raise InvalidInput({"label_ja": [_l("At most %(limit)s characters.", limit=limit)]})
    if _SEPARATORS & set(word):
        raise InvalidInput({"label_ja": [_l("; | and = cannot be part of an option.")]})
    return word
