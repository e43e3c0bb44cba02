"""Keys: read strictly, made for the owner only, known to running processes when added."""

import os
import stat
import time
from pathlib import Path

import pytest

from app import create_app
from app.core.crypto import keys
from app.core.crypto.keys import KeyProblem, KeyRing, UnknownKey, make_file, new_entry, parsed
from config import ConfigurationError, DemoSettings, ProductionSettings

GOOD = "7:" + "Zm9yLXRl" * 5 + "c3Q="


@pytest.mark.parametrize(
    "text",
    [
        "",
        " , # nothing\n",
        "1",
        "x:" + GOOD[2:],
        "0:" + GOOD[2:],
        "256:" + GOOD[2:],
        "1:short",
        "1:AAAA",
        f"{GOOD},{GOOD}",
        "1:" + "ä" * 44,
    ],
)
def test_a_malformed_list_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(KeyProblem) as raised:
        parsed(text)
    assert GOOD[2:] not in str(raised.value)


def test_the_first_of_the_list_writes(tmp_path: Path) -> None:
    ring = KeyRing(f"{new_entry(3)}, {new_entry(1)}\n{new_entry(2)} # old")
    assert ring.current().id == 3
    assert [key.id for key in ring.all()] == [3, 1, 2]
    with pytest.raises(UnknownKey):
        ring.key(9)
    assert repr(ring.current()) == "<Key 3>"


def test_derived_keys_differ_by_purpose_and_by_key() -> None:
    one, two = KeyRing(f"{new_entry(1)},{new_entry(2)}").all()
    derived = [key.derived(purpose) for key in (one, two) for purpose in ("values", "files", "a")]
    assert len(set(derived)) == 6


def test_a_file_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "field-keys"
    make_file(path)
    text = path.read_text()
    make_file(path)
    assert path.read_text() == text
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert KeyRing(path=path).current().id == 1


def test_a_file_others_may_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "field-keys"
    path.write_text(GOOD)
    path.chmod(0o644)
    with pytest.raises(KeyProblem, match="chmod 600"):
        KeyRing(path=path)
    with pytest.raises(KeyProblem):
        KeyRing(path=tmp_path / "missing")


def test_a_running_process_learns_of_a_key_added_to_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "field-keys"
    make_file(path)
    ring = KeyRing(path=path)
    first = ring.current()
    keys.write_entries(path, f"{new_entry(2)}\n{path.read_text()}")
    os.utime(path, ns=(time.time_ns(), time.time_ns() + 1))
    assert ring.key(2).id == 2
    assert ring.current().id == 2
    assert ring.key(1) is first
    keys.write_entries(path, f"{new_entry(3)}\n{path.read_text()}")
    assert ring.current().id == 2
    monkeypatch.setattr(keys, "_LOOK_AGAIN_SECONDS", 0)
    assert ring.current().id == 3


def test_production_refuses_to_start_without_keys() -> None:
    environment = {
        "SECRET_KEY": "x" * 32,
        "DATABASE_URL": "sqlite://",
        "TRUSTED_HOSTS": "localhost",
    }
    with pytest.raises(ConfigurationError, match="FIELD_KEYS"):
        ProductionSettings(environment)
    settings = ProductionSettings(environment | {"FIELD_KEYS": "1:nonsense"})
    with pytest.raises(ConfigurationError, match="field key 1"):
        create_app(settings)


def test_the_demonstration_makes_its_own(tmp_path: Path) -> None:
    settings = DemoSettings({"DATA_DIR": str(tmp_path)})
    assert f"{tmp_path}/field-keys" == settings.FIELD_KEYS_FILE
    given = DemoSettings({"DATA_DIR": str(tmp_path), "FIELD_KEYS": GOOD})
    assert given.FIELD_KEYS_FILE == ""
