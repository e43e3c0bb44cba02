import csv

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import update

from app.core.transaction import transaction
from app.statistics.models import ProfileCount
from tests.statistics.conftest import add_case, add_stay, day


@pytest.fixture
def command(counting: Flask) -> Flask:
    add_stay(add_case(published_on=day(3), link_known="no"), "hotel", 3)
    add_case("chiyoda", published_on=day(5))
    add_case("osaka", published_on=day(4))
    return counting


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["rollup", *arguments])


def test_a_prefecture_by_day_as_csv(command: Flask) -> None:
    result = run(command, "--area", "13", "--by", "day", "--date", "published", "--csv")
    assert result.exit_code == 0, result.output
    heading, *rows = csv.reader(result.output.splitlines())
    assert heading[:3] == ["date", "new", "unlinked"]
    assert [row[:2] for row in rows] == [
        ["2021-08-03", "1"],
        ["2021-08-04", "0"],
        ["2021-08-05", "1"],
    ]
    hotel = heading.index("hotel")
    assert [row[hotel] for row in rows] == ["1", "1", "1"]


def test_days_asked_for_are_there_even_without_cases(command: Flask) -> None:
    result = run(command, "--area", "27", "--from", "R3.8.1", "--to", "2021-08-02", "--csv")
    assert [line.split(",")[:2] for line in result.output.splitlines()[1:]] == [
        ["2021-08-01", "0"],
        ["2021-08-02", "0"],
    ]


def test_an_authority_and_all_prefectures(command: Flask) -> None:
    by_authority = run(command, "--area", "13104", "--csv").output.splitlines()
    assert [line.split(",")[:2] for line in by_authority[1:]] == [["2021-08-03", "1"]]
    country = run(command, "--by", "prefecture", "--csv").output.splitlines()
    assert len(country) == 48
    assert country[13].startswith("13,2,")
    assert country[13].endswith(",東京都")


def test_without_csv_the_columns_stand_beneath_each_other(command: Flask) -> None:
    lines = run(command, "--area", "13").output.splitlines()
    assert lines[0].split()[:2] == ["date", "new"]
    assert len({line.index(" 1") if " 1" in line else 0 for line in (lines[1], lines[3])}) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--area", "48"), "neither a prefecture"),
        (("--area", "13999"), "neither a prefecture"),
        (("--date", "birthday"), "birthday"),
        (("--from", "2021-02-30"), "no such day"),
        (("--from", "2021-08-05", "--to", "2021-08-01"), "before it begins"),
        (("--from", "1900-01-01", "--to", "2021-08-01"), "ten years"),
        (("--disease", "nothing"), "no disease"),
    ],
)
def test_a_mistake_is_said_and_ends_with_2(
    command: Flask, arguments: tuple[str, ...], words: str
) -> None:
    result = run(command, *arguments)
    assert result.exit_code == 2
    assert words in result.output


def test_counting_anew_says_how_many_cases(command: Flask) -> None:
    assert run(command, "rebuild").output == "5 cases counted\n"
    assert run(command, "--area", "13", "--csv").output.count("\n") == 4


def test_a_check_says_whether_the_sums_agree(command: Flask) -> None:
    assert run(command, "check").output == "5 cases counted, the sums agree\n"
    with transaction() as session:
        session.connection().execute(update(ProfileCount).values(n=ProfileCount.n + 1))
    result = run(command, "check")
    assert result.exit_code == 1
    assert "differ" in result.output
    run(command, "rebuild")
    assert run(command, "check").exit_code == 0


def test_nothing_to_count_is_not_a_mistake(counting: Flask) -> None:
    result = run(counting, "--area", "13", "--csv")
    assert result.exit_code == 0
    assert "No case" in result.output
