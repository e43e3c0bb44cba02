"""HER-SYS Portal: the application, put together in six visible steps."""

from flask import Flask
from flask_appbuilder import AppBuilder
from flask_wtf.csrf import CSRFProtect

from app.core.db import db
from config import Settings


def create_app(settings: Settings) -> Flask:
    """The portal under ``settings``.

    Raises:
        config.ConfigurationError: the settings are not safe to start with.
    """
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config.from_object(settings)
    db.init_app(app)
    CSRFProtect(app)
    with app.app_context():
        appbuilder = AppBuilder()
        appbuilder.init_app(app, db.session)
    return app
