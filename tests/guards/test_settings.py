"""The table of settings and ``config.py`` say the same."""

import ast
import re

import config
from config import ROOT, Settings

TABLE = ROOT / "docs" / "settings.md"
# What FAB, Flask and the like want to be told, and what no installation has a say in.
INNER = re.compile(
    r"APP_NAME|DEMO|TESTING|LANGUAGES|BABEL_|AUTH_|FAB_(?!PASSWORD)|RATELIMIT|SESSION_COOKIE|WTF_"
    r"|SQLALCHEMY_"
)


def named(heading: int) -> set[str]:
    """The settings of one of the two tables."""
    part = TABLE.read_text("utf-8").split("## Kept in the source")[heading]
    return set(re.findall(r"^\| `([A-Z_]+)` \|", part, re.MULTILINE))


def read_from_environment() -> set[str]:
    """The names ``config.py`` asks the environment for."""
    found = set()
    for node in ast.walk(ast.parse((ROOT / "config.py").read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "source.get",
            "os.environ.get",
        }:
            found.add(ast.literal_eval(node.args[0]))
    return found


def test_every_variable_of_the_environment_is_in_the_table_and_no_other() -> None:
    assert named(0) == read_from_environment()


def test_every_decision_in_the_source_is_in_the_table_and_no_other() -> None:
    kept = {n for n in vars(Settings) if n.isupper() and not INNER.match(n)}
    assert named(1) == kept
    assert config.Settings is Settings


def test_the_example_names_only_settings_there_are() -> None:
    example = (ROOT / "deploy" / "portal.env.example").read_text("utf-8")
    assert set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE)) <= named(0)


def test_every_kind_of_rate_limit_is_named() -> None:
    words = TABLE.read_text("utf-8")
    assert all(f"`{kind}`" in words for kind in Settings.RATE_LIMITS)


def test_the_readme_leads_to_the_table() -> None:
    assert "docs/settings.md" in (ROOT / "README.md").read_text("utf-8")
