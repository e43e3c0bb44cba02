"""Workbooks that are none, or that are built to fill memory, at every door that takes one."""

import io

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.bundles.models import BundleSheet
from app.core.db import db
from app.core.workbooks.container import MAX_MEMBERS
from app.imports.models import ImportBatch
from app.intake.models import PaperScan
from app.issuing.models import IssuingBatch
from app.laboratory.models import ResultFile
from app.quarantine.models import ReturneeDelivery
from app.security.actor import acting_as, system_actor
from app.security.bodies import file_doors
from app.sheets.models import NotificationBook
from app.tables.models import TableFile
from tests.bundles.samples import bundle
from tests.imports.nesid import content, row, taken
from tests.issuing.test_bad_workbooks import DTD, SHEET, bomb, lying, zipped
from tests.issuing.workbooks import replaced, staff, workbook
from tests.support import cast
from tests.support.destination import NAME
from tests.support.visitor import token_of

pytestmark = pytest.mark.one_database

MODELS = (
    BundleSheet,
    IssuingBatch,
    NotificationBook,
    PaperScan,
    ResultFile,
    ReturneeDelivery,
    TableFile,
)
# endpoint → who may, the page with the form, the address it is sent to
DOORS = {
    "BulkView.start": ("ueda", "/accounts/bulk/", "/accounts/bulk/"),
    "BookView.start": ("endo", "/notification-workbooks/", "/notification-workbooks/"),
    "WorklistView.file": ("mori", "/worklist/", "/worklist/file"),
    "PaperScanView.add": ("aoki", "/paper/add", "/paper/add"),
    "TableView.upload": ("aoki", "/tables/", "/tables/send"),
    "ReturneeListView.add": ("nemoto", "/quarantine/add", "/quarantine/add"),
    "ImportView.add": ("aoki", "/imports/", "/imports/add"),
    "PopulationView.file": ("doi", "/populations/", "/populations/file"),
    "ImportView.correct": ("aoki", "/imports/1", "/imports/1/correct"),
    "BundleDeskView.scans": ("aoki", "/bundles/1/scans", "/bundles/1/scans"),
}
XXE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>"
)
DEEP = b"<a>" * 200_000
BAD = {
    "zip bomb": bomb,
    "a member that lies about its size": lying,
    "too many members": lambda: zipped(**{f"m{n}": b"" for n in range(MAX_MEMBERS + 1)}),
    "entity bomb": lambda: replaced(workbook(staff(1)), SHEET, DTD),
    "entity bomb in the strings": lambda: replaced(workbook(staff(1)), "xl/sharedStrings.xml", DTD),
    "entity bomb in the styles": lambda: replaced(workbook(staff(1)), "xl/styles.xml", DTD),
    "entity bomb in the relations": lambda: replaced(
        workbook(staff(1)), "xl/_rels/workbook.xml.rels", DTD
    ),
    "external entity": lambda: replaced(workbook(staff(1)), SHEET, XXE),
    "endless nesting": lambda: replaced(workbook(staff(1)), SHEET, DEEP),
    "a zip within": lambda: zipped(**{"xl/workbook.xml": bomb()}),
    "not a zip": lambda: b"PK\x03\x04" + b"\x00" * 500,
    "no bytes": lambda: b"",
}


def test_every_door_that_takes_a_file_is_tried() -> None:
    assert set(DOORS) == set(file_doors())


@pytest.mark.usefixtures("patients")
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", BAD)
def test_it_is_refused_in_words_and_nothing_is_kept(app: Flask, door: str, name: str) -> None:
    who, page, path = DOORS[door]
    with app.app_context():
        assert bundle() == 1
        with acting_as(cast.actor("aoki")) as aoki:
            assert taken(content([row()]), aoki).id == 1
    client = cast.sign_in(app.test_client(), who)
    sent = {
        "csrf_token": token_of(client.get(page).text),
        "destination": NAME,
        "number": "1",
        "file": (io.BytesIO(BAD[name]()), "../../etc/staff.xlsx"),
    }
    answer = client.post(path, data=sent, headers={"Origin": "http://localhost"}, buffered=True)
    assert answer.status_code == 422
    assert "root:" not in answer.text
    with app.app_context(), acting_as(system_actor("tests")):
        assert db.session.scalar(select(func.count()).select_from(ImportBatch)) == 1
        for model in MODELS:
            assert db.session.scalar(select(func.count()).select_from(model)) == 0
