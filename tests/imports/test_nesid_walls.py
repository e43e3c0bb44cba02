"""The whole way of a file on both databases: on PostgreSQL it runs behind the row policies."""

from app.imports import service
from app.security.actor import Actor
from tests.imports.nesid import applied, case_of, content, edit, nothing, row, taken


def test_a_file_is_applied_renewed_and_taken_back(frozen_clock: object, aoki: Actor) -> None:
    first = applied(content([row(), row(key="20200002")]), aoki)
    assert first.done == {"new": 2}
    assert all(expected == found for _name, expected, found in first.checks or ())
    newer = content([row(性別="女", 診断方法2="PCR法;便;2020/8/20;陰性"), row(key="20200002")])
    second = applied(newer, aoki)
    assert (second.counts, second.done) == ({"changed": 1, "same": 1}, {"changed": 1})
    assert (case_of("20200001").sex, len(case_of("20200001").lab_tests)) == ("female", 2)
    assert service.undo_batch(second.id, by=aoki, progress=nothing) == {"undone": 1, "edited": 0}
    edit("20200002", remarks="電話で確認")
    assert service.undo_batch(first.id, by=aoki, progress=nothing) == {"undone": 1, "edited": 1}
    assert taken(newer, aoki).counts == {"new": 1, "same": 1}
