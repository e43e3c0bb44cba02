"""What every answer carries, and what the source never does."""

import ast
import re

import pytest
from flask import Flask

from app.jobs.files import safe_name
from config import ROOT
from tests.attacks.protection import is_protected
from tests.guards.sources import APP, calls, files, modules
from tests.support import cast

pytestmark = pytest.mark.one_database

SERVED = {".css", ".js", ".svg"}
TOOLS = (".git/config", ".DS_Store", "Thumbs.db", "css/", "js", "", "portal.py", "css/base.css.bak")


def test_files_and_answers_for_programs_are_protected_as_pages_are(app: Flask) -> None:
    """Every page is looked at for it where markup is sought (test_markup)."""
    client = cast.sign_in(app.test_client(), "aoki")
    for path, endpoint in (("/static/css/base.css", "static"), ("/api/v1/case", "CaseApi.list")):
        is_protected(client.get(path, buffered=True), endpoint)


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
