"""The API keeps what its OpenAPI document says, tried by a program that knows nothing else.

``API_EXAMPLES=200`` tries harder.
"""

import itertools
import os
from collections.abc import Callable, Iterator

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import Status, events, from_schema

from tests.api.conftest import Key
from tests.support import cast
from tests.support.browser import served

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(3600)]
EXAMPLES = os.environ.get("API_EXAMPLES")

# What a schema cannot say stays with the rules: days that contradict each other (422) and a
# version that is not the record's (412). A missing If-Match has an answer of its own (428).
CONFIG = f"""
seed = 20210820
request-timeout = 120
[generation]
max-examples = {EXAMPLES or 10}
no-shrink = true
database = "none"
deterministic = true
[phases]
coverage.enabled = {"true" if EXAMPLES else "false"}
stateful.enabled = {"true" if EXAMPLES else "false"}
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422"]
missing_required_header.expected-statuses = ["428"]
"""


@pytest.mark.filterwarnings("ignore")
def test_every_call_keeps_to_the_document(
    app: Flask, key: Key, record_property: Callable[[str, object], None]
) -> None:
    headers = {"Authorization": f"Bearer {key()}"}
    config = schemathesis.Config.from_str(CONFIG)
    with served(app) as address:
        document = schemathesis.openapi.from_url(
            f"{address}/api/v1/openapi.json", config=config, headers=headers
        )
        document.config.update(headers=headers)
        document.hook(_about_a_record_there_is(app, headers["Authorization"]))
        operations = document.statistic.operations.total
        failures, answered = set(), []
        for event in from_schema(document).execute():
            failures |= set(_failures(event))
            answered += _answers(event)
    record_property("api_calls", len(answered))
    assert failures == set(), "\n".join(sorted(failures))
    assert len({label for label, _status in answered}) >= operations
    # It got through: something was read, made and changed.
    for done in (
        ("GET /api/v1/case/{pk}", 200),
        ("POST /api/v1/lab_test", 201),
        ("PATCH /api/v1/lab_test/{pk}", 200),
    ):
        assert done in answered


def _about_a_record_there_is(app: Flask, credential: str) -> Callable[..., None]:
    """Half of what is right in itself is sent about a record there is, in its version."""
    with app.app_context():
        own = cast.own_episode()
    turns = itertools.count()

    def map_case(context: object, case: schemathesis.Case) -> schemathesis.Case:
        if case.meta is None or not case.meta.generation.mode.is_positive or next(turns) % 2:
            return case
        resource = case.operation.path.split("/")[3]
        keys = case.path_parameters
        if "pk" in keys and hasattr(own, resource):
            keys["pk"] = getattr(own, resource)
        if isinstance(case.body, dict):
            case.body.update(dict.fromkeys({"case_id"} & case.body.keys(), own.case))
            case.body.update(dict.fromkeys({"contact_id"} & case.body.keys(), own.contact))
        if "If-Match" in (case.headers or {}):
            address = f"/api/v1/{resource}/{keys['pk']}"
            read = app.test_client().get(address, headers={"Authorization": credential})
            case.headers["If-Match"] = read.headers.get("ETag", '"1"')
        return case

    return map_case


def _failures(event: events.EngineEvent) -> Iterator[str]:
    if isinstance(event, events.NonFatalError):
        yield f"{event.label}: {event.info.title} {event.info.message}"
    if isinstance(event, events.FatalError):
        yield repr(event.exception)
    if not isinstance(event, events.ScenarioFinished):
        return
    for identity, checks in event.recorder.checks.items():
        for check in checks:
            if check.status == Status.FAILURE and check.failure_info is not None:
                case = event.recorder.cases[identity].value
                failure = check.failure_info.failure
                told = f"{failure.title} {failure.message}"[:500]
                sent = f"{case.method} {case.formatted_path} {case.query} {case.body!r}"[:500]
                yield f"{check.name}: {told}\n    {sent}"


def _answers(event: events.EngineEvent) -> list[tuple[str, int]]:
    if not isinstance(event, events.ScenarioFinished):
        return []
    return [
        (event.recorder.label, found.response.status_code)
        for found in event.recorder.interactions.values()
        if found.response is not None
    ]
