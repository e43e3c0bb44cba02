"""What of the menu a role is shown, and the notices above every page."""

from typing import Any

from flask import Flask, g, request

from app.audit.reads import look_of_page
from app.breakglass import notices as _break_glass_notices  # noqa: F401  # registers itself
from app.coordination import notices as _place_notices  # noqa: F401  # registers itself
from app.core.static_files import fixed_url
from app.generated.notices import page_notices
from app.menu import MENU, Entry
from app.security.actor import Actor, acting_as, current_actor, signed_in_actor
from app.security.rights import holds


def install_menu(app: Flask) -> None:
    """Give the base template its menu."""
    app.context_processor(
        lambda: {
            "menu_groups": menu_groups,
            "page_notices": page_notices,
            "page_look": look_of_page,
        }
    )


def menu_groups() -> list[dict[str, Any]]:
    """The menu of the signed-in role; an entry it may not open is not there."""
    # A contractor types in the name of a health centre: the menu stays the contractor's.
    actor = signed_in_actor() or current_actor()
    if actor is None:
        return []
    groups = []
    with acting_as(actor):
        for group in MENU:
            entries = [one for one in group.entries if holds(actor, one.action, one.resource)]
            items = [_shown(entry, actor) for entry in entries]
            if items:
                groups.append({"label": str(group.label), "items": items})
    return groups


def _shown(entry: Entry, actor: Actor) -> dict[str, Any]:
    return {
        "count": 0 if entry.count is None or g.get("failed") else entry.count(actor),
        "label": str(entry.label),
        "url": fixed_url(entry.endpoint),
        "icon": entry.icon,
        "active": request.endpoint is not None
        and request.endpoint.partition(".")[0] in entry.views,
    }
