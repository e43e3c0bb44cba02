"""What a production start refuses, and what the command line says."""

from pathlib import Path

import pyotp
import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import Role

from app import create_app
from app.accounts.activation import begin_activation
from app.accounts.login import verify_password
from app.accounts.models import Account, ActivationCode
from app.accounts.service import create_account, sync_roles
from app.core.clock import frozen_at
from app.core.crypto.keys import new_entry
from app.core.db import db
from app.institutions.models import Institution
from app.security.actor import acting_as, system_actor
from app.security.roles import ACCOUNT_ROLES, RoleName
from config import ConfigurationError, DemoSettings, ProductionSettings
from tests.support.visitor import MORNING, PASSWORD

SECRET = "s" * 32


def environ(directory: Path, **more: str) -> dict[str, str]:
    safe = {
        "DATA_DIR": str(directory),
        "SECRET_KEY": SECRET,
        "TRUSTED_HOSTS": "localhost",
        "FIELD_KEYS": new_entry(1),
    }
    return safe | more


@pytest.fixture
def demo(tmp_path: Path) -> Flask:
    """A demonstration with one demo account and one that is none."""
    app = create_app(DemoSettings(environ(tmp_path)))
    with app.app_context(), acting_as(system_actor("tests")) as actor:
        db.metadata.create_all(db.engine)
        centre = Institution(name="西保健所", kind="health_centre", code="13-1")
        db.session.add(centre)
        for username, is_demo in (("aoki", True), ("baba", False)):
            create_account(
                username=username,
                name="青木 花子",
                institution=centre,
                role=RoleName.HEALTH_CENTRE_CLERK,
                password=PASSWORD,
                demo=is_demo,
                by=actor,
            )
    return app


def test_production_starts_on_an_empty_database(tmp_path: Path) -> None:
    assert not create_app(ProductionSettings(environ(tmp_path))).config["DEMO"]


def test_production_refuses_demo_accounts(demo: Flask, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="1 demo accounts"):
        create_app(ProductionSettings(environ(tmp_path)))


@pytest.mark.parametrize("secret", ["", "short"])
def test_production_refuses_a_missing_or_short_secret(tmp_path: Path, secret: str) -> None:
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        ProductionSettings(environ(tmp_path) | {"SECRET_KEY": secret})


def test_production_refuses_to_answer_to_any_host_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="TRUSTED_HOSTS"):
        ProductionSettings(environ(tmp_path) | {"TRUSTED_HOSTS": ""})


def test_production_refuses_debug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLASK_DEBUG", "1")
    with pytest.raises(ConfigurationError, match="debug"):
        create_app(ProductionSettings(environ(tmp_path)))


def test_production_refuses_cookies_without_encryption(tmp_path: Path) -> None:
    settings = ProductionSettings(environ(tmp_path))
    settings.SESSION_COOKIE_SECURE = False
    with pytest.raises(ConfigurationError, match="SESSION_COOKIE_SECURE"):
        create_app(settings)


def test_otp_prints_the_code_of_a_demo_account(demo: Flask) -> None:
    with frozen_at(MORNING):
        result = demo.test_cli_runner().invoke(args=["otp", "aoki"])
    with demo.app_context(), acting_as(system_actor("tests")):
        secret = db.session.get_one(Account, 1).otp_secret
    assert result.exit_code == 0
    assert secret is not None
    assert result.output == pyotp.TOTP(secret).at(int(MORNING.timestamp())) + "\n"


@pytest.mark.parametrize("username", ["baba", "nobody"])
def test_otp_is_for_demo_accounts_only(demo: Flask, username: str) -> None:
    result = demo.test_cli_runner().invoke(args=["otp", username])
    assert result.exit_code == 1
    assert "no demo account" in result.output


def test_otp_is_refused_in_production(tmp_path: Path) -> None:
    app = create_app(ProductionSettings(environ(tmp_path)))
    result = app.test_cli_runner().invoke(args=["otp", "aoki"])
    assert result.exit_code == 1
    assert "demo mode only" in result.output


def issue(app: Flask, username: str, code: str = "13-1") -> tuple[int, str]:
    options = ["--username", username, "--name", "千葉 三郎"]
    options += ["--institution", code, "--role", "clinic"]
    result = app.test_cli_runner().invoke(args=["accounts", "create", *options])
    return result.exit_code, result.output


def test_an_account_is_issued_with_an_activation_code_printed_once(demo: Flask) -> None:
    status, output = issue(demo, "chiba")
    code = output.rsplit(" ", 1)[1].strip()
    assert status == 0
    with demo.app_context(), acting_as(system_actor("tests")):
        account = db.session.get_one(Account, 3)
        assert account.display_name == "千葉 三郎"
        assert account.demo
        assert [role.name for role in account.user.roles] == ["clinic"]
        assert account.user.password is None
        stored = db.session.scalars(db.select(ActivationCode)).one()
        assert code not in stored.code_hash
    assert begins(demo, "chiba", code)


@pytest.mark.parametrize(
    ("username", "code", "complaint"),
    [("aoki", "13-1", "username"), ("A", "13-1", "username"), ("chiba", "99", "institution")],
)
def test_an_account_that_cannot_be_is_refused_in_words(
    demo: Flask, username: str, code: str, complaint: str
) -> None:
    status, output = issue(demo, username, code)
    assert status == 1
    assert complaint in output


def test_the_role_table_holds_the_roles_of_the_matrix(demo: Flask) -> None:
    with demo.app_context(), acting_as(system_actor("tests")):
        sync_roles()
        sync_roles()
        names = sorted(db.session.scalars(db.select(Role.name)))
    assert names == sorted(role.value for role in ACCOUNT_ROLES)


def begins(app: Flask, username: str, code: str) -> bool:
    """True when the code opens the account."""
    with app.app_context():
        return begin_activation(username, code) is not None


def test_a_reset_account_has_no_password_and_is_activated_anew(demo: Flask) -> None:
    runner = demo.test_cli_runner()
    runner.invoke(args=["otp", "aoki"])
    result = runner.invoke(args=["accounts", "reset", "aoki"])
    assert result.exit_code == 0
    with demo.app_context(), acting_as(system_actor("tests")):
        account = db.session.get_one(Account, 1)
        assert not account.is_enrolled
        assert not verify_password(account.user.password, PASSWORD)
    assert begins(demo, "aoki", result.output.rsplit(" ", 1)[1].strip())


def test_a_closed_account_is_neither_reset_nor_closed_again(demo: Flask) -> None:
    runner = demo.test_cli_runner()
    assert runner.invoke(args=["accounts", "close", "aoki"]).exit_code == 0
    assert runner.invoke(args=["accounts", "close", "aoki"]).exit_code == 1
    assert runner.invoke(args=["accounts", "reset", "aoki"]).exit_code == 1
    assert "no account" in runner.invoke(args=["accounts", "close", "nobody"]).output
