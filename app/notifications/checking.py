"""What stands against a submission: missing ◎ items, contradictions, and questions to confirm."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.cases.codes import ENDED_STATUSES
from app.cases.models import Case
from app.cases.rules import age_at
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.items import Item, Stage
from app.core.labels import Label
from app.institutions.diseases import Disease
from app.notifications.codes import GROUND
from app.notifications.conditions import BODIES, OLD_FROM, unknown_of_person
from app.notifications.form import missing_items
from app.notifications.layout import (
    COVID_19,
    FORM_2022,
    FREE_WORDS,
    GENERAL,
    LINES,
    form_version_on,
    is_asked,
    is_on_form,
)
from app.notifications.places import Residence, residence_of
from app.notifications.rule import Rule, Severity
from app.notifications.rules import violations
from app.persons.finding import same_reading_and_birth

# Where the portal shows what is missing in an item that no field of the form carries.
_AT_BIRTH = {"age_years": "birth_on", "body_examined": "diagnosis_type"}
_ASKED_AT = {
    **_AT_BIRTH,
    "specimens": "diagnosis_methods",
    "lab_tests": "diagnosis_methods",
}


# Answers to a question that was taken back. Where such an answer rather contradicts the form
# (a date of death of the living), a rule says so instead.
_UNASKED = frozenset(
    {
        "symptoms_other",
        "diagnosis_methods_other",
        "area_prefecture_code",
        "area_municipality",
        "travel_from_on",
        "travel_to_on",
    }
)


class Unconfirmed(InvalidInput):
    """Nothing forbids the submission, but the doctor has to look again at these."""

    def __init__(self, rules: Collection[Rule]) -> None:
        super().__init__({}, _l("Please check the following and confirm."))
        self.rules = tuple(rules)


def completed(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what follows from them: age, body, specimens, version of the form.

    What the form of that version does not print is dropped.
    """
    full = dict(values)
    day = full.get("diagnosed_on") or full.get("reported_on") or clock.today()
    full.setdefault("family", COVID_19)
    version = form_version_on(day, full["family"])
    for name, line in LINES.items():
        taken_back = name in _UNASKED and not is_asked(line, full)
        freely = version == GENERAL and name in FREE_WORDS.values()
        if (taken_back and not freely) or not is_on_form(line, version):
            full[name] = None
    kind = full.get("diagnosis_type")
    full["body_examined"] = None if kind is None else ("yes" if kind in BODIES else "no")
    tests = tuple(full.get("lab_tests") or ())
    specimens = tuple(dict.fromkeys(t["specimen"] for t in tests if t.get("specimen")))
    if version != GENERAL:
        full["specimens"] = specimens or None
    if full.get("birth_on") is not None or full.get("age_years") is None:
        full["age_years"], full["age_months"] = _age(full.get("birth_on"), day)
    else:
        full["age_months"] = None
    if version == FORM_2022:
        full["grounds"] = _grounds(full)
    return full | {"form_version": version, "lab_tests": tests, "today": clock.today()}


FILL_IN = Label("入力してください。", "Please fill this in.")
CHOOSE = Label("選択してください。", "Please choose.")


def refusals(values: Mapping[str, Any], residence: Residence) -> dict[str, list[object]]:
    """Field → sentences that stop the submission of ``completed`` values."""
    problems: dict[str, list[object]] = {}
    for item in missing(values):
        name = asked_at(item.name, values)
        sentences = problems.setdefault(name, [])
        chosen = item.kind in {"code", "codes"} and name not in FREE_WORDS.values()
        sentence = CHOOSE if chosen else FILL_IN
        if sentence not in sentences:
            sentences.append(sentence)
    for rule in violations(values):
        if rule.severity is Severity.REFUSE:
            problems.setdefault(asked_at(rule.item, values), []).append(rule.sentence)
    _refuse_without_centre(values, residence, problems)
    return problems


def questions(
    values: Mapping[str, Any], residence: Residence, *, case_id: int | None = None
) -> tuple[Rule, ...]:
    """What the doctor has to confirm before these values are submitted."""
    found = [rule for rule in violations(values) if rule.severity is Severity.WARN]
    if values.get("diagnosed_on") is None:
        found.append(_DIAGNOSED)
    if residence.contradicts:
        found.append(_POSTAL_CODE)
    if _is_known_already(values, case_id):
        found.append(_DUPLICATE)
    return tuple(found)


