"""Keeping own layouts: of the prefecture, the authority or the health centre of whoever saves."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from app.audit.signing import signature_of
from app.core import clock
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.publication.models import WHOLE_PREFECTURE
from app.reports.kind import ReportKind
from app.reports.layout import Layout, written_columns
from app.reports.layout_checks import problems_of
from app.reports.models import NO_CENTRE, ReportLayout
from app.reports.schedules.queries import is_scheduled
from app.security.actor import Actor
from app.security.rights import require
from app.security.roles import RoleName
from app.statistics.scope import CENTRE_ROLES

MOST = 30
"""Layouts of one report and area."""


def owner_of(actor: Actor) -> tuple[str, int, int]:
    """(prefecture, authority, health centre) whose layouts the actor keeps.

    Raises:
        NotAllowed: the actor stands for no area.
    """
    if actor.prefecture_code is None:
        raise NotAllowed(_l("Your role may not do this."))
    if actor.role is RoleName.PREFECTURE_SUPERVISOR:
        return actor.prefecture_code, WHOLE_PREFECTURE, NO_CENTRE
    authority = actor.authority_id or WHOLE_PREFECTURE
    if actor.role in CENTRE_ROLES and actor.institution_id is not None:
        return actor.prefecture_code, authority, actor.institution_id
    return actor.prefecture_code, authority, NO_CENTRE


def is_own(saved: ReportLayout, actor: Actor) -> bool:
    """True when the actor may change it; those above are for use only."""
    return (saved.prefecture_code, saved.authority_id, saved.centre_id) == owner_of(actor)


def save_layout(
    kind: ReportKind,
    layout: Layout,
    *,
    name: str,
    is_default: bool,
    by: Actor,
    saved: ReportLayout | None = None,
) -> ReportLayout:
    """Keep a layout; a default one takes the place of the area's former default.

    Columns the actor's role may not see do not exist and cannot be chosen.

    Raises:
        NotAllowed: the role keeps none, or it is somebody else's.
        InvalidInput: see :mod:`app.reports.layout_checks`.
        InvalidState: there are too many already.
    """
    require(by, "edit", "report_layout")
    prefecture, authority, centre = owner_of(by)
    if saved is not None and not is_own(saved, by):
        raise NotAllowed(_l("This layout belongs to another institution."))
    labels = labels_of(kind, by)
    with transaction() as session:
        same_area = (
            ReportLayout.kind == kind.key,
            ReportLayout.prefecture_code == prefecture,
            ReportLayout.authority_id == authority,
            ReportLayout.centre_id == centre,
        )
        others = [
            one
            for one in session.scalars(select(ReportLayout).where(*same_area))
            if saved is None or one.id != saved.id
        ]
        assert kind.listing is not None, kind.key
        taken = [one.name for one in others]
        problems = problems_of(kind.listing, layout, name=name, labels=labels, taken=taken)
        if problems:
            raise InvalidInput(problems)
        if saved is None:
            if len(others) >= MOST:
                raise InvalidState(_l("Remove a layout you saved earlier first."))
            saved = ReportLayout(
                kind=kind.key, prefecture_code=prefecture, authority_id=authority, centre_id=centre
            )
        for one in others:
            if is_default and one.is_default:
                one.is_default = False
        session.flush()
        saved.name, saved.is_default = name, is_default
        saved.title, saved.file_pattern = layout.title or None, layout.file_pattern or None
        saved.columns = written_columns(layout.columns, labels)
        saved.sort, saved.preset, saved.descending = layout.sort, layout.preset, layout.descending
        saved.saved_at, saved.saved_by = clock.now(), signature_of(by)[:128]
        session.add(saved)
    return saved


def remove_layout(saved: ReportLayout, *, by: Actor) -> None:
    """Remove an own layout.

    Raises:
        NotAllowed: the role keeps none, or it is somebody else's.
        InvalidState: a scheduled report is made in it.
    """
    require(by, "edit", "report_layout")
    if not is_own(saved, by):
        raise NotAllowed(_l("This layout belongs to another institution."))
    if is_scheduled(saved):
        raise InvalidState(_l("A scheduled report is made in this layout. End it first."))
    with transaction() as session:
        session.delete(saved)


def labels_of(kind: ReportKind, actor: Actor) -> dict[str, str]:
    """The columns that exist for the actor: key → the portal's own heading."""
    assert kind.listing is not None, kind.key
    return {one.key: str(one.column.label) for one in kind.listing.columns(actor).columns}
