"""The plan of an invented wave: who falls ill where and when, and how it goes on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp
from random import Random

WEEKS = 8
_PEAK_DAYS_AGO, _WIDTH_DAYS = 12, 15


_NEWEST = ("submitted", "submitted", "returned", "submitted")
_FATES = ("steady", "worsening", "silent", "steady", "worsening", "silent", "worsening")


@dataclass(frozen=True, slots=True)
class Home:
    """A municipality where people fall ill. ``told``: its cases are written in every detail."""

    municipality_code: str
    prefecture: str
    city: str
    centre: str
    clinic: str
    weight: float
    told: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """One case from onset to outcome, in days. ``None`` is "not (yet)".

    ``progress`` is how far the notification got: submitted, returned or accepted.
    ``fate`` of the observation: steady, worsening or silent.
    """

    number: int
    home: Home
    reported_on: date
    onset_on: date | None
    severity: str
    progress: str
    place: str | None = None
    placed_on: date | None = None
    left_on: date | None = None
    outcome: str | None = None
    fate: str = "steady"

    @property
    def asymptomatic(self) -> bool:
        """An asymptomatic carrier (無症状病原体保有者)."""
        return self.onset_on is None


def plan_wave(count: int, homes: Sequence[Home], today: date, random: Random) -> list[Course]:
    """``count`` cases of the last eight weeks in the order of their reports."""
    days = [today - timedelta(days=ago) for ago in range(WEEKS * 7)]
    reported = sorted(random.choices(days, [_height(day, today) for day in days], k=count))
    chosen = [*homes, *random.choices(homes, [home.weight for home in homes], k=count)][:count]
    random.shuffle(chosen)
    return _with_examples(
        [
            _course(number, home, day, today, random)
            for number, (home, day) in enumerate(zip(chosen, reported, strict=True), start=1)
        ],
        homes[0],
    )


def _with_examples(courses: list[Course], home: Home) -> list[Course]:
    """What everybody trying the portal looks for first is there, in the first home, every day:
    notifications that wait or were sent back, people getting worse or silent."""
    wanted = [*_NEWEST]
    fates = [*_FATES]
    for index in range(len(courses) - 1, -1, -1):
        course = courses[index]
        if course.home != home:
            continue
        if wanted:
            undone = Course(
                course.number,
                home,
                course.reported_on,
                course.onset_on,
                course.severity,
                wanted.pop(0),
            )
            courses[index] = undone
        elif fates and course.left_on is None and course.place in ("home", "hotel"):
            courses[index] = replace(course, fate=fates.pop(0))
    return courses


def _height(day: date, today: date) -> float:
    """A wave that has passed its peak, with the dip of every weekend."""
    distance = ((today - day).days - _PEAK_DAYS_AGO) / _WIDTH_DAYS
    return exp(-distance * distance) * (0.55 if day.weekday() >= 5 else 1.0)


def _course(number: int, home: Home, day: date, today: date, random: Random) -> Course:
    severity = random.choices(("asymptomatic", "mild", "moderate_1", "severe"), (9, 72, 14, 5))[0]
    onset = None if severity == "asymptomatic" else day - timedelta(days=random.randint(1, 5))
    progress = _progress((today - day).days, random)
    if progress != "accepted":
        return Course(number, home, day, onset, severity, progress)
    place, placed_on = _place(severity, random), day + timedelta(days=random.choice((0, 1, 1)))
    if placed_on > today:
        return Course(number, home, day, onset, severity, progress, place="waiting", placed_on=day)
    left_on, outcome = _end(severity, placed_on, today, random)
    fate = random.choices(("steady", "worsening", "silent"), (82, 8, 10))[0]
    return Course(
        number, home, day, onset, severity, progress, place, placed_on, left_on, outcome, fate
    )


def _progress(days_ago: int, random: Random) -> str:
    """The newest wait for a health centre; now and then one was sent back."""
    waiting, returned = {0: (60, 4), 1: (25, 6), 2: (8, 6)}.get(days_ago, (0, 0))
    return random.choices(
        ("submitted", "returned", "accepted"), (waiting, returned, 100 - waiting - returned)
    )[0]


def _place(severity: str, random: Random) -> str:
    if severity == "severe":
        return "hospital"
    weights = (12, 30, 58) if severity in ("mild", "asymptomatic") else (80, 8, 12)
    return random.choices(("hospital", "hotel", "home"), weights)[0]


def _end(
    severity: str, placed_on: date, today: date, random: Random
) -> tuple[date | None, str | None]:
    length = random.randint(14, 24) if severity == "severe" else random.randint(8, 12)
    left_on = placed_on + timedelta(days=length)
    if left_on > today:
        return None, None
    return left_on, "died" if severity == "severe" and random.random() < 0.3 else "recovered"
