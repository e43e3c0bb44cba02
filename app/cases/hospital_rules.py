"""What a hospital tells after the fact (R15), as values and rules: never more than ten items."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from app.core.labels import CodeList, Label

ENDING = CodeList(
    "hospital_ending",
    ("recovered", "退院（軽快・療養解除）", "Discharged (recovered)"),
    ("to_hospital", "転院（他の医療機関へ）", "Transferred to another hospital"),
    ("to_hotel", "退院し宿泊療養へ", "Left for a hotel"),
    ("to_home", "退院し自宅療養へ", "Left for home care"),
    ("to_social_facility", "退院し社会福祉施設等で療養", "Left for a social facility"),
    ("died", "死亡", "Died"),
)
NEXT_PLACE: Mapping[str, str] = {
    "to_hospital": "hospital",
    "to_hotel": "hotel",
    "to_home": "home",
    "to_social_facility": "social_facility",
}
"""Ending → place of care that follows it."""
SEVERE_CARE = ("icu", "ventilator", "ecmo")
ITEMS = (
    "institution_id",
    "from_on",
    *SEVERE_CARE,
    "treatment",
    "ending",
    "ended_on",
    "transferred_to",
)
"""In the order of the form; a hospital has one less, its own name is known."""


@dataclass(frozen=True, slots=True)
class HospitalCourse:
    """One admission from its first day to its end, as the form holds it."""

    institution_id: int | None = None
    from_on: date | None = None
    icu: str | None = None
    ventilator: str | None = None
    ecmo: str | None = None
    treatment: str | None = None
    ending: str | None = None
    ended_on: date | None = None
    transferred_to: str | None = None


@dataclass(frozen=True, slots=True)
class KnownEnd:
    """How the case ended by other records than this admission."""

    died_on: date | None = None
    discharged_on: date | None = None


Problems = dict[str, list[object]]


def problems_of(
    course: HospitalCourse, former: HospitalCourse, known: KnownEnd, today: date
) -> Problems:
    """Item → sentences of what contradicts itself, the other records or the calendar.

    ``former`` is what was stored: an end without its kind, entered elsewhere, may stay so.
    """
    found: Problems = {}
    _check_admission(course, known, today, found)
    _check_end(course, former, today, found)
    _check_outcome(course, known, found)
    return found


def _check_admission(course: HospitalCourse, known: KnownEnd, today: date, found: Problems) -> None:
    if course.from_on is None:
        found.setdefault("from_on", []).append(NO_ADMISSION)
        for name in SEVERE_CARE:
            if getattr(course, name) == "yes":
                found.setdefault(name, []).append(CARE_WITHOUT_STAY)
        return
    if course.from_on > today:
        found.setdefault("from_on", []).append(AHEAD)
    if known.died_on is not None and course.from_on > known.died_on:
        found.setdefault("from_on", []).append(AFTER_DEATH)


def _check_end(
    course: HospitalCourse, former: HospitalCourse, today: date, found: Problems
) -> None:
    day, unchanged = course.ended_on, course.ended_on == former.ended_on
    if day is None:
        if course.ending is not None:
            found.setdefault("ended_on", []).append(NO_END_DAY)
    elif course.from_on is not None and day < course.from_on:
        found.setdefault("ended_on", []).append(END_BEFORE_ADMISSION)
    elif day > today:
        found.setdefault("ended_on", []).append(AHEAD)
    elif course.ending is None and not (unchanged and former.ending is None):
        found.setdefault("ending", []).append(NO_ENDING)
    if course.ending == "to_hospital" and not course.transferred_to:
        found.setdefault("transferred_to", []).append(NO_DESTINATION)


def _check_outcome(course: HospitalCourse, known: KnownEnd, found: Problems) -> None:
    if course.ending == "died":
        if known.discharged_on is not None:
            found.setdefault("ending", []).append(DISCHARGED_ALREADY)
        if known.died_on is not None and known.died_on != course.ended_on:
            found.setdefault("ended_on", []).append(OTHER_DAY_OF_DEATH)
        return
    ends_alive = course.ending is not None or course.ended_on is not None
    if not ends_alive or known.died_on is None or course.ended_on is None:
        return
    if course.ending == "recovered" or course.ended_on > known.died_on:
        found.setdefault("ending", []).append(DIED_ALREADY)


NO_ADMISSION = Label("入院日を入力してください。", "Enter the day of admission.")
CARE_WITHOUT_STAY = Label(
    "入院日がないため、入院中の処置を「有」にできません。",
    "Without an admission there is no such care.",
)
AHEAD = Label(
    "未来の日付になっています。この画面では済んだことを入力します。",
    "This day lies ahead. This form takes what has happened.",
)
AFTER_DEATH = Label(
    "入院日が、記録されている死亡日より後になっています。",
    "The admission lies after the recorded death.",
)
NO_END_DAY = Label("退院・転院・死亡の日を入力してください。", "Enter the day the stay ended.")
END_BEFORE_ADMISSION = Label(
    "退院・転院・死亡の日が入院日より前になっています。", "The stay ends before the admission."
)
NO_ENDING = Label("退院・転院・死亡のどれかを選択してください。", "Choose how the stay ended.")
NO_DESTINATION = Label("転院先の名称を入力してください。", "Enter the hospital of destination.")
DISCHARGED_ALREADY = Label(
    "この患者には退院日（療養解除日）が記録されています。"
    "死亡とする場合は、先に保健所へ訂正を依頼してください。",
    "A discharge is recorded for this person. Ask the health centre to correct it first.",
)
DIED_ALREADY = Label(
    "この患者には死亡日が記録されています。誤りであれば、先に保健所へ訂正を依頼してください。",
    "A death is recorded for this person. If that is wrong, ask the health centre first.",
)
OTHER_DAY_OF_DEATH = Label(
    "記録されている死亡日と異なります。保健所に確認してください。",
    "Another day of death is recorded. Ask the health centre.",
)
