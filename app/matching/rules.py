"""How probably two records are one person: a score, its reasons in words, and vetoes. Pure.

| what agrees or differs | points |
| --- | --- |
| reading: same, another order, nearly the same, one or two letters | 40, 36, 34, 28 |
| given name alone is the same (a family name changes by marriage) | 18 |
| reading is another one | −40 |
| written name: same, variant characters, other | 10, 9, −12 (35, 33, −25 without readings) |
| birth date: same, month and day exchanged, era mistaken, one digit, other | 35, 25, 22, 20, −45 |
| a telephone number in common, none in common | 20, −5 |
| address: same, same up to the plot, other | 15, 8, −8 |
| sex differs | −30 |

From ``PROBABLE`` on a pair is shown to a human being. Nothing is merged by itself, unless one of
the ``CERTAIN`` rules holds, no veto speaks against it, and the installation allows it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from app.core.labels import Label
from app.matching.likeness import Birth, Reading, birth_likeness, reading_likeness, same_given_name
from app.persons.reading import address_key, room_of, variants_unified, words_of, written
from app.persons.rules import phone_key

PROBABLE = 60
MOST = 100
EPISODE = timedelta(days=90)
"""Two registrations of one disease further apart are two episodes of perhaps one person."""

POINTS = {
    "same_reading": 40,
    "other_order": 36,
    "similar_reading": 34,
    "reading_slip": 28,
    "given_name_only": 18,
    "other_reading": -40,
    "same_name": 10,
    "variant_name": 9,
    "same_given_name": 5,
    "other_name": -12,
    "same_birth": 35,
    "swapped_birth": 25,
    "era_birth": 22,
    "birth_slip": 20,
    "other_birth": -45,
    "same_telephone": 20,
    "other_telephone": -5,
    "same_address": 15,
    "same_plot": 8,
    "other_address": -8,
    "other_sex": -30,
}
NAME_ALONE = {"same_name": 35, "variant_name": 33, "other_name": -25}
"""The written name where one of the two has no reading."""
VETOES = ("other_number", "two_hospitals", "after_death", "two_deaths", "twins")


@dataclass(frozen=True)
class Registration:
    """A number under which another system knows a case: 登録ID."""

    system: str
    number: str
    disease: str
    on: date | None


@dataclass(frozen=True)
class HospitalStay:
    """Days in one hospital, both included; open without ``to``."""

    hospital: str
    since: date
    to: date | None


@dataclass(frozen=True)
class Identity:
    """What is compared of one person: items, and facts of the cases the reader meets."""

    name: str | None = None
    kana: str | None = None
    birth_on: date | None = None
    phones: tuple[str | None, ...] = ()
    address: str | None = None
    sexes: frozenset[str] = frozenset()
    registrations: frozenset[Registration] = frozenset()
    stays: tuple[HospitalStay, ...] = ()
    died_on: date | None = None
    ill_on: tuple[date, ...] = field(default=())
    """Days of onset, diagnosis, admission."""

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of the reading."""
        return words_of(self.kana)

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The telephone numbers as digits."""
        return frozenset(filter(None, map(phone_key, self.phones)))

    @cached_property
    def home(self) -> str:
        """The address up to its plot."""
        return address_key(self.address)


@dataclass(frozen=True, slots=True)
class Judgement:
    """``score`` 0–100, ``reasons`` and ``vetoes`` as codes of ``REASON``."""

    score: int
    reasons: tuple[str, ...]
    vetoes: tuple[str, ...]

    @property
    def probable(self) -> bool:
        """A human being should look at the two; a vetoed pair is never proposed."""
        return self.score >= PROBABLE and not self.vetoes


@dataclass(frozen=True, slots=True)
class CertainRule:
    """All of ``reasons`` hold: as sure as a comparison can be."""

    label: Label
    reasons: tuple[frozenset[str], ...]

    def holds(self, judgement: Judgement) -> bool:
        """One reason of each set was found, and nothing speaks against it."""
        found = set(judgement.reasons)
        against = {reason for reason in found if POINTS[reason] < 0}
        return (
            not judgement.vetoes and not against and all(any_of & found for any_of in self.reasons)
        )


_NAME = frozenset({"same_name", "variant_name"})
CERTAIN = (
    CertainRule(
        Label(
            "ふりがな・漢字氏名（異体字を含む）・生年月日・電話番号がすべて一致し、矛盾がない",
            "Reading, written name (variants allowed), birth date and a telephone number are the "
            "same, and nothing speaks against it",
        ),
        (
            frozenset({"same_reading"}),
            _NAME,
            frozenset({"same_birth"}),
            frozenset({"same_telephone"}),
        ),
    ),
    CertainRule(
        Label(
            "ふりがな・漢字氏名（異体字を含む）・生年月日・住所がすべて一致し、矛盾がない",
            "Reading, written name (variants allowed), birth date and address are the same, and "
            "nothing speaks against it",
        ),
        (
            frozenset({"same_reading"}),
            _NAME,
            frozenset({"same_birth"}),
            frozenset({"same_address"}),
        ),
    ),
)


def judge(one: Identity, other: Identity) -> Judgement:
    """Compare two persons; the order of the two makes no difference."""
    reading = reading_likeness(one.words, other.words)
    reasons = tuple(
        filter(
            None,
            (
                reading.value if reading else None,
                _written(one, other, reading),
                _birth(one.birth_on, other.birth_on),
                _telephone(one, other),
                _address(one, other),
                "other_sex" if one.sexes and other.sexes and not one.sexes & other.sexes else None,
            ),
        )
    )
    points = POINTS if reading is not None else POINTS | NAME_ALONE
    score = sum(points[reason] for reason in reasons)
    return Judgement(max(0, min(MOST, score)), reasons, tuple(_vetoes(one, other, reasons)))


def certain_rule(judgement: Judgement) -> CertainRule | None:
    """The printed rule that makes the pair certain; None when none does."""
    return next((rule for rule in CERTAIN if rule.holds(judgement)), None)


def _written(one: Identity, other: Identity, reading: Reading | None) -> str | None:
    left, right = written(one.name), written(other.name)
    if not left or not right:
        return None
    if left == right:
        return "same_name"
    if variants_unified(left) == variants_unified(right):
        return "variant_name"
    if reading is Reading.OTHER_ORDER:
        return None  # Written in another order as well.
    if reading is Reading.GIVEN_NAME_ONLY:
        return "same_given_name" if same_given_name(one.name, other.name) else None
    return "other_name"


def _birth(left: date | None, right: date | None) -> str | None:
    found = birth_likeness(left, right)
    return None if found is Birth.UNKNOWN else found.value


def _telephone(one: Identity, other: Identity) -> str | None:
    if not one.numbers or not other.numbers:
        return None
    return "same_telephone" if one.numbers & other.numbers else "other_telephone"


def _address(one: Identity, other: Identity) -> str | None:
    if not one.home or not other.home:
        return None
    if one.home != other.home:
        return "other_address"
    return "same_address" if room_of(one.address) == room_of(other.address) else "same_plot"


def _vetoes(one: Identity, other: Identity, reasons: tuple[str, ...]) -> Iterator[str]:
    if any(_is_other_number(a, b) for a in one.registrations for b in other.registrations):
        yield "other_number"
    if any(_overlap(a, b) for a in one.stays for b in other.stays):
        yield "two_hospitals"
    if _ill_after_death(one, other) or _ill_after_death(other, one):
        yield "after_death"
    if one.died_on and other.died_on and one.died_on != other.died_on:
        yield "two_deaths"
    if _are_twins(one, other, frozenset(reasons)):
        yield "twins"


def _is_other_number(a: Registration, b: Registration) -> bool:
    same_episode = a.on is None or b.on is None or abs(a.on - b.on) <= EPISODE
    known_alike = (a.system, a.disease) == (b.system, b.disease)
    return known_alike and a.number != b.number and same_episode


def _overlap(a: HospitalStay, b: HospitalStay) -> bool:
    """Both on at least two days: on one day people are moved from one hospital to the next."""
    if a.hospital == b.hospital:
        return False
    first = max(a.since, b.since)
    lasts = [day for day in (a.to, b.to) if day is not None]
    return not lasts or min(lasts) > first


def _ill_after_death(dead: Identity, other: Identity) -> bool:
    return dead.died_on is not None and any(day > dead.died_on for day in other.ill_on)


def _are_twins(one: Identity, other: Identity, reasons: frozenset[str]) -> bool:
    """Same birthday, one home or telephone, and another given name, or the other sex."""
    if "same_birth" not in reasons or not reasons & {"same_address", "same_plot", "same_telephone"}:
        return False
    if "other_sex" in reasons:
        return True
    alike = {"same_name", "variant_name", "same_reading", "similar_reading", "other_order"}
    if reasons & (alike | {"given_name_only"}):
        return False
    return bool(reasons & {"reading_slip", "other_reading", "other_name"})
