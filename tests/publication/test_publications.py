"""Figures are frozen, looked at, signed off by a person, and corrected by a new version."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.core.db import db
from app.core.errors import InvalidInput, InvalidState, NotAllowed
from app.core.transaction import transaction
from app.institutions.queries import institution_by_code
from app.publication import queries, released, service
from app.publication.explaining import sentence
from app.publication.models import Publication, PublicationFile, PublicNumber
from app.publication.rules import Flow
from app.security.actor import Actor, acting_as
from tests.publication.conftest import add_case, add_stay, at, day, publish, withdraw
from tests.support import cast

pytestmark = [pytest.mark.usefixtures("counting"), pytest.mark.one_database]


def figure(one: Publication, key: str) -> Any:
    return next(each["value"] for each in one.content["figures"] if each["key"] == key)


def test_prepared_figures_are_frozen_and_given_to_nobody(doi: Actor) -> None:
    with at(5):
        add_case()
        with acting_as(doi):
            made = service.prepare(day(5), "reported", by=doi)
    with at(6):
        add_case()
    assert figure(made, "new") == 1
    assert made.state == "prepared"
    assert released.publication(made.id) is None
    assert released.areas() == []
    assert db.session.scalars(select(PublicationFile)).all() == []


def test_signed_off_figures_never_change(doi: Actor) -> None:
    with at(5):
        add_case()
        made = publish(day(5))
    with pytest.raises(ValueError, match="never changes"):
        made.content = {}
    for verb in ("UPDATE publication_file SET body = 'x'", "DELETE FROM publication_file"):
        with db.engine.connect() as connection:
            with pytest.raises(DatabaseError, match=r"written once|permission denied"):
                connection.execute(text(verb))
            connection.rollback()


def test_figures_changed_behind_the_portals_back_are_not_signed_off(doi: Actor) -> None:
    with at(5), acting_as(doi):
        made = service.prepare(day(5), "reported", by=doi)
    with transaction() as session:
        table = Publication.__table__
        forged = {**made.content, "patients": [[1, "2021-08-05", "新宿区", "30代", "女性"]]}
        session.connection().execute(table.update().values(content=forged))
    db.session.expire(made)
    with at(5), acting_as(doi), pytest.raises(InvalidState):
        service.sign_off(made, by=doi)


def test_a_second_person_signs_off_where_the_setting_asks_for_one(
    counting: Flask, doi: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(counting.config, "PUBLICATION_SECOND_PERSON", True)
    with at(5), acting_as(doi):
        made = service.prepare(day(5), "reported", by=doi)
        with pytest.raises(NotAllowed):
            service.sign_off(made, by=doi)
        assert made.state == "prepared"
    other = Actor(doi.user_id + 1000 if doi.user_id else 1, "別の人", doi.role, doi.institution_id,
                  doi.authority_id, doi.prefecture_code)  # fmt: skip
    with at(5), acting_as(other):
        service.sign_off(made, by=other)
    assert (made.state, made.signed_off_by) == ("signed_off", "別の人")


@pytest.mark.parametrize("who", ["ito", "kato", "oka", "aoki"])
def test_only_the_headquarters_of_the_area_sign_off_and_withdraw(doi: Actor, who: str) -> None:
    with at(5), acting_as(doi):
        made = service.prepare(day(5), "reported", by=doi)
    by = cast.actor(who)
    with at(5), acting_as(by):
        for verb in (
            lambda: service.sign_off(made, by=by),
            lambda: service.withdraw(made, "x", take_down=False, by=by),
            lambda: service.discard(made, by=by),
        ):
            with pytest.raises(NotAllowed):
                verb()
    assert made.state == "prepared"


def test_a_correction_is_a_new_version_with_its_reason(doi: Actor) -> None:
    with at(5):
        first = publish(day(5))
    with at(6):
        add_case()
        with acting_as(doi), pytest.raises(InvalidInput) as refused:
            service.prepare(day(5), "reported", by=doi)
        assert set(refused.value.problems) == {"reason"}
        second = publish(day(5), reason="報告の遅れ")
    assert (first.state, first.withdrawn_reason) == ("withdrawn", "報告の遅れ")
    assert (second.version, second.state, figure(second, "new")) == (2, "signed_off", 1)
    latest = released.latest_of("130001")
    assert latest is not None
    assert latest.id == second.id
    assert [one.version for one in released.older_of("130001")] == [2, 1]


def test_an_older_version_cannot_overtake_a_later_one(doi: Actor) -> None:
    with at(5), acting_as(doi):
        first = service.prepare(day(5), "reported", by=doi)
        second = service.prepare(day(5), "reported", by=doi)
        service.sign_off(second, by=doi)
        with pytest.raises(InvalidState):
            service.sign_off(first, by=doi)


def test_a_published_number_and_that_of_now_are_explained(doi: Actor) -> None:
    with at(3):
        cases = [add_case(reported_on=day(3)) for _ in range(3)]
        made = publish(day(3))
    with at(9):
        for _ in range(2):
            add_case(reported_on=day(3))
        withdraw(cases[0])
    with acting_as(doi):
        found = queries.since_published(made, day(3))
    assert (found.then, found.now, found.unexplained) == (3, 4, 0)
    assert found.causes == {"new": Flow(2, 0), "withdrawn": Flow(0, 1)}
    assert sentence(found, day(3), published=True).count("2021") == 1


def test_what_was_saved_later_on_the_same_day_is_explained_too(doi: Actor) -> None:
    with at(3, hour=10):
        add_case(reported_on=day(3))
        made = publish(day(3))
    with at(3, hour=17):
        add_case(reported_on=day(3))
    with acting_as(doi):
        found = queries.since_published(made, day(3))
    assert (found.then, found.now, found.causes) == (1, 2, {"new": Flow(1, 0)})


@pytest.mark.parametrize(
    ("on", "basis", "field"), [(21, "reported", "figures_on"), (5, "forged", "basis")]
)
def test_what_cannot_be_counted_is_refused_at_its_field(
    doi: Actor, on: int, basis: str, field: str
) -> None:
    with at(5), acting_as(doi), pytest.raises(InvalidInput) as refused:
        service.prepare(day(on), basis, by=doi)
    assert set(refused.value.problems) == {field}


def test_withdrawing_needs_a_reason_and_taking_down_takes_the_files_away(doi: Actor) -> None:
    with at(5):
        made = publish(day(5))
        with acting_as(doi):
            with pytest.raises(InvalidInput):
                service.withdraw(made, " ", take_down=True, by=doi)
            service.withdraw(made, "誤り", take_down=False, by=doi)
    one = released.publication(made.id)
    assert one is not None
    assert released.files_of(one) != ()
    with at(6), acting_as(doi):
        service.withdraw(made, "個人が分かるおそれ", take_down=True, by=doi)
    one = released.publication(made.id)
    assert one is not None
    assert released.files_of(one) == ()
    assert released.content_of(one) is None


def test_a_case_keeps_its_public_number_and_a_withdrawn_one_leaves_a_gap(doi: Actor) -> None:
    with at(3):
        first, second = add_case(reported_on=day(3)), add_case(reported_on=day(2))
        one = publish(day(3))
    with at(4):
        withdraw(second)
        add_case(reported_on=day(1))
        two = publish(day(4))
    assert [row[0] for row in one.content["patients"]] == [1, 2]
    assert [row[0] for row in two.content["patients"]] == [2, 3]
    numbers = {n.case_id: n.number for n in db.session.scalars(select(PublicNumber))}
    assert (numbers[second.id], numbers[first.id]) == (1, 2)


def test_small_cells_are_hidden_before_anything_is_kept(doi: Actor) -> None:
    with at(5):
        for _ in range(7):
            add_case(sex="female", age_group="30s", municipality_code="13104")
        add_case("chiyoda", sex="male", age_group="90_or_over", municipality_code="13101")
        made = publish(day(5))
    shown = {row["name"]: row["new"] for row in made.content["places"]["rows"]}
    assert shown["千代田区"] is None
    assert shown["新宿区"] is None  # or the total would give the other away
    assert made.content["places"]["total"] == 8
    texts = str(made.content["patients"])
    assert "90歳以上" not in texts
    assert "千代田区" not in texts


def test_the_list_says_a_place_only_where_enough_people_share_it(doi: Actor) -> None:
    with at(5):
        for _ in range(6):
            add_case(sex="female", age_group="30s", municipality_code="13104")
        for _ in range(5):
            add_case(sex="male", age_group="40s", municipality_code=None)
        add_case(sex="male", age_group="40s", municipality_code="13101")
        made = publish(day(5))
    said = [tuple(row[2:]) for row in made.content["patients"]]
    assert said.count(("新宿区", "30代", "女性")) == 6
    assert said.count(("", "40代", "男性")) == 6


def test_what_must_not_be_published_of_a_case_is_not(doi: Actor) -> None:
    with at(5):
        for withheld in (None, None, None, None, None, ("residence",), ("sex", "residence")):
            add_case(
                sex="female", age_group="30s", municipality_code="13104", withheld_items=withheld
            )
        for _ in range(5):
            add_case(sex="female", age_group="30s", municipality_code=None)
        made = publish(day(5))
    said = [tuple(row[2:]) for row in made.content["patients"]]
    # The one without the place stands among others that have none. The one without the sex would
    # stand alone: it says nothing, and five others keep it company.
    assert said.count(("", "30代", "女性")) == 6
    assert said.count(("", "", "")) == 6
    assert len(said) == 12


def test_an_area_without_population_has_no_rates_and_no_crash(doi: Actor) -> None:
    with at(5):
        add_case()
        made = publish(day(5), who="ito")
    assert made.content["area"]["population"] is None
    assert figure(made, "new") == 1
    for key in ("week_per_100k", "care_per_100k", "week_ratio", "simple_r", "positivity"):
        assert figure(made, key) is None
    assert made.area_code == "131041"
    assert made.content["area"]["romaji"] == "shinjuku"


def test_what_was_never_recorded_in_an_area_is_not_said_to_be_nobody(doi: Actor) -> None:
    with at(5):
        case = add_case()
        before = publish(day(5))
    with at(6):
        add_stay(case, "hospital", 5)
        add_case(link_known="no")
        after = publish(day(6))
    for key in ("in_hospital", "hotel", "care_per_100k", "admission_rate", "unlinked_share"):
        assert figure(before, key) is None, key
    assert figure(after, "in_hospital") == 1
    assert figure(after, "hotel") == 0
    assert figure(after, "unlinked_share") == 50
    with at(7):
        earlier = publish(day(4))
    # What was recorded of later days says nothing of this one.
    assert figure(earlier, "in_hospital") is None
    assert figure(earlier, "cumulative") == 0


def test_a_centre_that_changed_its_authority_takes_its_cases_along_and_the_past_stays(
    doi: Actor,
) -> None:
    with at(5):
        case = add_case()
        before = publish(day(5), who="ito")
    with at(10), transaction():
        # What moving an institution does to its cases (app/institutions/moving.py).
        case.authority_id = None
        case.responsible_centre_id = None
    ito = cast.actor("ito")
    with at(11), acting_as(ito):
        found = queries.since_published(before, day(5))
    assert (found.then, found.now, found.causes) == (1, 0, {"moved": Flow(0, 1)})


def test_the_prefecture_itself_publishes_where_the_authority_is_the_prefecture(
    counting: Flask, doi: Actor
) -> None:
    authority = institution_by_code("authority_13000")
    assert authority is not None
    own = Actor(1, "x", cast.actor("ito").role, authority.id, authority.id, "13")
    with at(5), acting_as(own), pytest.raises(InvalidState):
        service.prepare(day(5), "reported", by=own)


def test_unsigned_figures_exist_for_their_own_area_alone(doi: Actor) -> None:
    with at(5), acting_as(doi):
        made = service.prepare(day(5), "reported", by=doi)
    for who, sees in (("doi", True), ("kato", False), ("oka", False), ("ito", False)):
        with acting_as(cast.actor(who)):
            found = db.session.scalars(select(Publication)).all()
            assert (made.id in [one.id for one in found]) is sees, who
    with at(5), acting_as(doi):
        service.sign_off(made, by=doi)
    for who in ("kato", "oka", "ito", "aoki"):
        with acting_as(cast.actor(who)):
            assert [one.id for one in db.session.scalars(select(Publication))] == [made.id], who
    with acting_as(cast.actor("endo")):
        assert db.session.scalars(select(Publication)).all() == []
