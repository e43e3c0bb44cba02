"""Classes of items that roles read and write together."""

from app.core.items import Privacy

IDENTITY = frozenset({Privacy.NAME, Privacy.TELEPHONE, Privacy.IDENTIFYING})
MASTER = frozenset({Privacy.PUBLIC})
COUNTED = MASTER | {Privacy.PROFILE, Privacy.EPIDEMIOLOGICAL, Privacy.OPERATIONAL}
MEDICAL = frozenset({Privacy.CLINICAL, Privacy.OBSERVATION})
EVERYTHING = frozenset(Privacy)
