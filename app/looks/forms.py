"""What the pages of oversight ask for."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field

from app.breakglass.rules import is_case_number
from app.core import forms
from app.core.fields import EraDateField, LongTextField, NormalisedStringField, ReferenceField
from app.core.forms import ItemForm
from app.core.items import item_of
from app.core.japanese import digits
from app.generated.references import source_of
from app.institutions.models import Institution
from app.looks.queries import Asked, require_overseen, subject_of_number, user_named
from app.security.actor import Actor
from app.security.roles import RoleName

PARAMETERS = frozenset({"user", "number", "from", "to", "institution", "institution_text"})
NOT_A_NUMBER = _l("This is not a case number: its check digit does not fit. Check each digit.")


class NoteForm(ItemForm):
    """What came of asking."""

    note = LongTextField(_l("Note"), max_length=400, rows=3)


class PersonSearchForm(ItemForm):
    """Whom it is about; sent by POST, because it names somebody."""

    number = NormalisedStringField(_l("Case number"), max_length=20)
    kana = NormalisedStringField(
        _l("Name in kana"), max_length=100, description=_l("any part of two or more characters")
    )


def looks_form(arguments: MultiDict[str, str], actor: Actor) -> FlaskForm:
    """The conditions of the record of looks, bound."""
    fields: dict[str, Field] = {
        "user": NormalisedStringField(_l("User name"), max_length=64),
        "number": NormalisedStringField(_l("Case number"), max_length=20),
        "from": EraDateField(_l("From")),
        "to": EraDateField(_l("To")),
    }
    if actor.role is RoleName.DATA_PROTECTION:
        source = source_of(item_of(Institution, "parent_id"))
        fields["institution"] = ReferenceField(_l("Institution"), source=source)
    form_class = type("LooksForm", (FlaskForm,), fields)
    form: FlaskForm = form_class(formdata=arguments, meta={"csrf": False})
    return form


def read_question(form: Any, actor: Actor) -> Asked | None:
    """The checked question; None while the form has something to be corrected.

    Raises:
        NotVisible: the institution is not the actor's to oversee.
    """
    if not form.validate():
        return None
    wanted = form["institution"].data if "institution" in form else None
    institution_id = require_overseen(actor, wanted)
    case_id = case_of_number(form.number.data)
    if case_id == 0:
        forms.show_problems(form, {"number": [NOT_A_NUMBER]})
        return None
    name = form.user.data
    return Asked(
        institution_id=institution_id,
        user_id=user_named(name, institution_id) if name else None,
        case_id=case_id,
        person_id=subject_of_number(case_id) if case_id else None,
        first=form["from"].data,
        last=form["to"].data,
    )


def case_of_number(text: str | None) -> int | None:
    """The key of a case number; 0 when its check digit does not fit, None for no number."""
    if not text:
        return None
    number = digits(text)
    return int(number[:-1]) if is_case_number(number) else 0
