"""Above every page of a place: requests that wait for its answer."""

from collections.abc import Iterator

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.coordination.queries import to_do_count
from app.coordination.scope import RECEIVING
from app.core.pages import Action
from app.generated.notices import Notice, page_notice
from app.security.actor import Actor


@page_notice
def notices(actor: Actor) -> list[Notice]:
    """Requests the reader's hospital or hotel has not answered."""
    return list(_waiting(actor)) if actor.role in RECEIVING else []


def _waiting(actor: Actor) -> Iterator[Notice]:
    here = request.endpoint or ""
    count = 0 if here.startswith("CoordinationView.") else to_do_count(actor)
    if count:
        text = ngettext(
            "A patient waits for your answer.", "%(num)s patients wait for your answer.", count
        )
        url = url_for("CoordinationView.board")
        yield Notice(text, "warning", "", (Action(_("Answer"), url, icon="bed"),))
