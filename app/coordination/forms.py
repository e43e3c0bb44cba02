"""Forms of the steps."""

from flask_babel import lazy_gettext as _l

from app.coordination.codes import TRANSPORT
from app.core import clock
from app.core.fields import (
    CodeField,
    EraDateField,
    IntegerItemField,
    LongTextField,
    NormalisedStringField,
    Required,
)
from app.core.forms import ItemForm

_NO_NAMES = _l("Do not write names.")


class OfferForm(ItemForm):
    """Which place is asked; a reason where it has nothing free."""

    place = IntegerItemField(_l("Place to ask"), [Required()], minimum=1)
    overbooking = LongTextField(
        _l("Reason for asking a place without anything free"),
        max_length=400,
        rows=2,
        description=_NO_NAMES,
    )


class ReasonForm(ItemForm):
    """Why a place refuses, an offer is withdrawn, or a request is cancelled."""

    reason = LongTextField(
        _l("Reason"), [Required()], max_length=400, rows=3, description=_NO_NAMES
    )


class AcceptForm(ItemForm):
    """Nothing but the answer."""


class TransportForm(ItemForm):
    """How the patient is brought."""

    transport = CodeField(_l("Transport"), [Required()], codes=TRANSPORT)


class ArrivalForm(ItemForm):
    """The day and the room."""

    arrived_on = EraDateField(_l("Arrived on"), [Required()], default=clock.today)
    room = NormalisedStringField(_l("Room"), max_length=20)


class RoomForm(ItemForm):
    """Which room."""

    room = NormalisedStringField(_l("Room"), [Required()], max_length=20)


class LeavingForm(ItemForm):
    """The last day."""

    left_on = EraDateField(_l("Left on"), [Required()], default=clock.today)
