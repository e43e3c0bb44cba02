"""A form sent after the session ended is kept for its sender and shown again after login.

What was typed stays on the server, never in the address or a cookie, goes to nobody but the
account that sent it, is given back once, and is gone after an hour.
"""

from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

from flask import current_app, request
from sqlalchemy import delete, or_, select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from app.accounts.models import ParkedForm
from app.core import clock
from app.core.db import new_token
from app.core.transaction import transaction
from app.security.actor import acting_as, current_actor, system_actor

MAXIMUM_AGE = timedelta(hours=1)
MAXIMUM_LENGTH = 200_000
MAXIMUM_ADDRESS = 2000
PER_USER = 10
FLAG = "parked"
_PARKING = system_actor("parked forms")


def can_be_shown_again() -> bool:
    """True when the page this form was sent to can also be opened (GET)."""
    adapter = current_app.create_url_adapter(request)
    try:
        return adapter is not None and adapter.test(request.path, method="GET")
    except HTTPException:
        return False


def park_current_request(user_id: int) -> str | None:
    """Keep the form of this request for ``user_id``; None when there is nothing to keep.

    A newer form of the same page replaces the older one. Files and passwords are not kept.
    """
    pairs = [
        [name, value]
        for name, value in request.form.items(multi=True)
        if name != current_app.config["WTF_CSRF_FIELD_NAME"] and "password" not in name
    ]
    if not pairs or sum(len(n) + len(v) for n, v in pairs) > MAXIMUM_LENGTH:
        return None
    if max(len(request.path), len(_query())) > MAXIMUM_ADDRESS or "\x00" in request.path:
        return None
    token = new_token()
    with acting_as(_PARKING), transaction() as session:
        session.execute(
            delete(ParkedForm).where(
                or_(
                    ParkedForm.created_at < clock.now() - MAXIMUM_AGE,
                    (ParkedForm.user_id == user_id) & (ParkedForm.path == request.path),
                )
            )
        )
        mine = select(ParkedForm).where(ParkedForm.user_id == user_id)
        oldest_first = session.scalars(mine.order_by(ParkedForm.created_at)).all()
        for surplus in oldest_first[: max(0, len(oldest_first) - PER_USER + 1)]:
            session.delete(surplus)
        session.add(
            ParkedForm(
                token=token,
                user_id=user_id,
                path=request.path,
                query=_query(),
                payload=pairs,
                created_at=clock.now(),
            )
        )
    return token


def address_of_parked_form() -> str:
    """Where the form of this request will be shown again, after login."""
    query = _query()
    return f"{request.path}?{query}&{FLAG}=1" if query else f"{request.path}?{FLAG}=1"


def take_parked(path: str) -> MultiDict[str, str] | None:
    """What the signed-in user had typed at ``path``, once; None when nothing is kept.

    Asks the database only when the address says that something is kept. The rest of the
    query must be the one the form was sent with, so that it cannot fill another record's form.
    """
    actor = current_actor()
    if FLAG not in request.args or actor is None or actor.user_id is None:
        return None
    with acting_as(_PARKING), transaction() as session:
        form = session.scalar(
            select(ParkedForm).where(
                ParkedForm.user_id == actor.user_id,
                ParkedForm.path == path,
                ParkedForm.query == _query(),
                ParkedForm.created_at >= clock.now() - MAXIMUM_AGE,
            )
        )
        if form is None:
            return None
        session.delete(form)
        return MultiDict((name, value) for name, value in form.payload)


def purge_parked() -> int:
    """Delete what is older than an hour (for the nightly cleaning); how many were deleted."""
    with acting_as(_PARKING), transaction() as session:
        old = select(ParkedForm).where(ParkedForm.created_at < clock.now() - MAXIMUM_AGE)
        forms = session.scalars(old).all()
        for form in forms:
            session.delete(form)
        return len(forms)


def _query() -> str:
    pairs = parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True)
    return urlencode([(name, value) for name, value in pairs if name != FLAG])
