"""An opening in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from app.accounts.names import names_of_users
from app.breakglass.models import BreakGlass
from app.breakglass.rules import REASON
from app.cases.rules import case_number
from app.core import clock
from app.core.dates import format_instant
from app.security.roles import RoleName, role_of


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """What the pages show of an opening."""

    number: str
    opened_at: str
    until: str
    who: str
    institution: str
    role: str
    reason: str
    explanation: str
    centre: str
    state: str
    tone: str
    acknowledged: str
    note: str
    url: str
    end_url: str


def rows_of(openings: Sequence[BreakGlass]) -> list[OpeningRow]:
    """The rows of some openings, with the names of those who opened and those who checked."""
    keys = {key for one in openings for key in (one.user_id, one.acknowledged_by_user_id) if key}
    names = names_of_users(keys)
    return [_row_of(one, names) for one in openings]


def _row_of(opening: BreakGlass, names: Mapping[int, str]) -> OpeningRow:
    running = opening.expires_at > clock.now()
    state, tone = (_("Open now"), "danger") if running else (_("To be checked"), "warning")
    if opening.acknowledged_at is not None:
        state, tone = _("Checked"), "success"
    centre = opening.responsible_centre
    checker = names.get(opening.acknowledged_by_user_id or 0, opening.acknowledged_by or "")
    noted = f"{format_instant(opening.acknowledged_at)} {checker}".strip()
    return OpeningRow(
        number=case_number(opening.case_id),
        opened_at=format_instant(opening.opened_at),
        until=format_instant(opening.expires_at),
        who=names.get(opening.user_id) or opening.user_name,
        institution=opening.institution.name,
        role=str(role_of(RoleName(opening.role)).label),
        reason=REASON.label(opening.reason),
        explanation=opening.explanation,
        centre=centre.name if centre is not None else "",
        state=state,
        tone=tone,
        acknowledged=noted,
        note=opening.acknowledgement or "",
        url=url_for("BreakGlassView.show", pk=opening.id),
        end_url=url_for("BreakGlassView.end", pk=opening.id),
    )
