"""Says at the end of a run how many doors were tried."""

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Sum the checks of the access walk over all workers."""
    checks = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "access_checks" and report.when == "call"
    ]
    if checks:
        terminalreporter.write_line(
            f"access walk: {sum(checks)} checks (route × role × record) in {len(checks)} walks"
        )
