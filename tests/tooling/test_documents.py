import importlib
import pkgutil

import pytest
from flask_appbuilder import Model

import app
from app.devtools import matrix
from config import ROOT

PACKAGES = [module.name for module in pkgutil.iter_modules(app.__path__) if module.ispkg]


def our_models() -> set[str]:
    for package in PACKAGES:
        for module in pkgutil.iter_modules([str(ROOT / "app" / package)]):
            if module.name == "models":
                importlib.import_module(f"app.{package}.models")
    mappers = Model.registry.mappers
    return {m.class_.__name__ for m in mappers if m.class_.__module__.startswith("app.")}


def test_every_model_is_named_in_the_glossary() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    assert sorted(name for name in our_models() if f"`{name}`" not in glossary) == []


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_is_on_the_map(package: str) -> None:
    assert f"{package}/" in (ROOT / "README.md").read_text("utf-8")


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = sorted(path.name[:4] for path in (ROOT / "docs" / "adr").glob("*.md"))
    assert numbers == [f"{n:04d}" for n in range(1, len(numbers) + 1)]


def test_the_printed_access_matrix_is_the_one_in_force() -> None:
    assert matrix.PATH.read_text("utf-8") == matrix.page()
