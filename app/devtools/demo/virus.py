"""Variants found in the invented wave, and doses its people had: by dice of each case's number,
so that everything else told of the wave stays as it was."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from app.cases.models import Case, LabTest
from app.devtools.demo.epidemic import WEEKS, Course
from app.devtools.demo.teller import Story
from app.institutions.variant_names import variants_of

LABORATORY = "demo-laboratory-13"
_SENT_SHARE, _SCREENED_SHARE, _READ_SHARE = 0.5, 0.7, 0.8
_GENOME_DAYS = 9
_DOSES = (("no", 22), ("one", 4), ("two", 30), ("three", 34), ("unknown", 10))


def doses_of(course: Course) -> dict[str, Any]:
    """What the notification says of vaccination (18③), older doses first."""
    random = Random(f"doses {course.number}")
    word = random.choices([one for one, _n in _DOSES], [n for _one, n in _DOSES])[0]
    if word in ("no", "unknown"):
        return {"dose1": word}
    number = ("one", "two", "three").index(word) + 1
    last = (course.onset_on or course.reported_on) - timedelta(days=random.randint(30, 200))
    found: dict[str, Any] = {}
    for place in range(1, number + 1):
        days = timedelta(days=150 * (number - place))
        maker = random.choice(("pfizer", "moderna"))
        found |= {f"dose{place}": "yes", f"dose{place}_on": last - days}
        found[f"dose{place}_maker"] = maker
    return found if number == 3 else found | {f"dose{number + 1}": "no"}


def identify(story: Story, course: Course, case: Case) -> None:
    """Half of the tests go to the laboratory, which screens most and reads the genome of many a
    week later: a variant that takes over while the wave lasts."""
    random = Random(f"variant {course.number}")
    laboratory = story.places.get(LABORATORY)
    test = story.session.scalars(
        select(LabTest).where(LabTest.case_id == case.id, LabTest.result == "positive")
    ).first()
    if test is None or random.random() > _SENT_SHARE:
        return
    ids = {one.code: one.id for one in variants_of("covid_19")}
    older = random.random() > _newer(course.reported_on, story.today)
    if laboratory is not None and course.home.municipality_code.startswith("13"):
        test.testing_laboratory_id = laboratory.id
    if random.random() < _SCREENED_SHARE:
        with story.at(course.reported_on + timedelta(days=1), 16):
            test.variant_screening = "positive" if older else "negative"
            test.screening_target_id = ids.get("l452r")
    known = course.reported_on + timedelta(days=_GENOME_DAYS + random.randint(0, 4))
    if random.random() < _READ_SHARE and known <= story.today:
        with story.at(known, 15):
            unread = random.random() < 0.04
            code = "undetermined" if unread else _OLDER[older]
            test.genome_known_on, test.variant_id = known, ids.get(code)


_OLDER: Mapping[bool, str] = {True: "omicron_ba_5", False: "omicron_xbb"}


def _newer(day: date, today: date) -> float:
    """The share of the variant that takes over, from a tenth to nearly all."""
    return min(0.95, 0.1 + 0.85 * (1 - (today - day).days / (WEEKS * 7)))


def of_plain_case(
    number: int, reported: date, ago: int, ids: Mapping[str, int]
) -> Mapping[str, Any] | None:
    """The test of every fifth plain case: variants that follow each other every half year."""
    if number % 5 or not ids or ago < _GENOME_DAYS:
        return None
    before, after, share = _at(ago)
    chosen = after if Random(number).random() < share else before
    return {
        "variant_id": ids.get(chosen),
        "genome_known_on": reported + timedelta(days=_GENOME_DAYS),
    }


_IN_TURN: Sequence[str] = (
    "omicron_xbb",
    "omicron_ba_5",
    "omicron_ba_2",
    "omicron_ba_1",
    "delta",
    "alpha",
)
_TURN_DAYS = 150


def _at(ago: int) -> tuple[str, str, float]:
    """(older, newer, share of the newer) so many days ago."""
    turn = min(ago // _TURN_DAYS, len(_IN_TURN) - 2)
    return (
        _IN_TURN[turn + 1],
        _IN_TURN[turn],
        1 - min(ago - turn * _TURN_DAYS, _TURN_DAYS) / _TURN_DAYS,
    )
