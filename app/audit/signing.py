"""Under which name a step is shown to the other side."""

from app.audit.causes import names_of_people
from app.security.actor import Actor


def name_of(by: Actor) -> str:
    """The person's name as it is now; without one (jobs, programs) what acts is called."""
    if by.user_id is None:
        return by.name
    return names_of_people([by.user_id]).get(by.user_id, by.name)
