"""What a column of a file may be: the items of person, case and tests, and how a cell is read.

Item names: ``person.name``, ``case.sex``, ``test.1`` … ``test.4`` (method; specimen; day; result),
``extra.…`` (kept with the case as the file says it; the portal has no item for it), ``ref.…``
(rows of master data by name) and the two keys.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from app.cases.codes import DIAGNOSIS_TYPE, SEX, SPECIMEN, SYMPTOM, TEST_METHOD, TEST_RESULT
from app.cases.models import Case
from app.cases.publication import PUBLISHABLE
from app.core.dates import format_date, format_instant
from app.core.items import item_of
from app.core.labels import CodeList, Label
from app.persons.models import Person

KEY, NUMBER = "key", "number"
TESTS = tuple(f"test.{place}" for place in range(1, 5))
DISEASE, ACCEPTED_BY = "case.disease_id", "case.accepted_centre_id"
HOME, AUTHORITY = "case.residence_centre_id", "case.accepted_authority_id"
TEXT = 200
REMARKS = 4000


@dataclass(frozen=True, slots=True)
class Target:
    """An item a column can be. ``kind``: key, number, text, lines, kana, phone, date, instant,
    age, months, code, codes, test, disease, centre, authority."""

    name: str
    kind: str
    label: Label
    codes: CodeList | None = None
    words: Mapping[str, str] = field(default_factory=dict)
    longest: int = TEXT

    @property
    def owner(self) -> str:
        """``person``, ``case``, ``test``, ``extra`` or empty for keys."""
        return self.name.partition(".")[0] if "." in self.name else ""

    @property
    def attribute(self) -> str:
        """The name behind the point."""
        return self.name.partition(".")[2]


def typed(target: Target, plain: Any) -> Any:
    """A value as the column holds it, from its plain form."""
    convert = _TYPED.get(target.kind)
    return plain if plain is None or convert is None else convert(plain)


def shown(target: Target, plain: Any, names: Mapping[int, str]) -> str:
    """A plain value for people; ``names`` are of the master data behind keys."""
    if plain is None or plain == "":
        return ""
    if target.kind in ("disease", "centre", "authority"):
        return names.get(plain, f"#{plain}")
    worded = _SHOWN.get(target.kind)
    return str(plain) if worded is None else worded(target, plain)


def _codes_shown(target: Target, plain: Any) -> str:
    codes = [plain] if isinstance(plain, str) else plain
    return "、".join(target.codes.label(code) if target.codes else code for code in codes)


def test_words(plain: Any) -> str:
    """``方法;検体;採取日;結果`` of a test, as it stands in a file."""
    method, specimen, day, result = plain
    words = (
        TEST_METHOD.label(method or "").partition("（")[0],
        SPECIMEN.label(specimen or ""),
        "" if day is None else day.replace("-", "/"),
        TEST_RESULT.label(result or ""),
    )
    return ";".join(words)


_SHOWN: Mapping[str, Callable[[Target, Any], str]] = {
    "date": lambda _target, plain: format_date(date.fromisoformat(plain)),
    "instant": lambda _target, plain: format_instant(datetime.fromisoformat(plain)),
    "code": _codes_shown,
    "codes": _codes_shown,
    "test": lambda _target, plain: test_words(plain),
}
_TYPED: Mapping[str, Callable[[Any], Any]] = {
    "date": date.fromisoformat,
    "instant": datetime.fromisoformat,
    "codes": tuple,
}
_TYPES = {
    "患者": "confirmed",
    "確定例": "confirmed",
    "患者(確定例)": "confirmed",
    "無症状病原体保有者": "asymptomatic_carrier",
    "疑似症患者": "suspected",
}
_SEXES = {"男性": "male", "女性": "female", "1": "male", "2": "female", "m": "male", "f": "female"}


def _of(model: type[Any], owner: str, name: str, kind: str, **given: Any) -> Target:
    declared = item_of(model, name)
    longest = declared.max_length or REMARKS
    return Target(f"{owner}.{name}", kind, declared.label, longest=longest, **given)


def _extra(name: str, ja: str, en: str) -> Target:
    return Target(f"extra.{name}", "text", Label(ja, en), longest=TEXT)


_ALL = (
    Target(KEY, "key", Label("登録ID", "Registration ID")),
    Target(NUMBER, "number", Label("患者等ID", "Case number")),
    *(
        _of(Person, "person", name, kind)
        for name, kind in (
            ("name", "text"),
            ("kana", "kana"),
            ("birth_on", "date"),
            ("address", "text"),
            ("home_phone", "phone"),
            ("location_address", "text"),
            ("location_phone", "phone"),
            ("guardian_name", "text"),
            ("guardian_address", "text"),
            ("guardian_phone", "phone"),
        )
    ),
    _of(Case, "case", "disease_id", "disease"),
    _of(Case, "case", "diagnosis_type", "code", codes=DIAGNOSIS_TYPE, words=_TYPES),
    _of(Case, "case", "sex", "code", codes=SEX, words=_SEXES),
    _of(Case, "case", "symptoms", "codes", codes=SYMPTOM),
    *(
        _of(Case, "case", name, "code", codes=item_of(Case, name).codes)
        for name in (
            "occupation",
            "travelled",
            "link_known",
            "infection_place",
            "severity",
            "outcome",
        )
    ),
    _of(Case, "case", "residence", "text"),
    _of(Case, "case", "discharged_on", "date"),
    _of(Case, "case", "published_items", "codes", codes=PUBLISHABLE),
    _of(Case, "case", "withheld_items", "codes", codes=PUBLISHABLE),
    _of(Case, "case", "residence_centre_id", "centre"),
    _of(Case, "case", "accepted_centre_id", "centre"),
    _of(Case, "case", "accepted_authority_id", "authority"),
    *(
        _of(Case, "case", name, kind)
        for name, kind in (
            ("age_years", "age"),
            ("age_months", "months"),
            ("occupation_detail", "text"),
            ("symptoms_other", "text"),
            ("first_visit_on", "date"),
            ("diagnosed_on", "date"),
            ("infected_on", "date"),
            ("onset_on", "date"),
            ("died_on", "date"),
            ("travel_country", "text"),
            ("travel_from_on", "date"),
            ("travel_to_on", "date"),
            ("remarks", "lines"),
            ("reported_on", "date"),
            ("accepted_at", "instant"),
        )
    ),
    *(Target(name, "test", Label(f"診断方法{name[-1]}", f"Test {name[-1]}")) for name in TESTS),
    _extra("methods_other", "診断方法その他", "Other methods of diagnosis"),
    _extra("route", "感染経路区分", "Route of infection"),
    _extra("route_certainty", "感染経路確定推定", "Route: certain or presumed"),
    _extra("route_detail", "感染経路状況", "Route: circumstances"),
    _extra("region", "感染地域区分", "Region of infection"),
    _extra("region_certainty", "感染地域確定推定", "Region: certain or presumed"),
    _extra("region_prefecture", "感染地域都道府県", "Region: prefecture"),
    _extra("region_city", "感染地域市区町村", "Region: municipality"),
    _extra("region_detail", "感染詳細地域", "Region in detail"),
    _extra("institution", "届出医療機関名", "Reporting institution"),
    _extra("institution_address", "届出医療機関所在地", "Its address"),
    _extra("institution_phone", "届出医療機関電話", "Its telephone"),
    _extra("doctor", "届出医師氏名", "Reporting doctor"),
    _extra("accepted_by", "届出受理担当者", "Accepted by"),
)
TARGETS: Mapping[str, Target] = {target.name: target for target in _ALL}
"""Every item a column can be, by name."""
COMPARED = tuple(name for name, target in TARGETS.items() if target.owner)
"""What is compared with the portal: everything but the two keys."""
