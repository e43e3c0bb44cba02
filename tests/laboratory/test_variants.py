"""Screening and genome: names as data, entered by the laboratory, counted when they arrive."""

import io
from datetime import date
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from app.cases.models import Case, LabTest
from app.cases.naming_variants import problems_of_variants
from app.core.db import db
from app.core.errors import InvalidInput, NotAllowed
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.institutions.variant_names import add_variant, named, search_variants, variants_of
from app.institutions.variants import Variant
from app.laboratory import service, variants
from app.laboratory.files import rows_of_file, worklist_workbook
from app.laboratory.rules import number_of_test
from app.laboratory.variant_rules import Entry, entry_problems
from app.notifications.service import accept
from app.security.actor import acting_as, system_actor
from app.statistics.checking import check
from app.statistics.models import ProfileCount
from app.statistics.profiles import variants as of_variants
from tests.notifications.samples import submitted
from tests.support import cast

pytestmark = pytest.mark.usefixtures("frozen_clock")
TODAY = date(2021, 8, 20)
SCREENED = Entry("positive", 16)
READ = Entry(None, None, TODAY, 5)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("entry", "result", "wrong"),
    [
        (SCREENED, "positive", set()),
        (READ, "positive", set()),
        (Entry(), "negative", set()),
        (SCREENED, "negative", {"variant_screening"}),
        (READ, None, {"variant_id"}),
        (Entry("not_done", 16), "positive", {"screening_target_id"}),
        (Entry(None, None, None, 5), "positive", {"genome_known_on"}),
        (Entry(None, None, TODAY), "positive", {"variant_id"}),
        (Entry(None, None, date(2021, 8, 21), 5), "positive", {"genome_known_on"}),
        (Entry(None, None, date(2021, 8, 17), 5), "positive", {"genome_known_on"}),
    ],
)
def test_a_variant_needs_a_positive_test_and_its_day(
    entry: Entry, result: str | None, wrong: set[str]
) -> None:
    collected_on = date(2021, 8, 18)
    found = entry_problems(entry, result=result, collected_on=collected_on, today=TODAY)
    assert set(found) == wrong


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("デルタ株", "delta"),
        ("デルタ", "delta"),
        ("Ｄｅｌｔａ　(B.1.617.2)", "delta"),
        ("B.1.617.2", "delta"),
        ("オミクロン", "omicron"),
        ("BA.5", "omicron_ba_5"),
        ("BA.5系統", "omicron_ba_5"),
        ("l452r", "l452r"),
        ("判定不能", "undetermined"),
        ("イプシロン株", None),
    ],
)
def test_a_name_is_read_however_it_is_written(app: Flask, text: str, code: str | None) -> None:
    with app.app_context(), acting_as(cast.actor("mori")):
        found = named(text, variants_of("covid_19"))
    assert (found and found.code) == code


@pytest.mark.one_database
def test_the_ministry_names_a_variant_of_the_next_disease_and_ends_its_use(app: Flask) -> None:
    with app.test_request_context():
        with acting_as(cast.actor("oka")):
            covid = variants_of("covid_19")[0]
        values: dict[str, Any] = {"kind": "lineage", "label_ja": "新しい株", "label_en": "New"}
        values |= {"disease_id": covid.disease_id, "position": 90}
        with acting_as(cast.actor("aoki")), pytest.raises(NotAllowed):
            add_variant(Variant(code="new", **values), by=cast.actor("aoki"))
        with acting_as(cast.actor("oka")):
            for code in ("New", "a b", "unknown", ""):
                with pytest.raises(InvalidInput):
                    add_variant(Variant(code=code, **values), by=cast.actor("oka"))
            made = add_variant(Variant(code="new", **values), by=cast.actor("oka"))
            assert made in search_variants("新しい", kind="lineage")
            assert not search_variants("新しい", kind="mutation")
            with transaction():
                made.used_to = date(2021, 8, 19)
            assert not search_variants("新しい")
            assert variants_of("covid_19")[-1] is made
        with acting_as(cast.actor("aoki")):
            test = LabTest(case_id=1, variant_id=made.id, screening_target_id=covid.id)
            assert set(problems_of_variants(test)) == {"variant_id", "screening_target_id"}


