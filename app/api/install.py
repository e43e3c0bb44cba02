"""Puts the API into the application."""

from flask import Flask

from app.api.bearer import install_bearer
from app.api.resource_views import ResourceApi
from app.api.returnee_views import ReturneeListApi
from app.api.token_views import TokenApi


def install_api(app: Flask) -> None:
    """Let programs in, and free their calls from the token of forms.

    A form of another site cannot send a credential along, and a call with a session cookie
    alone only reads (see :func:`app.api.calls.begin`).
    """
    install_bearer(app)
    protection = app.extensions["csrf"]
    for view in app.appbuilder.baseviews:  # type: ignore[attr-defined]
        if isinstance(view, ResourceApi | ReturneeListApi | TokenApi):
            protection.exempt(view.blueprint)
