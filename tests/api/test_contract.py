"""The API keeps what its OpenAPI document says, tried by a program that knows nothing else.

``API_EXAMPLES=200`` tries harder.
"""

import os

import pytest
import schemathesis
from flask import Flask
from schemathesis.engine import Status, events, from_schema

from tests.api.conftest import Key

pytestmark = [pytest.mark.one_database, pytest.mark.timeout(1800)]

# What a schema cannot say stays with the rules: contradicting days (422) and a version that is
# not the record's (412). A missing If-Match has its own answer (428).
CONFIG = f"""
seed = 20210820
[generation]
max-examples = {os.environ.get("API_EXAMPLES", "15")}
no-shrink = true
database = "none"
deterministic = true
[checks]
positive_data_acceptance.expected-statuses = ["2xx", "401", "403", "404", "409", "412", "422"]
missing_required_header.expected-statuses = ["428"]
"""


@pytest.mark.filterwarnings("ignore")
def test_every_call_keeps_to_the_document(app: Flask, key: Key) -> None:
    headers = {"Authorization": f"Bearer {key()}"}
    config = schemathesis.Config.from_str(CONFIG)
    document = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", app, config=config, headers=headers
    )
    document.config.update(headers=headers)
    calls, failures, answered = 0, [], set()
    for event in from_schema(document).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            failures.append(repr(event.info if hasattr(event, "info") else event.exception))
        if not isinstance(event, events.ScenarioFinished):
            continue
        recorder = event.recorder
        calls += len(recorder.interactions)
        for identity, checks in recorder.checks.items():
            for check in checks:
                if check.status == Status.FAILURE and check.failure_info is not None:
                    case = recorder.cases[identity].value
                    failure = check.failure_info.failure
                    failures.append(
                        f"{check.name} {case.method} {case.formatted_path} {failure.message} "
                        f"{str(case.body)[:300]} {case.query} {case.headers}"
                    )
        for interaction in recorder.interactions.values():
            if interaction.response is not None:
                answered.add((recorder.label, interaction.response.status_code))
    print(calls, "calls")
    assert not failures, (len(failures), "\n".join(sorted(set(failures))[:40]))
    assert calls > 100
    # The program got through: every way of reading and writing was accepted at least once.
    assert any(status == 201 for _label, status in answered)
