"""What can be crossed identifies nobody: held against the declarations themselves."""

import pytest

from app.analysis.dimensions import dimensions
from app.cases.models import Case
from app.core.crypto.types import Encrypted
from app.core.items import Privacy, items_of

pytestmark = pytest.mark.one_database


def test_no_dimension_is_personal_encrypted_or_free_text(app: object) -> None:
    known = dimensions()
    assert {"sex", "age_group", "municipality_code", "onset_on.week", "lab_test.result"} <= set(
        known
    )
    for one in known.values():
        assert not one.item.privacy.is_personal, one.key
        assert one.item.kind not in ("text", "long_text", "instant"), one.key
        assert not isinstance(one.column.type, Encrypted), one.key


def test_every_class_of_the_declarations_is_decided(app: object) -> None:
    """A class added later is personal or not; what it holds follows by itself."""
    personal = {item.name for item in items_of(Case) if item.privacy.is_personal}
    names = {one.item.name for one in dimensions().values() if one.subject == "case"}
    assert personal
    assert not personal & names
    assert {one.item.privacy for one in dimensions().values()} <= {
        Privacy.CLINICAL,
        Privacy.PROFILE,
        Privacy.EPIDEMIOLOGICAL,
        Privacy.OPERATIONAL,
    }


def test_single_practices_are_no_dimension(app: object) -> None:
    assert "reporting_institution_id" not in dimensions()
