"""The form of the switch."""

from flask_babel import lazy_gettext as _l

from app.core.fields import CodeField, NormalisedStringField, Required
from app.core.forms import ItemForm
from app.core.items import item_of
from app.surge.models import SurgeSwitch
from app.surge.rules import MODES


class SwitchForm(ItemForm):
    """Mode and reason."""

    mode = CodeField(item_of(SurgeSwitch, "mode").label, [Required()], codes=MODES, blank=False)
    reason = NormalisedStringField(_l("Reason"), [Required()], max_length=200)
