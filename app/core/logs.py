"""One form for every line of the log, whichever process writes it: UTC, level, source, words."""

import logging
import time

FORMAT = "%(asctime)sZ %(levelname)s %(name)s %(message)s"


class UtcLines(logging.Formatter):
    """Lines of one form: an instant in UTC, and no line break that a value could have brought."""

    converter = staticmethod(time.gmtime)
    default_msec_format = "%s.%03d"

    def __init__(self) -> None:
        super().__init__(FORMAT)

    def format(self, record: logging.LogRecord) -> str:
        """The line; breaks and control signs inside it are written as signs."""
        text = super().format(record)
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def start_logging() -> None:
    """Write the log to standard error, from where the service manager takes it."""
    handler = logging.StreamHandler()
    handler.setFormatter(UtcLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
