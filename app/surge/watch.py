"""The watch beside a web server: reads its queue each second, the switch every few seconds.

It runs in a thread of its own, so that no request pays for it.
"""

import logging
import threading
import time
from collections.abc import Callable

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from app.core.db import db
from app.security.actor import acting_as, system_actor
from app.surge import service
from app.surge.gate import put_in_force
from app.surge.rules import LOAD, Limits, Load, observed, why_notifications_first

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
READ_SECONDS = 5.0
HELP_SECONDS = 90.0
"""How long a call for help to the other processes stands; renewed each third of it."""


class Watch:
    """What one web process knows about its load and the operator's switch."""

    def __init__(self, app: Flask, waiting: Callable[[], int], limits: Limits | None = None):
        self.app = app
        self.waiting = waiting
        self.limits = limits or Limits()
        self.load = Load()
        self._mode = "auto"
        self._help_wanted = False
        self._read_at: float | None = None
        self._asked_at: float | None = None

    def look(self, second: float) -> None:
        """One look at a monotonic ``second``; puts in force what follows from it."""
        self.load = observed(self.load, self.waiting(), second, self.limits)
        if self._read_at is None or second - self._read_at >= READ_SECONDS:
            self._read_at = second
            self._read_switch()
        if self._mode == "auto":
            self._tell_the_others(second)
        overloaded = self.load.overloaded or self._help_wanted
        put_in_force(self.app, why_notifications_first(self._mode, overloaded=overloaded))

    def run_until(self, stop: threading.Event) -> None:
        """Look every second until told to stop; a database that is away ends nothing."""
        while not stop.wait(TICK_SECONDS):
            try:
                self.look(time.monotonic())
            except SQLAlchemyError as problem:
                log.warning("surge watch: %s", type(problem).__name__)

    def _read_switch(self) -> None:
        with self.app.app_context(), acting_as(system_actor("surge")):
            found = service.switch()
            self._mode = "auto" if found is None else found.mode
            self._help_wanted = service.help_wanted(found)
            db.session.remove()

    def _tell_the_others(self, second: float) -> None:
        """Ask for help while overloaded, and take the call back when it is over."""
        if self.load.overloaded:
            due = self._asked_at is None or second - self._asked_at >= HELP_SECONDS / 3
        else:
            due = self._asked_at is not None
        if not due:
            return
        self._asked_at = second if self.load.overloaded else None
        self._help_wanted = self.load.overloaded
        with self.app.app_context(), acting_as(system_actor("surge")):
            service.ask_for_help(HELP_SECONDS if self.load.overloaded else None)
            db.session.remove()
        log.warning("surge: %s", str(LOAD.en) if self.load.overloaded else "over")


def watch_server(app: Flask, server: object) -> threading.Event:
    """Start the watch beside a waitress server; set the event to end it."""
    dispatcher = server.task_dispatcher  # type: ignore[attr-defined]
    stop = threading.Event()
    watch = Watch(app, waiting=lambda: len(dispatcher.queue))
    threading.Thread(target=watch.run_until, args=(stop,), name="surge", daemon=True).start()
    return stop
