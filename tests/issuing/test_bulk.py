"""A workbook: judged, applied, applied again."""

import io

import openpyxl
import pytest
from flask import Flask
from flask_appbuilder.security.sqla.models import User
from sqlalchemy import func, select

from app.accounts.models import Account
from app.accounts.queries import post_of
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed, NotVisible
from app.institutions.models import Institution
from app.issuing import service
from app.issuing.models import IssuingBatch
from app.issuing.template_workbook import template_workbook
from app.issuing.workbook import rows_of_text, rows_of_workbook
from app.jobs.runner import run_job
from app.security.actor import Actor, acting_as
from tests.accounts.administration import TESTS, facts, send
from tests.issuing.workbooks import HEADINGS, staff, workbook
from tests.support import cast


def judged(by: Actor, *rows: str) -> list[tuple[str, str, str]]:
    """(outcome, cell, sentence) of each row typed as texts separated by |."""
    text = "\n".join(["|".join(HEADINGS), *rows]).replace("|", "\t")
    with acting_as(by):
        batch = service.keep_batch(rows_of_text(text), source="test", by=by)
        return [(o["outcome"], o["cell"], o["problem"]) for o in batch.outcomes]


def accounts(app: Flask) -> int:
    with app.app_context(), acting_as(TESTS):
        return db.session.scalar(select(func.count()).select_from(Account)) or 0


@pytest.mark.parametrize(
    ("row", "outcome", "cell", "words"),
    [
        ("|||新田 真||入院医療機関||", "new", "", ""),
        ("|||新田 真||hospital||", "new", "", ""),
        ("hospital-shinjuku|||新田 真||ID管理者||", "new", "", ""),
        ("|||藤井 六花||入院医療機関||", "existing", "", ""),
        ("|||藤井　六花||入院医療機関||", "existing", "", ""),
        ("|||藤井 六花||外来医療機関||", "rejected", "F2", "別の役割"),
        ("|||新田 真||厚生労働省||", "rejected", "F2", "この役割のアカウントを発行できません"),
        ("|||新田 真||院長||", "rejected", "F2", "この役割はありません"),
        ("|||新田 真||||", "rejected", "F2", "役割を選択"),
        ("|||||入院医療機関||", "rejected", "D2", "氏名"),
        ("|||新田 真||入院医療機関|not-an-address|", "rejected", "G2", "メールアドレス"),
        ("|||新田 真||入院医療機関||saito", "rejected", "H2", ""),
        ("|||新田 真||入院医療機関||Ａ", "rejected", "H2", ""),
        ("hc-shinjuku|||新田 真||保健所 事務||", "rejected", "F2", "自機関のアカウントのみ"),
        ("clinic-shinjuku|||新田 真||ID管理者||", "rejected", "F2", "自機関のアカウントのみ"),
        ("no-such|||新田 真||ID管理者||", "rejected", "A2", "この機関コードの機関はありません"),
        ("no-such|新病院|外来医療機関|新田 真||ID管理者||", "rejected", "A2", "ありません"),
    ],
)
def test_every_row_is_judged_for_a_hospital(
    app: Flask, row: str, outcome: str, cell: str, words: str
) -> None:
    with app.test_request_context():
        ((found, where, sentence),) = judged(cast.actor("ueda"), row)
    assert (found, where) == (outcome, cell)
    assert words in sentence


@pytest.mark.parametrize(
    ("rows", "outcomes"),
    [
        (["clinic-shinjuku|||遠藤 管||ID管理者||"], ["new"]),
        (["clinic-shinjuku|||遠藤 五月||外来医療機関||"], ["rejected"]),
        (["hospital-shinjuku|||別 管||ID管理者||"], ["rejected"]),
        (["clinic-osaka|||梅田 管||ID管理者||"], ["rejected"]),
        (["new-1|西口内科|外来医療機関|西 口||ID管理者||"], ["new"]),
        (["new-1|西口内科|外来医療機関|||||"], ["new"]),
        (["new-1|西口内科||西 口||ID管理者||"], ["rejected"]),
        (["new-1|西口内科|保健所|西 口||ID管理者||"], ["rejected"]),
        (["new-1|西口内科|地方衛生研究所|西 口||ID管理者||"], ["rejected"]),
        (
            [
                "new-1|西口内科|外来医療機関|西 口||ID管理者||",
                "new-1|||西 二||ID管理者||",
            ],
            ["new", "rejected"],
        ),
        (["|||新 人||保健所 保健師||", "|||新 人||保健所 保健師||"], ["new", "rejected"]),
        (
            ["|||新 人||保健所 保健師|a@b.example|", "|||新 人||保健所 保健師|c@b.example|"],
            ["new", "new"],
        ),
    ],
)
def test_every_row_is_judged_for_a_health_centre(
    app: Flask, rows: list[str], outcomes: list[str]
) -> None:
    with app.test_request_context():
        found = judged(cast.actor("saito"), *rows)
    assert [outcome for outcome, _cell, _sentence in found] == outcomes


