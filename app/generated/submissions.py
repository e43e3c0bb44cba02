"""One form, one record: a double click or a re-sent page gets the first answer again."""

from collections.abc import Callable

from flask import redirect
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from app.core import clock
from app.core.db import db
from app.core.transaction import transaction
from app.generated.arguments import BadArgument
from app.generated.models import FormSubmission
from app.security.actor import Actor


def submit_once(token: str, by: Actor, save: Callable[[], str]) -> Response:
    """Run ``save`` (which returns the address to go to) unless this form was saved before.

    The token is stored in the transaction of the save itself, so of two simultaneous
    submissions one waits for the other and then finds its result.
    """
    earlier = result_of(token, by)
    if earlier is not None:
        return redirect(earlier, 303)
    try:
        with transaction() as session:
            submission = FormSubmission(
                token=token, user_id=by.user_id, result_url="", at=clock.now()
            )
            session.add(submission)
            session.flush()
            submission.result_url = save()
    except IntegrityError:
        earlier = result_of(token, by)
        if earlier is None and _is_taken(token):
            raise BadArgument(_l("This form was sent by somebody else.")) from None
        if earlier is None:
            raise
        return redirect(earlier, 303)
    return redirect(submission.result_url, 303)


def remember_result(token: str, by: Actor, url: str) -> None:
    """Keep where the sending with this token led."""
    with transaction() as session:
        session.add(FormSubmission(token=token, user_id=by.user_id, result_url=url, at=clock.now()))


def result_of(token: str, by: Actor) -> str | None:
    """Where an earlier sending with this token led its sender; None when there was none."""
    return db.session.scalar(
        select(FormSubmission.result_url).where(
            FormSubmission.token == token, FormSubmission.user_id == by.user_id
        )
    )


def _is_taken(token: str) -> bool:
    return db.session.get(FormSubmission, token) is not None
