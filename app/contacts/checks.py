"""What is refused when a contact is entered, whichever way they come."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from app.core import clock
from app.core.errors import InvalidInput
from app.persons.rules import day_problem


def check_identity(typed: Mapping[str, Any], *, same_address: bool) -> None:
    """Raises InvalidInput: neither name nor kana, a birth in the future, or two addresses."""
    problems: dict[str, list[object]] = {}
    if not typed.get("name") and not typed.get("kana"):
        problems["name"] = [_l("Enter the name or its kana.")]
    birth_on = typed.get("birth_on")
    if birth_on is not None and birth_on > clock.today():
        problems["birth_on"] = [_l("The date of birth lies in the future.")]
    if same_address and typed.get("address"):
        problems["address"] = [_l("Either type an address or tick “same as the patient”.")]
    if problems:
        raise InvalidInput(problems)


def check_exposure(exposed_on: Any, birth_on: Any) -> None:
    """Raises InvalidInput: a day on which the person cannot have been exposed."""
    problem = day_problem(exposed_on, today=clock.today(), birth_on=birth_on)
    if problem is not None:
        raise InvalidInput({"exposed_on": [problem]})
