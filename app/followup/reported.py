"""Values as people report them: read from what was typed, refused with a sentence each.

Full-width digits, units and blanks around are read; ``37,2`` is 37.2, because a temperature
has no thousands. Nothing of a refused value stands in the sentence.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.errors import InvalidInput
from app.core.items import Item
from app.core.japanese import normalise, normalise_lines
from app.core.problems import InputProblem
from app.followup.models import HealthObservation
from app.generated.paths import path_of

REPORTED = (
    "temperature",
    "spo2",
    "symptoms",
    "symptoms_other",
    "emergency_symptoms",
    "medication",
    "visited",
    "visited_on",
    "visited_institution",
    "confirmed_by",
    "remarks",
)
"""Items a report may carry."""
_NUMBER = re.compile(r"[0-9]{1,3}([.,][0-9]{1,2})?")
_UNITS = ("°c", "c", "度", "%", "パーセント")


def read_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a report as they are stored; blank and None are "not reported" and left out.

    Raises:
        InvalidInput: a value that cannot be, by item name.
        ValueError: a name no report carries (a mistake of the program).
    """
    unknown = set(values) - set(REPORTED)
    if unknown:
        raise ValueError(f"no report carries {sorted(unknown)}")
    found: dict[str, Any] = {}
    problems: dict[str, list[object]] = {}
    for name, value in values.items():
        if value is None or (isinstance(value, str) and not value.strip()):
            continue
        item = path_of(HealthObservation, name).item
        try:
            found[name] = _READERS.get(item.kind, _as_given)(value, item)
        except InputProblem as problem:
            problems[name] = [problem.sentence]
        except _Refused as refusal:
            problems[name] = [refusal.sentence]
    if problems:
        raise InvalidInput(problems)
    return found


class _Refused(Exception):
    """A value that cannot be, with the sentence for the reader."""

    def __init__(self, sentence: object) -> None:
        super().__init__()
        self.sentence = sentence


def _decimal(value: Any, item: Item) -> Decimal:
    number = _bounded(_number(value), item)
    if number != number.quantize(Decimal("0.1")):
        raise _Refused(_l("Enter at most one decimal place."))
    return number


def _integer(value: Any, item: Item) -> int:
    number = _bounded(_number(value), item)
    if number != number.to_integral_value():
        raise _Refused(_l("Enter a whole number."))
    return int(number)


def _number(value: Any) -> Decimal:
    text = unicodedata.normalize("NFKC", str(value)).strip().casefold()
    for unit in _UNITS:
        text = text.removesuffix(unit).rstrip()
    if not _NUMBER.fullmatch(text):
        raise _Refused(_l("Enter a number."))
    return Decimal(text.replace(",", "."))


def _bounded(number: Decimal, item: Item) -> Decimal:
    low, high = item.minimum, item.maximum
    if low is not None and high is not None and not low <= number <= high:
        raise _Refused(
            _l(
                "Enter a value from %(minimum)s to %(maximum)s.",
                minimum=f"{low:g}",
                maximum=f"{high:g}",
            )
        )
    return number


def _code(value: Any, item: Item) -> str:
    if item.codes is None or value not in item.codes:
        raise _Refused(_l("Choose one of the list."))
    return str(value)


def _codes(value: Any, item: Item) -> tuple[str, ...]:
    given: Iterable[str] = (value,) if isinstance(value, str) else value
    chosen = frozenset(given)
    if item.codes is None or not chosen <= set(item.codes.values):
        raise _Refused(_l("Choose one of the list."))
    return tuple(code for code in item.codes.values if code in chosen)


def _text(value: Any, item: Item) -> str:
    text = normalise(str(value))
    if item.max_length is not None and len(text) > item.max_length:
        raise _Refused(_l("At most %(limit)s characters.", limit=item.max_length))
    return text


def _long_text(value: Any, _item: Item) -> str:
    return normalise_lines(str(value))


def _as_given(value: Any, _item: Item) -> Any:
    return value


_READERS: Mapping[str, Callable[[Any, Item], Any]] = {
    "decimal": _decimal,
    "integer": _integer,
    "code": _code,
    "codes": _codes,
    "text": _text,
    "long_text": _long_text,
}
