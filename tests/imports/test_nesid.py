"""A NESID file from upload to undo: nothing guessed, nothing doubled, nothing of staff's lost."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.audit.models import HistoryEntry
from app.cases.models import Case, LabTest
from app.core import clock
from app.core.db import db
from app.core.errors import InvalidState, NotAllowed, NotVisible
from app.core.transaction import transaction
from app.imports import applying, service, staging
from app.imports.exporting import _cases, lines_of
from app.imports.master import load_masters
from app.imports.models import ImportBatch, StagedRow
from app.imports.nesid import LAYOUT
from app.imports.queries import reconciled
from app.matching.models import MatchPair
from app.persons.models import Person
from app.quality.models import QualityFinding
from app.quality.upkeep import judge_due
from app.security.actor import Actor, acting_as, system_actor
from app.statistics.models import CaseContribution
from tests.imports.nesid import SOUND, applied, case_of, content, edit, nothing, row, taken
from tests.support import cast
from tests.support.clock import NOON

pytestmark = [pytest.mark.usefixtures("frozen_clock"), pytest.mark.one_database]


def rows_of(batch: ImportBatch) -> list[StagedRow]:
    statement = select(StagedRow).where(StagedRow.batch_id == batch.id).order_by(StagedRow.number)
    return list(db.session.scalars(statement, execution_options={"populate_existing": True}))


def count(model: type[Any]) -> int:
    with acting_as(system_actor("tests")):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_reading_a_file_writes_no_case(aoki: Actor) -> None:
    before = count(Case)
    batch = taken(content([row(), row(key="20200002", 性別="ねこ")]), aoki)
    assert (batch.state, batch.counts) == ("ready", {"new": 1, "rejected": 1})
    assert batch.faults == {"unknown_code": 1}
    assert count(Case) == before


def test_an_applied_row_is_a_case_with_person_test_access_and_history(aoki: Actor) -> None:
    batch = applied(content([row()]), aoki)
    case = case_of("20200001")
    assert (batch.state, batch.done) == ("applied", {"new": 1})
    assert (case.person and case.person.name, case.sex, case.age_group) == (
        "佐藤 健一",
        "male",
        "30s",
    )
    assert (case.number is not None, case.responsible_centre_id) == (True, aoki.institution_id)
    assert (case.municipality_code, case.first_prefecture_code) == ("13104", "13")
    assert [(test.method, test.result) for test in case.lab_tests] == [("nucleic_acid", "positive")]
    with acting_as(system_actor("tests")):
        entries = db.session.scalars(
            select(HistoryEntry).where(HistoryEntry.case_id == case.id)
        ).all()
        assert {entry.record_type for entry in entries} == {
            "case",
            "person",
            "case_access",
            "lab_test",
        } - {"person"} | {"case"}
        assert {(e.user_name, e.reason) for e in entries} == {("aoki", f"file_import: #{batch.id}")}
        assert db.session.get(CaseContribution, case.id) is not None


def test_the_same_file_twice_changes_nothing(aoki: Actor) -> None:
    data = content([row(), row(key="20200002")])
    applied(data, aoki)
    entries = count(HistoryEntry)
    again = applied(data, aoki)
    assert (again.counts, again.done) == ({"same": 2}, {})
    assert count(HistoryEntry) == entries


def test_a_newer_file_changes_only_what_nobody_touched(aoki: Actor) -> None:
    applied(content([row()]), aoki)
    edit("20200001", remarks="保健所で訂正")
    newer = content([row(性別="女", 備考="ファイルの新しい備考")])
    batch = taken(newer, aoki)
    (line,) = rows_of(batch)
    assert line.plan == "conflict"
    assert line.changes == {
        "set": {"case.sex": ["male", "female"]},
        "conflict": {"case.remarks": ["保健所で訂正", "ファイルの新しい備考"]},
    }
    service.apply_batch(batch.id, by=aoki, progress=nothing)
    assert (case_of("20200001").sex, case_of("20200001").remarks) == ("male", "保健所で訂正")


@pytest.mark.parametrize(("choice", "remarks"), [("ours", "訂正"), ("file", "新しい備考")])
def test_a_decided_conflict_is_written_as_decided_and_not_asked_again(
    aoki: Actor, choice: str, remarks: str
) -> None:
    applied(content([row()]), aoki)
    edit("20200001", remarks="訂正")
    data = content([row(性別="女", 備考="新しい備考")])
    batch = taken(data, aoki)
    service.choose(rows_of(batch)[0], choice, by=aoki)
    service.apply_batch(batch.id, by=aoki, progress=nothing)
    assert (case_of("20200001").sex, case_of("20200001").remarks) == ("female", remarks)
    assert taken(data, aoki).counts == {"same": 1}


def test_what_staff_corrected_stays_when_the_file_says_nothing_new(aoki: Actor) -> None:
    applied(content([row()]), aoki)
    edit("20200001", sex="female")
    batch = applied(content([row(備考="別の備考")]), aoki)
    assert (batch.counts, case_of("20200001").sex) == ({"changed": 1}, "female")


def test_a_key_counts_once_per_file(aoki: Actor) -> None:
    batch = taken(content([row(), row(氏名="別の人"), row()]), aoki)
    assert batch.counts == {"new": 1, "rejected": 2}
    assert batch.faults == {"repeated_key": 2}


def test_repeated_keys_are_found_across_chunks(
    aoki: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "CHUNK", 2)
    batch = taken(content([row()] * 7), aoki)
    assert batch.counts == {"new": 1, "rejected": 6}


class Killed(BaseException):
    """The process is gone at this moment."""


def test_an_import_that_dies_in_between_applies_every_row_once(
    aoki: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(applying, "CHUNK", 2)
    monkeypatch.setattr(staging, "CHUNK", 2)
    data = content([row(key=f"2020{number:04d}") for number in range(7)])
    made = service.take_in(io.BytesIO(data), name="a.csv", by=aoki, in_background=False).id

    def dies_at(limit: int) -> Callable[..., None]:
        def progress(done: int, _total: int | None) -> None:
            if done >= limit:
                raise Killed

        return progress

    for limit in (2, 6):
        with pytest.raises(Killed):
            service.read(made, by=aoki, progress=dies_at(limit))
    service.read(made, by=aoki, progress=nothing)
    before = count(Case)
    with pytest.raises(Killed):
        service.apply_batch(made, by=aoki, progress=dies_at(2))
    assert count(Case) == before + 2
    service.apply_batch(made, by=aoki, progress=nothing)
    batch = service.batch_by_id(made)
    assert (count(Case), batch.row_count, batch.done) == (before + 7, 7, {"new": 7})
    assert [expected == found for _name, expected, found in batch.checks or ()] == [True] * 4


def test_what_was_read_is_kept_until_it_is_written(aoki: Actor) -> None:
    batch = taken(content([row(), row(key="20200002"), row(key="20200003", 性別="ねこ")]), aoki)
    first, older, rejected = rows_of(batch)
    assert (first.said or {})["case.sex"] == (older.said or {})["case.sex"]
    assert rejected.said is None
    with transaction():
        older.said = None  # As a release kept it that read the cells once more.
    service.apply_batch(batch.id, by=aoki, progress=nothing)
    assert service.batch_by_id(batch.id).done == {"new": 2}
    assert [kept.said for kept in rows_of(batch)] == [None] * 3
    assert case_of("20200001").symptoms == case_of("20200002").symptoms


def test_totals_that_do_not_add_up_are_said(aoki: Actor) -> None:
    batch = applied(content([row()]), aoki)
    with acting_as(system_actor("tests")), transaction() as session:
        session.get_one(ImportBatch, batch.id).row_count = 2
    assert service.apply_batch(batch.id, by=aoki, progress=nothing) is False


def test_undoing_leaves_nothing_of_what_was_made_and_restores_what_was_changed(
    aoki: Actor,
) -> None:
    first = applied(content([row()]), aoki)
    before = (count(Case), count(Person), count(LabTest))
    second = applied(
        content([row(備考="新", 診断方法2="PCR法;便;2020/8/20;陰性"), row(key="20200002")]), aoki
    )
    assert service.undo_batch(second.id, by=aoki, progress=nothing) == {"undone": 2, "edited": 0}
    assert (count(Case), count(Person), count(LabTest)) == before
    assert case_of("20200001").remarks == "一行目\n二行目"
    assert taken(content([row()]), aoki).counts == {"same": 1}
    service.undo_batch(first.id, by=aoki, progress=nothing)
    assert taken(content([row()]), aoki).counts == {"new": 1}


def findings(keys: tuple[int, ...]) -> list[QualityFinding]:
    return list(db.session.scalars(select(QualityFinding).where(QualityFinding.case_id.in_(keys))))


def test_what_the_portal_found_keeps_no_case_and_what_somebody_checked_does(aoki: Actor) -> None:
    batch = applied(content([row(発病年月日=""), row(key="20200002", 発病年月日="")]), aoki)
    first, second = case_of("20200001"), case_of("20200002")
    keys = (first.id, second.id)
    with acting_as(system_actor("tests")):
        judge_due()
        assert {one.case_id for one in findings(keys)} == set(keys)
        pair = {"first_id": first.person_id, "second_id": second.person_id, "score": 90}
        with transaction() as session:
            session.add(MatchPair(institution_id=aoki.institution_id, reasons=(), **pair))
            for one in findings(keys[:1]):
                one.state, one.checked_at = "checked", clock.now()
    done = service.undo_batch(batch.id, by=aoki, progress=nothing)
    assert done == {"undone": 1, "edited": 1}
    with acting_as(system_actor("tests")):
        assert {one.case_id for one in findings(keys)} == {keys[0]}
    assert count(MatchPair) == 0


def test_a_case_changed_since_is_not_undone_and_is_listed(aoki: Actor) -> None:
    batch = applied(content([row(), row(key="20200002")]), aoki)
    edit("20200001", sex="female")
    done = service.undo_batch(batch.id, by=aoki, progress=nothing)
    assert done == {"undone": 1, "edited": 1}
    assert [line.undo for line in rows_of(batch)] == ["edited", "undone"]
    assert case_of("20200001").sex == "female"


def test_a_portal_case_is_given_its_registration_id_by_its_number(aoki: Actor) -> None:
    with acting_as(system_actor("tests")):
        own = db.session.get_one(Case, cast.own_episode().case)
        number, key = own.number or "", own.id
    batch = applied(
        content([{**dict.fromkeys(SOUND, ""), **_named(number), "登録ID": "20209999"}]), aoki
    )
    assert batch.counts == {"changed": 1}
    assert case_of("20209999").id == key


def _named(number: str) -> dict[str, str]:
    names = ("疾病名", "患者居住地保健所")
    return {name: SOUND[name] for name in names} | {"患者等ID": number}


def test_another_centres_case_cannot_be_reached_by_its_id(aoki: Actor) -> None:
    applied(content([row()]), aoki)
    zaizen = cast.actor("zaizen")
    with acting_as(zaizen):
        theirs = {"届出受理保健所": "大阪市保健所", "患者居住地保健所": "大阪市保健所"}
        batch = taken(content([row(**theirs, 氏名="別の人")]), zaizen)
        assert batch.faults == {"not_yours": 1}
        with pytest.raises(NotVisible):
            service.batch_by_id(batch.id - 1)


def test_what_is_exported_comes_back_as_the_same(aoki: Actor) -> None:
    applied(content([row(), row(key="20200002", 診断方法2="抗原定性検査;鼻腔拭い液;;")]), aoki)
    lines = [line for chunk in _cases(aoki) for line in lines_of(chunk, load_masters())]
    exported = [dict(zip(LAYOUT, line, strict=True)) for line in lines]
    again = taken(content(exported, encoding="utf-8"), aoki)
    assert (again.counts, again.faults) == ({"same": len(exported)}, {})


def test_file_and_portal_are_held_against_each_other(aoki: Actor) -> None:
    batch = taken(content([row(), row(key="20200002", 性別="ねこ")]), aoki)
    (line,) = reconciled(batch)
    assert (line.in_file, line.rejected, line.in_portal, line.missing) == (2, 1, 0, 2)
    service.apply_batch(batch.id, by=aoki, progress=nothing)
    assert reconciled(batch)[0].missing == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (content([row()], headings=("氏名", "性別", "疾病名")), "登録ID"),
        (content([row()], headings=("登録ID", "疾病名", "氏名", "氏名")), "同じ見出しの列"),
        (content([]), "行がありません"),
        (b"%PDF-1.7", "この種類のファイル（PDF）"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(aoki: Actor, data: bytes, words: str) -> None:
    batch = taken(data, aoki)
    assert batch.state == "failed"
    assert words in (batch.problem or {})["ja"]
    with pytest.raises(InvalidState):
        service.ask_to_apply(batch, by=aoki)


def test_a_nurse_takes_nothing_in(app: Flask) -> None:
    with app.app_context():
        baba = cast.actor("baba")
        with acting_as(baba), pytest.raises(NotAllowed):
            service.take_in(io.BytesIO(b"a"), name="a.csv", by=baba, in_background=False)


def test_old_files_and_the_rows_of_nobody_are_emptied(aoki: Actor) -> None:
    batch = applied(content([row(), row(key="20200002", 性別="ねこ")]), aoki)
    with clock.frozen_at(NOON + timedelta(days=93)), acting_as(system_actor("tests")):
        assert service.forget_files() == 1
    db.session.expire_all()
    assert [line.raw is None for line in rows_of(batch)] == [False, True]
    assert service.batch_by_id(batch.id).file_name == "－"


def test_the_command_only_looks_unless_told_to_write(app: Flask, tmp_path: Any) -> None:
    path = tmp_path / "nesid.csv"
    path.write_bytes(content([row()]))
    run = app.test_cli_runner().invoke
    looked = run(args=["import", "nesid", str(path), "--by", "aoki"])
    assert (looked.exit_code, "新規: 1" in looked.output) == (0, True)
    assert "nothing was written" in looked.output
    written = run(args=["import", "nesid", str(path), "--by", "aoki", "--apply"])
    assert written.exit_code == 0
    with app.app_context(), acting_as(cast.actor("aoki")):
        assert case_of("20200001").sex == "male"
    assert run(args=["import", "nesid", str(path), "--by", "nobody"]).exit_code == 1
