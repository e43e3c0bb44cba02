"""Says at the end of a run how often the pages asked the database."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The statement counts of the test that keeps them, one line per person."""
    for report in terminalreporter.stats.get("passed", []):
        for name, value in report.user_properties:
            if name == "statement_counts" and report.when == "call":
                words = ", ".join(f"{page}: {number}" for page, number in sorted(value.items()))
                terminalreporter.write_line(f"statements: {words}")
