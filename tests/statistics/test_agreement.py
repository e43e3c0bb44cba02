"""Whatever is edited in whatever order: the sums kept up equal the sums counted anew."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases.models import Case, Stay
from app.core.transaction import transaction
from app.security.actor import system_actor
from app.statistics.service import rebuild
from tests.statistics.conftest import add_case, all_sums, centre, day

days = st.integers(1, 28).map(lambda number: date(2021, 8, number))
maybe_days = st.none() | days
case_edits = st.one_of(
    st.tuples(st.sampled_from(["reported_on", "onset_on", "died_on", "discharged_on"]), maybe_days),
    st.tuples(st.just("waiting_since_on"), maybe_days),
    st.tuples(st.just("outcome"), st.sampled_from([None, "recovered", "died", "unknown"])),
    st.tuples(st.just("link_known"), st.sampled_from([None, "yes", "no"])),
    st.tuples(st.just("notification_state"), st.sampled_from(["accepted", "withdrawn"])),
    st.tuples(st.just("diagnosis_type"), st.sampled_from(["confirmed", "suspected"])),
    st.tuples(st.just("severe_on"), maybe_days),
    st.tuples(st.just("severity"), st.sampled_from([None, "mild", "severe"])),
    st.tuples(st.just("age_group"), st.sampled_from([None, "20s", "90_or_over"])),
    st.tuples(st.just("age_years"), st.sampled_from([None, 0, 41])),
    st.tuples(st.just("sex"), st.sampled_from([None, "female"])),
    st.tuples(
        st.just("accepted_at"), st.sampled_from([None, datetime(2021, 8, 9, 20, tzinfo=UTC)])
    ),
    st.tuples(st.just("place"), st.sampled_from(["shinjuku", "chiyoda", "osaka"])),
)
stay_edits = st.tuples(
    st.sampled_from(["hospital", "hotel", "home"]), days, maybe_days, st.sampled_from([None, "yes"])
)
steps = st.lists(
    st.tuples(st.integers(0, 1), st.none() | case_edits | stay_edits), min_size=1, max_size=8
)


@pytest.mark.one_database
@pytest.mark.usefixtures("counting")
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps)
def test_the_sums_kept_up_equal_the_sums_counted_anew(edits: list[tuple[int, Any]]) -> None:
    cases = [add_case(reported_on=day(3)), add_case("osaka", onset_on=day(2))]
    for which, edit in edits:
        _do(cases[which], edit)
    kept = all_sums()
    rebuild(by=system_actor("tests"))
    assert kept == all_sums()


def _do(case: Case, edit: Any) -> None:
    """Delete the newest stay, change an item, move the case, or add a stay."""
    with transaction() as session:
        if edit is None:
            found = select(Stay).where(Stay.case_id == case.id).order_by(Stay.id.desc())
            newest = session.scalars(found).first()
            if newest is not None:
                session.delete(newest)
        elif edit[0] == "place":
            case.responsible_centre_id = centre(edit[1]).id
            case.authority_id = centre(edit[1]).authority_id
            case.prefecture_code = "27" if edit[1] == "osaka" else "13"
        elif len(edit) == 2:
            setattr(case, *edit)
        else:
            place, first, last, icu = edit
            to_on = None if last is None else max(first, last)
            session.add(Stay(case_id=case.id, place=place, from_on=first, to_on=to_on, icu=icu))