def check(
    values: Mapping[str, Any],
    residence: Residence,
    confirmed: Collection[str],
    *,
    case_id: int | None = None,
) -> None:
    """Let ``completed`` values pass, or say what is in the way.

    Raises:
        InvalidInput: sentences by field.
        Unconfirmed: questions whose codes are not among ``confirmed``.
    """
    problems = refusals(values, residence)
    if problems:
        raise InvalidInput(problems)
    asked = questions(values, residence, case_id=case_id)
    if any(rule.code not in confirmed for rule in asked):
        raise Unconfirmed(asked)


def missing(values: Mapping[str, Any]) -> tuple[Item, ...]:
    """The ◎ items of the notification still blank in ``completed`` values."""
    found = missing_items(values, Stage.NOTIFICATION)
    # Asked and answered with "none of these": there is nothing to be certain about.
    answered = {"route_certainty"} if values.get("infection_route") == () else set()
    answered |= unknown_of_person(values)
    return tuple(item for item in found if item.name not in answered)


def asked_at(name: str, values: Mapping[str, Any] = MappingProxyType({})) -> str:
    """The field of the form at which a problem of an item is shown."""
    if values.get("form_version") == GENERAL:
        if name == "lab_tests":
            return "test_sample_collected_on"
        return FREE_WORDS[name] if name in values.get("unlisted", ()) else _AT_BIRTH.get(name, name)
    return _ASKED_AT.get(name, name)


def home_of(values: Mapping[str, Any]) -> Residence:
    """Where the patient of these values lives."""
    return residence_of(values.get("postal_code"), values.get("address"))


def _grounds(values: Mapping[str, Any]) -> tuple[str, ...] | None:
    """The grounds chosen and those that follow from age and pregnancy; None: nothing is said."""
    chosen = values.get("grounds")
    found = set(chosen or ())
    if (values.get("age_years") or 0) >= OLD_FROM:
        found.add("aged_65_or_over")
    if values.get("pregnant") == "yes" and values.get("sex") != "male":
        found.add("pregnant")
    return tuple(code for code in GROUND.values if code in found) if found else chosen


def _age(birth_on: Any, day: Any) -> tuple[int | None, int | None]:
    if birth_on is None or birth_on > day:
        return None, None
    years, months = age_at(birth_on, day)
    return years, months if years == 0 else None


def _refuse_without_centre(
    values: Mapping[str, Any], residence: Residence, problems: dict[str, list[object]]
) -> None:
    if values.get("responsible_centre_id") is not None or residence.centre is not None:
        return
    if not values.get("address") and not values.get("postal_code"):
        problems.setdefault("address", []).append(
            _l("Enter the address, or choose the health centre to notify.")
        )
        return
    problems.setdefault("responsible_centre_id", []).append(
        _l("No health centre is on record for this address. Choose the health centre to notify.")
    )


def _is_known_already(values: Mapping[str, Any], case_id: int | None) -> bool:
    """Another case of this disease with the same reading and birth date, as far as visible."""
    people = same_reading_and_birth(values.get("kana"), values.get("birth_on"))
    if not people:
        return False
    same = (
        select(Case.id)
        .join(Disease, Disease.id == Case.disease_id)
        .where(Case.person_id.in_(people), Disease.family == values["family"])
        .where(Case.status.not_in(sorted(ENDED_STATUSES)))
    )
    if case_id is not None:
        same = same.where(Case.id != case_id)
    return db.session.scalar(same.limit(1)) is not None


_DIAGNOSED = Rule(
    "diagnosis_without_day",
    Severity.WARN,
    "diagnosed_on",
    Label("診断（検案）年月日が記入されていません。", "The date of diagnosis is missing."),
    lambda _values: False,
)
_POSTAL_CODE = Rule(
    "postal_code_contradicts_address",
    Severity.WARN,
    "postal_code",
    Label(
        "郵便番号と住所の市区町村が一致していません。住所の市区町村の保健所に届け出ます。",
        "Postal code and address name different municipalities. The address decides.",
    ),
    lambda _values: False,
)
_DUPLICATE = Rule(
    "possible_duplicate",
    Severity.WARN,
    "kana",
    Label(
        "ふりがなと生年月日が同じ療養中の患者が、すでに届け出られています。重複でないか確認してください。",
        "A current case with the same reading and date of birth exists. Check for a duplicate.",
    ),
    lambda _values: False,
)
