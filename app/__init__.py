"""HER-SYS Portal: the application, put together in six visible steps."""

import importlib

from flask import Flask
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect

from app.accounts.cli import register_commands
from app.accounts.context import install_context
from app.accounts.gate import install_gate
from app.accounts.parking import take_parked
from app.accounts.principal import still_stands
from app.accounts.security_log import install_security_log
from app.accounts.startup import refuse_unsafe_start
from app.api.install import install_api
from app.audit.cli import history_cli
from app.core.appbuilder import PortalAppBuilder
from app.core.crypto.cli import keys
from app.core.crypto.keys import KeyProblem, install_keys
from app.core.crypto.startup import refuse_wrong_keys
from app.core.db import db
from app.core.error_pages import register_error_pages
from app.core.static_files import version_static_files
from app.devtools.cli import demo
from app.generated.editing import refill_from
from app.home.views import HomeView
from app.imports.cli import imports
from app.institutions.cli import master
from app.jobs.cli import jobs_cli
from app.jobs.queue import install_queue
from app.jobs.registry import set_account_check
from app.laws import enact_laws
from app.menu_bar import install_menu
from app.planning.cli import planning_cli
from app.publication.open_pages import install_open_pages
from app.quality.cli import quality_cli
from app.retention.cli import retention_cli
from app.screens import register_screens
from app.security.bodies import install_body_limits
from app.security.claims import install_claims
from app.security.cli import register_walls
from app.security.headers import install_headers
from app.security.rates import install_rates
from app.statistics.cli import rollup_cli
from app.surge.cli import surge_cli
from app.surge.gate import install_surge
from config import ROOT, ConfigurationError, Settings

_WITH_WORK = (
    "messaging",
    "accounts",
    "imports",
    "issuing",
    "cases",
    "contacts",
    "exports",
    "followup",
    "institutions",
    "intake",
    "laboratory",
    "looks",
    "matching",
    "retention",
    "sheets",
    "tables",
    "portal",
    "processing",
    "publication",
    "quality",
    "reports",
    "reports.schedules",
    "voice",
)
"""Packages whose ``tasks`` register background work."""


def create_app(settings: Settings) -> Flask:
    """The portal under ``settings``.

    Raises:
        config.ConfigurationError: the settings are not safe to start with.
    """
    app = Flask(__name__, template_folder="templates", static_folder="static")
    app.config.from_object(settings)
    _take_keys(app)
    db.init_app(app)
    _close_doors(app)
    _add_screens(app)
    enact_laws()
    install_claims(app)
    _add_background_work(app)
    _add_commands(app)
    with app.app_context():
        refuse_unsafe_start(app)
        _check_keys(app)
    return app


def _take_keys(app: Flask) -> None:
    """What identifies people is written and read with these keys; without them nothing starts."""
    try:
        install_keys(app)
    except KeyProblem as problem:
        raise ConfigurationError(str(problem)) from None


def _check_keys(app: Flask) -> None:
    refusal = refuse_wrong_keys(app)
    if refusal is not None:
        raise ConfigurationError(refusal)


def _close_doors(app: Flask) -> None:
    """Nobody sends too much; on the worst days much waits; who is not signed in stays outside;
    forms carry tokens; what was refused is logged."""
    install_open_pages(app)
    install_body_limits(app)
    install_surge(app)
    install_gate(app)
    CSRFProtect(app)
    install_rates(app)
    install_headers(app)
    install_security_log(app)
    register_error_pages(app)


def _add_screens(app: Flask) -> None:
    """FAB with the parts the portal uses."""
    version_static_files(app)
    install_context(app)
    refill_from(take_parked)
    with app.app_context():
        appbuilder = PortalAppBuilder(indexview=HomeView)
        appbuilder.init_app(app, db.session)
        register_screens(appbuilder)
    install_api(app)
    install_menu(app)


def _add_background_work(app: Flask) -> None:
    """The queue, the worker's commands, the kinds of work; asked for only by accounts in use."""
    install_queue(app)
    set_account_check(app, still_stands)
    for package in _WITH_WORK:
        importlib.import_module(f"app.{package}.tasks")


def _add_commands(app: Flask) -> None:
    """What operators type: ``flask --app run …``."""
    Migrate(app, db, directory=str(ROOT / "migrations"))
    register_walls(app)
    register_commands(app)
    ours = (keys, jobs_cli, master, imports, rollup_cli, history_cli, surge_cli, retention_cli)
    for group in (*ours, quality_cli, planning_cli, demo):
        app.cli.add_command(group)
