"""Who is followed now: contacts under observation, and people whose report is overdue."""

from flask import url_for
from flask_babel import gettext as _

from app.dashboards.panel import Heading, Panel
from app.dashboards.source import Source
from app.generated.hooks import may
from app.statistics.care import CONTACTS_OBSERVED, NON_REPORTERS


def followed(source: Source) -> Panel:
    """Both numbers of the area as they are now; a past day cannot be told."""
    title = _("Followed today, %(place)s", place=source.question.standing.name)
    headings = (Heading(_("Item"), "text"), Heading(_("People")), Heading(_("Definition"), "text"))
    definitions = (_("Definitions of the figures"), url_for("DefinitionsView.page"), False)
    switches = [definitions] if may("show", "statistics") else []
    if source.question.last != source.today:
        words = _("These numbers are those of now and are shown for today only.")
        return Panel(
            "followed", title, headings, (), lacking=words, switches=switches, is_half=True
        )
    observed, overdue = source.followed
    rows = [
        (str(one.label), number, str(one.sentence))
        for one, number in ((CONTACTS_OBSERVED, observed), (NON_REPORTERS, overdue))
    ]
    return Panel("followed", title, headings, rows, switches=switches, is_half=True)
