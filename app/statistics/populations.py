"""Why nothing can be said per 100,000 of an area, and who can change that."""

from flask_babel import gettext as _

from app.institutions.populations import missing_for
from app.statistics.areas import Area

_NAMED = 5
"""Municipalities named before the others are only counted."""


def who_enters() -> str:
    """Who enters populations, and where."""
    return _(
        "Populations of municipalities are entered by the prefecture and by the authority of the "
        "place, under 'Populations of municipalities' among the master data."
    )


def why_no_population(area: Area, population: int | None) -> str:
    """The reason why there is no rate; empty words where there is one."""
    if population:
        return ""
    if population == 0:
        return _("Nobody lives in this area, so there is no rate per 100,000.")
    key = area.centre_id or area.authority_id
    missing = missing_for(key) if key is not None else None
    if not missing:
        found = _("No municipality is assigned to this area, so its population is not known.")
    else:
        names = "、".join(missing[:_NAMED])
        rest = len(missing) - _NAMED
        if rest > 0:
            found = _(
                "Without a population: %(names)s and %(number)s more municipalities.",
                names=names,
                number=rest,
            )
        else:
            found = _("Without a population: %(names)s.", names=names)
    return _("%(missing)s %(who)s", missing=found, who=who_enters())