def sent_to_the_laboratory(app: Flask) -> tuple[int, int]:
    """A confirmed case of 新宿 whose positive test the laboratory has: (case, test)."""
    notification = submitted(app)
    with acting_as(cast.actor("aoki")):
        accept(notification, by=cast.actor("aoki"))
    case_id = notification.case_id or 0
    with acting_as(system_actor("tests")), transaction():
        test = db.session.scalars(select(LabTest).where(LabTest.case_id == case_id)).one()
        laboratory = institution_by_code("laboratory-tokyo")
        assert laboratory is not None
        test.testing_laboratory_id = laboratory.id
        return case_id, test.id


def counted() -> dict[str, int]:
    """Variants of new cases by report date, of 東京都 by day."""
    found = select(ProfileCount.value, ProfileCount.n).where(
        ProfileCount.dimension == of_variants("reported"), ProfileCount.grain == "prefecture_day"
    )
    with acting_as(system_actor("tests")):
        return {value: n for value, n in db.session.execute(found) if n}


def test_what_the_laboratory_sends_weeks_later_is_counted_at_once(app: Flask) -> None:
    with app.test_request_context():
        case_id, test_id = sent_to_the_laboratory(app)
        mori, number = cast.actor("mori"), number_of_test(test_id)
        heading = "検査番号,変異株スクリーニング,検査項目,ゲノム解析日,変異株名"

        def send(cells: str) -> Any:
            text = f"{heading}\n{number},{cells}\n".encode("cp932")
            with acting_as(mori):
                return service.take_file(rows_of_file(text), source="a.csv", by=mori)

        assert send("陽性,L452R,,").counts == {"saved": 1}
        assert counted() == {"l452r": 1}
        for cells, wrong in (
            (",,2021/8/19,イプシロン株", ["variant_id"]),
            (",,,デルタ", ["genome_known_on"]),
            ("陰性,,,", ["variant_screening"]),
        ):
            assert list((send(cells).rows or [])[0]["problems"]) == wrong
        assert send(",,2021/8/19,デルタ").counts == {"saved": 1}
        assert send("陽性,L452R,2021/8/19,デルタ株").counts == {"unchanged": 1}
        assert counted() == {"delta": 1}
        with acting_as(system_actor("tests")):
            case = db.session.get_one(Case, case_id, populate_existing=True)
            assert (case.variant_basis, str(case.variant)) == ("genome", "デルタ株")
            version = case.row_version
        with acting_as(mori):
            book = worklist_workbook(variants.positive_tests(mori))
            sheet = load_workbook(io.BytesIO(book)).worksheets[0]
            assert [c.value for c in sheet[3]][-4:] == ["陽性", "L452R", "2021/08/19", "デルタ株"]
        # The health centre takes it back; nobody's open form of the case is out of date by that.
        with acting_as(cast.actor("aoki")), transaction():
            test = db.session.get_one(LabTest, test_id)
            test.variant_id = test.genome_known_on = None
        assert counted() == {"l452r": 1}
        with acting_as(system_actor("tests")):
            assert db.session.get_one(Case, case_id, populate_existing=True).row_version == version
            assert check().agree


@pytest.mark.one_database
def test_variants_are_entered_row_by_row_and_faults_stay_as_typed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    with app.test_request_context():
        _case, test_id = sent_to_the_laboratory(app)
        with acting_as(system_actor("tests")):
            version = db.session.get_one(LabTest, test_id).row_version
    mori = cast.sign_in(app.test_client(), "mori")
    page = mori.get("/worklist/variants/").get_data(as_text=True)
    assert number_of_test(test_id) in page
    assert "デルタ株" in page
    typed = {
        f"screening_{test_id}": "negative",
        f"mutation_{test_id}": "l452r",
        f"genome_{test_id}": "R3.8.25",
        f"variant_{test_id}": "delta",
        f"version_{test_id}": str(version),
    }
    refused = mori.post("/worklist/variants/save", data=typed)
    assert refused.status_code == 422
    assert "R3.8.25" in refused.get_data(as_text=True)
    typed[f"genome_{test_id}"] = "R3.8.20"
    for _again in range(2):
        # The second is as a second window would send it: somebody was faster.
        answer = mori.post("/worklist/variants/save", data=typed)
        assert answer.status_code == (422 if _again else 303)
    with app.app_context(), acting_as(system_actor("tests")):
        test = db.session.get_one(LabTest, test_id)
        assert (test.variant_screening, str(test.variant)) == ("negative", "デルタ株")
    assert cast.sign_in(app.test_client(), "endo").get("/worklist/variants/").status_code == 403
