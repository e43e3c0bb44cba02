"""Registers the chore and the file of this package with the worker."""

import app.looks.exporting
import app.looks.finding  # noqa: F401  # registered when imported
