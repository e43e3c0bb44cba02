"""A meeting room for a case or a request on the meeting server of the configuration (R107).

Jitsi's convention: whoever opens ``https://server/<name>`` is in the room. So the name is random,
nothing of the person is in it, and it is renewed when it went astray.
"""

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.causes import reason
from app.audit.history import because
from app.audit.signing import name_of
from app.cases.models import Case
from app.coordination.models import MeetingRoom, PlacementRequest
from app.core import clock
from app.core.db import db, new_token
from app.core.errors import NotSetUp
from app.core.labels import Label
from app.core.transaction import transaction
from app.security.actor import Actor
from app.security.rights import require

NO_SERVER = _l(
    "No meeting server is set up. Whoever runs the server of the portal enters its address as the "
    "setting MEETING_URL."
)
OPENED = reason("meeting_opened", Label("Web会議を開いた", "Web meeting opened"))
RENEWED = reason("meeting_renewed", Label("Web会議室の更新", "Meeting room renewed"))


def server() -> str:
    """The address of the meeting server; empty where there is none."""
    return str(current_app.config["MEETING_URL"]).rstrip("/")


def room_of(subject: Case | PlacementRequest) -> MeetingRoom | None:
    """The room of a case or request, if one was opened."""
    return db.session.scalars(select(MeetingRoom).where(_of(subject))).first()


def open_room(subject: Case | PlacementRequest, *, renew: bool = False, by: Actor) -> MeetingRoom:
    """The room of the record, made if there is none; who opened it stays in the history.

    Raises:
        NotSetUp: there is no meeting server.
    """
    require(by, "open", "meeting")
    if not server():
        raise NotSetUp(NO_SERVER)
    with because(RENEWED() if renew else OPENED()), transaction() as session:
        room, who = room_of(subject), name_of(by)
        if room is None:
            room = MeetingRoom(name=_name())
            if isinstance(subject, Case):
                room.case_id = subject.id
            else:
                room.request_id = subject.id
            session.add(room)
        elif renew:
            room.name, room.renewed_at = _name(), clock.now()
        room.opened_at, room.opened_by = clock.now(), who
        session.flush()
    return room


def address_of(room: MeetingRoom) -> str:
    """Where the meeting takes place."""
    return f"{server()}/{room.name}"


def _name() -> str:
    return new_token() + new_token()[:8]


def _of(subject: Case | PlacementRequest) -> Any:
    if isinstance(subject, Case):
        return MeetingRoom.case_id == subject.id
    return MeetingRoom.request_id == subject.id
