"""Form fields made for items.

Every field reads what people really type (full-width signs, era dates, units), shows a
refused value again exactly as typed, and turns each problem into one sentence at the field.
An empty field is None.
"""

from app.core.fields.base import ItemField, Required
from app.core.fields.choices import BooleanItemField, CodeField, CodesField, YesNoField
from app.core.fields.days import EraDateField, InstantField
from app.core.fields.numbers import DecimalItemField, IntegerItemField
from app.core.fields.reference import ReferenceField, ReferenceSource, code_key
from app.core.fields.text import KanaField, LongTextField, NormalisedStringField

__all__ = [
    "BooleanItemField",
    "CodeField",
    "CodesField",
    "DecimalItemField",
    "EraDateField",
    "InstantField",
    "IntegerItemField",
    "ItemField",
    "KanaField",
    "LongTextField",
    "NormalisedStringField",
    "ReferenceField",
    "ReferenceSource",
    "Required",
    "YesNoField",
    "code_key",
]