def test_a_dry_run_issues_nothing_and_applying_twice_issues_once(app: Flask) -> None:
    before = accounts(app)
    content = workbook(staff(3))
    with app.test_request_context():
        by = cast.actor("ueda")
        with acting_as(by):
            for expected in ({"issued": 3}, {"existing": 3}):
                batch = service.keep_batch(rows_of_workbook(content), source="staff", by=by)
                again = accounts(app)
                assert service.apply_batch(batch, by=by) == expected
                if expected == {"issued": 3}:
                    assert again == before
            with pytest.raises(InvalidState):
                service.apply_or_enqueue(batch, by=by)
    assert accounts(app) == before + 3
    known = facts(app, "hospital-shinjuku-001")
    assert known["name"] == "職員 01号"
    assert known["awaits_activation"]


def test_a_large_workbook_is_a_job_with_the_same_outcome(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("ueda")
        with acting_as(by):
            batch = service.keep_batch(rows_of_workbook(workbook(staff(30))), source="staff", by=by)
            job = service.apply_or_enqueue(batch, by=by)
        assert job is not None
        assert run_job(job.id)
        with acting_as(by):
            done = service.batch_by_id(batch.id)
            assert {one["outcome"] for one in done.outcomes} == {"issued"}
            assert len({one["username"] for one in done.outcomes}) == 30


def test_a_new_clinic_and_its_administrator_stand_below_the_centre(app: Flask) -> None:
    row = "new-1|西口内科|外来医療機関|西 口||ID管理者||"
    with app.test_request_context():
        by = cast.actor("saito")
        text = "\n".join(["|".join(HEADINGS), row]).replace("|", "\t")
        with acting_as(by):
            batch = service.keep_batch(rows_of_text(text), source="x", by=by)
            assert service.apply_batch(batch, by=by) == {"issued": 1}, batch.outcomes
            clinic = db.session.scalars(
                select(Institution).where(Institution.code == "new-1")
            ).one()
            assert (clinic.parent_id, clinic.kind) == (by.institution_id, "clinic")
            again = service.keep_batch(rows_of_text(text), source="x", by=by)
            assert [one["outcome"] for one in again.outcomes] == ["existing"]
    assert facts(app, "new-1-001")["role"] == "id_administrator"


def test_a_workbook_exists_for_its_maker_only(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("ueda")
        with acting_as(by):
            key = service.keep_batch(rows_of_workbook(workbook(staff(1))), source="x", by=by).id
            db.session.expunge_all()
        with acting_as(cast.actor("saito")), pytest.raises(NotVisible):
            service.batch_by_id(key)
    saito = cast.sign_in(app.test_client(), "saito")
    assert saito.get(f"/accounts/bulk/{key}").status_code == 404
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        for door in ("apply", "letters"):
            assert saito.post(f"/accounts/bulk/{key}/{door}").status_code == 404
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert cast.sign_in(app.test_client(), "ueda").get(f"/accounts/bulk/{key}").status_code == 200


def test_other_roles_issue_nothing_in_bulk(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("fujii")
        with acting_as(by), pytest.raises(NotAllowed):
            service.keep_batch(rows_of_workbook(workbook(staff(1))), source="x", by=by)
    assert cast.sign_in(app.test_client(), "fujii").get("/accounts/bulk/").status_code == 403


def test_old_workbooks_are_thrown_away(app: Flask) -> None:
    with app.app_context(), acting_as(TESTS):
        admin = db.session.scalars(select(User.id).where(User.username == "ueda")).one()
        batch = IssuingBatch(
            user_id=admin,
            institution_id=cast.actor("ueda").institution_id,
            source="x",
            rows=[],
            outcomes=[],
            created_at=cast.NOON.replace(year=2020),
        )
        db.session.add(batch)
        db.session.commit()
        assert service.purge_batches() == 1


@pytest.mark.one_database
def test_the_template_is_read_back_and_offers_the_roles_of_the_institution(app: Flask) -> None:
    with app.test_request_context(), acting_as(TESTS):
        content = template_workbook(post_of(cast.actor("ueda")))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    (validation,) = sheet.data_validations.dataValidation
    assert "入院医療機関" in validation.formula1
    assert "厚生労働省" not in validation.formula1
    assert len(book.worksheets) == 2


def test_names_that_look_like_formulas_or_markup_stay_text(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "ueda")
    text = "氏名\t役割\n<img src=x> =1+1\t入院医療機関\n"
    answer = send(client, "/accounts/bulk/", text=text)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    assert "<img src=x>" not in page
    assert "&lt;img src=x&gt;" in page
