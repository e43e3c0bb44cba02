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


def came_from(address: str | None, host: str) -> str | None:
    """Path and query of ``address`` (of a Referer or Origin) when it is of our own ``host``.

    None for other hosts, for none at all and for what is no address: browsers send only
    well-formed ones, but anybody can send these headers. The scheme is not compared, as TLS
    may end at a proxy before us.
    """
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    if not parts.netloc or parts.netloc != host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
