"""Texts that a spreadsheet would compute, in every text of every record, in every file made."""

import csv
import io
from collections.abc import Iterator

import pytest
from flask import Flask
from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from app.exports import registry
from app.exports.service import FORMATS, request_export
from app.imports.opendata.findings import Effect, Finding, Findings, Outcome
from app.jobs import files
from app.jobs.queries import job_by_id
from app.jobs.runner import run_job
from app.laboratory.files import marked_workbook as marked_results
from app.laboratory.files import rows_of_file
from app.laboratory.service import take_file
from app.security.actor import acting_as
from app.security.rights import holds
from tests.attacks.planting import plant
from tests.sheets.test_workbook import blank, kept, returned
from tests.sheets.workbooks import SOUND, filled
from tests.support import cast

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("frozen_clock")]

FORMULA = '=HYPERLINK("//x")'
COMPUTED = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
LISTS = ("aoki", "endo", "doi", "saito", "hogo", "mori", "oka")


@pytest.fixture
def planted(app: Flask) -> Iterator[None]:
    with app.app_context():
        assert len(plant(FORMULA)) > 60
        yield


def content_of(app: Flask, who: str, resource: str, format_: str) -> bytes | None:
    """The file of a list, made by its job; None where the role may take none."""
    with app.test_request_context():
        by = cast.actor(who)
        if not holds(by, "export", resource):
            return None
        with acting_as(by):
            asked = {"institution": by.institution_id} if resource == "look" else {}
            job = request_export(resource, by=by, title="一覧", filters=asked, format_=format_)
            run_job(job.id)
            done = job_by_id(by, job.id)
            if done.state != "done":
                return None
            opened = files.opened(done.result["file"])
            assert opened is not None
            with opened:
                return opened.read()


def computes_nothing(book: Workbook, where: object) -> int:
    """No cell is a formula or a link; how many hold the text."""
    found = 0
    for sheet in book.worksheets:
        for line in sheet.iter_rows():
            for cell in line:
                assert cell.data_type != "f", (where, sheet.title, cell.coordinate)
                # Links within the workbook, from the overview to a cell, are ours.
                assert cell.hyperlink is None or cell.hyperlink.target is None, where
                found += cell.value == FORMULA
    return found


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("format_", FORMATS)
def test_no_list_taken_out_computes_anything(app: Flask, format_: str) -> None:
    found: dict[str, int] = {}
    resources = sorted(registry._builders)
    for who in LISTS:
        for resource in resources:
            content = content_of(app, who, resource, format_)
            if content is None:
                continue
            if format_ == "xlsx":
                texts = computes_nothing(load_workbook(io.BytesIO(content)), (who, resource))
            else:
                texts = computes_nothing_in_text(content, (who, resource))
            found[resource] = found.get(resource, 0) + texts
    # Every list that anybody may take out was taken out, and the words did get into a file.
    assert set(found) == set(resources)
    assert found["case"] > 0


def computes_nothing_in_text(content: bytes, where: object) -> int:
    text = content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "cp932")
    found = 0
    for line in csv.reader(io.StringIO(text, newline="")):
        for cell in line:
            is_number = cell.removeprefix("-").replace(".", "", 1).isdigit()
            assert is_number or not cell.lstrip(" 　").startswith(COMPUTED), (where, cell)
            found += cell == f"'{FORMULA}"
    return found


def test_a_workbook_of_notifications_comes_back_without_a_formula(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("endo")
        typed = SOUND | {"doctor_name": f"'{FORMULA}", "address": "＝1+1", "sex": "+1"}
        sent = filled(blank(by), [typed])
        back = returned(by, kept(by, sent))
    assert computes_nothing(load_workbook(io.BytesIO(back)), "notifications") == 0


def test_a_file_of_results_comes_back_without_a_formula(app: Flask) -> None:
    with app.test_request_context():
        by = cast.actor("mori")
        with acting_as(by):
            quoted = FORMULA.replace('"', '""')
            text = f'検査番号,結果,結果判明日\n"{quoted}","{quoted}",2021/8/20\n'
            file = take_file(rows_of_file(text.encode()), source=FORMULA, by=by)
            back = marked_results(file)
    assert computes_nothing(load_workbook(io.BytesIO(back)), "results") == 2


@pytest.mark.parametrize("path", ["/accounts/bulk/template.xlsx", "/worklist/worklist.xlsx"])
@pytest.mark.usefixtures("planted")
def test_a_workbook_handed_out_computes_nothing(app: Flask, path: str) -> None:
    who = "ueda" if path.startswith("/accounts") else "mori"
    answer = cast.sign_in(app.test_client(), who).get(path, buffered=True)
    assert answer.status_code == 200
    computes_nothing(load_workbook(io.BytesIO(answer.data)), path)


@pytest.mark.usefixtures("planted")
@pytest.mark.parametrize("who", ["doi", "oka", "aoki"])
def test_figures_compute_nothing_but_themselves(app: Flask, who: str) -> None:
    client = cast.sign_in(app.test_client(), who)
    for format_ in ("xlsx", "csv"):
        answer = client.get(
            f"/statistics/download?format={format_}&from=2021-08-01&to=2021-08-20", buffered=True
        )
        if answer.status_code != 200:
            answer = client.get(f"/statistics/download?format={format_}", buffered=True)
        assert answer.status_code == 200, answer.status_code
        if format_ == "xlsx":
            computes_nothing(load_workbook(io.BytesIO(answer.data)), who)
        else:
            computes_nothing_in_text(answer.data, who)


def test_the_report_of_an_import_computes_nothing() -> None:
    report = io.StringIO()
    finding = Finding(line=2, column=FORMULA, effect=Effect.LEFT_EMPTY, reason="+1")
    Findings(Outcome(), report).add([finding])
    assert computes_nothing_in_text(b"\xef\xbb\xbf" + report.getvalue().encode(), "report") == 1
