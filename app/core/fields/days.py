"""Date and time fields: text inputs that read every Japanese form."""

from datetime import date, datetime

from app.core.clock import in_japan
from app.core.dates import format_date, parse_date, parse_instant
from app.core.fields.base import ItemField, ItemInput


class EraDateField(ItemField):
    """A calendar date: ``2020/4/30``, ``R2.4.30``, ``令和2年4月30日``… (app.core.dates)."""

    def read(self, text: str) -> date:
        """The date."""
        return parse_date(text)

    def written(self, value: date) -> str:
        """As dates are shown on pages."""
        return format_date(value)


class InstantInput(ItemInput):
    """The browser's own date and time picker, on the Japanese clock, in minutes."""

    input_type = "datetime-local"


class InstantField(ItemField):
    """An instant, typed on the Japanese clock and kept as aware UTC.

    A stored instant whose minute was not changed keeps its seconds.
    """

    widget = InstantInput()

    def read(self, text: str) -> datetime:
        """The instant."""
        return parse_instant(text)

    def written(self, value: datetime) -> str:
        """``2020-04-30T09:05``, the form the picker needs."""
        return f"{in_japan(value):%Y-%m-%dT%H:%M}"
