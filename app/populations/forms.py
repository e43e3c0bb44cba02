"""The forms of populations: one municipality, or a file of many."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField

from app.core.fields import EraDateField, IntegerItemField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.populations.rules import MOST
from app.populations.service import ORIGIN_LENGTH

_AS_OF = _l("Population as of")
_ORIGIN = _l("Source")
_EXAMPLE = _l("For example: Population census of 2020, or the resident register of the city")


class TownForm(ItemForm):
    """The population of one municipality."""

    population = IntegerItemField(_l("Population"), [Required()], minimum=0, maximum=MOST)
    counted_on = EraDateField(_AS_OF, [Required()])
    origin = NormalisedStringField(
        _ORIGIN, [Required()], max_length=ORIGIN_LENGTH, description=_EXAMPLE
    )


class FileForm(FlaskForm):
    """A CSV with the headings 市区町村コード and 人口."""

    file = FileField(
        _l("File of populations (.csv)"),
        description=_l(
            "CSV with the headings for code and population; other columns are passed over."
        ),
        render_kw={"accept": ".csv,.txt,.tsv"},
    )
    counted_on = EraDateField(_AS_OF, [Required()])
    origin = NormalisedStringField(
        _ORIGIN, [Required()], max_length=ORIGIN_LENGTH, description=_EXAMPLE
    )
