"""Issuing one account: to one person, at one institution, in one role (R26)."""

import re

from flask import current_app
from flask_appbuilder.security.sqla.models import Role, User
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash

from app.accounts.models import Account
from app.accounts.passwords import password_problems
from app.accounts.queries import place_of, post_of
from app.accounts.recording import facts_of, record
from app.accounts.rules import issuing_problem
from app.core import clock
from app.core.constraints import explain
from app.core.errors import InvalidInput, NotAllowed
from app.core.transaction import transaction
from app.institutions.models import Institution
from app.security.actor import Actor
from app.security.roles import ACCOUNT_ROLES, WITHOUT_ACCOUNT, RoleName

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{2,63}")
_MAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
NAME_LIMIT = 64
"""Characters of a family or given name (FAB's columns)."""
MAIL_LIMIT = 254

explain("uq_ab_user_username", field="username", message=_l("This user name is taken."))


def create_account(
    *,
    institution: Institution,
    role: RoleName,
    name: str,
    by: Actor,
    username: str | None = None,
    kana: str | None = None,
    mail: str | None = None,
    password: str | None = None,
    demo: bool = False,
    reason: str | None = None,
) -> Account:
    """Issue an account to one person (R26: never shared). ``name`` is family and given name.

    Without ``username`` one is made of the institution's code. The account waits for its owner
    to activate it; only the system may give it a ``password`` (demonstration, tests).

    Raises:
        InvalidInput: the user name is taken or malformed, or another value cannot be accepted.
        NotAllowed: the rules of delegation refuse it.
    """
    if password is not None and not by.is_system:
        raise NotAllowed(_l("Nobody chooses another person's password."))
    family, given = tidy_name(name)
    with transaction() as session:
        problems = check_person(family, given, kana, mail)
        _check_post(problems, institution, role, by)
        username = username or free_username(session, institution.code)
        _check_username(session, problems, username)
        if password is not None:
            weak = password_problems(
                password, username=username, name=name, words=[institution.name]
            )
            if weak:
                problems["password"] = weak
        if problems:
            raise InvalidInput(problems)
        user = User(
            username=username,
            last_name=family,
            first_name=given,
            # FAB wants an address; the reserved domain makes sure that none is ever written to.
            email=f"{username}@accounts.invalid",
            password=None if password is None else hashed(password),
            active=True,
        )
        user.roles = [fab_role(role)]
        account = Account(
            user=user,
            institution=institution,
            role=role.value,
            kana=(kana or "").strip() or None,
            mail=tidy_mail(mail),
            demo=demo,
            otp_last_step=0,
            failed_tries=0,
            session_epoch=1,
            revision=1,
            created_at=clock.now(),
            issued_by_id=by.institution_id,
            awaits_activation=password is None,
            first_activated_at=None if password is None else clock.now(),
        )
        session.add(account)
        session.flush()
        facts = {name: [None, value] for name, value in facts_of(account).items() if value}
        record(session, account, "created", facts | {"username": [None, username]})
    return account


def sync_roles() -> None:
    """Make FAB's role table hold exactly the roles an account may have (safe to repeat)."""
    with transaction():
        for role in ACCOUNT_ROLES:
            fab_role(role)


def fab_role(role: RoleName) -> Role:
    """FAB's row of a role, made when it is missing."""
    with transaction() as session:
        found = session.scalar(select(Role).where(Role.name == role.value))
        if found is None:
            found = Role(name=role.value)
            session.add(found)
            session.flush()
        return found


def free_username(session: Session, code: str) -> str:
    """The next sign-in name of an institution: its code and a number that runs up.

    Names say nothing about a person, stand on paper, and are no secret: what protects an
    account is its password and second factor.
    """
    stem = re.sub(r"[^a-z0-9._-]", "", code.lower()).strip("._-")[:50] or "id"
    taken = session.scalars(
        select(User.username).where(User.username.startswith(f"{stem}-", autoescape=True))
    )
    numbers = [name.removeprefix(f"{stem}-") for name in taken]
    highest = max((int(n) for n in numbers if n.isascii() and n.isdigit()), default=0)
    return f"{stem}-{highest + 1:03d}"


def tidy_name(name: str) -> tuple[str, str]:
    """Family and given name of a name typed with any kind of blank between them."""
    family, _, given = " ".join(name.split()).partition(" ")
    return family, given


def tidy_mail(mail: str | None) -> str | None:
    """An address as stored: nothing for an empty one."""
    return (mail or "").strip() or None


def check_person(
    family: str, given: str, kana: str | None, mail: str | None
) -> dict[str, list[object]]:
    """What is wrong with the particulars of a person, by item."""
    problems: dict[str, list[object]] = {}
    if not family:
        problems["name"] = [_l("Enter the name.")]
    elif len(family) > NAME_LIMIT or len(given) > NAME_LIMIT:
        problems["name"] = [_l("At most %(limit)s characters.", limit=NAME_LIMIT)]
    elif not (family + given + (kana or "")).isprintable():
        problems["name"] = [_l("This text has a character that cannot be stored.")]
    if kana and len(kana.strip()) > 100:
        problems["kana"] = [_l("At most %(limit)s characters.", limit=100)]
    address = tidy_mail(mail)
    if address and (len(address) > MAIL_LIMIT or not _MAIL.fullmatch(address)):
        problems["mail"] = [_l("This is not a mail address.")]
    return problems


def hashed(password: str) -> str:
    """A password as it is stored."""
    return generate_password_hash(
        password, method=current_app.config["FAB_PASSWORD_HASH_METHOD"], salt_length=16
    )


def _check_post(
    problems: dict[str, list[object]], institution: Institution, role: RoleName, by: Actor
) -> None:
    if role in WITHOUT_ACCOUNT:
        problems["role"] = [_l("No account can hold this role.")]
    if by.is_system:
        return
    post = post_of(by)
    refusal = issuing_problem(post, place_of(post, institution), role)
    if refusal is not None:
        raise NotAllowed(refusal, field="role")


def _check_username(session: Session, problems: dict[str, list[object]], username: str) -> None:
    if not USERNAME.fullmatch(username):
        problems["username"] = [
            _l("3 to 64 characters: small letters, digits, dot, hyphen, underscore.")
        ]
    elif session.scalar(select(User.id).where(User.username == username)) is not None:
        problems["username"] = [_l("This user name is taken.")]
