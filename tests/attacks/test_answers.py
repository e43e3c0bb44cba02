"""What every answer carries, and what the source never does."""

import ast
import re

import pytest
from flask import Flask

from app.jobs.files import safe_name
from app.security.headers import is_public
from config import ROOT
from tests.attacks.doors import addresses
from tests.guards.sources import APP, calls, files, modules
from tests.support import cast

pytestmark = pytest.mark.one_database

SERVED = {".css", ".js", ".svg"}
TOOLS = (".git/config", ".DS_Store", "Thumbs.db", "css/", "js", "", "portal.py", "css/base.css.bak")


def test_every_answer_has_its_type_and_the_headers_of_protection(app: Flask) -> None:
    with app.app_context():
        episode = cast.own_episode()
    client, asked = cast.sign_in(app.test_client(), "aoki"), 0
    for door in addresses(app, episode, "GET"):
        answer = client.get(door.path, buffered=True)
        headers = answer.headers
        assert answer.mimetype, door.endpoint
        if answer.mimetype.startswith("text/"):
            assert "charset=utf-8" in headers["Content-Type"].lower(), door.endpoint
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, door.endpoint
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        kept = door.endpoint == "static" or is_public(door.endpoint)
        assert kept or headers["Cache-Control"] == "no-store"
        assert "Server" not in headers
        assert "X-Powered-By" not in headers
        asked += 1
    assert asked > 120


def test_an_answer_for_programs_is_a_file_of_our_name(app: Flask) -> None:
    client = cast.sign_in(app.test_client(), "aoki")
    for path in ("/api/v1/case", "/api/v1/case/987654", "/api/v1/nowhere;setup.bat"):
        headers = client.get(path).headers
        assert headers["Content-Disposition"] == 'attachment; filename="api.json"', path
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_no_directory_and_no_file_of_tools_is_served(app: Flask) -> None:
    assert {path.suffix for path in (APP / "static").rglob("*") if path.is_file()} <= SERVED
    client = cast.sign_in(app.test_client(), "aoki")
    for name in (*TOOLS, "../config.py", "..%2fconfig.py", "%2e%2e/config.py"):
        assert client.get(f"/static/{name}", buffered=True).status_code == 404, name
    for path in ("/.git/config", "/config.py", "/var/", "/translations/", "/requirements.txt"):
        assert client.get(path).status_code == 404, path


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\x", "/etc/passwd", "a\x00b", "con\r\nX: 1", ".", ""]
)
def test_no_name_of_a_file_leads_out_of_its_folder(name: str) -> None:
    made = safe_name(name)
    assert made not in {"", ".", ".."}
    assert not set(made) & set("/\\\x00\r\n")


def test_the_source_runs_no_text_and_opens_no_shell() -> None:
    banned = re.compile(
        r"^(eval|exec|compile|__import__|os\.system|os\.popen|pickle\.\w+|marshal\.\w+|shelve\.\w+"
        r"|yaml\.load|render_template_string|.*\.from_string)$"
    )
    assert [call for call in calls() if banned.match(call[2])] == []
    for path, tree in modules():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "shell":
                raise AssertionError((path, node.lineno))


def test_no_broken_algorithm_is_named_in_the_source() -> None:
    broken = re.compile(r"\b(md5|sha1|SHA1|MD5|TripleDES|Blowfish|ARC4|ECB|PKCS1v15)\b")
    # The providers of programmable telephony sign their webhooks with HMAC-SHA1, which stands.
    agreed = {"app/voice/gateway.py"}
    for path in files(".py"):
        if path.relative_to(ROOT).as_posix() not in agreed:
            assert not broken.search(path.read_text("utf-8")), path


def test_no_secret_is_drawn_from_ordinary_chance() -> None:
    chance = {path for path, _line, name in calls() if re.match(r"^random\.", name)}
    assert {path for path in chance if not path.startswith("app/devtools/")} == set()


def test_no_script_runs_text() -> None:
    for path in files(".js"):
        text = path.read_text("utf-8")
        assert not re.search(r"\beval\(|new Function|document\.write|insertAdjacentHTML", text), (
            path
        )


def test_no_script_keeps_anything_in_the_browser() -> None:
    for path in files(".js"):
        text = path.read_text("utf-8")
        assert not re.search(r"localStorage|sessionStorage|indexedDB|document\.cookie", text), path


def test_every_component_is_listed_with_version_and_hash() -> None:
    listed = (ROOT / "requirements.txt").read_text("utf-8")
    blocks = re.split(r"\n(?=[a-z0-9])", listed, flags=re.IGNORECASE)
    named = [block for block in blocks if re.match(r"[A-Za-z0-9_.\[\]-]+==", block)]
    assert len(named) > 20
    assert all("--hash=sha256:" in block for block in named)
    asked = re.findall(r"^([A-Za-z0-9_-]+)", (ROOT / "requirements.in").read_text(), re.MULTILINE)
    known = {re.split(r"[=\[]", block)[0].lower().replace("_", "-") for block in named}
    assert {name.lower().replace("_", "-") for name in asked} <= known
