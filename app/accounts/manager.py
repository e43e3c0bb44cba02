"""FAB's security manager with its stock doors closed: who is signed in comes from our session,
what they may do from the access matrix alone."""

from typing import Any

from flask import Flask
from flask_appbuilder.const import PERMISSION_PREFIX
from flask_appbuilder.menu import MenuItem
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_login import LoginManager, current_user

from app.accounts.activation_views import ActivationView
from app.accounts.principal import Principal
from app.accounts.programs import credential, principal_of_call
from app.accounts.sessions import user_of_session
from app.accounts.views import AuthView
from app.security.actor import Actor, current_actor, set_request_loader
from app.security.rights import holds

# A menu entry is named after the resource it opens, or "resource:action".
_OPENING_ACTIONS = ("list", "show")


class PortalSecurityManager(SecurityManager):
    """Rights without SQL: FAB's permission tables are neither filled nor read."""

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        set_request_loader(signed_in_actor)

    def register_views(self) -> None:
        """Register the two-step login; FAB's own security views and APIs stay out."""
        self.auth_view = AuthView()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_view_no_menu(ActivationView())

    @property
    def current_user(self) -> Principal | None:
        """The signed-in user; tokens of FAB's API are not accepted."""
        return current_user if current_user.is_authenticated else None

    def auth_user_db(self, username: str, password: str) -> None:
        """FAB's login by password alone does not exist here."""

    def load_user(self, pk: str) -> Principal | None:
        """The user of a session that still lasts; a call with a credential has no session."""
        return user_of_session(str(pk)) if credential() is None else None

    def create_login_manager(self, app: Flask) -> LoginManager:
        """Sessions of people, and beside them the credentials of programs."""
        manager: LoginManager = super().create_login_manager(app)
        manager.request_loader(principal_of_call)
        return manager

    def load_user_jwt(self, _jwt_header: Any, jwt_data: Any) -> None:
        """No token opens the portal."""

    def validate_api_key(self, api_key_string: str) -> None:
        """No key opens the portal."""

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public by permission; the gate lists the open doors."""
        return False

    def has_access(self, permission_name: str, view_name: str) -> bool:
        """True when the actor's role holds the action on the resource.

        ``can_list`` on ``case`` asks the matrix for ``case:list``; names of FAB actions come
        without the prefix.
        """
        actor = current_actor()
        if actor is None:
            return False
        if permission_name == "menu_access":
            return self._may_open(view_name, actor)
        action = permission_name.removeprefix(PERMISSION_PREFIX)
        return holds(actor, action, view_name)

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The menu entries the actor may open, out of ``menu_names``."""
        actor = current_actor()
        if actor is None:
            return set()
        return {name for name in menu_names or () if self._may_open(name, actor)}

    def _may_open(self, name: str, actor: Actor) -> bool:
        item: MenuItem | None = self.appbuilder.menu.find(name) if self.appbuilder.menu else None
        if item is not None and item.childs:
            return any(self._may_open(child.name, actor) for child in item.childs)
        resource, _, action = name.partition(":")
        return any(holds(actor, a, resource) for a in ((action,) if action else _OPENING_ACTIONS))


def signed_in_actor() -> Actor | None:
    """The actor of this request's session; None for strangers. Needs no further statement."""
    return current_user.actor if current_user.is_authenticated else None
