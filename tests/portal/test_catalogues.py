"""Every sentence of the patient pages is there in every language."""

import pytest

from app.devtools.patient_catalogues import all_problems
from app.followup.codes import EMERGENCY_SYMPTOM, OBSERVED_SYMPTOM
from app.messaging.codes import PURPOSE
from app.messaging.languages import LANGUAGES
from app.messaging.rules import problems_of_text
from app.messaging.texts import portal_wording
from app.portal.words import EMERGENCIES, SYMPTOMS

pytestmark = pytest.mark.one_database


def test_no_sentence_is_missing_stale_or_misfit_in_any_language() -> None:
    assert list(all_problems()) == []


def test_every_symptom_has_everyday_words() -> None:
    assert tuple(SYMPTOMS) == OBSERVED_SYMPTOM.values
    assert tuple(EMERGENCIES) == EMERGENCY_SYMPTOM.values


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_of_the_portal_passes_its_own_rules(language: str) -> None:
    for purpose in PURPOSE.values:
        assert problems_of_text(purpose, "sms", portal_wording(purpose, language).body) == ()
