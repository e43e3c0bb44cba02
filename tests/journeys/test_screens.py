"""Every screen of the menu, for everybody, on a desk and on a telephone."""

import pytest
from flask import url_for

from app.menu import MENU
from app.security.roles import role_of
from tests.journeys.steps import Portal
from tests.support import cast

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("who", cast.ONE_OF_EACH_ROLE)
def test_every_screen_of_the_menu_opens_and_is_sound(portal: Portal, who: str) -> None:
    addresses = _addresses(portal, who)
    for phone in (False, True):
        window = portal.signed_in(who, phone=phone)
        for address in addresses:
            assert window.open(address) == 200, address
            window.looks_right(f"menu-{who}{address.replace('/', '-')}")
            window.is_accessible()


def _addresses(portal: Portal, who: str) -> list[str]:
    """The addresses the menu leads this person to."""
    with portal.app.test_request_context():
        role = role_of(cast.actor(who).role)
        return [
            url_for(entry.endpoint)
            for group in MENU
            for entry in group.entries
            if role.may(entry.action, entry.resource)
        ]
