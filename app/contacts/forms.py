"""Forms over several records at once: a new contact, and a further exposure."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.contacts.models import Contact, ContactExposure
from app.core import forms
from app.core.fields import BooleanItemField, NormalisedStringField, Required
from app.core.pages import FormSection
from app.core.remembering import remembered
from app.generated.references import sources_of
from app.persons.models import Person

_IDENTITY = ("name", "kana", "birth_on", "mobile_phone", "home_phone", "postal_code", "address")
_DETAILS = ("sex", "age_years", "municipality_code", "has_underlying_condition", "remarks")
_EXPOSURE = (
    "exposed_on",
    "relation",
    "setting",
    "masked",
    "within_1_metre",
    "minutes",
    "place",
    "circumstances",
)


class _SameHome(forms.ItemForm):
    same_address = BooleanItemField(_l("Same address as the patient"))


class _FromCase(forms.ItemForm):
    source_number = NormalisedStringField(
        _l("Case number of the patient"),
        [Required()],
        description=_l("The eight digits of the case the contact was exposed to"),
        max_length=8,
    )


@remembered
def contact_form() -> type[forms.ItemForm]:
    """The form of a new contact under a case: person, contact and exposure."""
    person = forms.form_for(Person, _IDENTITY, base=_SameHome)
    sources = sources_of(Contact, _DETAILS)
    contact = forms.form_for(Contact, _DETAILS, base=person, references=sources)
    return forms.form_for(ContactExposure, _EXPOSURE, base=contact)


@remembered
def exposure_form() -> type[forms.ItemForm]:
    """The form of a further exposure of a contact."""
    return forms.form_for(ContactExposure, _EXPOSURE, base=_FromCase)


@remembered
def household_form() -> type[forms.ItemForm]:
    """What people of one household have in common as an exposure."""
    return forms.form_for(ContactExposure, ("exposed_on", "relation", "setting"))


def contact_sections(form: Any) -> tuple[FormSection, ...]:
    """The cards of the new contact's form, the usual ones first."""
    cards = (
        ("person", _l("Who"), ("name", "kana", "birth_on", "age_years", "sex")),
        ("exposure", _l("Exposure"), _EXPOSURE[:4]),
        ("reach", _l("How to reach them"), ("mobile_phone", "home_phone", "same_address")),
        ("home", _l("Other address"), ("postal_code", "address", "municipality_code")),
        ("more", _l("More about the exposure"), _EXPOSURE[4:]),
        ("notes", _l("Condition and remarks"), ("has_underlying_condition", "remarks")),
    )
    folded = {"home", "more", "notes"}
    return tuple(
        FormSection(key, str(title), tuple(form[name] for name in names), key in folded)
        for key, title, names in cards
    )


def exposure_sections(form: Any) -> tuple[FormSection, ...]:
    """The card of the further exposure's form."""
    names = ("source_number", *_EXPOSURE)
    return (FormSection("exposure", str(_l("Exposure")), tuple(form[n] for n in names)),)


def typed_values(form: Any, model: type[Any]) -> Mapping[str, Any]:
    """What the form holds of one model's items, by item name."""
    return {
        field.short_name: field.data
        for field in form
        if getattr(field, "item", None) is not None and field.item.model is model
    }
