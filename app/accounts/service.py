"""Accounts over their life: issued, reset, closed. Login is in ``login.py``."""

import re
from dataclasses import dataclass

from flask import current_app
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select
from werkzeug.security import generate_password_hash

from app.accounts.models import Account, ParkedForm, RecoveryCode
from app.accounts.passwords import password_problems
from app.accounts.rules import new_password
from app.core import clock
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.rights import holds
from app.security.roles import RoleName

_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")


@dataclass(frozen=True, slots=True)
class IssuedAccount:
    """A new account with its initial password, which is stored nowhere."""

    account: Account
    password: str


def create_account(
    *,
    username: str,
    name: str,
    institution: Institution,
    role: RoleName,
    by: Actor,
    password: str | None = None,
    demo: bool = False,
) -> IssuedAccount:
    """Issue an account to one person (R26: never shared). ``name`` is family and given name.

    Without ``password`` a random one is made.

    Raises:
        InvalidInput: the user name is taken or malformed, or the password too weak.
        NotAllowed: the actor may not issue accounts.
    """
    _require_issuer(by)
    # A password made here is read by whoever hands it over.
    is_told = password is None and not demo
    password = password or new_password()
    family, _, given = name.strip().replace("\u3000", " ").partition(" ")
    with transaction() as session:
        _check(username, family, role, password, name)
        if session.scalar(select(User.id).where(User.username == username)) is not None:
            raise InvalidInput({"username": [_l("This user name is taken.")]})
        user = User(
            username=username,
            last_name=family,
            first_name=given.strip(),
            # FAB wants an address; the reserved domain makes sure that none is ever written to.
            email=f"{username}@accounts.invalid",
            password=hashed(password),
            active=True,
        )
        user.roles = [_fab_role(role)]
        account = Account(
            user=user,
            institution=institution,
            role=role.value,
            demo=demo,
            must_change_password=is_told,
            otp_last_step=0,
            failed_tries=0,
            session_epoch=1,
            created_at=clock.now(),
        )
        session.add(account)
        session.flush()
    return IssuedAccount(account, password)


def reset_account(account: Account, *, by: Actor) -> IssuedAccount:
    """A new initial password, an authenticator to be confirmed anew, no lock, no session left.

    For somebody who lost the password, or the authenticator and the recovery codes.

    Raises:
        InvalidState: the account is closed.
        NotAllowed: the actor may not issue accounts.
    """
    _require_issuer(by)
    if account.closed_on is not None:
        raise InvalidState(_l("This account is closed already."))
    password = new_password()
    with transaction() as session:
        account.user.password = hashed(password)
        account.must_change_password = not account.demo
        account.session_epoch += 1
        account.failed_tries, account.locked_until = 0, None
        account.otp_secret = account.otp_confirmed_at = account.otp_next_secret = None
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == account.user_id))
    return IssuedAccount(account, password)


def close_account(account: Account, *, by: Actor) -> None:
    """End an account for good: no login, no session, nothing parked. Its history stays.

    Raises:
        InvalidState: it is closed already.
        NotAllowed: the actor may not issue accounts.
    """
    _require_issuer(by)
    with transaction() as session:
        if account.closed_on is not None:
            raise InvalidState(_l("This account is closed already."))
        account.closed_on = clock.today()
        account.session_epoch += 1
        account.otp_secret = None
        account.otp_confirmed_at = None
        account.user.active = False
        for model in (ParkedForm, RecoveryCode):
            session.execute(delete(model).where(model.user_id == account.user_id))


def sync_roles() -> None:
    """Make FAB's role table hold exactly the roles an account may have (safe to repeat)."""
    with transaction():
        for role in RoleName:
            if role is not RoleName.SYSTEM:
                _fab_role(role)


def _fab_role(role: RoleName) -> Role:
    with transaction() as session:
        found = session.scalar(select(Role).where(Role.name == role.value))
        if found is None:
            found = Role(name=role.value)
            session.add(found)
            session.flush()
        return found


def _require_issuer(by: Actor) -> None:
    if not holds(by, "add", "account"):
        raise NotAllowed(_l("Your role may not issue accounts."))


def _check(username: str, family: str, role: RoleName, password: str, name: str) -> None:
    problems: dict[str, list[object]] = {}
    if not _USERNAME.fullmatch(username):
        problems["username"] = [
            _l("3 to 64 characters: small letters, digits, dot, hyphen, underscore.")
        ]
    if not family:
        problems["name"] = [_l("Enter the name.")]
    if role is RoleName.SYSTEM:
        problems["role"] = [_l("No account can hold this role.")]
    weak = password_problems(password, username=username, name=name)
    if weak:
        problems["password"] = weak
    if problems:
        raise InvalidInput(problems)


def hashed(password: str) -> str:
    """What is stored of a password."""
    return generate_password_hash(
        password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"], salt_length=16
    )
