"""A hospital's ID administrator issues fifty accounts; one of them lives, and is stopped."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.issuing import letters as letters_module
from app.issuing.letters import Letter
from app.jobs.models import JobRun
from app.jobs.runner import run_job
from app.security.actor import acting_as
from tests.accounts.administration import TESTS
from tests.issuing.workbooks import staff, workbook
from tests.journeys.steps import Portal, Window, confirms_the_authenticator, one_time_password

pytestmark = pytest.mark.browser
PASSWORD = "ajisai to hydrangea"


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[Letter]:
    """The letters as the administrator holds them in hand."""
    papers: list[Letter] = []
    real = letters_module.write_letters

    def note(letters: list[Letter], path: object) -> None:
        papers.extend(letters)
        real(letters, path)  # type: ignore[arg-type]

    monkeypatch.setattr("app.issuing.tasks.write_letters", note)
    return papers


def the_worker_works(portal: Portal) -> None:
    """Everything asked for is done, as the worker's process would."""
    with portal.app.app_context(), clock.frozen_at(portal.now):
        with acting_as(TESTS):
            keys = db.session.scalars(select(JobRun.id).where(JobRun.state == "waiting")).all()
        for key in keys:
            assert run_job(key)
        db.session.remove()


def issues_fifty_accounts(admin: Window) -> None:
    admin.open("/accounts/")
    admin.sees("藤井 六花")
    admin.looks_right("accounts-list")
    admin.is_accessible()
    admin.follow("一括発行")
    admin.page.locator('#main [name="file"]').set_input_files(
        {
            "name": "職員名簿.xlsx",
            "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "buffer": workbook([*staff(50), ["", "", "", "外 科", "", "厚生労働省", "", ""]]),
        }
    )
    admin.looks_right("accounts-bulk")
    admin.is_accessible()
    admin.press("内容を確認する")
    admin.sees("まだ発行されていません", "新規 50", "登録不可 1", "F52")
    admin.looks_right("accounts-dry-run")
    admin.is_accessible()
    admin.press("新規50件を発行する")
    admin.sees("アカウントを発行しています")
    the_worker_works(admin.portal)
    admin.page.reload()
    admin.sees("処理が完了しました", "発行済み 50")
    admin.looks_right("accounts-issued")


def prints_the_letters(admin: Window) -> None:
    words = "利用開始の案内書を作成（PDF）"
    admin.page.locator("#main").get_by_role("button", name=words).click()
    admin.page.locator("dialog[open]").get_by_role("button", name=words).click()
    admin.page.wait_for_url(re.compile(r"/jobs/\d+$"))
    the_worker_works(admin.portal)
    admin.page.reload()
    admin.sees("完了", "1回だけ")
    admin.looks_right("accounts-letters-job")
    with admin.page.expect_download() as download:
        admin.page.get_by_role("link", name="ダウンロード").click()
    assert download.value.suggested_filename.endswith(".pdf")


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_fifty_accounts_from_a_workbook_one_activates_and_is_suspended(
    portal: Portal, printed: list[Letter], *, phone: bool
) -> None:
    admin = portal.signed_in("ueda", phone=phone)
    issues_fifty_accounts(admin)
    prints_the_letters(admin)
    assert len(printed) == 50
    letter = next(one for one in printed if one.name == "職員 07号")
    staff_member = portal.window(phone=phone)
    staff_member.open(f"/activate#u={letter.username}&c={letter.code}")
    staff_member.has_in("username", letter.username)
    staff_member.has_in("code", letter.code)
    expect(staff_member.page).to_have_url(re.compile(r"/activate$"))
    staff_member.looks_right("activate")
    staff_member.is_accessible()
    staff_member.press("次へ")
    expect(staff_member.page.get_by_role("heading", name="パスワードの設定")).to_be_visible()
    staff_member.looks_right("activate-password")
    staff_member.is_accessible()
    staff_member.type(password=PASSWORD, password_again=PASSWORD)
    staff_member.press("次へ（認証アプリの設定）")
    secret, _codes = confirms_the_authenticator(staff_member)
    staff_member.sees("職員 07号")
    portal.pass_time(minutes=1)
    staff_member = portal.window(phone=phone)
    signs_in(staff_member, letter.username, secret)
    is_suspended(admin, letter)
    staff_member.open("/notifications/list/")
    expect(staff_member.page).to_have_url(re.compile("/login/"))
    staff_member.sees_nothing_of("職員 07号")


def signs_in(window: Window, username: str, secret: str) -> None:
    window.open("/login/")
    window.type(username=username, password=PASSWORD)
    window.press("次へ")
    window.page.wait_for_url(re.compile("/login/otp"))
    window.type(code=one_time_password(secret, window.portal))
    window.press("ログイン")
    window.sees("職員 07号")


def is_suspended(admin: Window, letter: Letter) -> None:
    admin.open("/accounts/")
    if admin.page.locator('#main [name="q"]').is_hidden():
        admin.page.locator(".search-card summary").click()
    admin.type(q="職員07")
    admin.press("検索")
    expect(admin.page.locator("tbody tr")).to_have_count(1)
    admin.follow(letter.name)
    expect(admin.page.get_by_role("heading", name=letter.name)).to_be_visible()
    admin.looks_right("account-show")
    admin.is_accessible()
    admin.follow("一時停止")
    admin.sees("ログイン中の端末は直ちに切断されます")
    admin.type(reason="休職")
    admin.looks_right("account-suspend")
    admin.press("一時停止")
    admin.sees("完了しました", "停止中", "休職")
    admin.looks_right("account-suspended")
