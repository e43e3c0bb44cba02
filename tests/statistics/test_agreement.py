"""Whatever is edited in whatever order: the sums kept up equal the sums counted anew."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.cases.models import Case, LabTest, Stay
from app.core.db import db
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.institutions.variant_names import variants_of
from app.notifications.guard import may_become
from app.notifications.models import Notification
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
    st.tuples(st.just("municipality_code"), st.sampled_from([None, "13104", "27100"])),
    st.tuples(
        st.just("reporting_institution"),
        st.sampled_from([None, "clinic-shinjuku", "hospital-shinjuku"]),
    ),
    st.tuples(
        st.just("accepted_at"), st.sampled_from([None, datetime(2021, 8, 9, 20, tzinfo=UTC)])
    ),
    st.tuples(st.just("place"), st.sampled_from(["shinjuku", "chiyoda", "osaka"])),
)
test_edits = st.fixed_dictionaries(
    {
        "result": st.sampled_from(["positive", "negative"]),
        "resulted_on": maybe_days,
        "variant_screening": st.sampled_from([None, "positive", "negative"]),
        "variant": st.sampled_from([None, "delta", "alpha", "undetermined"]),
        "genome_known_on": maybe_days,
    }
)
form_edits = st.tuples(
    st.just("form"),
    st.sampled_from(["corrected", "withdrawn"]),
    st.sampled_from(["no", "yes", "unknown"]),
)
moves = st.just(("moved",))
stay_edits = st.tuples(
    st.sampled_from(["hospital", "hotel", "home"]), days, maybe_days, st.sampled_from([None, "yes"])
)
steps = st.lists(
    st.tuples(
        st.integers(0, 1), st.none() | case_edits | stay_edits | test_edits | form_edits | moves
    ),
    min_size=1,
    max_size=8,
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
        do_step(cases, which, edit)
    kept, derived = all_sums(), _derived(cases)
    rebuild(by=system_actor("tests"))
    assert (kept, derived) == (all_sums(), _derived(cases))


def _derived(cases: list[Case]) -> list[tuple[Any, ...]]:
    items = (Case.id, Case.variant_id, Case.variant_basis, Case.vaccine_doses)
    ids = [case.id for case in cases]
    return list(map(tuple, db.session.execute(select(*items).where(Case.id.in_(ids)))))


def _test(session: Any, case: Case, edit: dict[str, Any]) -> None:
    """Changes the case's test, which comes with its first edit."""
    known = {one.code: one.id for one in variants_of("covid_19")}
    found = session.scalars(select(LabTest).where(LabTest.case_id == case.id)).first()
    test = found or LabTest(case_id=case.id)
    for name, value in edit.items():
        if name == "variant":
            test.variant_id = known.get(value)
        else:
            setattr(test, name, value)
    session.add(test)


def _form(session: Any, case: Case, state: str, dose: str) -> None:
    """A notification of one dose, or the next state of the one that is there."""
    found = session.scalars(select(Notification).where(Notification.case_id == case.id)).first()
    if found is None:
        found = Notification(
            case_id=case.id,
            disease_id=case.disease_id,
            institution_id=case.responsible_centre_id,
            accepted_at=datetime(2021, 8, 9, tzinfo=UTC),
            duplicate="same_person",
            state="accepted",
            dose1=dose,
            dose1_on=day(3) if dose == "yes" else None,
        )
        session.add(found)
    elif may_become(found.state, state):
        found.state = state


def _move(case: Case, to: Case) -> None:
    """As when two cases are made one: what hung on one hangs on the other."""
    with transaction() as session:
        for model in (LabTest, Notification):
            for record in session.scalars(select(model).where(model.case_id == case.id)):
                record.case_id = to.id


def do_step(cases: list[Case], which: int, edit: Any) -> None:
    """One of ``steps``, to the first or the second case."""
    if edit == ("moved",):
        _move(cases[1 - which], cases[which])
    else:
        _do(cases[which], edit)


def _do(case: Case, edit: Any) -> None:
    """Delete the newest stay, change an item, move the case, or add a stay."""
    with transaction() as session:
        if edit is None:
            found = select(Stay).where(Stay.case_id == case.id).order_by(Stay.id.desc())
            newest = session.scalars(found).first()
            if newest is not None:
                session.delete(newest)
        elif isinstance(edit, dict):
            _test(session, case, edit)
        elif edit[0] == "form":
            _form(session, case, *edit[1:])
        elif edit[0] == "place":
            case.responsible_centre_id = centre(edit[1]).id
            case.authority_id = centre(edit[1]).authority_id
            case.prefecture_code = "27" if edit[1] == "osaka" else "13"
        elif edit[0] == "reporting_institution":
            found_one = institution_by_code(edit[1]) if edit[1] else None
            case.reporting_institution_id = found_one and found_one.id
        elif len(edit) == 2:
            setattr(case, *edit)
        else:
            place, first, last, icu = edit
            to_on = None if last is None else max(first, last)
            session.add(Stay(case_id=case.id, place=place, from_on=first, to_on=to_on, icu=icu))
