"""The areas an actor may choose for a report: the own one and what lies in it."""

from flask_babel import gettext as _

from app.institutions.rules import InstitutionKind
from app.security.actor import Actor
from app.statistics.areas import (
    Area,
    institution_names,
    own_area,
    prefecture_names,
    standing_of,
)


def area_choices(actor: Actor) -> list[tuple[str, str]]:
    """(value, words), the own area first; see :func:`app.reports.forms.area_of`.

    Raises:
        NotVisible: the role has no area.
    """
    own = own_area(actor)
    found = [(value_of(own), standing_of(own).name)]
    if own.centre_id is not None:
        return found
    if own == Area():
        names = prefecture_names(own.prefecture_codes)
        return [*found, *((str(one.key), one.name) for one in names)]
    if own.authority_id is None:
        authorities = institution_names(InstitutionKind.AUTHORITY, own, set())
        found += [(f"a{one.key}", _("%(name)s (authority)", name=one.name)) for one in authorities]
    centres = institution_names(InstitutionKind.HEALTH_CENTRE, own, set())
    return [*found, *((f"c{one.key}", one.name) for one in centres)]


def value_of(area: Area) -> str:
    """The choice that stands for an area."""
    if area.centre_id is not None:
        return f"c{area.centre_id}"
    if area.authority_id is not None:
        return f"a{area.authority_id}"
    return area.prefecture_code or ""
