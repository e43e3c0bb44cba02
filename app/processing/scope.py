"""Processing numbers are read by the service alone."""

from app.processing.models import ProcessingNumber
from app.security.rows import internal

internal(
    ProcessingNumber,
    reason="keyed hashes of processing numbers; tied to a case while one can be used",
    follows={"case_id": "case_record"},
)
