"""Every published figure, made again the slow way from cases and stays."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.cases.models import Case, Stay
from app.cases.rules import Course, derive_status
from app.coordination.models import BedReport
from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.publication.figures import BY_KEY, PUBLISHED, definitions_version
from app.publication.models import AreaCount
from tests.publication.conftest import at, centre, day, publish
from tests.statistics.conftest import covid

pytestmark = [pytest.mark.usefixtures("counting"), pytest.mark.one_database]
ON = day(26)
POPULATION = 14_047_594


def fill(seed: int = 7, n: int = 120) -> None:
    """Cases of a month with stays, ends and links, in one transaction."""
    chance = random.Random(seed)
    with transaction() as session:
        for _ in range(n):
            place = chance.choice(["shinjuku", "chiyoda", "osaka"])
            begin = date(2021, 8, 1) + timedelta(days=chance.randrange(31))
            case = Case(
                disease_id=covid(),
                prefecture_code="27" if place == "osaka" else "13",
                first_prefecture_code="13",
                responsible_centre_id=centre(place).id,
                authority_id=centre(place).authority_id,
                notification_state=chance.choice(["accepted", "corrected", "submitted"]),
                diagnosis_type=chance.choice(["confirmed", "asymptomatic_carrier", "suspected"]),
                reported_on=chance.choice([begin, None, begin]),
                onset_on=None,
                link_known=chance.choice(["yes", "no", "unknown", None]),
                waiting_since_on=chance.choice([None, begin]),
            )
            session.add(case)
            session.flush()
            end = begin + timedelta(days=chance.randrange(4, 20))
            if chance.random() < 0.7:
                severe = chance.choice(["yes", None, None])
                where = chance.choice(["hospital", "hotel", "home", "social_facility"])
                until = end if chance.random() < 0.5 else None
                session.add(
                    Stay(case_id=case.id, place=where, from_on=begin, to_on=until, icu=severe)
                )
            if chance.random() < 0.2:
                case.died_on, case.outcome = end, "died"
            elif chance.random() < 0.4:
                case.discharged_on = end
        for offset in range(10):
            on = ON - timedelta(days=offset)
            session.add(
                AreaCount(
                    prefecture_code="13",
                    counted_on=on,
                    positives=offset * 3,
                    negatives=None if offset == 2 else 100 + offset,
                )
            )
        hospital = institution_by_code("hospital-shinjuku")
        assert hospital is not None
        for ago, occupied in ((8, 1), (1, 25), (-1, 39)):
            session.add(
                BedReport(
                    institution_id=hospital.id,
                    prefecture_code="13",
                    declared_on=ON - timedelta(days=ago),
                    declared_at=clock.now(),
                    total=40,
                    usable=30,
                    occupied=occupied,
                    severe_total=4,
                    severe_usable=4,
                    severe_occupied=1,
                )
            )


def naive() -> dict[str, float | None]:
    """Every figure by loops over cases."""
    cases = [
        case
        for case in db.session.scalars(select(Case).where(Case.prefecture_code == "13"))
        if case.notification_state in ("accepted", "corrected")
        and case.diagnosis_type in ("confirmed", "asymptomatic_carrier")
    ]
    dated = [(case, case.reported_on) for case in cases if case.reported_on]

    def new(first: int, last: int) -> list[Case]:
        begin, end = ON - timedelta(days=first), ON - timedelta(days=last)
        return [case for case, on in dated if begin <= on <= end]

    status = [_status(case) for case in cases]
    stocks = {
        "in_hospital": status.count("hospitalised") + status.count("hospitalised_severe"),
        "severe": status.count("hospitalised_severe"),
        "hotel": status.count("hotel"),
        "home": status.count("home"),
        "social_facility": status.count("social_facility"),
        "waiting": status.count("waiting"),
    }
    in_care = sum(n for name, n in stocks.items() if name != "severe")
    week, previous = len(new(6, 0)), len(new(13, 7))
    unlinked = sum(case.link_known in ("no", "unknown") for case in new(6, 0))
    days = (0, 1, 3, 4, 5, 6)  # of the third day back one number is missing
    positives = sum(3 * one for one in days)
    tested = positives + sum(100 + one for one in days)
    return {
        "new": len(new(0, 0)),
        "new_week": week,
        "cumulative": sum(on <= ON for _case, on in dated),
        **stocks,
        "discharged_total": _ended(cases, lambda c: None if c.died_on else c.discharged_on),
        "died_total": _ended(cases, lambda c: c.died_on),
        "week_per_100k": round(week / POPULATION * 100_000, 2),
        "week_ratio": round(week / previous, 2),
        "simple_r": round((week / previous) ** (5 / 7), 2),
        "positivity": round(100 * positives / tested, 1),
        "unlinked_share": round(100 * unlinked / week, 1),
        "care_per_100k": round(in_care / POPULATION * 100_000, 2),
        "admission_rate": round(100 * stocks["in_hospital"] / in_care, 1),
        # The declaration of the day before; an older and a later one do not count.
        "bed_use": 62.5,
        "severe_bed_use": 25.0,
    }


def _ended(cases: Sequence[Case], when: Callable[[Case], date | None]) -> int:
    return sum((on := when(case)) is not None and on <= ON for case in cases)


def _status(case: Case) -> str:
    # Ends that lie ahead have not happened; a death is known by its day.
    ended: dict[str, Any] = {
        name: on if (on := getattr(case, name)) is not None and on <= ON else None
        for name in ("died_on", "discharged_on", "waiting_since_on")
    }
    course = Course(diagnosis_type=case.diagnosis_type, **ended)
    return derive_status(course, case.stays, ON)


def test_every_figure_of_a_publication_equals_its_definition_made_the_slow_way() -> None:
    fill()
    with at(28):
        made = publish(ON)
    published = {one["key"]: one["value"] for one in made.content["figures"]}
    expected = naive()
    assert set(expected) == set(BY_KEY)
    assert published == expected
    assert published["week_ratio"] is not None
    assert made.definitions == definitions_version()


def test_every_published_figure_says_what_it_means_in_both_languages() -> None:
    for one in PUBLISHED:
        for label in (one.label, one.sentence, one.unit, one.over, one.date_basis):
            assert label.ja
            assert label.en
        assert one.formula
        assert one.source
