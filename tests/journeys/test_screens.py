"""Every screen of the menu, for everybody, on a desk and on a telephone."""

import pytest
from flask import url_for

from app.menu import MENU
from app.security.roles import role_of
from tests.journeys.steps import Portal
from tests.support import cast

pytestmark = pytest.mark.browser

# The same page for everybody: judged once by axe, which takes long over the dictionary.
SHARED = frozenset({"DictionaryView.page", "InstitutionView.list", "DiseaseView.list"})
# Those whose screens differ; the other roles see fewer columns of the same lists.
JUDGED_BY_AXE = frozenset({"aoki", "endo", "doi"})


@pytest.mark.parametrize("who", cast.ONE_OF_EACH_ROLE)
def test_every_screen_of_the_menu_opens_and_is_sound(portal: Portal, who: str) -> None:
    endpoints = _screens_of(portal, who)
    # Where nobody judges with axe, the narrow screen alone: what does not fit shows there.
    for phone in (False, True) if who in JUDGED_BY_AXE else (True,):
        window = portal.signed_in(who, phone=phone)
        for endpoint, address in endpoints:
            if endpoint in SHARED and who != "aoki":
                continue
            assert window.open(address) == 200, address
            window.looks_right(f"menu-{who}{address.replace('/', '-')}")
            # One page for both widths: what is hidden on the narrow one only folds.
            if who in JUDGED_BY_AXE and (not phone or who == "endo"):
                window.is_accessible()


def _screens_of(portal: Portal, who: str) -> list[tuple[str, str]]:
    """Endpoint and address of everything the menu offers this person."""
    with portal.app.test_request_context():
        role = role_of(cast.actor(who).role)
        return [
            (entry.endpoint, url_for(entry.endpoint))
            for group in MENU
            for entry in group.entries
            if role.may(entry.action, entry.resource)
        ]
