"""Where a redirect may lead: to a page of this portal and nowhere else."""

import unicodedata
from urllib.parse import urlsplit


def local_target(target: str | None, *, otherwise: str = "/") -> str:
    r"""``target`` when it is a path of this site (with its query), else ``otherwise``.

    Refuses other hosts in every disguise browsers accept: ``//host``, ``\\host``, a scheme,
    control characters.
    """
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return otherwise
    if any(unicodedata.category(character).startswith("C") for character in target):
        return otherwise
    try:
        parts = urlsplit(target)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else target
