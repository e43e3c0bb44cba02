"""Clusters in numbers: sizes for those to whom they exist, counts for all others."""

from datetime import date

import pytest
from flask import Flask

from app.chains.models import Cluster, ClusterMember
from app.core.transaction import transaction
from app.planning.cluster_sums import clusters_of, sees_clusters
from app.statistics.areas import Area
from tests.chains.making import cases, link
from tests.statistics.conftest import as_system, centre, covid, day
from tests.support import cast


@pytest.fixture
def clustered(emptied: Flask) -> Flask:
    """介護施設 of 新宿: three cases on 1, 4 and 7 August, the first infected the second."""
    found = cases(emptied, [0, 3, 6])
    link(emptied, (found[0], found[1]))
    with as_system(emptied):
        home = centre("shinjuku")
        with transaction() as session:
            one, over = (
                Cluster(
                    name=name,
                    status=status,
                    setting="social_facility",
                    disease_id=covid(),
                    to_on=to_on,
                    prefecture_code="13",
                    authority_id=home.authority_id,
                    responsible_centre_id=home.id,
                )
                for name, status, to_on in (
                    ("介護施設の集団", "ongoing", None),
                    ("昔の集団", "over", date(2021, 1, 31)),
                )
            )
            session.add_all((one, over))
            session.flush()
            session.add_all(ClusterMember(cluster_id=one.id, case_id=key) for key in found)
    return emptied


def test_size_generations_and_quiet_days(clustered: Flask) -> None:
    with as_system(clustered):
        (one,), more = clusters_of(Area("13"), day(1), day(20))
        assert (one.size, one.generations, one.last_on, one.quiet_days) == (3, 2, day(7), 13)
        assert not more
        assert clusters_of(Area("27"), day(1), day(20)) == ([], False)
        assert len(clusters_of(Area("13"), date(2021, 1, 31), day(20))[0]) == 2


def test_the_ministry_is_given_numbers_alone(clustered: Flask) -> None:
    with clustered.app_context():
        seen = {who: sees_clusters(cast.actor(who)) for who in ("doi", "aoki", "oka", "mori")}
    assert seen == {"doi": True, "aoki": True, "oka": False, "mori": False}
    for who, there in (("doi", True), ("aoki", True), ("chiba", False), ("oka", False)):
        client = cast.sign_in(clustered.test_client(), who)
        html = client.get("/planning/clusters/?from=2021-08-01&to=2021-08-20").text
        assert ("介護施設の集団" in html) is there, who
    assert "社会福祉施設等" in html
