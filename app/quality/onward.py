"""Where a clerk goes on: to the next finding, and from an empty queue to other work."""

from collections.abc import Iterator
from typing import Any

from flask import flash, url_for
from flask_babel import gettext as _

from app.core.pages import Action
from app.generated.hooks import may
from app.quality import queries
from app.quality.codes import INDICATORS, MONTHLY, QUESTIONS
from app.quality.models import QualityFinding
from app.quality.narrowing import Narrowed
from app.security.actor import Actor


def next_url(narrowed: Narrowed, after: QualityFinding | None) -> str:
    """The next finding, or the list with a word about what is left."""
    key = queries.next_finding(narrowed, after)
    if key is not None:
        return url_for("QualityView.show", pk=key, **narrowed.arguments())
    left = queries.next_finding(narrowed) is not None
    if left:
        flash(
            _("This was the last one. What you skipped, and what is new, is listed here."), "info"
        )
    elif queries.groups():
        flash(_("Of this kind nothing is left. The others are listed here."), "success")
    else:
        flash(_("Everything has been dealt with. Thank you!"), "success")
    return url_for("QualityView.list", **(narrowed.arguments() if left else {}))


def what_next(actor: Actor) -> Iterator[Action]:
    """What a clerk turns to once the queue is empty."""
    if may("list", "quality_question"):
        waiting = queries.questions_waiting(actor)
        words = _("Questions that wait: %(number)s", number=waiting) if waiting else str(QUESTIONS)
        style: Any = "primary" if waiting else "secondary"
        yield Action(words, url_for("QualityQuestionView.list"), style=style, icon="inbox")
    if may("list", "match_pair"):
        yield Action(_("People registered twice"), url_for("MatchView.list"), icon="people")
    if may("show", "quality_indicator"):
        yield Action(str(INDICATORS), url_for("QualityIndicatorView.page"), icon="chart")
    if may("make", "quality_sheet"):
        yield Action(str(MONTHLY), url_for("QualitySheetView.page"), icon="document")
