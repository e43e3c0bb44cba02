"""What the history calls people and the reasons the portal itself gave.

A person is stored with the sign-in name of the moment. Jobs (``app.security.system_actors``) and
reasons are stored as words that never change (``refresh case statuses``, ``contact_converted``)
and read in the reader's language. A reason may carry a detail: ``open_data: list.csv``.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from app.core.labels import Label

_reasons: dict[str, Label] = {}
_SEPARATOR = ": "

PeopleNames = Callable[[Collection[int]], Mapping[int, str]]
_people: list[PeopleNames] = []
PlaceOf = Callable[[int], tuple[str, str] | None]
_places: list[PlaceOf] = []


def people_named_by(names: PeopleNames, place: PlaceOf) -> None:
    """Say how people are called: user keys → names; ``place``: of one, name and institution.

    The accounts package does.
    """
    _people[:], _places[:] = [names], [place]


def names_of_people(user_ids: Collection[int]) -> Mapping[int, str]:
    """The names of users, by key; in one statement."""
    return _people[0](user_ids) if _people and user_ids else {}


def name_and_place(user_id: int) -> tuple[str, str] | None:
    """The name of a user and of the institution; in one statement."""
    return _places[0](user_id) if _places else None


@dataclass(frozen=True, slots=True)
class NamedReason:
    """A reason the portal gives; calling it makes what is stored, with or without a detail."""

    code: str

    def __call__(self, detail: str = "") -> str:
        return f"{self.code}{_SEPARATOR}{detail}" if detail else self.code


def reason(code: str, label: Label) -> NamedReason:
    """Name a reason the portal itself gives."""
    _reasons[code] = label
    return NamedReason(code)


@dataclass(frozen=True, slots=True)
class Reason:
    """``named`` by the portal, ``detail`` in somebody's own words; either may be empty."""

    named: str
    detail: str


def read_reason(stored: str | None) -> Reason:
    """A stored reason in the reader's language."""
    code, _, detail = (stored or "").partition(_SEPARATOR)
    if code in _reasons:
        return Reason(str(_reasons[code]), detail)
    return Reason("", stored or "")


REVERTED = reason("reverted", Label("変更の取消し", "Change taken back"))

reason("demo data", Label("デモデータの作成", "Demo data"))
