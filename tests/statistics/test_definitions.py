"""Every figure recomputed from raw rows by counting one by one, and the list of all of them."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.cases.models import Case, LabTest, Stay
from app.cases.rules import Course, derive_status
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.models import Institution, Prefecture
from app.institutions.variant_names import variants_of
from app.notifications.models import Notification
from app.security.actor import system_actor
from app.statistics.areas import Area
from app.statistics.catalogue import entries
from app.statistics.definitions import INDICATORS
from app.statistics.derived import means_of_7
from app.statistics.measures import BASIS
from app.statistics.profile_queries import (
    delays_of_steps,
    people_by_age_and_sex,
    people_by_severity,
    people_of,
    variants_by_week,
)
from app.statistics.queries import Asked, RollupRow, new_by_day, rollup
from app.statistics.service import rebuild
from app.statistics.status_table import COLUMNS, KEYS, status_row
from tests.statistics.conftest import centre, covid, day

CASES = 300
FIRST, LAST = day(6), day(20)
PLACES = {"hospital", "hotel", "home", "social_facility", "waiting"}
STOCK_OF = {
    "hospitalised": ("in_hospital",),
    "hospitalised_severe": ("in_hospital", "severe"),
    **{name: (name,) for name in ("hotel", "home", "social_facility", "waiting")},
}


def _some_day(random: Random, likely: float = 0.8) -> date | None:
    return day(random.randint(1, 28)) if random.random() < likely else None


def _case(random: Random, key: int, places: list[Institution], disease: int) -> dict[str, Any]:
    place = random.choice(places)
    outcome = random.choice([None, None, "recovered", "died", "unknown"])
    over = _some_day(random, 0.7)
    return {
        "id": key,
        "row_version": 1,
        "episode": 1,
        "status": "under_investigation",
        "disease_id": disease,
        "prefecture_code": place.prefecture_code,
        "first_prefecture_code": place.prefecture_code,
        "responsible_centre_id": place.id,
        "authority_id": place.authority_id,
        "notification_state": random.choice(["accepted", "corrected", None, "submitted"]),
        "diagnosis_type": random.choice(["confirmed", "asymptomatic_carrier", "suspected"]),
        "reported_on": _some_day(random),
        "diagnosed_on": _some_day(random),
        "onset_on": _some_day(random),
        "published_on": _some_day(random),
        "link_known": random.choice([None, "yes", "no", "unknown"]),
        "outcome": outcome,
        "died_on": over if outcome == "died" else None,
        "discharged_on": over if outcome == "recovered" else None,
        "waiting_since_on": _some_day(random, 0.2),
        "age_group": random.choice([None, "under_10", "20s", "90_or_over"]),
        "sex": random.choice([None, "male", "female"]),
        "severity": random.choice([None, "mild", "moderate_2", "severe"]),
        "created_at": random.choice([day(9), day(21)]),
    }


def _stays(random: Random, case_id: int) -> Iterator[dict[str, Any]]:
    for _one in range(random.choice([0, 0, 1, 2])):
        begun = day(random.randint(1, 25))
        yield {
            "row_version": 1,
            "case_id": case_id,
            "place": random.choice(sorted(PLACES)),
            "from_on": begun,
            "to_on": begun + timedelta(days=random.randint(0, 6))
            if random.random() < 0.7
            else None,
            "icu": random.choice([None, "yes"]),
        }


SCREENING_ORDER = {"positive": 2, "negative": 2, "undetermined": 1}


def _tests(random: Random, case_id: int, codes: dict[str, int]) -> Iterator[dict[str, Any]]:
    for _one in range(random.choice([0, 0, 1, 2])):
        screening = random.choice([None, "not_done", "positive", "negative", "undetermined"])
        genome = random.choice([None, None, "delta", "alpha", "undetermined"])
        yield {
            "row_version": 1,
            "case_id": case_id,
            "result": random.choice(["positive", "positive", "negative"]),
            "resulted_on": _some_day(random),
            "variant_screening": screening,
            "screening_target_id": codes["l452r"] if screening == "positive" else None,
            "variant_id": codes.get(genome or ""),
            "genome_known_on": day(random.randint(1, 28)) if genome else None,
        }


def _form(random: Random, case: dict[str, Any]) -> dict[str, Any]:
    form: dict[str, Any] = {"row_version": 1, "case_id": case["id"], "form_version": "2021-02"}
    form |= {"disease_id": case["disease_id"], "institution_id": case["responsible_centre_id"]}
    form |= {"version": 1, "entry_way": "screen", "accepted_at": datetime(2021, 8, 5, tzinfo=UTC)}
    form["state"] = random.choice(["accepted", "accepted", "corrected", "withdrawn"])
    for number in (1, 2, 3):
        form[f"dose{number}"] = random.choice([None, "no", "yes", "yes", "unknown"])
        form[f"dose{number}_on"] = _some_day(random) if form[f"dose{number}"] == "yes" else None
    return form


@pytest.fixture
def three_hundred(counting: object, frozen_clock: object) -> list[tuple[Any, list[Any]]]:
    """Generated cases with their stays, read back as raw rows."""
    random = Random(20200521)
    places = [centre(name) for name in ("shinjuku", "chiyoda", "osaka")]
    cases = [_case(random, 5_000 + number, places, covid()) for number in range(CASES)]
    for case in cases:
        case["created_at"] = datetime.combine(case["created_at"], time(3), UTC)
    stays = [stay for case in cases for stay in _stays(random, case["id"])]
    codes = {one.code: one.id for one in variants_of("covid_19")}
    tests = [test for case in cases for test in _tests(random, case["id"], codes)]
    forms = [_form(random, case) for case in cases if random.random() < 0.7]
    with transaction() as session:
        session.connection().execute(insert(Case.__table__), cases)
        session.connection().execute(insert(Stay.__table__), stays)
        session.connection().execute(insert(LabTest.__table__), tests)
        session.connection().execute(insert(Notification.__table__), forms)
    rebuild(by=system_actor("tests"))
    found = db.session.execute(select(Case.__table__).where(Case.__table__.c.id >= 5_000)).all()
    of_case: dict[int, list[Any]] = {case.id: [] for case in found}
    for stay in db.session.execute(select(Stay.__table__)).all():
        if stay.case_id in of_case:
            of_case[stay.case_id].append(stay)
    return [(case, of_case[case.id]) for case in found if _is_counted(case)]


def _is_counted(case: Any) -> bool:
    accepted = case.notification_state in (None, "accepted", "corrected")
    return accepted and case.diagnosis_type in ("confirmed", "asymptomatic_carrier")


def _within(value: date | None, last: date, first: date = FIRST) -> bool:
    return value is not None and first <= value <= last


def _naive(rows: list[tuple[Any, list[Any]]], basis: str, last: date) -> dict[str, int]:
    """Every count of the indicators, case by case, as one would by hand."""
    n: Counter[str] = Counter()
    name = BASIS[basis].attribute
    for case, stays in rows:
        on = getattr(case, name)
        dates = (case.reported_on, case.diagnosed_on, case.onset_on, case.published_on)
        belongs = next((one for one in dates if one is not None), None)
        n["new"] += _within(on, last)
        n["unlinked"] += _within(on, last) and case.link_known in ("no", "unknown")
        n["undated"] += on is None and _within(belongs, last)
        n["cumulative"] += on is not None and on <= last
        died = case.died_on is not None or case.outcome == "died"
        left = not died and (case.discharged_on is not None or case.outcome == "recovered")
        n["died"] += died and _within(case.died_on, last)
        n["discharged"] += left and _within(case.discharged_on, last)
        n["died_total"] += died and (case.died_on is None or case.died_on <= last)
        n["discharged_total"] += left and (case.discharged_on is None or case.discharged_on <= last)
        for stock in STOCK_OF.get(_status(case, stays, last), ()):
            n[stock] += 1
    return n


def _status(case: Any, stays: list[Any], on: date) -> str:
    """The status of a day; an end without its day is that of the last day anything is known of."""
    ended = case.died_on or case.discharged_on
    if ended is None and case.outcome in ("died", "recovered"):
        turns = [case.waiting_since_on, *(s.from_on for s in stays), *(s.to_on for s in stays)]
        ended = max((turn for turn in turns if turn is not None), default=date(1, 1, 1))
    course = Course(
        diagnosis_type=case.diagnosis_type,
        waiting_since_on=case.waiting_since_on,
        discharged_on=ended,
    )
    return derive_status(course, stays, on)


def _figures(row: RollupRow) -> dict[str, float | None]:
    return {one.key: one.value(row.figures) for one in INDICATORS}


def _expected(rows: list[Any], basis: str, last: date, population: int | None) -> dict[str, Any]:
    n = _naive(rows, basis, last)
    counts: dict[str, Any] = {one.key: n[one.key] for one in INDICATORS}
    counts["unlinked_share"] = 100 * n["unlinked"] / n["new"] if n["new"] else None
    counts["per_100k"] = 100_000 * n["new"] / population if population else None
    return counts


@pytest.mark.one_database
def test_every_figure_equals_the_one_counted_case_by_case(
    three_hundred: list[tuple[Any, list[Any]]],
) -> None:
    population = dict(
        map(tuple, db.session.execute(select(Prefecture.code, Prefecture.population)))
    )
    for basis in BASIS:
        for row in rollup("prefecture", Asked(basis, FIRST, LAST)):
            mine = [each for each in three_hundred if each[0].prefecture_code == row.key]
            assert _figures(row) == _expected(mine, basis, LAST, population[str(row.key)]), row.name
        for row in rollup("centre", Asked(basis, FIRST, LAST, Area("13"))):
            mine = [each for each in three_hundred if each[0].responsible_centre_id == row.key]
            assert _figures(row) == _expected(mine, basis, LAST, row.figures.population), row.name
    for row in rollup("day", Asked("onset", FIRST, LAST, Area("27"))):
        mine = [each for each in three_hundred if each[0].prefecture_code == "27"]
        stocks = Counter(
            stock
            for case, stays in mine
            for stock in STOCK_OF.get(_status(case, stays, row.key), ())  # type: ignore[arg-type]
        )
        assert {name: n for name, n in row.figures.stocks.items() if n} == stocks
    _profiles_agree(three_hundred)
    _series_and_status_agree(three_hundred)


def _profiles_agree(rows: list[tuple[Any, list[Any]]]) -> None:
    for basis in BASIS:
        attribute = BASIS[basis].attribute
        new = [each for each in rows if _within(getattr(each[0], attribute), LAST)]
        people = Counter((case.age_group or "unknown", case.sex or "unknown") for case, _ in new)
        assert people_by_age_and_sex(Asked(basis, FIRST, LAST)).people == people
        worst = Counter(_worst(case, stays) for case, stays in new)
        found = people_by_severity(Asked(basis, FIRST, LAST))
        assert {word: n for word, n in found.items() if n} == worst
        asked = Asked(basis, FIRST, LAST)
        found = sum(map(Counter, variants_by_week(asked).values()), Counter[str]())
        assert found == _answers(new, _variant)
        told = {word: n for word, n in people_of(asked).doses.items() if n}
        assert told == _answers(new, _doses)
    days = Counter(
        (case.reported_on - case.onset_on).days
        for case, _stays in rows
        if _within(case.reported_on, LAST) and case.onset_on is not None
    )
    found = delays_of_steps(Asked("reported", FIRST, LAST))["onset_report"]
    in_order = sorted(number for number in days.elements() if number >= 0)
    assert found.backwards == sum(n for number, n in days.items() if number < 0)
    assert sorted(Counter(dict(found.days)).elements()) == in_order
    assert found.median == in_order[(len(in_order) - 1) // 2]


def _answers(rows: list[tuple[Any, list[Any]]], ask: Any) -> Counter[str]:
    found = Counter(ask(case) for case, _stays in rows)
    del found[None]
    return found


def _variant(case: Any) -> str | None:
    """By hand: everything the tests say, the most decided and latest last."""
    statement = select(LabTest).where(LabTest.case_id == case.id).order_by(LabTest.id)
    said: list[tuple[int, date, int, str]] = []
    for test in db.session.scalars(statement):
        known, screening = test.resulted_on or date.min, test.variant_screening
        if test.result == "negative":
            continue
        if test.variant is not None:
            decided = 1 if test.variant.code == "undetermined" else 3
            said.append((decided, test.genome_known_on or known, test.id, test.variant.code))
        if screening in SCREENING_ORDER:
            word = {"positive": "l452r", "negative": "screening_negative"}.get(screening)
            said.append((SCREENING_ORDER[screening], known, test.id, word or "undetermined"))
    return max(said, key=lambda one: one[:3])[3] if said else None


def _doses(case: Any) -> str | None:
    statement = select(Notification).where(Notification.case_id == case.id)
    form = db.session.scalars(statement).first()
    if form is None or form.state == "withdrawn" or not (form.dose1 or form.dose2 or form.dose3):
        return None
    ill_on, number = case.onset_on or case.diagnosed_on, 0
    given = {1: form.dose1, 2: form.dose2, 3: form.dose3}
    days = {1: form.dose1_on, 2: form.dose2_on, 3: form.dose3_on}
    for place in (3, 2, 1):
        late = ill_on is not None and days[place] is not None and days[place] >= ill_on
        if given[place] == "yes" and not late:
            number = place
            break
    if (number == 0 and given[1] is None) or given.get(number + 1) == "unknown":
        return "unknown"
    return ("none", "one", "two", "three_or_more")[number]


def _worst(case: Any, stays: list[Any]) -> str:
    if case.outcome == "died":
        return "died"
    return "severe" if any(s.icu == "yes" for s in stays) else case.severity or "unknown"


def _series_and_status_agree(rows: list[tuple[Any, list[Any]]]) -> None:
    curve = new_by_day(Asked("reported", FIRST, LAST))
    assert curve == [
        sum(case.reported_on == FIRST + timedelta(days=n) for case, _ in rows)
        for n in range(len(curve))
    ]
    assert means_of_7(curve)[5:7] == [None, sum(curve[:7]) / 7]
    tokyo = next(row for row in rollup("prefecture", Asked("reported", FIRST, LAST)))
    status = status_row(tokyo.figures, LAST, code="130001", prefecture="東京都")
    assert len(status.cells) == 13 == len(KEYS) + len(COLUMNS)
    values = status.values
    assert values["status_in_hospital"] == values["status_mild"] + values["status_severe"]


def test_every_figure_stands_once_in_the_list_with_everything_in_both_languages() -> None:
    found = list(entries())
    keys = {one.key for one in found}
    # The share without a known link has two: of any period, and of a week.
    assert len({(one.key, one.label.ja) for one in found}) == len(found) == len(keys) + 1
    for one in found:
        for label in (one.label, one.sentence, one.unit, one.date_basis):
            assert label.ja, one.key
            assert label.en, one.key
        assert one.formula, one.key
        assert one.source, one.key
    # The common set of R114/R122, by name.
    assert {
        "new",
        "mean_7",
        "age_sex",
        "variant",
        "vaccine_doses",
        "unlinked_share",
        "positivity",
        "status_cumulative",
        "severe",
        "died",
        "week_per_100k",
        "care_per_100k",
        "admission_rate",
        "bed_use",
        "severe_bed_use",
        "hotel_use",
        "delay_onset_report",
        "contacts_observed",
        "non_reporters",
        "survey_2020_tests",
        "survey_2022_bed_use",
    } <= keys
