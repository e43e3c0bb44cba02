"""Under which name a step is shown to the other side."""

from collections.abc import Callable, Collection

from app.audit.causes import name_and_place, names_of_people
from app.audit.models import HistoryEntry
from app.security.actor import Actor
from app.security.roles import role_of
from app.security.system_actors import system_name


def name_of(by: Actor) -> str:
    """The person's name as it is now; without one (jobs, programs) what acts is called."""
    if by.user_id is None:
        return by.name
    return names_of_people([by.user_id]).get(by.user_id, by.name)


def signature_of(by: Actor) -> str:
    """The person's name and institution as they are now: ``青木 一郎（新宿区保健所）``.

    What is signed keeps them when the account is closed or moved.
    """
    name, place = _name_and_place(by)
    return f"{name}（{place}）" if place else name


def maker_of(by: Actor) -> str:
    """Who made a file: name, institution and role; of a job what acts is called."""
    if by.is_system:
        return by.name
    name, place = _name_and_place(by)
    words = (place, str(role_of(by.role).label))
    return f"{name}（{'・'.join(word for word in words if word)}）"


def _name_and_place(by: Actor) -> tuple[str, str]:
    found = None if by.user_id is None else name_and_place(by.user_id)
    return found or (by.name, "")


def writers_of(entries: Collection[HistoryEntry]) -> Callable[[HistoryEntry], str]:
    """Who wrote each of these entries, by name; in one statement."""
    names = names_of_people({one.user_id for one in entries if one.user_id is not None})

    def who(entry: HistoryEntry) -> str:
        if entry.user_id is None:
            return system_name(entry.user_name)
        return names.get(entry.user_id, entry.user_name)

    return who
