"""Number fields: full-width digits, thousands commas and the unit itself are accepted."""

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from app.core.fields.base import ItemField, ItemInput
from app.core.japanese import hyphenated
from app.core.labels import Label, current_language

LARGEST = 2_147_483_647
"""What an integer column holds on every database."""

# A comma separates thousands only: "37,2" is refused, not read as 372.
_GROUPED = re.compile(r"[-+]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_PLAIN = re.compile(r"[-+]?([0-9]{1,15}(\.[0-9]{0,15})?|\.[0-9]{1,15})")
_DEGREES = ("°C", "度")
_PER_CENT = ("%", "パーセント")


class NumberInput(ItemInput):
    """A text input with a number keyboard; ``type=number`` would refuse full-width digits."""

    def __call__(self, field: Any, **kwargs: Any) -> Any:
        """The element as markup."""
        kwargs.setdefault("inputmode", field.keyboard)
        return super().__call__(field, **kwargs)


class NumberField(ItemField):
    """A number between ``minimum`` and ``maximum`` (None: no bound)."""

    widget = NumberInput()
    keyboard = "decimal"
    behaves_as = "DecimalField"

    def __init__(
        self,
        *args: Any,
        minimum: float | None = None,
        maximum: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.minimum, self.maximum = minimum, maximum

    def _bounded(self, number: Decimal, largest: int) -> Decimal:
        low = -largest if self.minimum is None else self.minimum
        high = largest if self.maximum is None else self.maximum
        if Decimal(str(low)) <= number <= Decimal(str(high)):
            return number
        if self.minimum is None and self.maximum is None:
            raise ValueError(gettext("The number is too large."))
        if self.maximum is None:
            raise ValueError(
                gettext("Enter %(minimum)s or more.", minimum=self._with_unit(low))
                if number < low
                else gettext("The number is too large.")
            )
        if self.minimum is None:
            raise ValueError(gettext("Enter %(maximum)s or less.", maximum=self._with_unit(high)))
        raise ValueError(
            gettext(
                "Enter a value from %(minimum)s to %(maximum)s.",
                minimum=self._with_unit(low),
                maximum=self._with_unit(high),
            )
        )

    def _with_unit(self, number: float) -> str:
        written = f"{Decimal(str(number)).normalize():,f}"
        if self.unit is None:
            return written
        gap = " " if current_language() == "en" else ""
        return f"{written}{gap}{self.unit}"


class IntegerItemField(NumberField):
    """A whole number."""

    keyboard = "numeric"
    behaves_as = "IntegerField"

    def read(self, text: str) -> int:
        """The whole number."""
        number = _number(text, self.unit)
        if number is None or number != number.to_integral_value():
            raise ValueError(gettext("Enter a whole number."))
        return int(self._bounded(number, LARGEST))


class DecimalItemField(NumberField):
    """A number with at most ``places`` digits after the point, kept as Decimal.

    ``whole`` is the number of digits before the point the column holds.
    """

    def __init__(self, *args: Any, places: int = 2, whole: int = 9, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places, self.whole = places, whole

    def read(self, text: str) -> Decimal:
        """The number, exactly as written."""
        number = _number(text, self.unit)
        if number is None:
            raise ValueError(gettext("Enter a number."))
        if number != number.quantize(Decimal(1).scaleb(-self.places)):
            raise ValueError(
                gettext("Enter at most %(places)s decimal places.", places=self.places)
            )
        return self._bounded(number, 10**self.whole - 1)

    def written(self, value: Any) -> str:
        """Plain digits, never an exponent."""
        return f"{Decimal(value):f}"


def _number(text: str, unit: Label | None) -> Decimal | None:
    """The number in ``text`` without its unit, or None."""
    plain = re.sub(r"\s+", "", hyphenated(text))
    for sign in _spellings(unit):
        if plain.endswith(sign):
            plain = plain.removesuffix(sign)
            break
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    return Decimal(plain) if _PLAIN.fullmatch(plain) else None


def _spellings(unit: Label | None) -> Sequence[str]:
    """How the unit may be written after the number, folded like the number itself."""
    if unit is None:
        return (*_DEGREES, *_PER_CENT)
    own = [hyphenated(word).replace(" ", "") for word in (unit.ja, unit.en)]
    for family in (_DEGREES, _PER_CENT):
        if any(unicodedata.normalize("NFKC", word) in family for word in own):
            own.extend(family)
    return own
