"""What every answer of the portal carries, whatever it answers."""

from werkzeug.test import TestResponse

from app.security.headers import is_public


def is_protected(answer: TestResponse, endpoint: str) -> None:
    """Assert type, content security policy and headers of an answer of ``endpoint``."""
    headers = answer.headers
    assert answer.mimetype, endpoint
    if answer.mimetype.startswith("text/"):
        assert "charset=utf-8" in headers["Content-Type"].lower(), endpoint
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, endpoint
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    kept = endpoint == "static" or is_public(endpoint)
    assert kept or headers["Cache-Control"] == "no-store"
    assert "Server" not in headers
    assert "X-Powered-By" not in headers
