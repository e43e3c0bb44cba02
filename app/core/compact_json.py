"""JSON without blanks, as it is stored and signed: the same text as ``json.dumps`` gives.

``json.dumps`` with settings of one's own builds an encoder for every value, which costs several
times the encoding. Here it is built once.
"""

import json
from collections.abc import Callable
from json import encoder as standard
from typing import Any

quoted: Callable[[str], str] = standard.encode_basestring
"""A text as it stands in JSON, characters beyond ASCII as they are."""


def _encoder(*, sort_keys: bool) -> Callable[[Any], str]:
    settings = json.JSONEncoder(
        ensure_ascii=False, separators=(",", ":"), sort_keys=sort_keys, check_circular=False
    )
    make: Any = getattr(standard, "c_make_encoder", None)
    if make is None:
        return settings.encode
    made = make(None, settings.default, quoted, None, ":", ",", sort_keys, False, True)
    return lambda value: "".join(made(value, 0))


compact = _encoder(sort_keys=False)
"""Plain values (dict, list, text, number, None) as JSON, keys in their order."""
canonical = _encoder(sort_keys=True)
"""The same with keys sorted: equal values have one text, which is what is signed."""
