"""What every template knows about its reader."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, url_for
from flask_login import current_user

from app.core.labels import Label, current_language
from app.generated.hooks import may
from app.security.roles import role_of


@dataclass(frozen=True, slots=True)
class CurrentPerson:
    """The signed-in person as the header of a page shows them."""

    name: str
    institution: str
    role: Label
    logout_url: str
    account_url: str
    strange_device: bool = False
    """Another device of the account waits for its owner's word."""
    is_held: bool = False
    """No page opens before the password is changed, so no menu is shown."""


def install_context(app: Flask) -> None:
    """Give templates ``current_person`` (or None), ``current_language()`` and
    ``can(action, resource)``."""
    app.context_processor(_reader)


def _reader() -> dict[str, Any]:
    return {
        "current_person": _current_person(),
        "current_language": current_language,
        "can": may,
    }


def _current_person() -> CurrentPerson | None:
    if not current_user.is_authenticated:
        return None
    return CurrentPerson(
        name=current_user.display_name,
        institution=current_user.institution_name,
        role=role_of(current_user.actor.role).label,
        logout_url=url_for("AuthView.logout"),
        account_url=url_for("OwnAccountView.show"),
        strange_device=current_user.session is not None and current_user.session.strange_device,
        is_held=current_user.must_change_password,
    )
