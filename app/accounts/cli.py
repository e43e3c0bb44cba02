"""``flask --app run otp USER`` and ``flask --app run accounts …``."""

import click
import pyotp
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import select

from app.accounts.models import Account
from app.accounts.service import (
    close_account,
    create_account,
    issue_activation_code,
    reset_account,
    sync_roles,
)
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidInput, InvalidState
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor
from app.security.roles import ACCOUNT_ROLES, RoleName

_ROLES = [role.value for role in ACCOUNT_ROLES]
_COMMAND = system_actor("command line")

accounts = AppGroup("accounts", help="Issue, reset and close accounts.")


def register_commands(app: Flask) -> None:
    """Add the commands to ``flask``."""
    app.cli.add_command(otp)
    app.cli.add_command(accounts)


@click.command("otp")
@click.argument("username")
@with_appcontext
def otp(username: str) -> None:
    """Print the current one-time password of a DEMO account. Refused in production."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("one-time passwords are printed in demo mode only")
    with acting_as(_COMMAND), transaction() as session:
        account = session.scalar(
            select(Account)
            .join(User, User.id == Account.user_id)
            .where(User.username == username, Account.demo.is_(True))
        )
        if account is None:
            raise click.ClickException(f"there is no demo account {username}")
        if account.otp_secret is None:
            account.otp_secret = pyotp.random_base32()
        account.otp_confirmed_at = account.otp_confirmed_at or clock.now()
        secret = account.otp_secret
    click.echo(pyotp.TOTP(secret).at(int(clock.now().timestamp())))


@accounts.command("create")
@click.option("--username", required=True)
@click.option("--name", required=True, help="Family and given name, separated by a blank.")
@click.option("--institution", "code", required=True, help="Code of the institution.")
@click.option("--role", required=True, type=click.Choice(_ROLES))
def create(username: str, name: str, code: str, role: str) -> None:
    """Issue an account and print its activation code, once; its owner sets the password."""
    with acting_as(_COMMAND) as actor:
        institution = db.session.scalar(select(Institution).where(Institution.code == code))
        if institution is None:
            raise click.ClickException(f"there is no institution with the code {code}")
        try:
            account = create_account(
                username=username,
                name=name,
                institution=institution,
                role=RoleName(role),
                demo=current_app.config["DEMO"],
                by=actor,
            )
            code = issue_activation_code(account, by=actor)
        except InvalidInput as error:
            raise click.ClickException(_sentences(error)) from error
    click.echo(f"user name: {username}")
    click.echo(f"activation code: {code}")


@accounts.command("reset")
@click.argument("username")
def reset(username: str) -> None:
    """Print a new activation code, once; password and authenticator are set anew."""
    with acting_as(_COMMAND) as actor:
        try:
            code = reset_account(_account(username), by=actor)
        except InvalidState as error:
            raise click.ClickException(str(error.message)) from error
    click.echo(f"activation code: {code}")


@accounts.command("close")
@click.argument("username")
def close(username: str) -> None:
    """End an account for good, and every session of it."""
    with acting_as(_COMMAND) as actor:
        try:
            close_account(_account(username), by=actor)
        except InvalidState as error:
            raise click.ClickException(str(error.message)) from error
    click.echo(f"closed: {username}")


@accounts.command("sync-roles")
def sync() -> None:
    """Make the role table hold the roles of the access matrix."""
    with acting_as(_COMMAND):
        sync_roles()


def _account(username: str) -> Account:
    statement = select(Account).join(User, User.id == Account.user_id)
    account = db.session.scalar(statement.where(User.username == username))
    if account is None:
        raise click.ClickException(f"there is no account {username}")
    return account


def _sentences(error: InvalidInput) -> str:
    return "; ".join(
        f"{name}: {' '.join(str(p) for p in problems)}" for name, problems in error.problems.items()
    )
