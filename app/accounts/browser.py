"""What a request tells about the machine it comes from, and the cookie that knows it again.

Nothing exact is kept of either: of the address the network, of the browser its family and
system, as much as the owner of an account needs to recognise a login as the own one.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from flask import after_this_request, current_app, request
from werkzeug.wrappers import Response

DEVICE_COOKIE = "hersys_device"
# The longest a browser keeps a cookie.
DEVICE_DAYS = 400
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")

# The first that matches: browsers name those they imitate after their own name.
_FAMILIES = (
    (r"\bEdg(?:e|A|iOS)?/", "Microsoft Edge"),
    (r"\bOPR/", "Opera"),
    (r"\b(?:Firefox|FxiOS)/", "Firefox"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\b(?:Chrome|CriOS)/", "Google Chrome"),
    (r"\bVersion/[\d.]+ .*Safari/", "Safari"),
)
_SYSTEMS = (
    (r"\bWindows\b", "Windows"),
    (r"\biPhone\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bMac OS X\b", "Mac"),
    (r"\bLinux\b", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Browser:
    """The browser of a request. ``device_token`` is empty for one that was never here."""

    network: str
    description: str
    device_token: str = ""

    @property
    def device_hash(self) -> str:
        """What the database knows of the device; empty for one that was never here."""
        return secret_hash(self.device_token) if self.device_token else ""


def this_browser() -> Browser:
    """The browser that sent this request."""
    token = request.cookies.get(DEVICE_COOKIE, "")
    return Browser(
        network=network_of(request.remote_addr),
        description=described(request.headers.get("User-Agent", "")),
        device_token=token if _TOKEN.fullmatch(token) else "",
    )


def network_of(address: str | None) -> str:
    """The network an address belongs to: /24 of IPv4, /48 of IPv6; empty when there is none."""
    try:
        ip = ip_address(address or "")
    except ValueError:
        return ""
    return str(ip_network(f"{ip}/{24 if ip.version == 4 else 48}", strict=False))


def described(user_agent: str) -> str:
    """Family and system of a browser in words ("Firefox / Windows"); empty when unknown."""
    return " / ".join(
        name for name in (_first(_FAMILIES, user_agent), _first(_SYSTEMS, user_agent)) if name
    )


def new_secret() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def secret_hash(secret: str) -> str:
    """What is stored of a random secret: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def keep_device_cookie(token: str) -> None:
    """Let the answer to this request leave ``token`` in the browser."""

    @after_this_request
    def leave(response: Response) -> Response:
        response.set_cookie(
            DEVICE_COOKIE,
            token,
            max_age=DEVICE_DAYS * 86_400,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _first(patterns: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in patterns if re.search(pattern, user_agent)), "")
