"""Every report of the portal, and who may ask for which."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l

from app.core.errors import NotVisible
from app.reports.figure_books import DAILY, MONTHLY, WEEKLY
from app.reports.follow_up import FOLLOW_UP
from app.reports.kind import ReportKind
from app.reports.press import PRESS
from app.reports.survey_book import CARE_SURVEY
from app.reports.unlinked import UNLINKED
from app.security.actor import Actor
from app.security.rights import holds, require

KINDS: Mapping[str, ReportKind] = {
    one.key: one for one in (DAILY, WEEKLY, MONTHLY, CARE_SURVEY, FOLLOW_UP, UNLINKED, PRESS)
}
"""In the order of the screen."""


def kind_named(key: str) -> ReportKind:
    """The report of that name.

    Raises:
        NotVisible: there is none.
    """
    found = KINDS.get(key)
    if found is None:
        raise NotVisible(_l("There is no such page."))
    return found


def kinds_of(actor: Actor) -> Sequence[ReportKind]:
    """The reports the actor may ask for."""
    return [one for one in KINDS.values() if all(holds(actor, *r) for r in one.rights)]


def require_kind(kind: ReportKind, actor: Actor) -> None:
    """Raises NotAllowed unless the actor may ask for the report."""
    for action, resource in kind.rights:
        require(actor, action, resource)
