"""What every page says of break-glass access: to the person inside, and to those in charge."""

from collections.abc import Iterator

from flask import request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.audit.reads import is_read_only, look_of_page
from app.breakglass.queries import own_open_of_case, waiting_count
from app.breakglass.rules import minutes_left
from app.core import clock
from app.core.pages import Action
from app.generated.notices import Notice, page_notice
from app.security.actor import Actor


@page_notice
def notices(actor: Actor) -> list[Notice]:
    """The minutes left on an opened case; openings of own cases nobody took note of."""
    return [*_inside(actor), *_waiting(actor)]


def _inside(actor: Actor) -> Iterator[Notice]:
    look = look_of_page()
    if look is None or not is_read_only():
        return
    opening = own_open_of_case(actor, look.case_id)
    if opening is None:
        return
    left = minutes_left(opening.expires_at, clock.now())
    until = clock.in_japan(opening.expires_at).strftime("%H:%M")
    yield Notice(
        _(
            "Read only. Every page you open is recorded, and the responsible health centre was told."
        ),
        "danger",
        ngettext(
            "Break-glass access: %(num)s minute left (until %(until)s)",
            "Break-glass access: %(num)s minutes left (until %(until)s)",
            left,
            until=until,
        ),
        (Action(_("End now"), url_for("BreakGlassView.end", pk=opening.id), "post"),),
    )


def _waiting(actor: Actor) -> Iterator[Notice]:
    count = waiting_count(actor)
    if not count or (request.endpoint or "").startswith("BreakGlassView."):
        return
    yield Notice(
        ngettext(
            "A case you answer for was opened by break-glass access. Please check it.",
            "%(num)s cases you answer for were opened by break-glass access. Please check them.",
            count,
        ),
        "warning",
        "",
        (Action(_("Break-glass list"), url_for("BreakGlassView.list"), icon="bell"),),
    )
